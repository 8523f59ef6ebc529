"""Clients that do not read what they asked for."""

from __future__ import annotations

import asyncio

import pytest
import uvloop

from tests.gateway.streaming import until
from tests.gateway.wire import Echo, request, served

SIZE = 20_000_000


def test_who_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection is ended, and what was kept for it is let go."""
    monkeypatch.setattr("gateway.wire.readers.STALLED_SECONDS", 0.2)

    async def run() -> None:
        async with served(Echo()) as (server, connect):
            _, writer = await connect()
            writer.write(request("/big"))
            await until(lambda: len(server.server_state.connections) == 1)
            await until(lambda: not server.server_state.connections)
            writer.close()

    uvloop.run(run())


def test_who_reads_slowly_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something every now and then is enough."""
    monkeypatch.setattr("gateway.wire.readers.STALLED_SECONDS", 0.3)

    async def run() -> None:
        async with served(Echo()) as (_, connect), asyncio.timeout(20):
            reader, writer = await connect()
            writer.write(request("/big", "Connection: close"))
            size = 0
            while piece := await reader.read(2_000_000):
                size += len(piece)
                await asyncio.sleep(0.02)
            assert size > SIZE
            writer.close()

    uvloop.run(run())


def test_who_leaves_the_last_of_it_unread_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a little, which would not hold the server up: closing waits for it."""
    monkeypatch.setattr("gateway.wire.readers.STALLED_SECONDS", 0.2)

    async def run() -> None:
        async with served(Echo()) as (server, connect), asyncio.timeout(30):
            _, writer = await connect()
            await until(lambda: len(server.server_state.connections) == 1)
            (protocol,) = server.server_state.connections
            left = protocol.transport.get_write_buffer_size
            while left() == 0:
                writer.write(request("/some"))
                await asyncio.sleep(0.002)
            assert left() < 65_536
            writer.write(request("/some", "Connection: close"))
            await until(lambda: not server.server_state.connections)
            writer.close()

    uvloop.run(run())
