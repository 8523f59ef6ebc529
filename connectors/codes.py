"""Code tables: what a source's own words mean, and which of its words mean a canonical one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.words import fold, word


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One source's words for one field, closed: a word that is not in it is unknown."""

    version: str
    words: Mapping[str, str]
    """Own word, as the source writes it, to the canonical one."""
    exact: bool = False
    """Words are compared as they are, but for outer blanks; else blanks and case are folded."""
    _folded: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _inverse: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the words both ways."""
        inverse: dict[str, list[str]] = {}
        for own, canonical in self.words.items():
            inverse.setdefault(canonical, []).append(own)
        folded = {self.key(own): canonical for own, canonical in self.words.items()}
        object.__setattr__(self, "_folded", folded)
        object.__setattr__(self, "_inverse", {k: tuple(v) for k, v in inverse.items()})

    @property
    def canonical(self) -> frozenset[str]:
        """All values that the table can give."""
        return frozenset(self._inverse)

    @property
    def keys(self) -> frozenset[str]:
        """All own words in the form in which they are compared."""
        return frozenset(self._folded)

    def key(self, text: str) -> str:
        """Give the form in which *text* is compared."""
        return word(text) if self.exact else fold(word(text))

    def meaning(self, text: str) -> str | None:
        """Give the canonical value of a source's word, None if it is unknown."""
        return self._folded.get(self.key(text))

    def own_words(self, canonical: str) -> tuple[str, ...]:
        """Give the source's words that mean *canonical*, as the source writes them."""
        return self._inverse.get(canonical, ())

    def own_keys(self, canonical: Iterable[str]) -> list[str]:
        """Give the compared forms of all words that mean one of *canonical*."""
        wanted = frozenset(canonical)
        return sorted(key for key, meaning in self._folded.items() if meaning in wanted)

    def most_words(self) -> int:
        """Give the largest number of own words for one canonical value."""
        return max(map(len, self._inverse.values()), default=0)

    def clashes(self) -> list[str]:
        """List own words that are compared alike and mean different things."""
        return [
            own for own, canonical in self.words.items() if self._folded[self.key(own)] != canonical
        ]
