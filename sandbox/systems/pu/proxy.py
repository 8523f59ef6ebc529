"""A proxy before the ministry's database, through which it is slow, hangs, fails or is gone."""

import asyncio
import struct
from collections import defaultdict

from sandbox.systems.faults import Mode
from sandbox.systems.gate import GARBAGE, Gate, held
from sandbox.systems.pu.session import Session
from sandbox.systems.pu.wire import (
    CANCEL_REQUEST,
    GSS_REQUEST,
    SSL_REQUEST,
    Outcome,
    error,
)


class Proxy(Gate):
    """Brings PostgreSQL's clients to the server."""

    def __init__(self, server_path: str, port: int) -> None:
        super().__init__(server_path, port)
        self.outcomes: dict[int, list[Outcome]] = defaultdict(list)
        self._sessions: set[Session] = set()

    @property
    def inflight(self) -> int:
        """How many requests wait for their answer."""
        return sum(session.running for session in self._sessions)

    def reset(self) -> None:
        """Forget how requests ended."""
        self.outcomes.clear()
        self.cancelled = 0

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let a client in, or carry its order to cancel."""
        while True:
            head = await reader.readexactly(8)
            length, code = struct.unpack("!II", head)
            if code not in {SSL_REQUEST, GSS_REQUEST}:
                break
            writer.write(b"N")
        rest = await reader.readexactly(length - 8)
        if code == CANCEL_REQUEST:
            await self._cancel(head + rest)
            return
        if not await self._let_in(reader, writer):
            return
        server_reader, server_writer = await asyncio.open_unix_connection(self._server_path)
        server_writer.write(head + rest)
        session = Session(self, reader, writer, server_reader, server_writer)
        self._sessions.add(session)
        try:
            await session.run()
        finally:
            self._sessions.discard(session)
            server_writer.close()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Apply the fault to a client that comes in; orders by the number spare it."""
        fault, lifted = self.box.current, self.box.lifted
        if fault.times is not None:
            return True
        match fault.mode:
            case Mode.SLOW:
                return await self._hold(reader, asyncio.Event(), fault.delay_ms / 1_000)
            case Mode.HANG:
                return await self._hold(reader, lifted, None)
            case Mode.FAIL:
                writer.write(error("57P03", "the database system is starting up", "FATAL"))
                return False
            case Mode.REFUSE:
                text = 'password authentication failed for user "simpul_baca"'
                writer.write(error("28P01", text, "FATAL"))
                return False
            case Mode.GARBAGE:
                writer.write(GARBAGE)
                return False
            case _:
                pass
        return True

    async def _hold(
        self, reader: asyncio.StreamReader, lifted: asyncio.Event, seconds: float | None
    ) -> bool:
        stays = await held(reader, lifted, seconds)
        self.cancelled += not stays
        return stays

    async def _cancel(self, request: bytes) -> None:
        key = struct.unpack("!II", request[8:16])
        for session in self._sessions:
            if session.key == key and session.give_up():
                return
        _, writer = await asyncio.open_unix_connection(self._server_path)
        writer.write(request)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
