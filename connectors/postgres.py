"""Ask a PostgreSQL source: parameterised statements, read only, over a pool opened when needed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from connectors.contract.capabilities import Capabilities, Collection, Fit
from connectors.contract.errors import Malformed, Refused, SourceError, TimedOut, Unavailable
from connectors.contract.query import Change, Page, SourceQuery, Token
from connectors.contract.records import ComplaintRecord
from connectors.did_you_mean import did_you_mean
from connectors.event_mapping import event_mapper
from connectors.mapping import Mapper
from connectors.no_changes import NoChanges
from connectors.postgres_events import MOST_STEPS, PostgresEvents, asked_for, event_statement
from connectors.references import Secret
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
from connectors.sql_values import DATES, Columns
from connectors.tally import Tally

_CLOSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresCollection:
    """One collection: a table or view."""

    table: str
    """Quoted, with its schema."""
    rules: Rules
    can: Collection
    clean: bool = False
    """Its columns hold what the code tables say and nothing to repair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresSettings:
    """A PostgreSQL source."""

    name: str
    dsn: Secret
    collections: Mapping[str, PostgresCollection]
    events: PostgresEvents | None = None
    time_limit: float = 4.0
    connections: int = 8
    connect_limit: float = 2.0
    statement_cache: int = 100
    """0 behind a pooler that hands out connections by transaction."""


class _Stateless(asyncpg.Connection):
    """A connection that is given back as it was taken: nothing here sets anything on it."""

    def get_reset_query(self) -> str:
        """Save the round trip that a pool spends on resetting sessions."""
        return ""


