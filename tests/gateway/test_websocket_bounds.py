"""What a WebSocket may hold: from whose pages, how many, how long, and how slowly read."""

from __future__ import annotations

import asyncio
import base64
import json

import aiohttp
import pytest

from tests.gateway.serving import Client
from tests.gateway.streaming import QUIET, TICKS, Seen, Socket, connect, settings, stream, until
from tests.gateway.test_telemetry import Lines, lines

__all__ = ["lines"]


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        (None, True),
        ("http://{host}", True),
        ("https://{host}", True),
        ("https://Portal.example.go.id", True),
        ("http://portal.example.go.id", False),
        ("https://example.com", False),
        ("https://{host}.example.com", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_our_own_pages_and_named_ones_are_let_in(
    origin: str | None, is_let_in: bool, lines: Lines
) -> None:
    """A browser says which site's page asks; a program says nothing and is let in."""

    async def conversation(client: Client, _seen: Seen) -> None:
        host = client.url.partition("://")[2]
        headers = {} if origin is None else {"Origin": origin.format(host=host)}
        if is_let_in:
            await connect(client, headers=headers)
            return
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect(client, headers=headers)

        assert refused.value.status == 403
        (line,) = lines.of("simpul.request")
        assert (line["status"], line["codes"]) == (403, ["ORIGIN_NOT_ALLOWED"])

    stream(conversation, settings(origins=("https://portal.example.go.id",)))


def test_connections_are_bounded() -> None:
    """One too many is refused with 503 and a code; a place that is given back can be taken."""

    async def conversation(client: Client, _seen: Seen) -> None:
        first = await connect(client)
        await connect(client)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await connect(client)
        assert refused.value.status == 503
        await first.socket.close()

        async def again() -> Socket:
            while True:
                try:
                    return await connect(client)
                except aiohttp.WSServerHandshakeError:
                    await asyncio.sleep(0.01)

        async with asyncio.timeout(5):
            await again()

    stream(conversation, settings(connections=2))


def test_operations_of_a_connection_are_bounded() -> None:
    """One too many is told so under its id; the others go on, and an ended one makes room."""

    async def conversation(client: Client, seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask("a", QUIET)
        await socket.ask("b", QUIET)
        await socket.ask("c", "{ greeting }")
        refused = await socket.hear()
        await until(lambda: seen.begun == 2)
        await socket.say("complete", "a")
        await until(lambda: seen.ended == 1)
        await socket.ask("c", "{ greeting }")

        assert (refused["type"], refused["id"]) == ("error", "c")
        assert refused["payload"][0]["extensions"] == {"code": "TOO_MANY_OPERATIONS"}
        assert (await socket.hear())["payload"] == {"data": {"greeting": "halo dunia"}}

    stream(conversation, settings(operations=2))


def test_what_is_still_being_cancelled_counts() -> None:
    """Ending operations faster than they end buys no more of them; the id is free at once."""

    async def conversation(client: Client, seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask("a", "{ stubborn }")
        await until(lambda: seen.begun == 1)
        await socket.say("complete", "a")
        await socket.ask("a", "{ greeting }")
        refused = await socket.hear()
        assert seen.ended == 0
        await until(lambda: seen.ended == 1)
        await socket.ask("a", "{ greeting }")

        assert refused["payload"][0]["extensions"] == {"code": "TOO_MANY_OPERATIONS"}
        assert (await socket.hear())["payload"] == {"data": {"greeting": "halo dunia"}}

    stream(conversation, settings(operations=1))


def test_an_idle_connection_is_closed() -> None:
    """Without an operation it is closed after a while, pings or not; with one it is not."""

    async def conversation(client: Client, _seen: Seen) -> None:
        busy, idle = await connect(client), await connect(client)
        await busy.ask("a", TICKS.replace("word", ""), variables={"n": 1})
        await busy.hear()
        await busy.hear()
        await busy.ask("b", QUIET)
        await asyncio.sleep(0.1)
        await idle.say("ping")
        await idle.hear()

        assert await idle.closed() == 1000
        await asyncio.sleep(0.2)
        await busy.say("ping")
        assert await busy.hear() == {"type": "pong"}
        await busy.say("complete", "b")
        await asyncio.sleep(0.05)
        await busy.say("ping")
        assert await busy.hear() == {"type": "pong"}
        assert await busy.closed() == 1000

    stream(conversation, settings(idle=0.2))


def test_who_does_not_read_is_not_waited_for() -> None:
    """A client that takes nothing is ended, with what it asked; nothing piles up for it."""

    async def conversation(client: Client, seen: Seen) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(client.url.split(":")[-1]))
        key = base64.b64encode(bytes(16)).decode()
        writer.write(
            b"GET /graphql HTTP/1.1\r\nHost: localhost\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"
            b"Sec-WebSocket-Key: " + key.encode() + b"\r\n\r\n"
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head
        for message in (
            {"type": "connection_init"},
            {"type": "subscribe", "id": "a", "payload": {"query": "subscription { loud }"}},
        ):
            text = json.dumps(message).encode()
            # Masked with zeros, which leaves the text as it is.
            writer.write(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
        writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's transport reads
        await until(lambda: seen.begun == 1)

        await until(lambda: seen.ended == 1)
        writer.transport.abort()

    stream(conversation, settings(stalled=0.3))


def test_who_answers_no_ping_is_gone() -> None:
    """A peer that vanished without a word is found out, and what it asked is cancelled."""

    async def conversation(client: Client, seen: Seen) -> None:
        socket = await connect(client, autoping=False)
        await socket.ask("a", QUIET)
        await until(lambda: seen.begun == 1)
        ping = await socket.socket.receive(timeout=5)

        assert ping.type is aiohttp.WSMsgType.PING
        await until(lambda: seen.ended == 1)
        assert await socket.closed() == 1011

    stream(conversation, settings(heartbeat=0.05, stalled=0.2))
