"""A source that is not asked: it notes what it would have been sent, and has no rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.contract.capabilities import Capabilities
from connectors.contract.connector import Connector
from connectors.contract.filters import EVERYTHING
from connectors.contract.query import Change, Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.no_changes import NoChanges
from resolvers.planner.outline import outline

Note = Callable[[str], None]

REFERENCE = frozenset({"agencies", "regions", "categories", "channels", "nodes"})
"""Collections without complaints in them: they are read all the same, as filters need them."""


class Unasked:
    """Stands in for a connector, with its name and capabilities."""

    def __init__(self, connector: Connector, note: Note) -> None:
        """Note for *connector* what it would be asked."""
        self._connector = connector
        self._note = note

    @property
    def name(self) -> str:
        """The source's id."""
        return self._connector.name

    @property
    def capabilities(self) -> Capabilities:
        """What it may be asked."""
        return self._connector.capabilities

    async def fetch(self, query: SourceQuery) -> Page:
        """Note *query*; reference data alone are really read."""
        if query.collection in REFERENCE:
            return await self._connector.fetch(query)
        self._note(f"{self.name}: {told(query)}")
        return Page(rows=())

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Note that *local_ids* are looked up; there is none."""
        self._note(f"{self.name}: complaints by id{_shown(fields)}")
        return [None] * len(local_ids)

    async def count(self, query: SourceQuery) -> int:
        """Note that *query* is to be counted."""
        self._note(f"{self.name}: count {told(query)}")
        return 0

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:
        """Refuse: nobody follows a source that is not asked."""
        del since
        return NoChanges(self.name)

    async def check(self) -> None:
        """Do nothing: it is not asked."""

    async def aclose(self) -> None:
        """Give back what the connector holds."""
        await self._connector.aclose()


def unasked(source: Source, note: Note) -> Source:
    """Give *source* as one that is not asked."""
    return replace(source, connector=Unasked(source.connector, note), stands_in=True)


def told(query: SourceQuery) -> str:
    """Write *query* in one line, a long filter in lines of its own below it."""
    rest = []
    if query.order is not None:
        way = "descending" if query.order.descending else "ascending"
        rest.append(f"by {query.order.field} {way}")
    if query.limit is not None:
        rest.append(f"about {query.limit} rows")
    first, *more = outline(query.where, "where ")
    if more:
        rest.append(first)
    elif query.where != EVERYTHING:
        rest.insert(0, first)
    line = " ".join((query.collection, *rest))
    return "\n".join((line, *more)) + _shown(query.fields)


def _shown(fields: frozenset[str] | None) -> str:
    return "" if fields is None else f"\n    fields: {', '.join(sorted(fields))}"
