"""The protocol an adapter implements: six methods, no base class."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from connectors.contract.capabilities import Capabilities
from connectors.contract.query import Change, Page, SourceQuery
from connectors.contract.records import ComplaintRecord


class Connector(Protocol):
    """A way to ask one agency's system.

    Implementations may be asked many things at once, must honour cancellation (the connection is
    closed or the statement cancelled), and raise nothing but `SourceError`.  They are never asked
    what their capabilities do not declare.
    """

    @property
    def name(self) -> str:
        """The source's id in the settings."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it may be asked."""
        ...

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        ...

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Look up complaints by id, in the order asked, `None` where there is none.

        Called with at most `get_max` ids.
        """
        ...

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*; called only if `counts` and the filter is an exact fit."""
        ...

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:
        """Yield what changed since *since*, oldest first; used only if `capabilities.changes`."""
        ...

    async def check(self) -> None:
        """Return if the source answers one page, raise `SourceError` if not."""
        ...

    async def aclose(self) -> None:
        """Give back connections.  Safe to call twice."""
        ...
