"""Find where a sheet's table begins and what its columns are called.

A head of several rows gives each column the words above it, joined by a blank; a word in a merged
cell stands above all columns that the cell covers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.words import plain

LOOKED_AT = 40
"""Rows among which a head is looked for."""

Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Head:
    """The columns' names, and the number of rows before the first row of data."""

    names: list[str]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRule:
    """How a collection's heads look."""

    rows: int = 1
    """At most so many rows are one head."""
    find: bool = False
    """It may stand below other rows; else it is the first."""
    same: Mapping[str, str] | None = None
    """What a column is called in some files, to what it is called here."""


def head_of(
    first: Sequence[Sequence[Any]], rule: HeadRule, mapped: Collection[str], merged: Merged | None
) -> Head:
    """Find the head among the *first* rows: where most of the *mapped* columns are named.

    *merged* are the cells that are one; None where the file cannot say (CSV): then a blank cell of
    an upper row belongs to the one on its left.
    """
    wanted = frozenset(mapped)
    best = Head(_names(first[:1], rule, wanted, merged, 0), 1)
    if not rule.find and rule.rows == 1:
        return best
    best_count = len(wanted.intersection(best.names))
    for at in range(len(first) if rule.find else 1):
        for depth in range(1, rule.rows + 1):
            names = _names(first[at : at + depth], rule, wanted, merged, at)
            count = len(wanted.intersection(names))
            if count > best_count:
                best, best_count = Head(names, at + depth), count
    return best


def _names(
    rows: Sequence[Sequence[Any]],
    rule: HeadRule,
    wanted: frozenset[str],
    merged: Merged | None,
    at: int,
) -> list[str]:
    return [_named(name, rule, wanted) for name in _joined(rows, merged, at)]


def names_of(rows: Sequence[Sequence[Any]], merged: Merged | None, at: int) -> list[str]:
    """Give what columns are called if *rows*, the first of which is number *at*, are the head."""
    return [" ".join(name.split()) for name in _joined(rows, merged, at)]


def _joined(rows: Sequence[Sequence[Any]], merged: Merged | None, at: int) -> list[str]:
    width = max((len(row) for row in rows), default=0)
    lines = [[_text(row[c]) if c < len(row) else "" for c in range(width)] for row in rows]
    for line in lines[:-1] if merged is None else []:
        for column in range(1, width):
            line[column] = line[column] or line[column - 1]
    for (top, left), (bottom, right) in merged or ():
        if bottom < at or top >= at + len(rows) or right >= width:
            continue
        # Down a merged cell the word stands once, across it above each column.
        line = lines[max(top, at) - at]
        word = line[left] if top >= at else ""
        for column in range(left, right + 1):
            line[column] = word
    return [" ".join(part for part in parts if part) for parts in zip(*lines, strict=True)]


def _text(cell: Any) -> str:
    return plain(cell) or ""


def _named(name: str, rule: HeadRule, wanted: frozenset[str]) -> str:
    if name in wanted:
        return name
    spaced = " ".join(name.split())
    return (rule.same or {}).get(spaced, spaced)
