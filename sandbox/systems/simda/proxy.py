"""A proxy before the regency's database, through which it is slow, hangs, fails or is gone."""

import asyncio
import contextlib
import struct
from typing import Any

from sandbox.systems.faults import Mode
from sandbox.systems.gate import GARBAGE, Gate, held

_QUERY = 3
_ERR = 0xFF
_OWN_WORDS = ("SET ", "KILL ")
"""What drivers say by themselves."""


class Proxy(Gate):
    """Brings MariaDB's clients to the server."""

    def __init__(self, server_path: str, port: int) -> None:
        super().__init__(server_path, port)
        self.requests: list[dict[str, Any]] = []
        self.inflight = 0

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let a client in."""
        if await self._let_in(reader, writer):
            there, back = await asyncio.open_unix_connection(self._server_path)
            await _Session(self, reader, writer, there, back).run()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        fault, lifted = self.box.current, self.box.lifted
        if fault.times is not None:
            return True
        if fault.mode is Mode.SLOW:
            return await held(reader, asyncio.Event(), fault.delay_ms / 1_000)
        if fault.mode is Mode.HANG:
            return await held(reader, lifted)
        if fault.mode in _DOOR:
            writer.write(_DOOR[fault.mode])
            return False
        return True


class _Session:
    """One client and its connection to the server."""

    def __init__(
        self,
        proxy: Proxy,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        self._proxy = proxy
        self._reader, self._writer = reader, writer
        self._there, self._back = there, back
        self._running: dict[str, Any] | None = None

    async def run(self) -> None:
        """Carry packets both ways until one side ends."""
        answers = asyncio.ensure_future(self._carry_answers())
        try:
            while True:
                packet = await _packet(self._reader)
                if packet[3] == 0 and packet[4] == _QUERY and not await self._ask(packet):
                    return
                self._back.write(packet)
                await self._back.drain()
        finally:
            answers.cancel()
            self._end(cancelled=True)
            self._back.close()

    async def _ask(self, packet: bytes) -> bool:
        """Note a statement and do to it what the fault in force says; false: it ends here."""
        statement = packet[5:].decode("utf-8", "replace")
        if statement.startswith(_OWN_WORDS):
            return True
        entry: dict[str, Any] = {
            "method": "SQL", "path": statement, "query": [], "status": None, "rows": None,
            "cancelled": False,
        }  # fmt: skip
        self._proxy.requests.append(entry)
        self._proxy.inflight += 1
        self._running = entry
        lifted = self._proxy.box.lifted
        fault = self._proxy.box.take()
        if fault.mode is Mode.SLOW:
            return await held(self._reader, asyncio.Event(), fault.delay_ms / 1_000)
        if fault.mode is Mode.HANG:
            return await held(self._reader, lifted)
        if fault.mode in _STATEMENT:
            self._writer.write(_STATEMENT[fault.mode])
            await self._writer.drain()
            self._end(status=fault.status)
            return False
        return True

    async def _carry_answers(self) -> None:
        with contextlib.suppress(OSError):
            while chunk := await self._there.read(65_536):
                if self._running is not None:
                    self._end(status=500 if chunk[4:5] == bytes([_ERR]) else 200)
                self._writer.write(chunk)
                await self._writer.drain()
        self._writer.close()

    def _end(self, status: int | None = None, *, cancelled: bool = False) -> None:
        entry, self._running = self._running, None
        if entry is None:
            return
        self._proxy.inflight -= 1
        entry["status"], entry["cancelled"] = status, cancelled
        self._proxy.cancelled += cancelled


async def _packet(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(4)
    return head + await reader.readexactly(int.from_bytes(head[:3], "little"))


def _error(number: int, state: str, text: str, *, at: int, early: bool = False) -> bytes:
    """Write an error; *early* ones, before a greeting, have no state."""
    told = b"" if early else b"#" + state.encode()
    body = bytes([_ERR]) + struct.pack("<H", number) + told + text.encode()
    return len(body).to_bytes(3, "little") + bytes([at]) + body


_DENIED = "Access denied for user 'simpul_baca'@'localhost' (using password: YES)"
_DOOR = {
    Mode.FAIL: _error(1040, "08004", "Too many connections", at=0, early=True),
    Mode.REFUSE: _error(1045, "28000", _DENIED, at=0, early=True),
    Mode.GARBAGE: GARBAGE,
}
_STATEMENT = {
    Mode.FAIL: _error(1105, "HY000", "Unknown error", at=1),
    Mode.REFUSE: _error(1142, "42000", "SELECT command denied to user", at=1),
    Mode.GARBAGE: GARBAGE,
}
