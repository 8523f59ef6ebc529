"""What happens below, told as data to whoever listens above."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec


class SourceCalled(msgspec.Struct, frozen=True, kw_only=True):
    """One call to a source ended."""

    source: str
    operation: str
    """`fetch`, `get`, `count` or `check`."""
    collection: str
    seconds: float
    attempt: int
    """1 for the first try."""
    error: str | None = None
    """The code of the `SourceError`, if it ended in one."""
    rows: int = 0
    rejected: Mapping[str, int] = {}
    unknown: Mapping[str, int] = {}


Event = SourceCalled
Listener = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """Listen to nothing."""
