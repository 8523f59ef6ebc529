"""Ask a REST source what happened to its complaints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

from connectors.contract.capabilities import Fit
from connectors.contract.errors import Malformed, Refused
from connectors.contract.filters import Op, Term
from connectors.contract.query import Page, SourceQuery
from connectors.event_mapping import MapSteps, Step, event_mapper
from connectors.event_settings import ID, EventCollection
from connectors.rest_settings import Params
from connectors.tally import Tally
from connectors.web import Absent

Document = Callable[[str, Params], Awaitable[Any]]
"""Gives the decoded answer to a path and parameters."""
Dig = Callable[[Any, str], Any]

_REMEMBERED = 64


class RestEvents:
    """The steps of one REST source's complaints."""

    def __init__(
        self,
        source: str,
        settings: EventCollection,
        concurrency: int,
        document: Document,
        dig: Dig,
    ) -> None:
        """Read *document*s as *settings* say, at most *concurrency* at once for one question."""
        self._source = source
        self._settings = settings
        self._concurrency = concurrency
        self._document = document
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
        for entry in self._list(await self._document(settings.path, asked), settings.rows):
            complaint = self._dig(entry, settings.complaint)
            if str(complaint) not in askable:
                raise Malformed(self._source, "answered the steps of another complaint")
            found += [(str(complaint), step) for step in self._list(entry, settings.steps)]
        return found

    async def _one_by_one(self, ids: Sequence[str]) -> list[Step]:
        together = asyncio.Semaphore(self._concurrency)

        async def one(local_id: str) -> list[Step]:
            path = self._settings.path.replace(ID, quote(local_id, safe=""))
            async with together:
                try:
                    document = await self._document(path, self._settings.params)
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
