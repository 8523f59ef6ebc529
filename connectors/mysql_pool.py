"""Connections to one MariaDB or MySQL: opened when needed, read only, given up when cancelled."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncmy
from asyncmy.connection import Connection
from asyncmy.constants import FIELD_TYPE

from connectors.references import Secret

_KILL_SECONDS = 2.0
_LEAVE_SECONDS = 0.5
_SESSION = "SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '+00:00', transaction_read_only = 1"
_BOUND_MARIADB = "SET SESSION max_statement_time = {seconds}"
_BOUND_MYSQL = "SET SESSION max_execution_time = {milliseconds}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server is, and who comes in."""

    host: str
    port: int
    user: str
    password: str
    database: str


class BadAddress(ValueError):
    """The address is none; it is not repeated, for a password may be in it."""


class NotEncrypted(Exception):
    """The server does not encrypt, though it has to."""


def address_of(dsn: str) -> Address:
    """Read `mysql://user:password@host:3306/database`."""
    try:
        parts = urlsplit(dsn)
        found = Address(
            host=parts.hostname or "",
            port=parts.port or 3306,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.removeprefix("/")),
        )
    except ValueError:
        raise BadAddress from None
    if parts.scheme not in ("mysql", "mariadb") or not found.host or not found.database:
        raise BadAddress
    if parts.query or parts.fragment:
        raise BadAddress
    return found


class MysqlPool:
    """The connections of one source."""

    def __init__(
        self,
        dsn: Secret,
        *,
        most: int,
        time_limit: float,
        connect_limit: float,
        tls: bool,
        ca: Path | None,
    ) -> None:
        """Allow *most* connections; a statement may run *time_limit* seconds and a little more."""
        self._dsn = dsn
        self._time_limit = time_limit
        self._connect_limit = connect_limit
        self._tls, self._ca = tls, ca
        self._free: list[Connection] = []
        self._slots = asyncio.Semaphore(most)
        self._kills: set[asyncio.Task[None]] = set()
        self.is_mariadb: bool | None = None
        """Which of the two it is; None until the first connection."""

    async def rows(
        self, statement: str, params: Mapping[str, Any]
    ) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Give the names of the columns and the rows.  Cancelled, it stops the statement there."""
        async with self._slots:
            connection = self._free.pop() if self._free else await self._connect()
            try:
                async with connection.cursor() as cursor:
                    await cursor.execute(statement, params)
                    described = cursor.description or ()
                    found = await cursor.fetchall()
            except asyncmy.errors.ProgrammingError:
                self._free.append(connection)
                raise
            except asyncio.CancelledError:
                self._give_up(connection)
                raise
            except BaseException:
                connection.close()
                # Whatever ended this one may have ended those that wait, too.
                self._close_free()
                raise
            self._free.append(connection)
            return [each[0] for each in described], _with_zones(described, found)

    async def ready(self) -> None:
        """Open a connection, if there never was one."""
        if self.is_mariadb is None:
            async with self._slots:
                self._free.append(await self._connect())

    async def aclose(self) -> None:
        """Take leave of the server, over TLS too, and close all.  Safe to call twice."""
        free, self._free = self._free, []
        if free:
            leaving = [asyncio.ensure_future(each.ensure_closed()) for each in free]
            _, late = await asyncio.wait(leaving, timeout=_LEAVE_SECONDS)
            for each in late:
                each.cancel()
            await asyncio.gather(*leaving, return_exceptions=True)
            for connection in free:
                connection.close()
        if self._kills:
            await asyncio.wait(self._kills, timeout=_KILL_SECONDS)

    def _close_free(self) -> None:
        free, self._free = self._free, []
        for connection in free:
            connection.close()

    async def _connect(self) -> Connection:
        connection = await self._opened()
        try:
            version = str(connection.get_server_info())
            self.is_mariadb = "mariadb" in version.casefold()
            seconds = self._time_limit + 1
            bound = _BOUND_MARIADB if self.is_mariadb else _BOUND_MYSQL
            async with connection.cursor() as cursor:
                if self._tls:
                    await self._insist_on_tls(cursor)
                await cursor.execute(_session(self.is_mariadb))
                await cursor.execute(
                    bound.format(seconds=seconds, milliseconds=int(seconds * 1000))
                )
        except BaseException:
            connection.close()
            raise
        return connection

    async def _insist_on_tls(self, cursor: Any) -> None:
        # Drivers go on in the open with a server that does not offer TLS.
        await cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        found = await cursor.fetchall()
        if not found or not found[0][1]:
            raise NotEncrypted

    async def _opened(self) -> Connection:
        address = address_of(self._dsn.reveal())
        secure = ssl.create_default_context(cafile=self._ca) if self._tls else None
        async with asyncio.timeout(self._connect_limit):
            return await asyncmy.connect(
                host=address.host,
                port=address.port,
                user=address.user,
                password=address.password,
                database=address.database,
                charset="utf8mb4",
                autocommit=True,
                connect_timeout=self._connect_limit,
                ssl=secure,
                program_name="simpul",
            )

    def _give_up(self, connection: Connection) -> None:
        """Close it, and stop what it asked for: the server does not notice by itself."""
        number = connection.thread_id()
        connection.close()
        kill = asyncio.get_running_loop().create_task(self._kill(int(number)))
        self._kills.add(kill)
        kill.add_done_callback(self._kills.discard)

    async def _kill(self, number: int) -> None:
        try:
            async with asyncio.timeout(_KILL_SECONDS):
                connection = await self._opened()
                try:
                    async with connection.cursor() as cursor:
                        await cursor.execute(f"KILL CONNECTION {number}")
                finally:
                    connection.close()
        except (asyncmy.errors.Error, OSError, TimeoutError):
            return  # it ends with its own bound


def _with_zones(
    described: Sequence[Sequence[Any]], rows: Sequence[Sequence[Any]]
) -> Sequence[Sequence[Any]]:
    """Give TIMESTAMP columns the zone that the session has."""
    stamps = {at for at, each in enumerate(described) if each[1] == FIELD_TYPE.TIMESTAMP}
    if not stamps:
        return rows
    return [
        [
            value.replace(tzinfo=UTC) if at in stamps and isinstance(value, datetime) else value
            for at, value in enumerate(row)
        ]
        for row in rows
    ]


def _session(is_mariadb: bool) -> str:
    # What the two call the same thing differently.
    return _SESSION.replace("transaction_read_only", "tx_read_only") if is_mariadb else _SESSION
