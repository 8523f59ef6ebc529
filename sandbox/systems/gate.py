"""The gate before a database: clients come in by TCP; it can be slow, hang, fail or be gone."""

import asyncio
import contextlib
from abc import ABC, abstractmethod

from sandbox.systems.door import Reservation
from sandbox.systems.faults import NO_FAULT, FaultBox

GARBAGE = b"HTTP/1.1 400 Bad Request\r\n\r\n<html>"
"""What no driver of a database expects."""


class Gate(ABC):
    """Brings clients to the Unix socket of a server, in the words of its protocol."""

    def __init__(self, server_path: str, port: int) -> None:
        self.box = FaultBox()
        self.cancelled = 0
        self._server_path = server_path
        self._reservation = Reservation(port)
        self._listener: asyncio.Server | None = None
        self._callers: set[asyncio.StreamWriter] = set()

    @property
    def port(self) -> int:
        """The port, whether open or not."""
        return self._reservation.port

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._callers)

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
        self.box.set(NO_FAULT)
        await self.shut()
        for _ in range(100):
            if not self._callers:
                break
            await asyncio.sleep(0.01)
        self._reservation.release()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._callers.add(writer)
        try:
            await self.greet(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # either side went away, which is what sides do
        finally:
            self._callers.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    @abstractmethod
    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until one side ends."""


async def held(
    reader: asyncio.StreamReader, lifted: asyncio.Event, seconds: float | None = None
) -> bool:
    """Leave a client waiting until *lifted*; tell whether it is still there at the end."""
    gone = asyncio.ensure_future(reader.read(1))
    free = asyncio.ensure_future(lifted.wait())
    try:
        await asyncio.wait({gone, free}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return not gone.done()
    finally:
        gone.cancel()
        free.cancel()
        # Until it has ended, nobody else may read from the client.
        await asyncio.wait({gone, free})
