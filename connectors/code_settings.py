"""Read code tables out of the settings, or out of a CSV file beside them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.codes import CodeTable
from connectors.did_you_mean import did_you_mean
from connectors.problems import Problem
from connectors.settings_reader import LEFT_OPEN, SettingsReader
from connectors.words import region_code

REGION_HINT = 'write it like "64" or "64.72"'


def read_tables(source: SettingsReader) -> dict[str, CodeTable]:
    """Read all tables under `codes`, by name."""
    return {name: _table(reader) for name, reader in source.sections("codes")}


def check_meanings(
    table: CodeTable, allowed: Iterable[str], path: str, reader: SettingsReader
) -> None:
    """Note every word of *table* that means none of the *allowed* canonical words."""
    known = tuple(allowed)
    all_of_them = f"write one of {', '.join(known)}"
    for own, canonical in table.words.items():
        if canonical not in known and canonical != LEFT_OPEN:
            reader.problem(
                path,
                f"`{own}` means `{canonical}`, which is no canonical word",
                did_you_mean(canonical, known) or all_of_them,
            )


def check_regions(table: CodeTable, path: str, reader: SettingsReader, *, dotted: bool) -> None:
    """Note every word of *table* that means no region's code, or none that is *dotted*."""
    for own, canonical in table.words.items():
        code = region_code(canonical)
        if (code is None or (dotted and code != canonical)) and canonical != LEFT_OPEN:
            reader.problem(
                path, f"`{own}` means `{canonical}`, which is no region code", REGION_HINT
            )


def check_filled(
    table: CodeTable, path: str, allowed: Iterable[str], problems: list[Problem]
) -> None:
    """Note every word of the *table* at *path* whose meaning is left to a person."""
    hint = f"write one of {told}" if (told := ", ".join(allowed)) else "write its canonical code"
    for own, canonical in table.words.items():
        found = Problem(f"{path}.words.{own}", "is left to fill in", hint)
        if canonical == LEFT_OPEN and found not in problems:
            problems.append(found)


def _table(reader: SettingsReader) -> CodeTable:
    version = reader.text("version")
    words = {**_from_file(reader), **_from_words(reader), **_same(reader)}
    if not words and not any(reader.has(key) for key in ("words", "same", "file")):
        reader.problem(None, "has no words", "give `words`, `same` or `file`")
    exact = reader.choice("compare", ("folded", "exact"), "folded") == "exact"
    reader.finish()
    table = CodeTable(version, words, exact)
    for clash in table.clashes():
        reader.problem(
            "words",
            f"`{clash}` stands there twice, with two meanings, if case and blanks do not count",
            'drop one, or set compare = "exact"',
        )
    return table


def _from_words(reader: SettingsReader) -> dict[str, str]:
    value = reader.raw("words")
    if value is None:
        return {}
    if not isinstance(value, dict):
        reader.problem("words", "should be a table of words and their meanings")
        return {}
    found: dict[str, str] = {}
    for own, canonical in value.items():
        if isinstance(canonical, str) and canonical:
            found[own] = canonical
        else:
            reader.problem(f"words.{own}", "should mean a text, the canonical word")
    return found


def _same(reader: SettingsReader) -> dict[str, str]:
    value: Any = reader.raw("same") or []
    if not isinstance(value, list) or any(isinstance(each, (bool, dict, list)) for each in value):
        reader.problem("same", "should be a list of words that mean themselves")
        return {}
    return {str(each): str(each) for each in value}


def _from_file(reader: SettingsReader) -> dict[str, str]:
    name = reader.optional_text("file")
    word, means = reader.text("word", "word"), reader.text("means", "canonical")
    if name is None:
        return {}
    path = reader.folder / name
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows: list[Mapping[str, str]] = list(csv.DictReader(lines))
    except (OSError, ValueError, csv.Error) as error:
        reader.problem(
            "file",
            f"{name} cannot be read ({type(error).__name__})",
            "relative paths start from the folder of the settings file",
        )
        return {}
    columns = rows[0].keys() if rows else ()
    for key, column in (("word", word), ("means", means)):
        if column not in columns:
            reader.problem(
                key, f"{name} has no column `{column}`", did_you_mean(column, map(str, columns))
            )
            return {}
    return {row[word]: row[means] for row in rows if row[word] and row[means]}
