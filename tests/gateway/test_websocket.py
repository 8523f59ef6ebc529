"""graphql-transport-ws, message by message, over real sockets."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.gateway.serving import Client, serving, talk
from tests.gateway.streaming import (
    QUIET,
    SECRET,
    TICKS,
    Seen,
    connect,
    settings,
    stream,
    until,
)
from tests.gateway.test_telemetry import Lines, lines
from tests.gateway.world import World

__all__ = ["lines"]


def test_a_query_is_answered_and_completed() -> None:
    """One `next` with the data, then `complete`, in text frames; the id can be used again."""

    async def conversation(client: Client, _seen: Seen) -> None:
        socket = await connect(client)
        for name in ("Budi", "Siti"):
            query = "query ($n: String!) { greeting(name: $n) }"
            await socket.ask("a", query, variables={"n": name})

            payload = {"data": {"greeting": f"halo {name}"}}
            assert await socket.hear() == {"id": "a", "type": "next", "payload": payload}
            assert await socket.hear() == {"id": "a", "type": "complete"}

    stream(conversation)


def test_a_subscription_is_answered_event_by_event() -> None:
    """Each event is one `next`, in order, each answered with a context of its own."""

    async def conversation(client: Client, seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask("a", TICKS, variables={"n": 3}, operationName="Detak")

        for number in range(3):
            tick = {"number": number, "word": "kata"}
            payload = {"data": {"ticks": tick}}
            assert await socket.hear() == {"id": "a", "type": "next", "payload": payload}
        assert await socket.hear() == {"id": "a", "type": "complete"}
        assert len(seen.contexts) == 3

    stream(conversation)


def test_operations_run_side_by_side() -> None:
    """A quiet subscription holds up no other operation of its connection."""

    async def conversation(client: Client, seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask("a", QUIET)
        await socket.ask("b", TICKS, variables={"n": 1})

        assert [(await socket.hear())["id"] for _ in range(2)] == ["b", "b"]
        assert (seen.begun, seen.ended) == (2, 1)

    stream(conversation)


@pytest.mark.parametrize(
    ("code", "messages"),
    [
        (4400, ["not JSON"]),
        (4400, ["[]"]),
        (4400, ["{}"]),
        (4400, ['{"type": 1}']),
        (4400, ['{"type": "start", "id": "a", "payload": {"query": "{ greeting }"}}']),
        (4400, [b'{"type": "connection_init"}']),
        (4400, ['{"type": "connection_init", "payload": 1}']),
        (4400, [json.dumps({"type": "ping", "payload": [1]})]),
        (4400, ['{"type": "ping", "payload": ' + '{"a":' * 100 + "1" + "}" * 101]),
        (4400, ["INIT", '{"type": "subscribe", "payload": {"query": "{ greeting }"}}']),
        (4400, ["INIT", '{"type": "subscribe", "id": "", "payload": {"query": "{ greeting }"}}']),
        (4400, ["INIT", '{"type": "subscribe", "id": 1, "payload": {"query": "{ greeting }"}}']),
        (
            4400,
            ["INIT", json.dumps({"type": "subscribe", "id": "i" * 129, "payload": {"query": ""}})],
        ),
        (4400, ["INIT", '{"type": "subscribe", "id": "a"}']),
        (4400, ["INIT", '{"type": "subscribe", "id": "a", "payload": {"query": 1}}']),
        (
            4400,
            ["INIT", '{"type": "subscribe", "id": "a", "payload": {"query": "", "variables": []}}'],
        ),
        (4400, ["INIT", '{"type": "complete"}']),
        (4401, ['{"type": "subscribe", "id": "a", "payload": {"query": "{ greeting }"}}']),
        (4429, ["INIT", '{"type": "connection_init"}']),
        (
            4409,
            [
                "INIT",
                *['{"type":"subscribe","id":"a","payload":{"query":"subscription{quiet}"}}'] * 2,
            ],
        ),
        (1009, ['{"type": "connection_init", "payload": {"a": "' + "x" * 65536 + '"}}']),
    ],
)
def test_what_breaks_the_protocol_closes_the_connection(
    code: int, messages: list[str | bytes]
) -> None:
    """Each breach has the code that the protocol gives it, and nothing is left running."""

    async def conversation(client: Client, _seen: Seen) -> None:
        socket = await connect(client, init="INIT" in messages)
        for message in messages:
            if isinstance(message, bytes):
                await socket.socket.send_bytes(message)
            elif message != "INIT":
                await socket.socket.send_str(message)

        assert await socket.closed() == code

    stream(conversation)


def test_who_does_not_introduce_itself_is_closed() -> None:
    """Without `connection_init` in time the code is 4408; pings do not buy more."""

    async def conversation(client: Client, _seen: Seen) -> None:
        socket = await connect(client, init=False)
        await socket.say("ping")
        assert await socket.hear() == {"type": "pong"}

        assert await socket.closed() == 4408

    stream(conversation, settings(init=0.1))


@pytest.mark.parametrize("protocols", [["graphql-ws"], []])
def test_other_subprotocols_are_refused(protocols: list[str]) -> None:
    """The legacy `graphql-ws`, and none at all, get 4406."""

    async def conversation(client: Client, _seen: Seen) -> None:
        socket = await connect(client, init=False, protocols=protocols)

        assert await socket.closed() == 4406

    stream(conversation)


def test_pings_are_answered_with_what_they_held() -> None:
    """`pong` repeats the payload; a client's own `pong` is no question."""

    async def conversation(client: Client, _seen: Seen) -> None:
        socket = await connect(client)
        await socket.say("pong", payload={"b": 2})
        await socket.say("ping", payload={"a": [1, 2**70]})

        assert await socket.hear() == {"type": "pong", "payload": {"a": [1, 2**70]}}

    stream(conversation)


