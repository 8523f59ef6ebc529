"""Ask a REST/JSON source: pages in four styles, its own filters, its own order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connectors.contract.capabilities import Capabilities
from connectors.contract.errors import Malformed, Refused
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.event_settings import EventCollection
from connectors.json_pages import JsonPages, Places, list_at
from connectors.json_rows import dig, insist_on_order, row_ids
from connectors.json_source import JsonSource
from connectors.json_text import NoJson, decode
from connectors.mapping import Mapper
from connectors.rest_events import RestEvents
from connectors.rest_paging import (
    SILENT_CAP,
    Seen,
    asked_of,
    onward,
    page_params,
    spot_of,
)
from connectors.rest_question import Question
from connectors.rest_settings import ById, Params, RestCollection, RestSettings
from connectors.survey import surveyed
from connectors.tally import Tally
from connectors.web import Absent, Transport


class Rest(JsonSource[RestCollection]):
    """A source that answers JSON over HTTP."""

    def __init__(
        self, settings: RestSettings, transport: Transport, events: EventCollection | None = None
    ) -> None:
        """Ask as *settings* say over *transport*; *events* says how its steps are asked for."""
        super().__init__(settings.name, settings.collections, transport)
        can = {name: each.can for name, each in settings.collections.items()}
        self._events: RestEvents | None = None
        if events is not None:
            can["events"] = events.can
            self._events = RestEvents(settings.name, events, settings, self._ask, dig)
        self.capabilities = Capabilities(collections=can)
        self._settings = settings
        self._mappers: Mapping[str, Mapper] = {
            name: Mapper(each.rules) for name, each in settings.collections.items()
        }
        self._questions: Mapping[str, Question] = {
            name: Question(settings.name, each) for name, each in settings.collections.items()
        }
        self._pages: Mapping[str, JsonPages] = {
            name: JsonPages(
                self._mappers[name], Places(each.rows, each.total or "", each.page.next)
            )
            for name, each in settings.collections.items()
        }

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        if query.collection == "events" and self._events is not None:
            return await self._events.fetch(query)
        collection = self._collection(query.collection)
        style = collection.page
        size = style.max_size
        if style.size_param is not None and query.limit is not None:
            size = max(1, min(query.limit, style.max_size))
        spot = spot_of(query.token, style)
        if style.style == "offset" and spot.size:
            size = spot.size
        question = self._questions[query.collection].params(query)
        if question is None:
            return Page(rows=(), total=0)
        reply = await self._transport.read(collection.path, asked_of(spot, question, size, style))
        tally = Tally()
        told = self._pages[query.collection].read(
            reply.body,
            query.fields,
            tally,
            None if style.size_param is None else size,
            as_it_stands=query.survey,
        )
        records = told.records
        if query.order is not None:
            insist_on_order(self.name, collection.can.order(query.order), query.order, records)
        total = self._counted(collection.total, told.total)
        page = Seen(
            source=self.name,
            style=style,
            spot=spot,
            size=size,
            rows=told.count,
            ids=lambda: row_ids(records),
            total=total,
            row_budget=self._settings.row_budget,
            path=collection.path,
            links=reply.links,
        )
        return Page(
            rows=tuple(records),
            next=onward(page, told.cursor),
            total=total,
            received=told.count,
            rejected=tally.rejected,
            unknown=tally.unknown,
            survey=surveyed(
                query,
                collection.rules,
                told.rows,
                untold=collection.total if total is None else None,
                told_if_counted=collection.count is not None,
            ),
        )

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Look up by id."""
        collection = self._collection("complaints")
        by_id = collection.by_id
        if by_id is None or len(local_ids) > by_id.max:
            raise Refused(self.name, "asked for more ids than it declares")
        if not local_ids:
            return []
        if by_id.path is not None:
            return await self._one_by_one(collection, by_id, local_ids, fields)
        return await self._all_at_once(collection, by_id, local_ids, fields)

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*."""
        collection = self._collection(query.collection)
        if collection.count is None:
            raise Refused(self.name, "asked to count, which it does not declare")
        question = self._questions[query.collection].params(query)
        if question is None:
            return 0
        asked = (*question, *collection.count)
        total = self._total(collection, await self._document(collection.path, asked))
        if total is None:
            raise Malformed(self.name, f"`{collection.total}` is missing")
        return total

    async def _document(self, path: str, params: Params) -> Any:
        return (await self._ask(path, params))[0]

    async def _ask(self, path: str, params: Params) -> tuple[Any, Sequence[str]]:
        reply = await self._transport.read(path, params)
        try:
            return decode(reply.body), reply.links
        except NoJson:
            raise Malformed(self.name, "its answer is no JSON") from None

    def _total(self, collection: RestCollection, document: Any) -> int | None:
        if collection.total is None:
            return None
        return self._counted(collection.total, dig(document, collection.total))

    async def _all_at_once(
        self,
        collection: RestCollection,
        by_id: ById,
        local_ids: Sequence[str],
        fields: frozenset[str] | None,
    ) -> Sequence[ComplaintRecord | None]:
        # An id with the separator in it cannot be one of this source's.
        askable = [each for each in dict.fromkeys(local_ids) if each and by_id.join not in each]
        if not askable:
            return [None] * len(local_ids)
        size = max(len(askable), min(collection.page.max_size, by_id.max))
        asked: Params = (
            *collection.params,
            (by_id.param or "", by_id.join.join(askable)),
            *page_params(spot_of(None, collection.page), size, collection.page),
        )
        document = await self._document(collection.path, asked)
        rows = list_at(self.name, document, collection.rows)
        if (self._total(collection, document) or 0) > len(rows):
            # What was left out would pass for "there is none".
            raise Malformed(self.name, "it gives fewer rows by id than it has", SILENT_CAP)
        found = self._mappers["complaints"].complaints(rows, fields, Tally())
        known = {record.local_id: record for record in found}
        return [known.get(each) for each in local_ids]

    async def _one_by_one(
        self,
        collection: RestCollection,
        by_id: ById,
        local_ids: Sequence[str],
        fields: frozenset[str] | None,
    ) -> Sequence[ComplaintRecord | None]:
        together = asyncio.Semaphore(self._settings.concurrency)

        async def one(local_id: str) -> ComplaintRecord | None:
            if local_id in ("", ".", ".."):
                return None
            path = (by_id.path or "").replace("{id}", quote(local_id, safe=""))
            async with together:
                try:
                    document = await self._document(path, collection.params)
                except Absent:
                    return None
            rows = [dig(document, by_id.row)]
            found = self._mappers["complaints"].complaints(rows, fields, Tally())
            if found and found[0].local_id != local_id:
                raise Malformed(self.name, "answered another row than the one asked for")
            return found[0] if found else None

        wanted = list(dict.fromkeys(local_ids))
        tasks = [asyncio.ensure_future(one(each)) for each in wanted]
        try:
            found = dict(zip(wanted, await asyncio.gather(*tasks), strict=True))
        finally:
            for task in tasks:
                task.cancel()
        return [found[each] for each in local_ids]
