"""Guess which known word a mistyped one was meant to be: for hints only."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Give `did you mean …?` if a known word is close to *word*, else the known words if few."""
    words = sorted(set(known))
    lowered = {each.casefold(): each for each in words}
    close = get_close_matches(word.casefold(), lowered, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{lowered[close[0]]}`?"
    if 0 < len(words) <= 12:
        return "known here: " + ", ".join(f"`{each}`" for each in words)
    return None