@pytest.mark.parametrize("ending", ["complete", "close", "abort"])
@pytest.mark.parametrize("query", [QUIET, "{ hanging }", "subscription { ticks { hanging } }"])
def test_what_the_client_ends_is_cancelled(query: str, ending: str) -> None:
    """Nothing goes on behind an operation whose client ended it, closed, or vanished."""

    async def conversation(client: Client, seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask("a", query)
        await until(lambda: seen.begun > 0)
        await asyncio.sleep(0.02)
        assert seen.ended == 0
        if ending == "complete":
            await socket.say("complete", "a")
        elif ending == "close":
            await socket.socket.close()
        else:
            transport = socket.socket._response.connection
            assert transport is not None and transport.transport is not None
            transport.transport.abort()

        await until(lambda: seen.begun == seen.ended)

    stream(conversation)


@pytest.mark.parametrize(
    "query",
    [
        "{ complaints(first: 3) { nodes { title } } }",
        '{ complaint(trackingId: "9000001") { title } }',
    ],
)
def test_a_client_that_leaves_ends_what_was_asked_of_sources(query: str) -> None:
    """The cancellation reaches the agency's system."""
    world = World()
    world.sp4n.mode = "hang"

    async def conversation(client: Client) -> None:
        socket = await connect(client)
        await socket.ask("a", query)
        await until(lambda: world.sp4n.inflight == 1)
        assert world.sp4n.cancelled == 0
        await socket.socket.close()

        await until(lambda: world.sp4n.cancelled == 1 and world.sp4n.inflight == 0)

    talk(world, conversation)


@pytest.mark.parametrize(
    ("code", "payload"),
    [
        ("GRAPHQL_PARSE_FAILED", {"query": "{"}),
        ("GRAPHQL_VALIDATION_FAILED", {"query": "{ nothing }"}),
        ("GRAPHQL_VALIDATION_FAILED", {"query": "subscription { quiet loud }"}),
        ("BAD_REQUEST", {"query": " "}),
        ("BAD_USER_INPUT", {"query": TICKS, "variables": {"n": SECRET}}),
        ("BAD_USER_INPUT", {"query": TICKS, "variables": {"n": None}}),
        ("QUERY_TOO_DEEP", {"query": "{ a" * 13 + "}" * 13}),
        ("QUERY_TOO_DEEP", {"query": TICKS, "variables": {"n": json.loads("[" * 70 + "]" * 70)}}),
        ("TOO_MANY_ALIASES", {"query": "{" + "".join(f"a{n}:greeting " for n in range(31)) + "}"}),
    ],
)
def test_what_is_refused_is_one_error(code: str, payload: dict[str, Any]) -> None:
    """The operation keeps to the same bounds as over HTTP; its id can be used again."""

    async def conversation(client: Client, _seen: Seen) -> None:
        socket = await connect(client)
        await socket.say("subscribe", "a", payload)
        told = await socket.hear()
        await socket.ask("a", "{ greeting }")

        assert (told["id"], told["type"]) == ("a", "error")
        assert [error["extensions"]["code"] for error in told["payload"]] == [code]
        assert (await socket.hear())["type"] == "next"

    stream(conversation)


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ("{ failing }", [{"failing": None}]),
        ("subscription { refusing }", [None]),
        ("subscription { breaking }", [{"breaking": 1}, None]),
        ("subscription { ticks(count: 2) { failing } }", [{"ticks": {"failing": None}}] * 2),
    ],
)
def test_what_goes_wrong_inside_is_not_told(query: str, data: list[object], lines: Lines) -> None:
    """The client reads a code and a trace id; the log has the class and the place, no words."""

    async def conversation(client: Client, _seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask("a", query)
        heard = [await socket.hear() for _ in range(len(data) + 1)]

        assert [each["type"] for each in heard] == ["next"] * len(data) + ["complete"]
        assert [each["payload"]["data"] for each in heard[:-1]] == data
        (error,) = heard[len(data) - 1]["payload"]["errors"]
        assert error["extensions"]["code"] == "INTERNAL"
        (trace_id,) = {each["traceId"] for each in lines.of("simpul.request")}
        assert error["extensions"]["traceId"] == trace_id
        assert SECRET not in json.dumps(heard)
        assert lines.of("simpul.gateway")[-1]["exception"] == "ValueError"
        assert SECRET not in "".join(lines.texts)

    stream(conversation)


def test_the_deadline_is_each_event_s_own() -> None:
    """A stream may last; one event that takes too long is told so, and the next are answered."""

    async def conversation(client: Client, _seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask(
            "a",
            "subscription { ticks(count: 4, everyMs: 80) { word } }",
        )
        for _ in range(4):
            assert (await socket.hear())["payload"] == {"data": {"ticks": {"word": "kata"}}}
        assert (await socket.hear())["type"] == "complete"
        await socket.ask("b", "subscription { ticks(count: 2) { hanging } }")
        for _ in range(2):
            payload = (await socket.hear())["payload"]
            assert payload["data"] is None
            assert payload["errors"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED"
        assert (await socket.hear())["type"] == "complete"

    stream(conversation, settings(deadline=0.2))


def test_each_operation_is_one_line(lines: Lines) -> None:
    """The log tells operations, not messages: name, transport, parts, and how it ended."""

    async def conversation(client: Client, seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask("a", TICKS, variables={"n": 3}, operationName="Detak")
        for _ in range(4):
            await socket.hear()
        await socket.ask("b", "{ nothing }")
        await socket.hear()
        await socket.ask("c", QUIET)
        await until(lambda: seen.begun == 2)
        await socket.socket.close()
        await until(lambda: seen.ended == 2)

    stream(conversation)

    told = [
        (each["operation"], each["status"], each["parts"], each["codes"])
        for each in lines.of("simpul.request")
    ]
    assert told == [
        ("Detak", 200, 3, []),
        (None, 400, 1, ["GRAPHQL_VALIDATION_FAILED"]),
        (None, 499, 0, []),
    ]
    assert {each["transport"] for each in lines.of("simpul.request")} == {"websocket"}


def test_a_stopping_gateway_sends_its_clients_elsewhere() -> None:
    """The connection is closed with 1012 (service restart), and what ran is cancelled."""

    async def conversation(client: Client, seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask("a", QUIET)
        await until(lambda: seen.begun == 1)
        client.stop()

        assert await socket.closed() == 1012
        await until(lambda: seen.ended == 1)

    stream(conversation)


def test_the_contract_is_served_over_websocket() -> None:
    """The gateway's own schema answers there as it does over HTTP, to the same viewer."""

    async def run() -> None:
        async with serving(World()) as client:
            query = "{ viewer { subject } complaints(first: 2) { nodes { title } } }"
            socket = await connect(client)
            await socket.ask("a", query)

            assert (await socket.hear())["payload"] == await client.ask(query)

    asyncio.run(run())
