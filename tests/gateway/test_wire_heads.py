"""Whoever says nothing holds no connection."""

from __future__ import annotations

import asyncio

import pytest

from tests.gateway.serving import Client, everything, talk
from tests.gateway.wire import Echo, request, told
from tests.gateway.world import World

BODY = b'{"query": "{ sources { id } }"}'
HEAD = (
    b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BODY)
)


async def connected(client: Client) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(client.url.split(":")[-1]))


@pytest.mark.parametrize("before", [b"", HEAD + BODY], ids=["at first", "after a request"])
@pytest.mark.parametrize("drip", [b"", b"x"], ids=["then nothing", "letter by letter"])
def test_a_head_that_does_not_come_is_not_waited_for(
    before: bytes, drip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a begun one, nor one of which a letter comes now and then."""
    monkeypatch.setattr("gateway.wire.heads.HEAD_SECONDS", 0.2)

    async def conversation(client: Client) -> None:
        reader, writer = await connected(client)
        writer.write(before + b"POST /graphql HTTP/1.1\r\nX")
        reading = asyncio.ensure_future(everything(reader))
        async with asyncio.timeout(3):
            while not reading.done():
                writer.write(drip)
                await asyncio.sleep(0.05)
        writer.close()

        assert (await reading).count(b"HTTP/1.1 200 OK") == bool(before)

    talk(World(), conversation)


def test_a_connection_over_which_nothing_comes_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one letter."""
    monkeypatch.setattr("gateway.wire.heads.HEAD_SECONDS", 0.2)

    async def conversation(client: Client) -> None:
        reader, writer = await connected(client)
        async with asyncio.timeout(3):
            assert await reader.read() == b""
        writer.close()

    talk(World(), conversation)


def test_a_head_that_comes_in_time_may_be_followed_by_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each has the whole time for itself, and none runs out while an answer is under way."""
    monkeypatch.setattr("gateway.wire.heads.HEAD_SECONDS", 0.3)

    async def conversation(client: Client) -> None:
        reader, writer = await connected(client)
        for _ in range(3):
            for part in (HEAD[:20], HEAD[20:], BODY):
                writer.write(part)
                await asyncio.sleep(0.15)
            async with asyncio.timeout(3):
                assert await reader.readuntil(b"]}}") != b""
        writer.close()

    talk(World(), conversation)


IN_PIECES = request("/long", "X: " + "x" * 300_000)


@pytest.mark.parametrize(
    "parts",
    [
        (request("/long", "X: " + "x" * 500_000),),
        tuple(IN_PIECES[at : at + 30_000] for at in range(0, 300_000, 30_000)),
        (request("/long", *["X: 1"] * 1_000),),
        (request("/long?" + "q" * 500_000),),
    ],
    ids=["one line", "in pieces", "many lines", "address"],
)
def test_a_head_without_end_is_refused(parts: tuple[bytes, ...]) -> None:
    """Whatever grows in it."""
    app = Echo()
    came = told(app, *parts, pause=0.01)
    assert app.begun == []
    assert came.startswith(b"HTTP/1.1 431 ") or came == b"<reset>"


def test_a_large_head_is_read() -> None:
    """A query in an address, behind a body as large."""
    app = Echo()
    came = told(
        app,
        request("/a", body=b"x" * 200_000) + request("/b?" + "q" * 50_000, "Connection: close"),
    )
    assert app.begun == ["/a", "/b"]
    assert came.endswith(b"[/b ]")


@pytest.mark.parametrize("behind", [b"\r\n", b"\r\n\r\n\r\n", b"POST"])
def test_a_byte_behind_an_answer_holds_no_connection(
    behind: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes begins the wait for a head, which is not begun anew by more."""
    monkeypatch.setattr("gateway.wire.heads.HEAD_SECONDS", 0.3)
    came = told(Echo(), request("/a"), behind, behind)
    assert came.startswith(b"HTTP/1.1 200 OK")


CHUNKED = request("/a", "Transfer-Encoding: chunked") + b"1\r\nx\r\n0\r\n"


def test_what_stands_behind_a_body_is_no_part_of_the_head() -> None:
    """A trailer cannot say what the head did not: nobody in front of us has looked at it."""
    app = Echo()
    came = told(app, CHUNKED + b"Content-Type: a\r\n\r\n" + request("/b", "Connection: close"))
    assert came.endswith(b"[/b ]")
    assert b"content-type" not in [name for name, _ in app.heads[0]]


@pytest.mark.parametrize(
    "parts",
    [
        (CHUNKED, *[b"a: b\r\n" * 5_000] * 4),
        (CHUNKED, *[b"x" * 30_000] * 10),
        (CHUNKED[:-3] + b"1;", *[b"x" * 30_000] * 10),
    ],
    ids=["many lines", "one line", "beside a size"],
)
def test_what_stands_behind_a_body_is_bounded_too(
    parts: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it grows; the time for a head would end it only much later."""
    monkeypatch.setattr("gateway.wire.heads.HEAD_SECONDS", 60)
    app = Echo()
    came = told(app, *parts, pause=0.01)
    assert came.count(b"HTTP/1.1 200") <= 1
    assert app.errors == []
