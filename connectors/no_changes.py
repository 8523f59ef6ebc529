"""The change feed of a source that has none."""

from __future__ import annotations

from connectors.contract.errors import Refused
from connectors.contract.query import Change


class NoChanges:
    """An iterator that refuses to be read: the source does not declare a change feed."""

    def __init__(self, source: str) -> None:
        """Refuse in the name of *source*."""
        self._source = source

    def __aiter__(self) -> NoChanges:
        """Give itself."""
        return self

    async def __anext__(self) -> Change:
        """Refuse."""
        raise Refused(self._source, "asked for changes, which it does not declare")
