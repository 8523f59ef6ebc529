"""A small application behind our own protocol, asked byte by byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from gateway.server import listen
from gateway.wire.one_write import OneWrite

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Echo:
    """Answers each request with its path and body; `/early` before it has read any, `/slow` when
    its client has left, `/big` with 20 MB, `/some` with 20 kB.
    """

    begun: list[str] = field(default_factory=list)
    heads: list[list[tuple[bytes, bytes]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """What nobody caught."""
    left: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"]
        self.begun.append(path)
        self.heads.append(scope["headers"])
        body = b""
        while path != "/early":
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left.append(path)
                return
            body += message["body"]
            if path != "/slow" and not message["more_body"]:
                break
        sizes = {"/big": 20_000_000, "/some": 20_000}
        answer = b"x" * sizes[path] if path in sizes else b"[%b %b]" % (path.encode(), body)
        head = [(b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": answer})


Connect = Callable[[], Awaitable[Streams]]


@asynccontextmanager
async def served(app: Echo) -> AsyncIterator[tuple[uvicorn.Server, Connect]]:
    """Serve *app*; give the server, and what opens a connection to it."""
    asyncio.get_running_loop().set_exception_handler(
        lambda _, told: app.errors.append(str(told.get("exception") or told["message"]))
    )
    listening = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app, http=OneWrite, lifespan="off", log_config=None, access_log=False, date_header=False
    )
    server = uvicorn.Server(config)
    work = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - the server tells nobody else
        await asyncio.sleep(0.005)
    try:
        yield server, lambda: asyncio.open_connection(*listening.getsockname())
    finally:
        server.should_exit = True
        await work
        listening.close()


def told(app: Echo, *parts: bytes, pause: float = 0.05) -> bytes:
    """Send *parts* over one connection and give all that comes until it is closed."""

    async def run() -> bytes:
        async with served(app) as (_, connect), asyncio.timeout(10):
            reader, writer = await connect()
            for number, part in enumerate(parts):
                await asyncio.sleep(pause if number else 0)
                if writer.transport.is_closing():
                    break  # It was closed by the other side.
                writer.write(part)
            came = b""
            try:
                while piece := await reader.read(65_536):
                    came += piece
            except ConnectionError:
                came += b"<reset>"
            writer.close()
            return came

    return uvloop.run(run())


def request(path: str, *lines: str, method: str = "POST", body: bytes = b"") -> bytes:
    """Write a request with *body*."""
    lengths = [f"Content-Length: {len(body)}"] if body else []
    head = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a", *lengths, *lines])
    return f"{head}\r\n\r\n".encode() + body
