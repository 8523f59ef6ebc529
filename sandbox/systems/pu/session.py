"""One client of the ministry's database, message by message."""

import asyncio
import contextlib
import struct
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from sandbox.systems.faults import Fault, Mode
from sandbox.systems.pu.wire import Batch, ClientSide, Outcome, ServerSide, error, ready

if TYPE_CHECKING:
    from sandbox.systems.pu.proxy import Proxy

_GARBAGE = b"\x00\x01not a message\xff\xff"


class Session:
    """Carries batches to the server and answers back, misbehaving where it was ordered to."""

    def __init__(
        self,
        proxy: "Proxy",
        client_reader: asyncio.StreamReader,
        client_writer: asyncio.StreamWriter,
        server_reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
    ) -> None:
        self._proxy = proxy
        self._client_reader = client_reader
        self._client = client_writer
        self._server_reader = server_reader
        self._server = server_writer
        self._client_side = ClientSide()
        self._server_side = ServerSide()
        self._batches: asyncio.Queue[Batch | None] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._given_up = asyncio.Event()
        self._held = False
        self._skipping = False
        self.running = False

    @property
    def key(self) -> tuple[int, int] | None:
        """What a cancel request must show to mean this session."""
        return self._server_side.key

    async def run(self) -> None:
        """Carry until either side goes."""
        tasks = [asyncio.ensure_future(it) for it in self._legs()]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self.running:
                self._count_cancelled()
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, Exception) and not isinstance(
                    outcome, OSError | asyncio.IncompleteReadError
                ):
                    raise outcome

    def give_up(self) -> bool:
        """Cancel what runs; tell whether that was settled here, before it reached the server."""
        if self.running:
            self._count_cancelled()
        if self._held:
            self._given_up.set()
            return True
        return False

    def _legs(self) -> tuple[Coroutine[Any, Any, None], ...]:
        return self._read_client(), self._serve_batches(), self._read_server()

    def _count_cancelled(self) -> None:
        self._proxy.cancelled += 1
        self._finish("57014")

    def _finish(self, code: str | None = None) -> None:
        self.running = False
        outcome = self._server_side.outcome
        if code is not None:
            outcome.code = code
        if self.key is not None:
            self._proxy.outcomes[self.key[0]].append(outcome)

    async def _read_client(self) -> None:
        try:
            while True:
                head = await self._client_reader.readexactly(5)
                (length,) = struct.unpack("!I", head[1:])
                body = await self._client_reader.readexactly(length - 4)
                batch = self._client_side.take(head[:1], body)
                if batch is not None:
                    self._batches.put_nowait(batch)
        finally:
            self._gone.set()

    async def _serve_batches(self) -> None:
        while True:
            batch = await self._batches.get()
            assert batch is not None  # noqa: S101 - nobody puts None
            if self._skipping:
                self._skip(batch)
                continue
            if batch.is_request:
                self._server_side.outcome = Outcome()
                self.running = True
                lifted = self._proxy.box.lifted
                if not await self._misbehave(self._proxy.box.take(), lifted, batch):
                    continue
            for message in batch.messages:
                self._server.write(message)
            await self._server.drain()

    async def _read_server(self) -> None:
        while data := await self._server_reader.read(65_536):
            times = self._server_side.watch(data)
            if times and self.running:
                self._finish()
            self._client.write(data)
            await self._client.drain()

    async def _misbehave(self, fault: Fault, lifted: asyncio.Event, batch: Batch) -> bool:
        """Do what was ordered; tell whether the batch still goes to the server."""
        match fault.mode:
            case Mode.SLOW:
                return await self._hold(batch, fault.delay_ms / 1_000, None)
            case Mode.HANG:
                return await self._hold(batch, None, lifted)
            case Mode.FAIL:
                self._say(batch, "58000", "could not read block 0 of relation tiket")
                return False
            case Mode.REFUSE:
                self._say(batch, "42501", "permission denied for view tiket")
                return False
            case Mode.GARBAGE:
                self._finish("garbage")
                self._client.write(_GARBAGE)
                with contextlib.suppress(OSError):
                    await self._client.drain()
                self._client.close()
                return False
            case _:
                return True

    async def _hold(
        self, batch: Batch, seconds: float | None, lifted: asyncio.Event | None
    ) -> bool:
        self._given_up.clear()
        self._held = True
        waits = [asyncio.ensure_future(it.wait()) for it in (self._gone, self._given_up)]
        if lifted is not None:
            waits.append(asyncio.ensure_future(lifted.wait()))
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._held = False
            for wait in waits:
                wait.cancel()
        if self._gone.is_set():
            return False
        if self._given_up.is_set():
            self._say(batch, "57014", "canceling statement due to user request")
            return False
        return True

    def _say(self, batch: Batch, code: str, message: str) -> None:
        if self.running:
            self._finish(code)
        self._client.write(error(code, message))
        self._skipping = True
        self._skip(batch)

    def _skip(self, batch: Batch) -> None:
        """After an error the rest is passed over until the client asks for a fresh start."""
        if batch.ends in {b"S", b"Q"}:
            self._skipping = False
            self._client.write(ready(self._server_side.status))
