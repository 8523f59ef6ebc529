"""Whatever comes over a WebSocket, the gateway keeps to the protocol and to itself."""

from __future__ import annotations

import asyncio
import json

import aiohttp
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gateway.app import build_app
from gateway.websocket import SUBPROTOCOL, Close
from tests.gateway.serving import serving_app
from tests.gateway.streaming import Seen, build_schema, settings, until
from tests.gateway.test_telemetry import Lines, lines
from tests.gateway.world import World, clock

__all__ = ["lines"]

SETTINGS = settings(init=1.0, operations=2)
KINDS = ("next", "error", "ping", "pong", "start", "stop", "connection_ack")
IDS = st.sampled_from(["a", "b", "", "é" * 200]) | st.integers() | st.none()
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
QUERIES = st.sampled_from(
    ["{ greeting }", "subscription { quiet }", "subscription { ticks { number } }", "{ hanging }",
     "{ failing }", "{", "", "query A { greeting } query B { greeting }"]
)  # fmt: skip
PAYLOADS = ANYTHING | st.fixed_dictionaries(
    {"query": QUERIES}, optional={"variables": ANYTHING, "operationName": ANYTHING}
)
SUBSCRIBE = st.builds(lambda i, p: {"type": "subscribe", "id": i, "payload": p}, IDS, PAYLOADS)
MESSAGES = (
    st.just({"type": "connection_init"})
    | SUBSCRIBE
    | SUBSCRIBE
    | st.builds(lambda i: {"type": "complete", "id": i}, IDS)
    | st.builds(lambda k, p: {"type": k, "payload": p}, st.sampled_from(KINDS), ANYTHING)
)
FRAMES = (
    MESSAGES.map(json.dumps)
    | ANYTHING.map(json.dumps)
    | st.text(max_size=20)
    | st.binary(max_size=9)
)
INTRODUCED = st.lists(FRAMES, max_size=6).map(lambda said: ['{"type":"connection_init"}', *said])
TALKS = INTRODUCED | st.lists(FRAMES, max_size=4)


def test_noise_gets_protocol_and_leaves_nothing(lines: Lines) -> None:
    """Every answer is of the protocol, every close has a code of it, nothing fails inside."""
    seen = Seen()

    async def talk(url: str, session: aiohttp.ClientSession, said: list[str | bytes]) -> None:
        async with session.ws_connect(url, protocols=[SUBPROTOCOL]) as socket:
            for each in said:
                if isinstance(each, bytes):
                    await socket.send_bytes(each)
                else:
                    await socket.send_str(each)
            await socket.send_json({"type": "ping", "payload": {"last": 1}})
            async for message in socket:
                held = message.json()
                assert held["type"] in ("connection_ack", "next", "error", "complete", "pong")
                if held == {"type": "pong", "payload": {"last": 1}}:
                    return
            assert socket.close_code in {code.value for code in Close}
            assert socket.close_code != Close.INTERNAL

    async def run() -> None:
        app = build_app(World().sources, SETTINGS, clock=clock, schema=build_schema(seen))
        async with serving_app(app, SETTINGS) as client:
            loop = asyncio.get_running_loop()

            @hypothesis_settings(
                max_examples=150, deadline=None, suppress_health_check=list(HealthCheck)
            )
            @given(TALKS)
            def each(said: list[str | bytes]) -> None:
                work = talk(f"{client.url}/graphql", client.session, said)
                asyncio.run_coroutine_threadsafe(work, loop).result(10)

            await asyncio.to_thread(each)
            await until(lambda: len(app.state.open_streams) == 0)
            await until(lambda: seen.begun == seen.ended)

    asyncio.run(run())

    assert {each.get("exception", "ValueError") for each in lines.of("simpul.gateway")} == {
        "ValueError"
    }
