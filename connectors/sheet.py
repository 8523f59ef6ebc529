"""Ask a folder of CSV files: read off the event loop, kept until the files change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from connectors import rows
from connectors.blocking import Threads
from connectors.contract.capabilities import Capabilities, Fit
from connectors.contract.errors import Refused
from connectors.contract.query import Change, Page, SourceQuery, Survey
from connectors.contract.records import ComplaintRecord, Record
from connectors.fields import PERSONAL
from connectors.mapping import Mapper
from connectors.no_changes import NoChanges
from connectors.sheet_files import Edition, current, read
from connectors.sheet_settings import SheetCollection, SheetSettings
from connectors.survey import surveyed
from connectors.tally import Tally


@dataclass(frozen=True, slots=True)
class Contents:
    """What a collection's files held when they were read."""

    editions: tuple[Edition, ...]
    rows: tuple[Record, ...]
    by_id: dict[str, ComplaintRecord]
    as_of: datetime
    tally: Tally


class Sheet:
    """A source whose collections are files."""

    def __init__(self, settings: SheetSettings) -> None:
        """Read as *settings* say; nothing is opened yet."""
        self.name = settings.name
        self.capabilities = Capabilities(
            collections={name: each.can for name, each in settings.collections.items()}
        )
        self._settings = settings
        self._known: dict[str, Contents] = {}
        self._reading: dict[str, asyncio.Lock] = {}
        self._threads = Threads(settings.name)

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        collection = self._insist(query)
        contents = await self._contents(query.collection, query.fields)
        found = rows.matching(contents.rows, query)
        most = collection.can.page_max
        page = rows.cut(found, query, max(1, min(query.limit or most, most)))
        first = query.token is None
        rejected = contents.tally.rejected if first else {}
        return msgspec.structs.replace(
            page,
            received=page.received + sum(rejected.values()),
            rejected=rejected,
            unknown=contents.tally.unknown if first else {},
            as_of=contents.as_of,
            survey=await self._survey(collection, query),
        )

    async def _survey(self, collection: SheetCollection, query: SourceQuery) -> Survey | None:
        """Read the files once more: of what was read only records are kept."""
        if not query.survey:
            return None

        def as_they_stand() -> list[dict[str, Any]]:
            editions = current(self._settings, collection)
            return read(self._settings, collection, editions, Tally())

        raw = await self._threads.run(as_they_stand)
        return surveyed(query, collection.rules, raw)

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Look up by id."""
        can = self._collection("complaints").can
        if len(local_ids) > can.get_max:
            raise Refused(self.name, f"{len(local_ids)} ids asked, at most {can.get_max}")
        contents = await self._contents("complaints", fields)
        prune = rows.pruner(ComplaintRecord, fields)
        found = [contents.by_id.get(local_id) for local_id in local_ids]
        if prune is None:
            return found
        pruned = [None if row is None else prune(row) for row in found]
        return [row if isinstance(row, ComplaintRecord) else None for row in pruned]

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*."""
        self._insist(query)
        contents = await self._contents(query.collection, frozenset())
        return len(rows.matching(contents.rows, query))

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:  # noqa: ARG002 - protocol
        """Refuse: no change feed is declared."""
        return NoChanges(self.name)

    async def check(self) -> None:
        """Read every collection."""
        for name in self._settings.collections:
            await self._contents(name, frozenset())

    async def aclose(self) -> None:
        """Forget what was read."""
        self._known.clear()

    def _collection(self, name: str) -> SheetCollection:
        collection = self._settings.collections.get(name)
        if collection is None:
            raise Refused(self.name, f"asked for {name}, which it does not have")
        return collection

    def _insist(self, query: SourceQuery) -> SheetCollection:
        collection = self._collection(query.collection)
        if collection.can.fit(query.where) is Fit.NO:
            raise Refused(self.name, "asked a filter that it does not declare")
        if query.order is not None and collection.can.order(query.order) is None:
            raise Refused(self.name, "asked an order that it does not declare")
        return collection

    async def _contents(self, name: str, fields: frozenset[str] | None) -> Contents:
        collection = self._collection(name)
        personal = PERSONAL.intersection(collection.rules.rules)
        if name == "complaints" and personal and (fields is None or fields & personal):
            # Names of reporters are read when they are wanted, and not kept.
            return await self._threads.run(lambda: _load(self._settings, collection, None))
        async with self._reading.setdefault(name, asyncio.Lock()):
            known = self._known.get(name)
            fresh = await self._threads.run(lambda: _refreshed(self._settings, collection, known))
            self._known[name] = fresh
            return fresh


def _refreshed(
    settings: SheetSettings, collection: SheetCollection, known: Contents | None
) -> Contents:
    if known is not None and current(settings, collection) == known.editions:
        return known
    wanted = None
    if collection.rules.collection == "complaints":
        every = msgspec.structs.fields(collection.rules.record)
        wanted = frozenset(field.name for field in every) - PERSONAL
    return _load(settings, collection, wanted)


def _load(
    settings: SheetSettings, collection: SheetCollection, wanted: frozenset[str] | None
) -> Contents:
    editions = current(settings, collection)
    tally = Tally()
    raw = read(settings, collection, editions, tally)
    found = Mapper(collection.rules).mapper(wanted)(raw, tally)
    by_id = _latest(found, tally)
    zone = next(iter(collection.rules.rules.values())).zone
    return Contents(
        editions=editions,
        rows=tuple(by_id.values()) if by_id else tuple(found),
        by_id=by_id,
        as_of=min(edition.as_of(zone) for edition in editions),
        tally=tally,
    )


def _latest(found: Iterable[Record], tally: Tally) -> dict[str, ComplaintRecord]:
    """Index complaints by id; of two with one id the later updated stays, else the last read."""
    by_id: dict[str, ComplaintRecord] = {}
    for row in found:
        if not isinstance(row, ComplaintRecord):
            continue
        known = by_id.get(row.local_id)
        if known is not None:
            tally.reject("DUPLICATE_ID")
        if known is None or known.updated_at <= row.updated_at:
            by_id[row.local_id] = row
    return by_id
