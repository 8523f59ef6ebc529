"""Whoever says nothing holds no connection."""

from __future__ import annotations

import asyncio

import pytest

from tests.gateway.serving import Client, everything, talk
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
    monkeypatch.setattr("gateway.heads_in_time.HEAD_SECONDS", 0.2)

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
    monkeypatch.setattr("gateway.heads_in_time.HEAD_SECONDS", 0.2)

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
    monkeypatch.setattr("gateway.heads_in_time.HEAD_SECONDS", 0.3)

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
