"""A server that says exactly the bytes it is told to, and remembers what came."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import trustme
import uvloop

from connectors.web import Web, WebSettings
from connectors.web_tls import Tls

T = TypeVar("T")

LOOPS: dict[str, Callable[[Coroutine[Any, Any, Any]], Any]] = {
    "asyncio": asyncio.run,
    "uvloop": uvloop.run,
}


def answer(body: bytes = b"{}", *headers: bytes) -> bytes:
    """Give a whole answer."""
    lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@dataclass
class Peer:
    """One connection, as the server sees it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int
    """Which connection it is, from 1."""
    asked: int = 0
    """How many requests came over it."""

    async def hear(self) -> bytes | None:
        """Give the next request's head and body; None if there is none."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(line.partition(b":")[2])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                0,
            )
            body = await self.reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError):
            return None
        self.asked += 1
        return head + body

    async def say(self, *parts: bytes) -> None:
        """Send *parts*, each on its own."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    def reset(self) -> None:
        """Break the connection off without a good-bye."""
        now = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
        self.writer.transport.abort()


Talk = Callable[[Peer], Awaitable[None]]


@dataclass
class Server:
    """What the server saw."""

    address: str = ""
    connections: int = 0
    open: int = 0
    most_open: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """A connection is gone."""


@asynccontextmanager
async def talking(
    talk: Talk, tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[Server]:
    """Serve each connection with *talk*, at *port*; it is closed when that returns."""
    server = Server()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        server.open += 1
        server.most_open = max(server.most_open, server.open)
        try:
            await talk(Peer(reader, writer, server.connections))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            server.open -= 1
            server.gone.set()
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", port, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server.address = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def politely(body: bytes = b"{}") -> Talk:
    """Answer every request with *body*, as long as the connection lasts."""

    async def talk(peer: Peer) -> None:
        while await peer.hear() is not None:
            await peer.say(answer(body))

    return talk


def certified(name: str = "127.0.0.1") -> tuple[ssl.SSLContext, Tls]:
    """Give the context of a server with a certificate for *name*, and who believes it."""
    authority = trustme.CA()
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    return theirs, Tls(ours)


async def asking(
    talk: Talk,
    conversation: Callable[[Web, Server], Awaitable[T]],
    *,
    secure: bool = False,
    **settings: Any,
) -> T:
    """Have a *conversation* with a server that talks as *talk*, over TLS if *secure*."""
    theirs, ours = certified() if secure else (None, None)
    async with talking(talk, theirs) as server:
        web = Web(WebSettings(source="s", base_url=server.address, tls=ours, **settings))
        try:
            async with asyncio.timeout(20):
                return await conversation(web, server)
        finally:
            await web.aclose()
