"""Ask a REST source what happened to its complaints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from connectors.contract.capabilities import Fit
from connectors.contract.errors import Malformed, Refused
from connectors.contract.filters import Op, Term
from connectors.contract.query import Page, SourceQuery, Token
from connectors.event_mapping import MapSteps, Step, event_mapper
from connectors.event_settings import ID, EventCollection
from connectors.rest_paging import ENDLESS_PAGES, Seen, asked_of, onward, spot_of
from connectors.rest_settings import Params, RestSettings
from connectors.survey import surveyed
from connectors.tally import Tally
from connectors.web import Absent

Ask = Callable[[str, Params], Awaitable[tuple[Any, Sequence[str]]]]
"""Gives the decoded answer to a path and parameters, and its links."""
Dig = Callable[[Any, str], Any]

_REMEMBERED = 64


class RestEvents:
    """The steps of one REST source's complaints."""

    def __init__(
        self,
        source: str,
        settings: EventCollection,
        limits: RestSettings,
        ask: Ask,
        dig: Dig,
    ) -> None:
        """*Ask* as *settings* say, within the source's *limits*."""
        self._source = source
        self._settings = settings
        self._limits = limits
        self._ask = ask
        self._dig = dig
        self._mappers: dict[frozenset[str] | None, MapSteps] = {}

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer with all steps of the complaints asked for, in one page."""
        ids = self._ids(query)
        steps = await (self._one_by_one(ids) if self._settings.one_by_one else self._at_once(ids))
        tally = Tally()
        return Page(
            rows=tuple(self._mapper(query.fields)(steps, tally)),
            received=len(steps),
            rejected=tally.rejected,
            unknown=tally.unknown,
            survey=surveyed(query, self._settings.rules, (row for _, row in steps)),
        )

    def _ids(self, query: SourceQuery) -> list[str]:
        match query.where:
            case Term("complaint", Op.IN, ids, False) if (
                query.order is None and self._settings.can.fit(query.where) is not Fit.NO
            ):
                return [str(each) for each in ids]
        raise Refused(self._source, "steps can be asked for by their complaints only")

    def _mapper(self, wanted: frozenset[str] | None) -> MapSteps:
        known = self._mappers.get(wanted)
        if known is None:
            if len(self._mappers) >= _REMEMBERED:
                self._mappers.clear()
            known = self._mappers[wanted] = event_mapper(self._settings.rules, wanted)
        return known

    async def _at_once(self, ids: Sequence[str]) -> list[Step]:
        settings = self._settings
        # An id with the separator in it cannot be one of this source's.
        askable = [each for each in ids if each and settings.join not in each]
        if not askable:
            return []
        asked = (*settings.params, (settings.param, settings.join.join(askable)))
        found: list[Step] = []
        for entry in await self._entries(asked):
            complaint = self._dig(entry, settings.complaint)
            if str(complaint) not in askable:
                raise Malformed(self._source, "answered the steps of another complaint")
            steps = self._list(entry, settings.steps) if settings.steps else [entry]
            found += [(str(complaint), step) for step in steps]
        return found

    async def _entries(self, question: Params) -> list[Any]:
        """Read all pages of the answer: some steps of a complaint would pass for all of them."""
        settings, style = self._settings, self._settings.page
        found: list[Any] = []
        waiting: list[Token | None] = [None]
        while waiting:
            spot = spot_of(waiting.pop(0), style)
            size = spot.size if style.style == "offset" and spot.size else style.max_size
            asked = asked_of(spot, question, size, style)
            document, links = await self._ask(settings.path, asked)
            entries = self._list(document, settings.rows)
            page = Seen(
                source=self._source,
                style=style,
                spot=spot,
                size=size,
                rows=len(entries),
                ids=partial(map, str, entries),
                total=None,
                row_budget=self._limits.row_budget,
                path=settings.path,
                links=links,
            )
            waiting.extend(onward(page, self._dig(document, style.next) if style.next else None))
            found.extend(entries)
            if len(found) > self._limits.row_budget:
                raise Malformed(self._source, "it has no end of steps", ENDLESS_PAGES)
        return found

    async def _one_by_one(self, ids: Sequence[str]) -> list[Step]:
        together = asyncio.Semaphore(self._limits.concurrency)

        async def one(local_id: str) -> list[Step]:
            path = self._settings.path.replace(ID, quote(local_id, safe=""))
            async with together:
                try:
                    document, _ = await self._ask(path, self._settings.params)
                except Absent:
                    return []
            return [(local_id, step) for step in self._list(document, self._settings.rows)]

        tasks = [asyncio.ensure_future(one(each)) for each in ids if each not in ("", ".", "..")]
        try:
            return [step for steps in await asyncio.gather(*tasks) for step in steps]
        finally:
            for task in tasks:
                task.cancel()

    def _list(self, document: Any, path: str) -> list[Any]:
        rows = self._dig(document, path)
        if not isinstance(rows, list):
            where = f"`{path}`" if path else "the answer"
            raise Malformed(self._source, f"{where} should be a list of steps")
        return rows
