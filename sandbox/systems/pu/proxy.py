"""A proxy before the ministry's database, through which it is slow, hangs, fails or is gone."""

import asyncio
import contextlib
import struct
from collections import defaultdict

from sandbox.systems.door import Reservation
from sandbox.systems.faults import Fault, FaultBox, Mode
from sandbox.systems.pu.session import Session
from sandbox.systems.pu.wire import (
    CANCEL_REQUEST,
    GSS_REQUEST,
    SSL_REQUEST,
    Outcome,
    error,
)

GARBAGE = b"HTTP/1.1 400 Bad Request\r\n\r\n<html>"


class Proxy:
    """Takes clients on a TCP port and brings them to the server's Unix socket."""

    def __init__(self, server_path: str, port: int) -> None:
        self.box = FaultBox()
        self.cancelled = 0
        self.outcomes: dict[int, list[Outcome]] = defaultdict(list)
        self._server_path = server_path
        self._reservation = Reservation(port)
        self._listener: asyncio.Server | None = None
        self._sessions: set[Session] = set()
        self._callers: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        """The port, whether open or not."""
        return self._reservation.port

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._callers)

    @property
    def inflight(self) -> int:
        """How many requests wait for their answer."""
        return sum(session.running for session in self._sessions)

    async def open(self) -> None:
        """Take connections."""
        if self._listener is None:
            self._listener = await asyncio.start_server(
                self._serve, sock=self._reservation.socket(), backlog=256
            )

    async def shut(self) -> None:
        """Refuse new connections and drop those there are."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        for caller in list(self._callers):
            caller.transport.abort()

    async def aclose(self) -> None:
        """Shut for good."""
        self.box.set(Fault())
        await self.shut()
        for _ in range(100):
            if not self._callers:
                break
            await asyncio.sleep(0.01)
        self._reservation.release()

    def reset(self) -> None:
        """Forget how requests ended."""
        self.outcomes.clear()
        self.cancelled = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._callers.add(writer)
        try:
            await self._greet(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # either side went away, which is what sides do
        finally:
            self._callers.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
        """Leave a client waiting at the door; tell whether it is still there at the end."""
        gone = asyncio.ensure_future(reader.read(1))
        free = asyncio.ensure_future(lifted.wait())
        try:
            await asyncio.wait({gone, free}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                self.cancelled += 1
                return False
        finally:
            gone.cancel()
            free.cancel()
            await asyncio.gather(gone, free, return_exceptions=True)
        return True

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
