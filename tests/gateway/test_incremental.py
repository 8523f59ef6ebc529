"""`@defer` and `@stream`: who accepts parts gets them, and they add up to the whole answer."""

from __future__ import annotations

import pytest

from tests.gateway.partly import EVENTS, JSON, MULTIPART, events, merged, opened, parts
from tests.gateway.serving import Client, talk
from tests.gateway.streaming import SECRET, Seen, connect, settings, stream
from tests.gateway.test_telemetry import Lines, lines
from tests.gateway.world import World

__all__ = ["lines"]

DEFER = "query Tunda { greeting ... @defer { tick { number word(afterMs: 5) } } }"


@pytest.mark.parametrize("accept", [EVENTS, MULTIPART, f"{JSON}, {MULTIPART};incrementalSpec=v0.2"])
@pytest.mark.parametrize(
    ("query", "expected", "count"),
    [
        (DEFER, {"greeting": "halo dunia", "tick": {"number": 1, "word": "kata"}}, 2),
        ("{ numbers(count: 3) @stream(initialCount: 1) }", {"numbers": [0, 1, 2]}, 2),
        (
            '{ tick { number ...L @defer(label: "l") } } fragment L on Tick { word }',
            {"tick": {"number": 1, "word": "kata"}},
            2,
        ),
    ],
)
def test_deferred_parts_come_later(
    query: str, expected: object, count: int, accept: str, lines: Lines
) -> None:
    """Put together by a client, the parts are what one answer would have been."""

    async def conversation(client: Client, _seen: Seen) -> None:
        async with opened(client, query, accept) as response:
            text = await response.text()
        bodies = (
            [body for _, body in events(text)[:-1]]
            if response.content_type == EVENTS
            else parts(text)
        )
        async with opened(client, query, JSON) as response:
            whole = await response.json()

        assert len(bodies) >= count
        assert bodies[0]["data"] != expected
        assert merged(bodies) == expected == whole["data"]
        assert lines.of("simpul.request")[0]["parts"] == len(bodies)

    stream(conversation)


@pytest.mark.parametrize(
    "accept", [JSON, "*/*", f"{MULTIPART};deferSpec=20220824, {JSON}", f"{EVENTS};q=0, {JSON}"]
)
def test_who_does_not_accept_parts_gets_one_answer(accept: str) -> None:
    """`@defer` is not heeded then: one JSON object, whole."""

    async def conversation(client: Client, _seen: Seen) -> None:
        async with opened(client, DEFER, accept) as response:
            assert response.content_type == JSON
            tick = {"number": 1, "word": "kata"}
            assert await response.json() == {"data": {"greeting": "halo dunia", "tick": tick}}

    stream(conversation)


def test_what_is_deferred_fails_alone() -> None:
    """An error of a deferred part is masked, and told with the part; the rest stands."""

    async def conversation(client: Client, _seen: Seen) -> None:
        query = "{ greeting ... @defer { failing } }"
        async with opened(client, query, MULTIPART) as response:
            text = await response.text()

        first, *later = parts(text)
        assert first["data"] == {"greeting": "halo dunia"}
        assert "errors" not in first
        ((error,),) = [each["errors"] for body in later for each in body.get("incremental", ())]
        assert error["extensions"]["code"] == "INTERNAL"
        assert SECRET not in text

    stream(conversation)


def test_what_is_deferred_too_long_is_told_as_missing() -> None:
    """The deadline holds for all parts together; what has not come by then is told as failed."""

    async def conversation(client: Client, _seen: Seen) -> None:
        query = "{ greeting ... @defer { hanging } ... @defer { tick { word } } }"
        async with opened(client, query, MULTIPART) as response:
            bodies = parts(await response.text())

        assert bodies[0]["data"] == {"greeting": "halo dunia"}
        assert bodies[-1]["hasNext"] is False
        (completed,) = bodies[-1]["completed"]
        assert completed["errors"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED"
        assert {"tick": {"word": "kata"}} in [
            each["data"] for body in bodies for each in body.get("incremental", ())
        ]
        async with opened(client, "{ hanging ... @defer { greeting } }", MULTIPART) as response:
            (body,) = parts(await response.text())
        assert body["data"] is None
        assert body["errors"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED"

    stream(conversation, settings(deadline=0.2))


def test_the_contract_is_served_in_parts() -> None:
    """A list can come after what is quick; put together it is the same answer."""

    async def conversation(client: Client) -> None:
        fields = "title status submittedAt closedAt agency { name validFrom } location { latitude }"
        listed = f"complaints(first: 5) {{ nodes {{ {fields} }} }}"
        query = f"{{ viewer {{ subject }} ... @defer {{ {listed} }} }}"
        async with opened(client, query, MULTIPART) as response:
            bodies = parts(await response.text())

        assert bodies[0]["data"] == {"viewer": {"subject": "anonymous"}}
        assert merged(bodies) == await client.data(query)

    talk(World(), conversation)


def test_fast_sources_come_first() -> None:
    """Lists deferred source by source come as their sources answer, whatever their order."""
    world = World()
    world.kaltim.mode = "hang"

    async def conversation(client: Client) -> None:
        listed = '(first: 2, filter: {{ sources: ["{0}"] }}) {{ nodes {{ title }} complete }}'
        query = "".join(
            f'... @defer(label: "{name}") {{ {name}: complaints{listed.format(name)} }} '
            for name in ("kaltim", "kota")
        )
        came = ""
        async with opened(client, f"{{ viewer {{ subject }} {query} }}", MULTIPART) as response:
            while "K-001" not in came:
                came += (await response.content.readany()).decode()
            assert world.kaltim.inflight == 1
            assert "KT-1" not in came
            response.close()

    talk(world, conversation)


def test_parts_come_over_websocket_too() -> None:
    """Each part is a `next`; put together they are the whole answer."""

    async def conversation(client: Client, _seen: Seen) -> None:
        socket = await connect(client)
        await socket.ask("a", DEFER)
        bodies = []
        while (told := await socket.hear())["type"] == "next":
            bodies.append(told["payload"])

        assert len(bodies) >= 2
        tick = {"number": 1, "word": "kata"}
        assert merged(bodies) == {"greeting": "halo dunia", "tick": tick}

    stream(conversation)
