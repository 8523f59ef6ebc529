"""What goes out in one piece, over real connections whose writes are looked at."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.one_write import HEADER_LINES, Held, OneWrite
from gateway.server import listen

START = "http.response.start"
BODY = "http.response.body"


class Seen:
    """A transport whose writes are kept."""

    def __init__(self, transport: Any, writes: list[bytes]) -> None:
        self._transport = transport
        self._writes = writes

    def write(self, data: bytes) -> None:
        self._writes.append(bytes(data))
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the path says."""
    length = [(b"content-length", b"6")]
    match scope["path"]:
        case "/whole" | "/continued":
            if scope["path"] == "/continued":
                await receive()
            await send({"type": START, "status": 200, "headers": length})
            await send({"type": BODY, "body": b"answer"})
        case "/lines":
            add = scope["extensions"][HEADER_LINES]
            add(b"x-first: 1\r\n")
            add(b"x-second: 2\r\n")
            await send({"type": START, "status": 200, "headers": length})
            await send({"type": BODY, "body": b"answer"})
        case "/parts":
            await send({"type": START, "status": 200, "headers": length})
            await send({"type": BODY, "body": b"123", "more_body": True})
            await send({"type": BODY, "body": b"4", "more_body": True})
            await send({"type": BODY, "body": b"56"})
        case "/stream":
            await send({"type": START, "status": 200, "headers": []})
            await asyncio.sleep(0.01)
            await send({"type": BODY, "body": b"answer"})
        case "/empty":
            await send({"type": START, "status": 204, "headers": []})
            await send({"type": BODY, "body": b""})
        case "/short":
            await send({"type": START, "status": 200, "headers": length})
        case "/broken":
            await send({"type": START, "status": 200, "headers": length})
            await send({"type": BODY, "body": b"123"})


def written(request: bytes) -> tuple[list[bytes], bytes]:
    """Send *request* and give each write of the server, and all that came."""
    writes: list[bytes] = []

    class Watched(OneWrite):
        def connection_made(self, transport: Any) -> None:  # type: ignore[override]
            super().connection_made(Seen(transport, writes))  # type: ignore[arg-type]

    async def run() -> bytes:
        listening = listen("127.0.0.1", 0)
        config = uvicorn.Config(
            app, http=Watched, lifespan="off", log_config=None, date_header=False
        )
        server = uvicorn.Server(config)
        work = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - the server tells nobody else
            await asyncio.sleep(0.005)
        try:
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            writer.write(request)
            came = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return came
        finally:
            server.should_exit = True
            await work
            listening.close()

    came = asyncio.run(run())
    assert b"".join(writes) == came
    return writes, came


def asked(path: str, *more: str, method: str = "GET", close: bool = True) -> bytes:
    """Write a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: a", *more]
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_a_head_goes_out_with_its_body() -> None:
    """An answer of known length is one write."""
    (only,), came = written(asked("/whole"))
    assert only.endswith(b"\r\n\r\nanswer")
    assert came.startswith(b"HTTP/1.1 200 OK\r\n")


def test_lines_are_part_of_the_head() -> None:
    """Those of one answer, behind its own headers; also of one without a body."""
    (only,), _ = written(asked("/lines"))
    assert only.endswith(
        b"content-length: 6\r\nconnection: close\r\nx-first: 1\r\nx-second: 2\r\n\r\nanswer"
    )
    (head,), _ = written(asked("/lines", method="HEAD"))
    assert head.endswith(b"x-second: 2\r\n\r\n")
    writes, _ = written(asked("/lines", close=False) + asked("/whole"))
    assert [b"x-first" in each for each in writes] == [True, False]


def test_each_of_several_answers_is_one_write() -> None:
    """On a connection that is kept, and for requests sent without waiting."""
    writes, _ = written(
        asked("/whole", close=False) + asked("/whole", close=False) + asked("/parts")
    )
    assert [each.count(b"HTTP/1.1 200 OK") for each in writes] == [1, 1, 1, 0, 0]
    assert [each.rpartition(b"\r\n\r\n")[2] for each in writes[:3]] == [
        b"answer",
        b"answer",
        b"123",
    ]
    assert writes[3:] == [b"4", b"56"]


def test_a_stream_begins_at_once() -> None:
    """Who waits for events is told first that there will be some."""
    writes, _ = written(asked("/stream"))
    assert writes[0].endswith(b"transfer-encoding: chunked\r\n\r\n")
    assert writes[1].startswith(b"6\r\nanswer\r\n")


def test_a_head_without_a_body_is_sent() -> None:
    """For HEAD, and for a status that has none."""
    (head,), _ = written(asked("/whole", method="HEAD"))
    assert head.endswith(b"content-length: 6\r\nconnection: close\r\n\r\n")
    writes, _ = written(asked("/empty"))
    assert writes[0].startswith(b"HTTP/1.1 204")


def test_what_breaks_off_is_seen_to() -> None:
    """What there is goes out also if no body, or not all of it, follows; the connection ends."""
    (head,), _ = written(asked("/short", close=False))
    assert head.endswith(b"content-length: 6\r\n\r\n")
    (part,), _ = written(asked("/broken", close=False))
    assert part.endswith(b"content-length: 6\r\n\r\n123")


def test_a_client_that_waits_is_told_to_go_on() -> None:
    """`100 Continue` comes before the answer, by itself."""
    body = ("Expect: 100-continue", "Content-Length: 2")
    writes, _ = written(asked("/continued", *body, method="POST") + b"{}")
    assert writes[0] == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert writes[1].endswith(b"\r\n\r\nanswer")
    assert len(writes) == 2


def test_an_answer_leaves_no_circles() -> None:
    """What belonged to a request is gone with it, without the collector's help."""
    gc.collect()
    gc.disable()
    try:
        written(asked("/whole", close=False) * 20 + asked("/parts", close=False) + asked("/whole"))
        left = [each for each in gc.get_objects() if isinstance(each, RequestResponseCycle | Held)]
    finally:
        gc.enable()
    assert len(left) <= 2
