"""Columns that are called differently in different files, and mean the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.suggest.column import Column
from connectors.suggest.personal import personal
from connectors.suggest.wanted import by_name

_SURE = 0.5


def same_columns(heads: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Give what a column is called in the latest file, to what it is called in others.

    *heads* are the names in each file, the latest last.  Two columns of one file are never one.
    """
    found: dict[str, list[str]] = {}
    claimed: set[str] = set()
    for names in reversed(heads):
        best = _best(names)
        for field, name in best.items():
            first = _first(field, heads, name)
            if first is not None and first != name and name not in claimed:
                if any(first in each and name in each for each in heads):
                    continue
                found.setdefault(first, []).append(name)
                claimed.add(name)
    return found


def _first(field: str, heads: Sequence[Sequence[str]], name: str) -> str | None:
    for names in reversed(heads):
        best = _best(names).get(field)
        if best is not None:
            return best
    return name


def _best(names: Sequence[str]) -> Mapping[str, str]:
    """Give the column that each field most likely is, by name alone, each column once."""
    pairs = [
        (sure, field, name)
        for name in names
        for field, sure in _fields(name).items()
        if sure >= _SURE
    ]
    found: dict[str, str] = {}
    for _, field, name in sorted(pairs, key=lambda pair: -pair[0]):
        if field not in found and name not in found.values():
            found[field] = name
    return found


def _fields(name: str) -> Mapping[str, float]:
    of_person = personal(Column(path=name))
    if of_person is None:
        return by_name(name)
    return {} if of_person == "other" else {of_person: 1.0}
