"""Ask a PostgreSQL source: parameterised statements, read only, over a pool opened when needed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from connectors.contract.errors import Malformed, Refused, SourceError, TimedOut, Unavailable
from connectors.references import Secret
from connectors.sql import (
    Statement,
)
from connectors.sql_dialect import POSTGRES, Dialect
from connectors.sql_events import SqlEvents
from connectors.sql_source import SqlCollection, SqlSource

_CLOSE_SECONDS = 2.0
_GRACE_SECONDS = 0.1
"""So long a connection that nobody waits for any more may still come about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresSettings:
    """A PostgreSQL source."""

    name: str
    dsn: Secret
    collections: Mapping[str, SqlCollection]
    events: SqlEvents | None = None
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


class Postgres(SqlSource):
    """A source that is a PostgreSQL database."""

    def __init__(self, settings: PostgresSettings) -> None:
        """Ask as *settings* say; nothing is opened yet."""
        super().__init__(settings.name, settings.collections, settings.events)
        self._settings = settings
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()
        self._connecting: set[asyncio.Task[asyncpg.Connection[asyncpg.Record]]] = set()

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
        if self._connecting:
            _, late = await asyncio.wait(self._connecting, timeout=2 * _GRACE_SECONDS)
            for each in late:
                each.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _dialect(self) -> Dialect:
        return POSTGRES

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
                    connect=self._connect,
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

    async def _connect(self, *args: Any, **kwargs: Any) -> asyncpg.Connection[asyncpg.Record]:
        """Open a connection; whoever gives up waiting for it does not cut it off at once.

        In the moment in which the server takes the call the driver, cut off, leaves a failure that
        nobody looks at, which is logged as an error of ours.
        """
        connecting = asyncio.ensure_future(asyncpg.connect(*args, **kwargs))
        self._connecting.add(connecting)
        connecting.add_done_callback(self._connecting.discard)
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            connecting.add_done_callback(_not_wanted)
            asyncio.get_running_loop().call_later(_GRACE_SECONDS, connecting.cancel)
            raise

    async def _types(self, table: str) -> Mapping[str, str]:
        # It gives no row and tells the type of every column.
        text = f"SELECT * FROM {table} LIMIT 0"  # noqa: S608 - the name is quoted
        try:
            pool = await self._opened()
            async with pool.acquire() as connection:
                prepared = await connection.prepare(text)
                # Only prepared, it would keep its lock on the table until the next statement.
                await prepared.fetch()
                return {each.name: each.type.name for each in prepared.get_attributes()}
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's failure
            raise translated(self.name, error) from None


def _not_wanted(connecting: asyncio.Task[asyncpg.Connection[asyncpg.Record]]) -> None:
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().terminate()


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
