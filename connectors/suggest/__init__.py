"""Looks at a system and writes a first source table: every guess marked, a person finishes it.

    look (one module for each kind)  →  columns, with a sample of their values
    personal                         →  which of them hold persons' data: never taken, never shown
    concepts, wanted, evidence       →  which record field a column may be, and how sure that is
    assign                           →  each column to one field
    meanings                         →  what the words of statuses and kinds mean
    draft                            →  a table in TOML

Nothing of a row is written but words of code tables, and patterns of dates.
"""
