"""What goes out in one piece, over real connections whose writes are looked at."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.server import listen
from gateway.wire.one_write import EXCHANGE, Exchange, OneWrite, head_of
from tests.gateway.wire import Echo, request, told

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


HEAD = head_of(200, [(b"x-first", b"1"), (b"x-second", b"2")])


async def received(receive: Receive) -> bytes:
    """Receive a whole body."""
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message["more_body"]:
            return body


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the path says."""
    length = [(b"content-length", b"6")]
    match scope["path"]:
        case "/whole" | "/continued":
            if scope["path"] == "/continued":
                await receive()
            await send({"type": START, "status": 200, "headers": length})
            await send({"type": BODY, "body": b"answer"})
        case "/direct":
            exchange: Exchange = scope["extensions"][EXCHANGE]
            told = exchange.body()
            if told is None:
                told = b"received " + await received(receive)
            if not exchange.answer(HEAD, told):
                await send({"type": START, "status": 200, "headers": length})
                await send({"type": BODY, "body": b"answer"})
            assert not exchange.answer(HEAD, b"again")
        case "/left":
            exchange = scope["extensions"][EXCHANGE]
            assert exchange.body() == b"all"
            # What follows the body is that the client has left, and nothing before.
            assert (await receive())["type"] == "http.disconnect"
            assert not exchange.answer(HEAD, b"nobody reads this")
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


def written(*parts: bytes, stays: bool = True, dated: bool = False) -> tuple[list[bytes], bytes]:
    """Send a request in *parts* and give each write of the server, and all that came.

    A client that does not stay says no more and reads nothing.
    """
    writes: list[bytes] = []

    class Watched(OneWrite):
        def connection_made(self, transport: Any) -> None:  # type: ignore[override]
            super().connection_made(Seen(transport, writes))  # type: ignore[arg-type]

    async def run() -> bytes:
        listening = listen("127.0.0.1", 0)
        config = uvicorn.Config(
            app,
            http=Watched,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=dated,
        )
        server = uvicorn.Server(config)
        work = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - the server tells nobody else
            await asyncio.sleep(0.005)
        try:
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            for number, part in enumerate(parts):
                await asyncio.sleep(0.05 if number else 0)
                writer.write(part)
            if not stays:
                await asyncio.sleep(0.05)
                writer.close()
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


def posted(body: bytes, *, close: bool = True, more: tuple[str, ...] = ()) -> bytes:
    """Write a request with *body* for what is read and answered directly."""
    length = f"Content-Length: {len(body)}"
    return asked("/direct", length, *more, method="POST", close=close) + body


def test_a_whole_answer_is_one_write() -> None:
    """Its head is as it was written beforehand; a connection is kept or ended as asked for."""
    (first, last), _ = written(posted(b"all", close=False) + posted(b"more"))
    begun = b"HTTP/1.1 200 OK\r\nx-first: 1\r\nx-second: 2\r\ncontent-length: "
    assert first == begun + b"3\r\n\r\nall"
    assert last == begun + b"4\r\nconnection: close\r\n\r\nmore"


def test_a_body_that_is_still_to_come_is_received() -> None:
    """Only a whole one is taken at once."""
    head, body = posted(b"in two parts")[:-4], b"arts"
    (only,), _ = written(head, body)
    assert only.endswith(b"\r\n\r\nreceived in two parts")


def test_answers_to_head_are_sent() -> None:
    """Whoever answers need not know that no body may follow."""
    (only,), _ = written(asked("/direct", method="HEAD"))
    assert only.endswith(b"content-length: 6\r\nconnection: close\r\n\r\n")


def test_a_client_that_left_is_noticed_behind_the_body() -> None:
    """Also when the body was not received but taken."""
    _, came = written(asked("/left", "Content-Length: 3", method="POST") + b"all", stays=False)
    assert came == b""


def test_servers_tell_the_date_in_whole_answers_too() -> None:
    """What the server adds to every answer stands in these as well."""
    _, came = written(posted(b"all"), dated=True)
    assert came.count(b"\r\ndate: ") == 1


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
    late = posted(b"", more=("Expect: 100-continue",)).replace(b"Length: 0", b"Length: 4")
    writes, _ = written(late, b"late")
    assert writes[0] == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert writes[1].endswith(b"received late")


def test_a_client_that_does_not_wait_is_not_told_to_go_on() -> None:
    """It has sent all there is."""
    (only,), _ = written(posted(b"all", more=("Expect: 100-continue",)))
    assert only.startswith(b"HTTP/1.1 200")


def test_an_answer_leaves_no_circles() -> None:
    """What belonged to a request is gone with it, without the collector's help."""
    gc.collect()
    gc.disable()
    try:
        written(
            asked("/whole", close=False) * 15
            + posted(b"all", close=False) * 15
            + asked("/parts", close=False)
            + asked("/whole")
        )
        left = [
            each for each in gc.get_objects() if isinstance(each, RequestResponseCycle | Exchange)
        ]
    finally:
        gc.enable()
    assert len(left) <= 2


@pytest.mark.parametrize("expects", ["Expect: 100-continue", "X-Nothing: 1"])
def test_an_answer_before_the_whole_request_ends_the_connection(expects: str) -> None:
    """What is still to come of the request is not taken for the next one."""
    app = Echo()
    head = request("/early", "Content-Length: 90", expects)
    came = told(app, head, request("/next") + request("/next"))
    assert came.count(b"HTTP/1.1") == 1
    assert b"connection: close\r\n" in came
    assert came.endswith(b"[/early ]")
    assert app.begun == ["/early"]


def test_a_client_that_is_still_sending_gets_its_answer() -> None:
    """And no reset instead of it, as long as it comes to an end."""
    body = b"x" * 5_000_000
    asked = request("/early", body=body)
    came = told(Echo(), asked[:1_000], asked[1_000:] + request("/next"))
    assert came.endswith(b"[/early ]")


def test_old_clients_are_not_told_to_go_on() -> None:
    """HTTP/1.0 knows no `100 Continue`."""
    asked = request("/a", "Expect: 100-continue", body=b"late").replace(b"HTTP/1.1", b"HTTP/1.0")
    assert told(Echo(), asked[:-4], asked[-4:]).startswith(b"HTTP/1.1 200 OK")


WEBSOCKET = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")


@pytest.mark.parametrize("upgrade", [WEBSOCKET, ("Connection: Upgrade", "Upgrade: h2c")])
def test_nothing_is_opened_behind_the_last_answer(upgrade: tuple[str, ...]) -> None:
    """Nor told: the connection ends."""
    app = Echo()
    asked = request("/early", body=b"x" * 90)
    came = told(app, asked[:-9], asked[-9:] + request("/next", *upgrade, method="GET"))
    assert came.endswith(b"[/early ]")
    assert (app.begun, app.errors) == (["/early"], [])


def test_what_cannot_be_read_behind_the_last_answer_ends_it() -> None:
    """Where nothing more can be written."""
    app = Echo()
    came = told(app, request("/early", "Transfer-Encoding: chunked"), b"no size\r\n")
    assert came.endswith(b"[/early ]")
    assert app.errors == []
