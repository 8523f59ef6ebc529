"""Count the rows that could not be used and the words that no table knows."""

from __future__ import annotations

_LONGEST_WORD = 60


class Tally:
    """What went wrong while one page was mapped."""

    __slots__ = ("rejected", "unknown")

    def __init__(self) -> None:
        """Start at nothing."""
        self.rejected: dict[str, int] = {}
        self.unknown: dict[str, int] = {}

    def reject(self, reason: str) -> None:
        """Count a row that could not be used."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1

    def note_unknown(self, field: str, word: str) -> None:
        """Count a word that no code table maps."""
        told = f"{field}: {word[:_LONGEST_WORD]}"
        self.unknown[told] = self.unknown.get(told, 0) + 1
