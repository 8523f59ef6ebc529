"""What every database is asked alike: pages, look-ups, counts, steps, by statements of one make."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.contract.capabilities import Capabilities, Collection, Fit
from connectors.contract.errors import Malformed, Refused
from connectors.contract.query import Change, Page, SourceQuery, Token
from connectors.contract.records import ComplaintRecord
from connectors.did_you_mean import did_you_mean
from connectors.event_mapping import event_mapper
from connectors.mapping import Mapper
from connectors.no_changes import NoChanges
from connectors.rules import Rules
from connectors.sql import (
    ID_COLUMN,
    ORDER_COLUMN,
    After,
    Statement,
    count_statement,
    get_statement,
    page_statement,
)
from connectors.sql_dialect import Dialect
from connectors.sql_events import MOST_STEPS, SqlEvents, asked_for, event_statement
from connectors.sql_reference import MOST_ROWS, REFERENCE, reference_statement
from connectors.sql_values import DATES, Columns
from connectors.survey import surveyed
from connectors.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlCollection:
    """One collection: a table or view."""

    table: str
    """Quoted, with its schema."""
    rules: Rules
    can: Collection
    clean: bool = False
    """Its columns hold what the code tables say and nothing to repair."""


class SqlSource(ABC):
    """A source that is a database; how it is reached stands in its subclasses."""

    def __init__(
        self, name: str, collections: Mapping[str, SqlCollection], events: SqlEvents | None
    ) -> None:
        """Ask for *collections* and *events*; nothing is opened yet."""
        self.name = name
        can = {key: each.can for key, each in collections.items()}
        if events is not None:
            can["events"] = events.can
        self.capabilities = Capabilities(collections=can)
        self._collections = collections
        self._events = events
        self._columns: dict[str, Columns] = {}
        self._mappers = {key: Mapper(each.rules) for key, each in collections.items()}

    @abstractmethod
    async def _run(self, statement: Statement) -> Sequence[Any]:
        """Give the rows of *statement*, each with `get`; raises `SourceError`."""

    @abstractmethod
    async def _types(self, table: str) -> Mapping[str, str]:
        """Give the columns of *table* with their types, in PostgreSQL's names."""

    @abstractmethod
    def _dialect(self) -> Dialect:
        """Give the way to write, known at the latest once `_types` has answered."""

    def _told(self, rows: Sequence[Any], columns: Columns) -> Sequence[Any]:  # noqa: ARG002 - hook
        """Give *rows* with dates that know their zone where the mapping needs to be told."""
        return rows

    @abstractmethod
    async def aclose(self) -> None:
        """Give back connections.  Safe to call twice."""

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        if query.collection == "events" and self._events is not None:
            return await self._fetch_events(self._events, query)
        collection = self._insist(query)
        if query.collection in REFERENCE:
            return await self._fetch_reference(collection, query)
        most = collection.can.page_max
        size = max(1, min(query.limit or most, most))
        columns = await self._described(query.collection)
        after = None if query.token is None else _after(query.token)
        found = await self._run(page_statement(collection.table, columns, query, after, size))
        tally = Tally()
        told = self._told(found, columns)
        records = self._mappers[query.collection].mapper(query.fields)(told, tally)
        return Page(
            rows=tuple(records),
            next=(_token(found[-1], query),) if len(found) == size else (),
            received=len(found),
            rejected=tally.rejected,
            unknown=tally.unknown,
            survey=surveyed(query, collection.rules, told, columns.types),
        )

    async def _fetch_reference(self, collection: SqlCollection, query: SourceQuery) -> Page:
        columns = await self._described(query.collection)
        statement = reference_statement(collection.table, collection.rules, self._dialect())
        found = await self._run(statement)
        if len(found) > MOST_ROWS:
            raise Malformed(self.name, f"more than {MOST_ROWS} rows of {query.collection}")
        tally = Tally()
        records = self._mappers[query.collection].mapper(query.fields)(map(dict, found), tally)
        return Page(
            rows=tuple(records),
            total=len(found),
            received=len(found),
            rejected=tally.rejected,
            unknown=tally.unknown,
            survey=surveyed(query, collection.rules, found, columns.types),
        )

    async def _fetch_events(self, events: SqlEvents, query: SourceQuery) -> Page:
        complaints = asked_for(query)
        if complaints is None or events.can.fit(query.where) is Fit.NO:
            raise Refused(self.name, "steps can be asked for by their complaints only")
        found = await self._run(event_statement(events, complaints, query.fields, self._dialect()))
        if len(found) > MOST_STEPS:
            raise Malformed(self.name, f"more than {MOST_STEPS} steps of {len(complaints)}")
        tally = Tally()
        rows = event_mapper(events.rules, query.fields)(((None, row) for row in found), tally)
        return Page(
            rows=tuple(rows),
            received=len(found),
            rejected=tally.rejected,
            unknown=tally.unknown,
            survey=surveyed(query, events.rules, found),
        )

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Look up by id."""
        collection = self._collection("complaints")
        if len(local_ids) > collection.can.get_max:
            raise Refused(
                self.name, f"{len(local_ids)} ids asked, at most {collection.can.get_max}"
            )
        columns = await self._described("complaints")
        found = await self._run(get_statement(collection.table, columns, local_ids, fields))
        told = self._told(found, columns)
        records = self._mappers["complaints"].complaints(told, fields, Tally())
        known = {record.local_id: record for record in records}
        return [known.get(local_id) for local_id in local_ids]

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*."""
        collection = self._insist(query)
        columns = await self._described(query.collection)
        found = await self._run(count_statement(collection.table, columns, query))
        return int(next(iter(found[0].values())))

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:  # noqa: ARG002 - protocol
        """Refuse: no change feed is declared."""
        return NoChanges(self.name)

    async def check(self) -> None:
        """Read one row of each collection."""
        for name in self._collections:
            await self.fetch(SourceQuery(collection=name, limit=1))

    def _collection(self, name: str) -> SqlCollection:
        collection = self._collections.get(name)
        if collection is None:
            raise Refused(self.name, f"asked for {name}, which it does not have")
        return collection

    def _insist(self, query: SourceQuery) -> SqlCollection:
        collection = self._collection(query.collection)
        if collection.can.fit(query.where) is Fit.NO:
            raise Refused(self.name, "asked a filter that it does not declare")
        if query.order is not None and collection.can.order(query.order) is None:
            raise Refused(self.name, "asked an order that it does not declare")
        return collection

    async def _described(self, name: str) -> Columns:
        known = self._columns.get(name)
        if known is None:
            collection = self._collection(name)
            types = await self._types(collection.table)
            self._insist_on_columns(collection.rules, types)
            known = Columns(collection.rules, types, collection.clean, self._dialect())
            self._columns[name] = known
        return known

    def _insist_on_columns(self, rules: Rules, types: Mapping[str, str]) -> None:
        for rule in rules.rules.values():
            if rule.path is not None and rule.path not in types:
                hint = did_you_mean(rule.path, types)
                told = f"it has no column `{rule.path}` for {rule.field}"
                raise Refused(self.name, told if hint is None else f"{told}; hint: {hint}")
        for rule in rules.moments():
            if types[str(rule.path)] not in DATES:
                raise Refused(
                    self.name,
                    f"column `{rule.path}` is {types[str(rule.path)]}, no date; hint: map a view "
                    "in which it is one",
                )


def _token(row: Any, query: SourceQuery) -> Token:
    moment = None if query.order is None else row[ORDER_COLUMN].isoformat()
    return json.dumps([moment, row[ID_COLUMN]])


def _after(token: Token) -> After:
    moment, local_id = json.loads(str(token))
    return After(local_id, None if moment is None else datetime.fromisoformat(moment))


def quoted_table(text: str) -> str | None:
    """Quote `schema.table` or `table`, None if it is neither."""
    parts = text.split(".")
    if len(parts) > 2 or not all(
        part and len(part) <= 63 and part.isprintable() and '"' not in part for part in parts
    ):
        return None
    return ".".join(f'"{part}"' for part in parts)
