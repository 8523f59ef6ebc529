"""Requests sent without waiting for answers: in order, bounded, and ended with their client."""

from __future__ import annotations

import asyncio

import uvloop

from gateway.wire.pipelines import MOST_WAITING
from tests.gateway.streaming import until
from tests.gateway.wire import Echo, request, served, told

LAST = request("/last", "Connection: close")
WEBSOCKET = request(
    "/socket",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    method="GET",
)


def test_some_are_answered_in_order() -> None:
    """As many as may wait, behind the one that is being answered."""
    numbers = range(MOST_WAITING)
    came = told(Echo(), b"".join(request(f"/{n}") for n in numbers) + LAST)
    at = [came.index(b"[/%d ]" % n) for n in numbers]
    assert at == sorted(at)
    assert came.endswith(b"[/last ]")


def test_too_many_end_the_connection() -> None:
    """Who sends them without end takes no memory with them."""
    app = Echo()
    told(app, request("/a") * 10_000)
    assert len(app.begun) <= MOST_WAITING + 2


def test_all_learn_that_their_client_has_left() -> None:
    """Not only the newest: the one that is being answered, and none that waited begins."""
    app = Echo()

    async def run() -> None:
        async with served(app) as (server, connect):
            _, writer = await connect()
            writer.write(request("/slow") + request("/slow"))
            await until(lambda: app.begun == ["/slow"])
            await asyncio.sleep(0.05)
            writer.close()
            await until(lambda: app.left == ["/slow"])
            await until(lambda: not server.server_state.tasks)
            assert app.begun == ["/slow"]

    uvloop.run(run())


def test_no_websocket_is_opened_before_all_is_answered() -> None:
    """It would read the answer as its own; whoever waits for that is told that nobody does."""
    app = Echo()
    assert told(app, request("/slow") + WEBSOCKET) == b""
    assert (app.begun, app.left) == (["/slow"], ["/slow"])
