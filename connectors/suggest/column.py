"""A column of a foreign table as it was looked at: its name and a sample of what stands in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from connectors.words import word

Declared = Literal["moment", "day", "number", "flag", "text"]
"""What a source says of a column's type, where it says something that matters."""

MOST_DEEP = 3
"""Levels of nested objects that are looked into."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column, or one path in nested rows."""

    path: str
    values: Sequence[object] = ()
    """What stands there in the rows looked at, in their order; None where nothing does."""
    declared: Declared | None = None
    zoned: bool | None = None
    """By its type it holds moments (True), or times of some clock; None: its type does not tell."""
    words: Sequence[str] = field(default_factory=tuple)
    """All words it can hold, where the source lists them."""

    called: Mapping[str, str] = field(default_factory=dict)
    """What the source itself says its words are called."""

    @cached_property
    def texts(self) -> list[str]:
        """What stands there, as texts, without what is empty."""
        return [text for value in self.values if (text := word(value))]

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each text stands there."""
        return Counter(self.texts)

    @property
    def is_unique(self) -> bool:
        """Say whether it is always there and never twice."""
        return len(self.counted) == len(self.values) > 0

    @property
    def has_few_words(self) -> bool:
        """Say whether few words come again and again, or the source lists them."""
        if self.words:
            return True
        distinct = len(self.counted)
        return 0 < distinct <= 120 and (distinct <= 3 or len(self.texts) >= 2 * distinct)

    def listed(self) -> list[str]:
        """Give its words: those that the source lists, else those seen, the frequent ones first."""
        return list(self.words) or [text for text, _ in self.counted.most_common()]


def columns_of(rows: Iterable[Mapping[str, object]]) -> list[Column]:
    """Give the columns of *rows*; nested objects become paths with dots, lists are left out."""
    flat = [dict(_paths(row, "", 1)) for row in rows]
    names = dict.fromkeys(name for row in flat for name in row)
    return [Column(path=name, values=[row.get(name) for row in flat]) for name in names]


def _paths(row: Mapping[str, object], before: str, depth: int) -> Iterable[tuple[str, object]]:
    for name, value in row.items():
        if "." in name and before + name != name:
            continue
        if isinstance(value, Mapping):
            if depth < MOST_DEEP:
                yield from _paths(value, f"{before}{name}.", depth + 1)
        elif not isinstance(value, list):
            yield f"{before}{name}", value
