"""Ask an Open311 GeoReport v2 source: window by window, in JSON or XML, believing no silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zlib import crc32

from connectors import open311_xml
from connectors.contract.capabilities import Capabilities, Collection, Fit
from connectors.contract.errors import Malformed, Refused
from connectors.contract.filters import Filter, Op, Term, conjuncts
from connectors.contract.query import Change, Page, SourceQuery
from connectors.contract.records import ComplaintRecord, Record
from connectors.json_text import BROKEN, NoJson, decode
from connectors.mapping import Mapper
from connectors.moments import moment_reader
from connectors.no_changes import NoChanges
from connectors.open311_settings import Asked, Open311Settings, Params, Requests
from connectors.open311_windows import Span, Spot, Wholeness, spans, spot_of
from connectors.rest_paging import ENDLESS_PAGES, REPEATED_PAGE, SILENT_CAP
from connectors.survey import surveyed
from connectors.tally import Tally
from connectors.web import Absent, Transport
from connectors.words import fold, plain, word

_TOLERATED = timedelta(days=1)
"""Some sources compare whole days: so far may rows lie outside the window asked for."""
_AHEAD = timedelta(days=1)

Words = list[tuple[Asked, tuple[str, ...]]]
"""The filters to send, each with its words."""


class Open311:
    """A source that speaks GeoReport v2."""

    def __init__(
        self,
        settings: Open311Settings,
        transport: Transport,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Ask as *settings* say over *transport*; *now* says where the last window ends."""
        self.name = settings.name
        self._settings = settings
        self._transport = transport
        self._now = now
        self._wholeness = Wholeness(settings.answers_at_most)
        can: dict[str, Collection] = {}
        self._mappers: dict[str, Mapper] = {}
        for name, each in (("complaints", settings.requests), ("categories", settings.services)):
            if each is not None:
                can[name] = each.can
                self._mappers[name] = Mapper(each.rules)
        self.capabilities = Capabilities(collections=can)
        if settings.requests is not None:
            rule = settings.requests.rules.rules["submitted_at"]
            self._submitted_path = (rule.path or "").split(".")
            self._read_submitted = moment_reader(rule.form, rule.zone, rule.nulls)
            self._id_path = (settings.requests.rules.rules["local_id"].path or "").split(".")

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        if query.collection == "categories" and self._settings.services is not None:
            return await self._services(query)
        requests = self._requests(query.collection)
        if query.order is not None:
            raise Refused(self.name, "asked an order, and it promises none")
        question = self._question(requests, query.where)
        if question is None:
            return Page(rows=(), total=0)
        span, asked = question
        others: tuple[Spot, ...] = ()
        if query.token is not None:
            spot = spot_of(query.token)
        else:
            found = [Spot(each) for each in spans(span.start, span.end, self._settings.window)]
            if not found:
                return Page(rows=(), total=0)
            spot, others = found[0], tuple(found[1:])
        rows = await self._whole(spot.span, asked)
        return self._page(query, rows, spot, others)

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Look up by id."""
        requests = self._requests("complaints")
        if len(local_ids) > requests.can.get_max:
            raise Refused(self.name, "asked for more ids than it declares")
        together = asyncio.Semaphore(self._settings.concurrency)

        async def one(local_id: str) -> ComplaintRecord | None:
            if local_id in ("", ".", ".."):
                return None
            async with together:
                try:
                    rows = await self._list(f"/requests/{quote(local_id, safe='')}", ())
                except Absent:
                    return None
            found = self._mappers["complaints"].complaints(rows, fields, Tally())
            if any(record.local_id != local_id for record in found) or len(found) > 1:
                raise Malformed(self.name, "answered another request than the one asked for")
            return found[0] if found else None

        wanted = list(dict.fromkeys(local_ids))
        tasks = [asyncio.ensure_future(one(each)) for each in wanted]
        try:
            found = dict(zip(wanted, await asyncio.gather(*tasks), strict=True))
        finally:
            for task in tasks:
                task.cancel()
        return [found[each] for each in local_ids]

    async def count(self, query: SourceQuery) -> int:  # noqa: ARG002 - protocol
        """Refuse: the specification knows no counts."""
        raise Refused(self.name, "asked to count, which it does not declare")

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:  # noqa: ARG002 - protocol
        """Refuse: no change feed is declared."""
        return NoChanges(self.name)

    async def check(self) -> None:
        """Ask for the services, and for the requests of the latest day."""
        if self._settings.services is not None:
            await self._list("/services", ())
        if self._settings.requests is not None:
            end = self._now() + _AHEAD
            await self._answer(Span(end - 2 * _AHEAD, end), [])

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()

    def _requests(self, collection: str) -> Requests:
        if collection != "complaints" or self._settings.requests is None:
            raise Refused(self.name, f"asked for {collection}, which it does not have")
        return self._settings.requests

    async def _services(self, query: SourceQuery) -> Page:
        if query.order is not None or query.where != SourceQuery().where:
            raise Refused(self.name, "services cannot be filtered")
        rows = await self._list("/services", ())
        tally = Tally()
        records = self._mappers["categories"].mapper(query.fields)(rows, tally)
        start = query.token if isinstance(query.token, int) else 0
        end = start + (query.limit or max(1, len(records)))
        return Page(
            rows=tuple(records[start:end]),
            next=(end,) if end < len(records) else (),
            total=len(records),
            received=len(records[start:end]) + sum(tally.rejected.values()),
            rejected=tally.rejected if start == 0 else {},
            unknown=tally.unknown if start == 0 else {},
            as_of=None,
            survey=surveyed(query, self._mappers["categories"].rules, rows),
        )

    def _page(
        self, query: SourceQuery, rows: list[Any], spot: Spot, others: tuple[Spot, ...]
    ) -> Page:
        tally = Tally()
        records: Sequence[Record] = self._mappers["complaints"].mapper(query.fields)(rows, tally)
        following = [each.token() for each in others]
        if query.limit is not None and (spot.given or len(records) > query.limit):
            # It promises no order, so what was given already is told by the ids.
            whole = sorted(records, key=_id_of)
            end = spot.given + query.limit
            records = whole[spot.given : end]
            if end < len(whole):
                following.insert(0, Spot(spot.span, end).token())
        first = spot.given == 0
        return Page(
            rows=tuple(records),
            next=tuple(following),
            received=len(records) + (sum(tally.rejected.values()) if first else 0),
            rejected=tally.rejected if first else {},
            unknown=tally.unknown if first else {},
            survey=surveyed(query, self._mappers["complaints"].rules, rows),
        )

    def _question(self, requests: Requests, where: Filter) -> tuple[Span, Words] | None:
        """Give the span and the words to send, None if nothing can match."""
        since, until = self._settings.since, self._now() + _AHEAD
        asked: Words = []
        if requests.can.fit(where) is Fit.NO:
            raise Refused(self.name, "asked a filter that it does not declare")
        for part in conjuncts(where):
            match part:
                case Term("submitted_at", Op.FROM, (datetime() as bound,)):
                    since = max(since, bound)
                case Term("submitted_at", Op.UNTIL, (datetime() as bound,)):
                    until = min(until, bound)
                case Term(name, Op.IN, values) if name in requests.filters:
                    by = requests.filters[name]
                    words = [each for value in values for each in by.words.get(value, ())]
                    if not words:
                        return None
                    if by.every != frozenset(words):
                        asked.append((by, tuple(dict.fromkeys(words))))
                case _:
                    raise Refused(self.name, "asked a filter that it does not declare")
        return Span(since, until), asked

    async def _whole(self, span: Span, asked: Words) -> list[Any]:
        """Give all rows of *span*, asking for its halves where an answer may have been cut."""
        rows = await self._answer(span, asked)
        count = len(rows)
        inside = self._inside(span, rows)
        if self._settings.paging is not None or not self._wholeness.doubts(count):
            return inside
        halves = span.halves()
        if halves is None:
            if self._wholeness.most is not None:
                told = f"it answers {count} requests at most, and has more within one second"
                raise Malformed(self.name, told, SILENT_CAP)
            return inside
        together = [row for half in halves for row in await self._whole(half, asked)]
        if len(together) > len(inside):
            self._wholeness.was_cut(count)
        return together

    def _inside(self, span: Span, rows: list[Any]) -> list[Any]:
        """Leave out what belongs to another span; a row without a moment stays, to be rejected."""
        found: dict[str, Any] = {}
        odd: list[Any] = []
        for row in rows:
            moment = self._read_submitted(_at(row, self._submitted_path))
            if not isinstance(moment, datetime):
                odd.append(row)
            elif span.holds(moment):
                local_id = plain(_at(row, self._id_path))
                if not local_id or BROKEN in local_id:
                    odd.append({})  # it cannot be asked for again
                else:
                    found[local_id] = row
            elif not span.start - _TOLERATED <= moment < span.end + _TOLERATED:
                raise Malformed(self.name, "answers requests from outside the window asked for")
        return [*found.values(), *odd]

    async def _answer(self, span: Span, asked: Words) -> list[Any]:
        start, end = span.asked()
        params = [("start_date", start), ("end_date", end)]
        params += [(by.param, ",".join(words)) for by, words in asked]
        paging = self._settings.paging
        if paging is None:
            rows = await self._list("/requests", tuple(params))
        else:
            rows = await self._all_pages(tuple(params))
        for by, words in asked:
            self._insist_on_filter(by, words, rows)
        return rows

    async def _all_pages(self, params: Params) -> list[Any]:
        """Read page after page until one is empty: a short one may only have been cut."""
        paging = self._settings.paging
        assert paging is not None  # noqa: S101 - the caller asked
        found: list[Any] = []
        number, before = paging.first, 0
        while True:
            page: list[tuple[str, str]] = [(paging.param, str(number))]
            if paging.size_param is not None:
                page.append((paging.size_param, str(paging.size)))
            rows = await self._list("/requests", (*params, *page))
            if not rows:
                return found
            mark = crc32("\n".join(map(repr, rows)).encode("utf-8", "replace"))
            if mark == before:
                raise Malformed(self.name, "answers the same page again", REPEATED_PAGE)
            found += rows
            if len(found) > self._settings.row_budget:
                told = f"has more than {self._settings.row_budget} requests in one window"
                raise Malformed(self.name, f"{told}; hint: choose a narrower window", ENDLESS_PAGES)
            number, before = number + 1, mark

    def _insist_on_filter(self, by: Asked, words: Sequence[str], rows: list[Any]) -> None:
        wanted = frozenset(map(fold, words))
        path = by.path.split(".")
        if any(isinstance(row, dict) and fold(word(_at(row, path))) not in wanted for row in rows):
            raise Malformed(self.name, f"answers requests that do not match `{by.param}`")

    async def _list(self, path: str, params: Params) -> list[Any]:
        settings = self._settings
        body = await self._transport.get(f"{path}.{settings.form}", (*settings.params, *params))
        try:
            rows = open311_xml.rows(body) if settings.form == "xml" else decode(body)
        except (NoJson, open311_xml.NoXml):
            raise Malformed(self.name, f"its answer is no {settings.form.upper()}") from None
        if not isinstance(rows, list):
            raise Malformed(self.name, "its answer should be a list")
        return list(rows)


def _at(row: Any, path: Sequence[str]) -> Any:
    for step in path:
        if not isinstance(row, dict):
            return None
        row = row.get(step)
    return row


def _id_of(record: Record) -> bytes:
    return record.local_id.encode() if isinstance(record, ComplaintRecord) else b""
