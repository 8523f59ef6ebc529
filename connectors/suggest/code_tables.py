"""Write code tables: each word of a column, and what it most likely means."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.settings_reader import LEFT_OPEN
from connectors.suggest import toml_text as toml
from connectors.suggest.column import Column
from connectors.suggest.meanings import NULLS, meaning
from connectors.words import fold

MUST_MEAN = ("status", "kind")
"""Fields whose words all need a meaning, for what lists can be asked depends on it."""
_MOST = 40
_LONGEST = 60
_MOST_DIGITS = 8


def is_told(column: Column) -> bool:
    """Say whether the words of *column* may be written down: few, short, and come again."""
    words = column.listed()
    if column.words:
        return True
    return column.has_few_words and len(words) <= _MOST and all(map(_is_a_word, words))


def table(source: str, field: str, column: Column, edition: str) -> list[str]:
    """Write the code table of *field*, whose words stand in *column*."""
    optional = field not in MUST_MEAN
    words = _once(column.listed())
    known = [each for each in words if meaning(field, each) is not None]
    off = optional and not known
    before = "# " if off else ""
    lines = ["", f"{before}[sources.{source}.codes.{field}]"]
    lines.append(toml.line("version", toml.text(edition), off=off))
    lines.append(f"{before}[sources.{source}.codes.{field}.words]")
    return lines + [_word(field, each, column, optional=optional) for each in words]


def _word(field: str, own: str, column: Column, *, optional: bool) -> str:
    found = meaning(field, own)
    called = column.called.get(own, "")
    if found is None:
        why = called if optional else f"left to you: what does it mean? {called}".rstrip()
        return toml.line(own, toml.text(LEFT_OPEN), why, off=optional)
    canonical, sure = found
    return toml.line(own, toml.text(canonical), "" if sure else "a guess: systems differ")


def has_known_words(field: str, column: Column) -> bool:
    """Say whether a meaning is known of any word of *column*."""
    return any(meaning(field, each) is not None for each in column.listed())


def _once(words: Sequence[str]) -> list[str]:
    """Leave out words that differ in case and blanks only: a table takes them for one."""
    found: dict[str, str] = {}
    for each in words:
        if fold(each) not in NULLS:
            found.setdefault(fold(each), each)
    return list(found.values())


def _is_a_word(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    return len(text) <= _LONGEST and digits <= _MOST_DIGITS and "@" not in text