class Postgres:
    """A source that is a database."""

    def __init__(self, settings: PostgresSettings) -> None:
        """Ask as *settings* say; nothing is opened yet."""
        self.name = settings.name
        can = {name: each.can for name, each in settings.collections.items()}
        if settings.events is not None:
            can["events"] = settings.events.can
        self.capabilities = Capabilities(collections=can)
        self._settings = settings
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()
        self._columns: dict[str, Columns] = {}
        self._mappers = {name: Mapper(each.rules) for name, each in settings.collections.items()}

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        if query.collection == "events" and self._settings.events is not None:
            return await self._fetch_events(self._settings.events, query)
        collection = self._insist(query)
        most = collection.can.page_max
        size = max(1, min(query.limit or most, most))
        columns = await self._described(query.collection)
        after = None if query.token is None else _after(query.token)
        found = await self._run(page_statement(collection.table, columns, query, after, size))
        tally = Tally()
        records = self._mappers[query.collection].mapper(query.fields)(found, tally)
        return Page(
            rows=tuple(records),
            next=(_token(found[-1], query),) if len(found) == size else (),
            received=len(found),
            rejected=tally.rejected,
            unknown=tally.unknown,
        )

    async def _fetch_events(self, events: PostgresEvents, query: SourceQuery) -> Page:
        complaints = asked_for(query)
        if complaints is None or events.can.fit(query.where) is Fit.NO:
            raise Refused(self.name, "steps can be asked for by their complaints only")
        found = await self._run(event_statement(events, complaints, query.fields))
        if len(found) > MOST_STEPS:
            raise Malformed(self.name, f"more than {MOST_STEPS} steps of {len(complaints)}")
        tally = Tally()
        rows = event_mapper(events.rules, query.fields)(((None, row) for row in found), tally)
        return Page(
            rows=tuple(rows),
            received=len(found),
            rejected=tally.rejected,
            unknown=tally.unknown,
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
        records = self._mappers["complaints"].complaints(found, fields, Tally())
        known = {record.local_id: record for record in records}
        return [known.get(local_id) for local_id in local_ids]

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*."""
        collection = self._insist(query)
        columns = await self._described(query.collection)
        found = await self._run(count_statement(collection.table, columns, query))
        return int(found[0][0])

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:  # noqa: ARG002 - protocol
        """Refuse: no change feed is declared."""
        return NoChanges(self.name)

    async def check(self) -> None:
        """Read one row of each collection."""
        for name in self._settings.collections:
            await self.fetch(SourceQuery(collection=name, limit=1))

    async def aclose(self) -> None:
        """Close the pool, by force if a connection does not let go."""
        pool, self._pool = self._pool, None
        self._columns.clear()
        if pool is None:
            return
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await pool.close()
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            pool.terminate()

    def _collection(self, name: str) -> PostgresCollection:
        collection = self._settings.collections.get(name)
        if collection is None:
            raise Refused(self.name, f"asked for {name}, which it does not have")
        return collection

    def _insist(self, query: SourceQuery) -> PostgresCollection:
        collection = self._collection(query.collection)
        if collection.can.fit(query.where) is Fit.NO:
            raise Refused(self.name, "asked a filter that it does not declare")
        if query.order is not None and collection.can.order(query.order) is None:
            raise Refused(self.name, "asked an order that it does not declare")
        return collection

    async def _run(self, statement: Statement) -> list[asyncpg.Record]:
        try:
            pool = await self._opened()
            async with pool.acquire() as connection:
                return await connection.fetch(statement.text, *statement.params)
        except SourceError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's failure
            if isinstance(error, asyncpg.SyntaxOrAccessError):
                # The table may have changed: look at it again next time.
                self._columns.clear()
            raise translated(self.name, error) from None

    async def _opened(self) -> asyncpg.Pool[asyncpg.Record]:
        async with self._opening:
            if self._pool is None:
                settings = self._settings
                self._pool = await asyncpg.create_pool(
                    settings.dsn.reveal(),
                    connection_class=_Stateless,
                    min_size=0,
                    max_size=settings.connections,
                    timeout=settings.connect_limit,
                    command_timeout=settings.time_limit,
                    statement_cache_size=settings.statement_cache,
                    server_settings={
                        "application_name": "simpul",
                        "default_transaction_read_only": "on",
                        "jit": "off",
                    },
                )
            return self._pool

    async def _described(self, name: str) -> Columns:
        known = self._columns.get(name)
        if known is None:
            known = self._columns[name] = await self._describe(self._collection(name))
        return known

    async def _describe(self, collection: PostgresCollection) -> Columns:
        # It gives no row and tells the type of every column.
        text = f"SELECT * FROM {collection.table} LIMIT 0"  # noqa: S608 - the name is quoted
        try:
            pool = await self._opened()
            async with pool.acquire() as connection:
                prepared = await connection.prepare(text)
                # Only prepared, it would keep its lock on the table until the next statement.
                await prepared.fetch()
                types = {each.name: each.type.name for each in prepared.get_attributes()}
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's failure
            raise translated(self.name, error) from None
        self._insist_on_columns(collection.rules, types)
        return Columns(collection.rules, types, collection.clean)

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


def translated(source: str, error: BaseException) -> SourceError:
    """Give a foreign exception in the contract's words; it is the one place that does.

    The database's own message may hold a row's contents, and is left out.
    """
    kind = type(error).__name__
    match error:
        case SourceError():
            return error
        case asyncpg.PostgresError():
            return _refusal(source, str(error.sqlstate or ""), kind)
        case TimeoutError():
            return TimedOut(source, f"no answer in time ({kind})")
        case asyncpg.InternalClientError() | UnicodeDecodeError() | OverflowError() | ValueError():
            return Malformed(source, f"its answer cannot be read ({kind})")
        case _:
            return Unavailable(source, f"could not be reached ({kind})")


def _refusal(source: str, state: str, kind: str) -> SourceError:
    told = f"answered {kind} ({state})"
    if state == "57014":
        return TimedOut(source, told)
    if state[:2] in ("28", "42", "25", "0A", "3D", "3F"):
        return Refused(source, told)
    if state[:2] in ("22", "08P"):
        return Malformed(source, told)
    return Unavailable(source, told)


def _token(row: asyncpg.Record, query: SourceQuery) -> Token:
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
