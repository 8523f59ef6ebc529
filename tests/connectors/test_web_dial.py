"""Reaching a source whose name leads to several addresses, some of which do not answer."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Sequence

import pytest

from connectors.contract.errors import SourceError, TimedOut, Unavailable
from connectors.web_addresses import Network, Pinned
from connectors.web_connection import Connection
from connectors.web_dial import Dialler
from tests.connectors.raw_server import LOOPS, politely, talking

LOOPBACK: Sequence[Network] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def gone(_: Connection) -> None:
    """Take note of nothing."""


async def reach(port: int, *addresses: str) -> str:
    """Give the address that was reached of a name that leads to *addresses*."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    dialler = Dialler("s", "aduan.go.id", port, None, Pinned("s", LOOPBACK, resolve))
    connection = await dialler.dial(100, gone)
    assert connection._transport is not None
    found: str = connection._transport.get_extra_info("peername")[0]
    opened = connection._transport.get_extra_info("socket")
    assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    await connection.aclose()
    return found


def full(address: str, port: int) -> list[socket.socket]:
    """Listen at *address* and take nobody in: whoever connects waits."""
    listening = socket.socket()
    listening.bind((address, port))
    listening.listen(0)
    waiting = []
    for _ in range(4):
        trying = socket.socket()
        trying.setblocking(False)
        trying.connect_ex((address, port))
        waiting.append(trying)
    return [listening, *waiting]


@pytest.mark.parametrize("loop", LOOPS)
def test_the_next_address_is_tried(loop: str) -> None:
    """Where nobody listens at once, where nobody answers after a moment."""

    async def some() -> None:
        async with talking(politely()) as server:
            port = int(server.address.rpartition(":")[2])
            assert await reach(port, "127.0.0.1") == "127.0.0.1"
            assert await reach(port, "127.0.0.3", "127.0.0.1") == "127.0.0.1"
            assert await reach(port, "::1", "127.0.0.3", "127.0.0.1") == "127.0.0.1"
            sockets = full("127.0.0.2", port)
            began = time.monotonic()
            try:
                assert await reach(port, "127.0.0.2", "127.0.0.1") == "127.0.0.1"
                assert await reach(port, "127.0.0.2", "127.0.0.3", "127.0.0.1") == "127.0.0.1"
            finally:
                for each in sockets:
                    each.close()
            assert 0.5 < time.monotonic() - began < 1.9

    LOOPS[loop](some())


@pytest.mark.parametrize("loop", LOOPS)
def test_if_none_answers_it_is_told_in_time(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All refuse, or some never say anything."""
    monkeypatch.setattr("connectors.web_dial.CONNECT_SECONDS", 0.4)

    async def failing(port: int, *addresses: str) -> SourceError:
        with pytest.raises(SourceError) as raised:
            await reach(port, *addresses)
        await asyncio.sleep(0)
        return raised.value

    async def some() -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        assert type(await failing(port, "127.0.0.1", "127.0.0.3")) is Unavailable
        sockets = full("127.0.0.2", port)
        try:
            for addresses in (
                ["127.0.0.2"],
                ["127.0.0.3", "127.0.0.2"],
                ["127.0.0.2", "127.0.0.3"],
            ):
                found = await failing(port, *addresses)
                assert type(found) is TimedOut
                assert "127.0.0" not in str(found)
        finally:
            for each in sockets:
                each.close()

    LOOPS[loop](some())
