"""Ask a source that speaks GraphQL, of any schema: templates, their variables, paths to rows.

Documents are sent as they stand in the settings, values only as variables: nothing that a caller
says becomes part of a document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from connectors.contract.capabilities import Capabilities, Fit
from connectors.contract.errors import Malformed, Refused
from connectors.contract.filters import Filter, Op, Term, conjuncts
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.event_mapping import MapSteps, Step, event_mapper
from connectors.graphql_document import Json, Template, Variables
from connectors.graphql_errors import rows_lost
from connectors.graphql_settings import (
    ByNumber,
    GraphqlCollection,
    GraphqlSettings,
    GraphqlSteps,
    Listed,
)
from connectors.json_lists import rows_hint
from connectors.json_rows import dig, insist_on_order, row_ids, with_whole_ids
from connectors.json_source import JsonSource
from connectors.json_text import NoJson, decode, was_mended
from connectors.mapping import Mapper
from connectors.rest_paging import Seen, onward, spot_of
from connectors.rest_settings import PageStyle
from connectors.survey import surveyed
from connectors.tally import Tally
from connectors.web import Transport

_encode = msgspec.json.Encoder().encode
_CHAIN = PageStyle(style="cursor")
_UNCUT = PageStyle(style="none")
_REMEMBERED = 64


class GraphqlApi(JsonSource[GraphqlCollection]):
    """A source that answers GraphQL."""

    def __init__(self, settings: GraphqlSettings, transport: Transport) -> None:
        """Ask as *settings* say over *transport*."""
        super().__init__(settings.name, settings.collections, transport)
        can = {name: each.can for name, each in settings.collections.items()}
        if settings.steps is not None:
            can["events"] = settings.steps.can
        self.capabilities = Capabilities(collections=can)
        self._settings = settings
        self._mappers: Mapping[str, Mapper] = {
            name: Mapper(each.rules) for name, each in settings.collections.items()
        }
        self._step_mappers: dict[frozenset[str] | None, MapSteps] = {}

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        if query.collection == "events" and self._settings.steps is not None:
            return await self._steps(self._settings.steps, query)
        collection = self._collection(query.collection)
        pages = collection.pages
        style = _CHAIN if pages.cursor else _UNCUT
        size = pages.max_size
        if pages.size is not None and query.limit is not None:
            size = max(1, min(query.limit, pages.max_size))
        spot = spot_of(query.token, style)
        question = self._question(collection, collection.listed.template, query)
        if question is None:
            return Page(rows=(), total=0)
        if pages.size is not None:
            question[pages.size] = size
        if spot.cursor:
            question[pages.cursor] = spot.cursor
        data, entries, lost = await self._list(collection.listed, question)
        if pages.size is not None and len(entries) + len(lost) > size:
            raise Malformed(self.name, f"answered {len(entries)} rows where {size} were asked for")
        tally = Tally()
        records = self._mappers[query.collection].mapper(query.fields)(entries, tally)
        if was_mended(data):
            records = with_whole_ids(records, tally)
        if query.order is not None:
            insist_on_order(self.name, collection.can.order(query.order), query.order, records)
        total = self._total(data, collection.total)
        page = Seen(
            source=self.name,
            style=style,
            spot=spot,
            size=size,
            rows=len(entries) + len(lost),
            ids=lambda: row_ids(records),
            total=total,
            row_budget=self._settings.row_budget,
        )
        return Page(
            rows=tuple(records),
            next=onward(page, self._cursor(collection, data)),
            total=total,
            received=len(entries) + len(lost),
            rejected=tally.rejected,
            unknown=tally.unknown,
            partial=bool(lost),
            survey=surveyed(
                query,
                self._mappers[query.collection].rules,
                entries,
                untold=collection.total if total is None else None,
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
        askable = [each for each in dict.fromkeys(local_ids) if each]
        asked = _by_number(by_id, askable)
        if asked is None:
            return [None] * len(local_ids)
        question = self._fixed(collection.constants, collection.wanted, fields, by_id.listed)
        question |= asked
        _, entries, lost = await self._list(by_id.listed, question)
        if lost:
            raise Malformed(self.name, "could not tell some of the rows asked for", "PARTIAL_DATA")
        rows = [entry for entry in entries if entry is not None]
        found = self._mappers["complaints"].complaints(rows, fields, Tally())
        known = {record.local_id: record for record in found}
        if not known.keys() <= set(askable):
            raise Malformed(self.name, "answered another row than the ones asked for")
        return [known.get(each) for each in local_ids]

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*."""
        collection = self._collection(query.collection)
        if collection.count is None:
            raise Refused(self.name, "asked to count, which it does not declare")
        question = self._question(collection, collection.count.template, query)
        if question is None:
            return 0
        data, _ = await self._ask(collection.count.template, question, collection.count.total)
        total = self._total(data, collection.count.total)
        if total is None:
            raise Malformed(self.name, f"`{collection.count.total}` is missing")
        return total

    def _question(
        self, collection: GraphqlCollection, template: Template, query: SourceQuery
    ) -> dict[str, Json] | None:
        """Give the variables of *query*, None if nothing can match it."""
        asked: dict[str, tuple[str, ...]] = {}
        for part in conjuncts(query.where):
            variable, words = self._filter(collection, part)
            if variable in asked:
                # Two fields in one variable: only what both allow is asked.
                words = tuple(word for word in words if word in asked[variable])
            asked[variable] = words
        question = self._fixed(collection.constants, collection.wanted, query.fields, template)
        for variable, words in asked.items():
            values = [value for word in words for value in _askable(template, variable, word)]
            if not values:
                return None
            question[variable] = values if template.variables[variable].is_list else values[0]
        if query.order is not None:
            ordered = collection.orders.get(query.order)
            if ordered is None:
                raise Refused(self.name, "asked an order that it does not declare")
            question.update(ordered)
        return question

    def _filter(self, collection: GraphqlCollection, part: Filter) -> tuple[str, tuple[str, ...]]:
        if isinstance(part, Term) and collection.can.fit(part) is not Fit.NO:
            found = collection.filters[part.field, part.op]
            return found.param, found.words(part)
        raise Refused(self.name, "asked a filter that it does not declare")

    def _fixed(
        self,
        constants: Variables,
        wanted: Mapping[str, frozenset[str]],
        fields: frozenset[str] | None,
        of: Template | Listed,
    ) -> dict[str, Json]:
        """Give the variables of every question: constants, and what the fields need."""
        template = of.template if isinstance(of, Listed) else of
        question = dict(constants)
        for variable, needed_by in wanted.items():
            question[variable] = fields is None or not needed_by.isdisjoint(fields)
        return {name: value for name, value in question.items() if name in template.variables}

    async def _list(
        self, listed: Listed, question: Mapping[str, Json]
    ) -> tuple[Any, list[Any], frozenset[int]]:
        """Give the data, the entries that no error reaches into, and where it reaches into one."""
        data, lost = await self._ask(listed.template, question, listed.rows, single=listed.single)
        entries = dig(data, listed.rows)
        if listed.single:
            entries = [entries]
        if not isinstance(entries, list):
            # The keys of its answer are those of our own query.
            hint = rows_hint(data, listed.rows)
            told = f"`{listed.rows}` should be a list of rows"
            raise Malformed(self.name, told if hint is None else f"{told}; hint: {hint}")
        if lost and max(lost) >= len(entries):
            raise Malformed(self.name, "an error points at a row that is not there")
        rows = [dig(each, listed.row) for at, each in enumerate(entries) if at not in lost]
        return data, rows, lost

    async def _ask(
        self, template: Template, question: Mapping[str, Json], rows: str, *, single: bool = False
    ) -> tuple[Any, frozenset[int]]:
        body = await self._transport.post(
            "", _encode({"query": template.text, "variables": question})
        )
        try:
            document = decode(body)
        except NoJson:
            raise Malformed(self.name, "its answer is no JSON") from None
        data, lost = rows_lost(self.name, document, rows, self._settings.errors, single=single)
        return type(document)(data) if was_mended(document) else data, lost

    def _cursor(self, collection: GraphqlCollection, data: Any) -> object:
        pages = collection.pages
        if not pages.cursor:
            return None
        cursor = dig(data, pages.next)
        if not pages.more:
            return cursor
        more = dig(data, pages.more)
        if not isinstance(more, bool):
            raise Malformed(self.name, f"`{pages.more}` should say whether there is more")
        if more and cursor in (None, ""):
            raise Malformed(self.name, "it says that there is more and not where")
        return cursor if more else None

    def _total(self, data: Any, path: str | None) -> int | None:
        return self._counted(path, dig(data, path)) if path else None

    async def _steps(self, settings: GraphqlSteps, query: SourceQuery) -> Page:
        ids = self._complaints(settings, query)
        by_id = settings.by_id
        asked = _by_number(by_id, ids)
        if asked is None:
            return Page(rows=())
        question = self._fixed(settings.constants, settings.wanted, query.fields, by_id.listed)
        question |= asked
        _, entries, lost = await self._list(by_id.listed, question)
        steps: list[Step] = []
        for entry in entries:
            if entry is None:
                continue
            complaint = str(dig(entry, settings.complaint))
            if complaint not in ids:
                raise Malformed(self.name, "answered the steps of another complaint")
            told = dig(entry, settings.steps)
            if not isinstance(told, list):
                raise Malformed(self.name, f"`{settings.steps}` should be a list of steps")
            steps += [(complaint, step) for step in told]
        tally = Tally()
        return Page(
            rows=tuple(self._step_mapper(settings, query.fields)(steps, tally)),
            received=len(steps),
            rejected=tally.rejected,
            unknown=tally.unknown,
            partial=bool(lost),
            survey=surveyed(query, settings.rules, (row for _, row in steps)),
        )

    def _complaints(self, settings: GraphqlSteps, query: SourceQuery) -> list[str]:
        match query.where:
            case Term("complaint", Op.IN, ids, False) if (
                query.order is None and settings.can.fit(query.where) is not Fit.NO
            ):
                return [str(each) for each in ids]
        raise Refused(self.name, "steps can be asked for by their complaints only")

    def _step_mapper(self, settings: GraphqlSteps, wanted: frozenset[str] | None) -> MapSteps:
        known = self._step_mappers.get(wanted)
        if known is None:
            if len(self._step_mappers) >= _REMEMBERED:
                self._step_mappers.clear()
            known = self._step_mappers[wanted] = event_mapper(settings.rules, wanted)
        return known


def _by_number(by_id: ByNumber, ids: Sequence[str]) -> dict[str, Json] | None:
    """Give the variable that asks for *ids*, None if none of them can be one of the source's."""
    template = by_id.listed.template
    values = [value for each in ids for value in _askable(template, by_id.variable, each)]
    if not values:
        return None
    return {by_id.variable: values if template.variables[by_id.variable].is_list else values[0]}


def _askable(template: Template, variable: str, word: str) -> Sequence[Json]:
    """Give *word* as the variable takes it, nothing if it can be no value of its type."""
    kind = template.variables[variable]
    try:
        value = kind.value((word,))
    except ValueError:
        return ()
    return value if isinstance(value, list) else (value,)
