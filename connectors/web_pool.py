"""The connections to one source: never more than so many, each used by one request at a time."""

from __future__ import annotations

import asyncio

from connectors.contract.errors import Unavailable
from connectors.turns import Turns
from connectors.web_answers import Answer
from connectors.web_connection import Connection
from connectors.web_dial import Dialler
from connectors.web_errors import Lost

LONGEST_SECONDS = 120.0
"""An answer that nobody else has given up by then is given up here."""
SWEEP_SECONDS = 5.0


class Pool:
    """Connections that are kept for the next request, and a queue for whoever finds none free.

    A connection goes back only after a whole answer, when the source keeps it open; after anything
    else, a request that was cancelled among it, it is closed.
    """

    def __init__(self, source: str, dialler: Dialler, limit: int, most: int) -> None:
        """Keep at most *limit* connections; no answer may be larger than *most* bytes."""
        self._source = source
        self._dialler = dialler
        self._limit = limit
        self._most = most
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns = Turns(limit)
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None

    async def send(self, request: bytes, *, again: bool) -> Answer:
        """Give the answer to *request*; raises `SourceError`.

        If it may be sent *again*, it is, once, on a new connection, where one that was kept turns
        out to have been closed by the source before any of the answer came.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._settle(loop)
        turns = self._turns
        if not turns.taken():
            await turns.wait()
        connection = None
        try:
            connection = self._rested(loop.time()) or await self._opened()
            kept = connection.asked
            try:
                answer = await connection.ask(request, loop)
            except Lost:
                if not kept or not again:
                    raise
                connection = await self._opened()
                answer = await connection.ask(request, loop)
            if connection.usable:
                connection.since = loop.time()
                self._idle.append(connection)
        except BaseException:
            if connection is not None:
                connection.abort()
            raise
        finally:
            turns.leave()
        return answer

    async def aclose(self) -> None:
        """Close all connections; whoever waits for an answer is told.  Safe to call twice."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        if self._loop is not asyncio.get_running_loop():
            return
        self._idle.clear()
        self._turns.end(Unavailable(self._source, "its connections are being closed"))
        await asyncio.gather(*(each.aclose() for each in tuple(self._open)))

    def _settle(self, loop: asyncio.AbstractEventLoop) -> None:
        # What belonged to a loop that is over cannot be used, nor be waited for.
        self._loop = loop
        self._turns = Turns(self._limit)
        self._idle = []
        self._open = set()
        self._sweep = None

    def _rested(self, now: float) -> Connection | None:
        # The one that rested least is the one most likely to be still open.
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and now - connection.since < connection.idle_seconds:
                return connection
            connection.abort()
        return None

    async def _opened(self) -> Connection:
        connection = await self._dialler.dial(self._most, self._left)
        if connection.is_open:
            self._open.add(connection)
        if self._sweep is None and self._loop is not None:
            self._sweep = self._loop.call_later(SWEEP_SECONDS, self._swept)
        return connection

    def _left(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    def _swept(self) -> None:
        """Close what has rested too long, and what has been waited for too long."""
        self._sweep = None
        if self._loop is None or not self._open:
            return
        now = self._loop.time()
        for connection in tuple(self._idle):
            if now - connection.since >= connection.idle_seconds:
                self._idle.remove(connection)
                connection.abort()
        for connection in self._open:
            if connection.is_late(now, LONGEST_SECONDS):
                connection.give_up()
        self._sweep = self._loop.call_later(SWEEP_SECONDS, self._swept)
