"""Clients that leave, requests that take too long, sources that are closed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from time import perf_counter

import pytest

from gateway.app import build_app
from gateway.server import build_server, listen
from gateway.settings import GatewaySettings
from tests.gateway.serving import SETTINGS, Client, serving, talk
from tests.gateway.test_telemetry import Lines, lines
from tests.gateway.world import World, clock

__all__ = ["lines"]

LIST = "{ complaints(first: 3) { nodes { title } complete answers { source { id } state } } }"
SINGLE = '{ complaint(trackingId: "9000001") { title } }'


async def until(test: object, seconds: float = 5.0) -> None:
    """Wait until *test* holds."""
    assert callable(test)
    async with asyncio.timeout(seconds):
        while not test():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("query", [LIST, SINGLE])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_client_that_leaves_ends_its_work(query: str, method: str) -> None:
    """When the client closes its connection, what its request had asked of sources is cancelled."""
    world = World()
    world.sp4n.mode = "hang"

    async def conversation(client: Client) -> None:
        port = int(client.url.split(":")[-1])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        if method == "POST":
            body = json.dumps({"query": query}).encode()
            head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\n" + head.encode() + body)
        else:
            address = query.replace(" ", "%20").replace('"', "%22")
            writer.write(
                f"GET /graphql?query={address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            )
        await writer.drain()
        await until(lambda: world.sp4n.inflight == 1)
        assert world.sp4n.cancelled == 0
        writer.close()

        await until(lambda: world.sp4n.cancelled == 1 and world.sp4n.inflight == 0)

    talk(world, conversation)


def test_a_source_that_hangs_does_not_hold_the_list() -> None:
    """The list comes within the source's time, whole but for it, and says that it timed out."""
    world = World(time_limit=0.3)
    world.kaltim.mode = "hang"

    async def conversation(client: Client) -> None:
        began = perf_counter()
        found = (await client.data(LIST))["complaints"]

        assert perf_counter() - began < 2
        assert len(found["nodes"]) == 3
        assert not found["complete"]
        assert {each["source"]["id"]: each["state"] for each in found["answers"]} == {
            "sp4n": "ANSWERED",
            "kaltim": "TIMED_OUT",
            "kota": "ANSWERED",
        }

    talk(world, conversation)
    assert world.kaltim.cancelled == 1


def test_a_request_has_a_deadline() -> None:
    """What takes longer than a request may is ended, cancelled and told by its code."""
    world = World()
    world.registry.mode = "hang"

    async def conversation(client: Client) -> None:
        began = perf_counter()
        code = await client.code("{ channels { id } }")

        assert code == "DEADLINE_EXCEEDED"
        assert perf_counter() - began < 2

    talk(world, conversation, GatewaySettings(deadline=0.4))


def test_the_first_phase_leaves_time_for_the_answer() -> None:
    """With a deadline shorter than the sources' time a list still comes, and within it."""
    world = World()
    world.kaltim.mode = "hang"

    async def conversation(client: Client) -> None:
        found = (await client.data(LIST))["complaints"]

        assert not found["complete"]
        assert found["nodes"]

    talk(world, conversation, GatewaySettings(deadline=1.0))


def test_a_slow_count_does_not_cost_the_rows() -> None:
    """If counting takes longer than the request may, the rows come with a lower bound instead."""
    world = World()
    world.kota.counting = "hang"

    async def conversation(client: Client) -> None:
        query = "{ complaints(first: 3) { nodes { title } totalCount { value exact } } }"
        found = (await client.data(query))["complaints"]

        assert len(found["nodes"]) == 3
        assert found["totalCount"] == {"value": 3, "exact": False}

    talk(world, conversation, GatewaySettings(deadline=1.0))


def test_stopping_closes_every_source() -> None:
    """When the server stops, each connector has been closed."""
    world = World()

    async def conversation(client: Client) -> None:
        await client.data(LIST)

    talk(world, conversation)
    for source in world.sources:
        assert source.connector.closed  # type: ignore[attr-defined] # they are the tests' own


def test_stopping_waits_for_running_requests() -> None:
    """A request that runs when the server is told to stop is still answered."""
    world = World(time_limit=1.0)
    world.kaltim.mode = "hang"

    async def run() -> None:
        async with serving(world) as client:
            request = asyncio.create_task(client.data(LIST))
            await until(lambda: world.kaltim.inflight == 1)
            client.stop()
            found = (await request)["complaints"]

            assert found["nodes"]

    asyncio.run(run())


def test_a_stopping_server_tells_whom_it_gives_up(lines: Lines) -> None:
    """What still runs when the drain is over is answered, and its line says why it ended."""
    world = World()
    world.registry.mode = "hang"
    settings = replace(SETTINGS, drain=1.0)

    async def conversation() -> None:
        app = build_app(world.sources, settings, clock=clock)
        listening = listen("127.0.0.1", 0)
        server = build_server(app, settings)
        work = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - the server tells nobody else
            await asyncio.sleep(0.005)
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        body = b'{"query": "{ channels { id } }"}'
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        await until(lambda: world.registry.inflight > 0)
        await asyncio.sleep(0.1)
        server.should_exit = True
        answer = await asyncio.wait_for(reader.read(), 5)
        await work
        writer.close()
        listening.close()
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"GATEWAY_STOPPING" in answer
        assert b"\r\nconnection: close\r\n" in answer
        (line,) = lines.of("simpul.request")
        assert (line["status"], line["codes"]) == (503, ["GATEWAY_STOPPING"])

    asyncio.run(conversation())
