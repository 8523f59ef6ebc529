"""What the connectors to JSON sources do alike, whatever they speak: REST or GraphQL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Generic, TypeVar

from connectors.contract.errors import Malformed, Refused
from connectors.contract.query import Change, Page, SourceQuery
from connectors.no_changes import NoChanges
from connectors.web import Transport

C = TypeVar("C")


class JsonSource(ABC, Generic[C]):
    """A source that answers JSON over a transport; *C* is what the settings say of a collection."""

    def __init__(self, name: str, collections: Mapping[str, C], transport: Transport) -> None:
        """Be the source *name*, which has *collections*, over *transport*."""
        self.name = name
        self._collections = collections
        self._transport = transport

    @abstractmethod
    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:  # noqa: ARG002 - protocol
        """Refuse: no change feed is declared."""
        return NoChanges(self.name)

    async def check(self) -> None:
        """Ask for the smallest page of each collection."""
        for name in self._collections:
            await self.fetch(SourceQuery(collection=name, limit=1))

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    def _collection(self, name: str) -> C:
        collection = self._collections.get(name)
        if collection is None:
            raise Refused(self.name, f"asked for {name}, which it does not have")
        return collection

    def _counted(self, path: str | None, total: object) -> int | None:
        """Give the number of rows that stood at *path*, None if nothing did."""
        if path is None or total is None:
            return None
        if isinstance(total, bool) or not isinstance(total, int) or total < 0:
            raise Malformed(self.name, f"`{path}` should be a number of rows")
        return total
