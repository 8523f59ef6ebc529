"""What was found out by looking at a system: how it is asked, and what its rows are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.suggest.column import Column


class CannotLook(Exception):
    """The system cannot be looked at; the words say why and what to do, and hold no value."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        """Keep the *message* and what to do about it."""
        super().__init__(message if hint is None else f"{message}; hint: {hint}")
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One list of rows, and the settings by which it is read."""

    kind: str
    looked_at: str
    """What was looked at, in words, without a credential."""
    title: str
    """What it may be called; a guess."""
    columns: Sequence[Column]
    rows: int
    """Rows in the sample; 0 where only a description was read."""
    source: Sequence[str] = ()
    """Lines of the source's own table."""
    collection: Sequence[str] = ()
    """Lines of its collection of complaints."""
    tables: Sequence[str] = ()
    """Further tables of the collection, with their heads relative to it: `[page]` …"""
    time_needed: bool = False
    """Its kind cannot do without the moment of submission."""
    asks: Callable[[Sequence[str]], Sequence[str]] | None = None
    """Gives further lines of the collection, which name the paths that are taken: a query."""
