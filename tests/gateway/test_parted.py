"""Answers in parts over HTTP: graphql-sse's distinct connections, and multipart/mixed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from gateway.parted import offers_of
from tests.gateway.partly import EVENTS, JSON, MULTIPART, events, opened, parts
from tests.gateway.serving import Client, talk
from tests.gateway.streaming import QUIET, SECRET, TICKS, Seen, settings, stream, until
from tests.gateway.test_telemetry import Lines, lines
from tests.gateway.world import World

__all__ = ["lines"]


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_subscription_is_an_event_stream(method: str) -> None:
    """Each event is one `next`, then `complete`; no cache and no proxy may hold it back."""

    async def conversation(client: Client, seen: Seen) -> None:
        given: dict[str, Any] = {"json": {"query": TICKS}}
        if method == "GET":
            given = {"params": {"query": TICKS}}
        async with client.session.request(
            method, f"{client.url}/graphql", headers={"Accept": EVENTS}, **given
        ) as response:
            told = events(await response.text())

        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Accel-Buffering"] == "no"
        assert told == [
            *(("next", {"data": {"ticks": {"number": n, "word": "kata"}}}) for n in range(3)),
            ("complete", None),
        ]
        assert len(seen.contexts) == 3

    stream(conversation)


def test_events_tell_what_they_lack() -> None:
    """Each what was missing when it was answered; those without sources lack nothing."""
    world = World()
    world.kaltim.mode = "down"

    async def conversation(client: Client, _seen: Seen) -> None:
        async with opened(client, "subscription { ticks(count: 2) { newest } }") as response:
            told = events(await response.text())
        lacking = {"missing": [{"source": "kaltim", "state": "UNAVAILABLE"}]}
        assert [body["extensions"] for _, body in told[:-1]] == [lacking, lacking]
        async with opened(client, "subscription { ticks(count: 1) { number } }") as response:
            ((_, body), _) = events(await response.text())
        assert "extensions" not in body

    stream(conversation, world=world)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { ticks(count: null) { number } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { refusing }", "INTERNAL"),
        ("{ greeting }", None),
    ],
)
def test_whatever_is_asked_for_as_events_comes_as_one(query: str, code: str | None) -> None:
    """Where nothing else is accepted, single answers and refusals are events, too."""

    async def conversation(client: Client, _seen: Seen) -> None:
        async with opened(client, query) as response:
            text = await response.text()
            (kind, body), *rest = events(text)

        assert (response.status, kind, rest) == (200, "next", [("complete", None)])
        if code is None:
            assert body == {"data": {"greeting": "halo dunia"}}
        else:
            assert [each["extensions"]["code"] for each in body["errors"]] == [code]
        assert SECRET not in text

    stream(conversation)


@pytest.mark.parametrize(
    ("status", "method", "headers", "body"),
    [
        (415, "POST", {"Content-Type": "text/plain"}, "{}"),
        (400, "POST", {"Content-Type": JSON}, "{"),
        (400, "GET", {}, None),
        (405, "PUT", {}, None),
        (403, "POST", {"Content-Type": JSON, "Origin": "https://example.com"}, '{"query":"{a}"}'),
        (406, "POST", {"Content-Type": JSON, "Accept": MULTIPART}, json.dumps({"query": QUIET})),
    ],
)
def test_what_is_no_request_is_no_stream(
    status: int, method: str, headers: dict[str, str], body: str | None
) -> None:
    """A client's mistake is a plain JSON answer with its status, as the client's library wants.

    Single connection mode begins with PUT, and ends there.
    """

    async def conversation(client: Client, _seen: Seen) -> None:
        async with client.session.request(
            method, f"{client.url}/graphql", headers={"Accept": EVENTS} | headers, data=body
        ) as response:
            assert (response.status, response.content_type) == (status, JSON)
            assert (await response.json())["errors"][0]["extensions"]["code"]

    stream(conversation)


def test_a_subscription_that_is_not_answered_names_what_it_is_answered_as() -> None:
    """No other medium is named than those that bring it."""

    async def conversation(client: Client, _seen: Seen) -> None:
        async with client.session.post(
            f"{client.url}/graphql", headers={"Accept": MULTIPART}, json={"query": QUIET}
        ) as response:
            (error,) = (await response.json())["errors"]

        assert (response.status, error["extensions"]["code"]) == (406, "NOT_ACCEPTABLE")
        assert error["message"] == (
            "a subscription is not answered as `multipart/mixed`; hint: accept "
            "`text/event-stream`, or ask over WebSocket (`graphql-transport-ws`)"
        )

    stream(conversation)


def test_a_quiet_stream_shows_that_it_lives() -> None:
    """Comments come where nothing else does, from the first moment."""

    async def conversation(client: Client, _seen: Seen) -> None:
        async with opened(client, QUIET) as response:
            async with asyncio.timeout(5):
                beats = [await response.content.readuntil(b"\n\n") for _ in range(3)]

            assert beats == [b":\n\n"] * 3

    stream(conversation, settings(heartbeat=0.05))


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (QUIET, EVENTS),
        ("subscription { ticks { hanging } }", EVENTS),
        ("{ greeting ... @defer { hanging } }", EVENTS),
        ("{ greeting ... @defer { hanging } }", MULTIPART),
        ("{ hanging }", EVENTS),
    ],
)
def test_a_client_that_leaves_ends_its_stream(query: str, accept: str, lines: Lines) -> None:
    """Nothing goes on behind a stream that nobody reads; its line says that the client left."""

    async def conversation(client: Client, seen: Seen) -> None:
        async with opened(client, query, accept) as response:
            await until(lambda: seen.begun > 0)
            await asyncio.sleep(0.02)
            assert seen.ended == 0
            response.close()

        await until(lambda: seen.begun == seen.ended)
        await until(lambda: len(lines.of("simpul.request")) == 1)
        (line,) = lines.of("simpul.request")
        assert (line["status"], line["transport"]) == (499, accept)

    stream(conversation)


@pytest.mark.parametrize(
    "deferred",
    ["complaints(first: 3) { nodes { title } }", 'complaint(trackingId: "9000001") { title }'],
)
def test_a_client_that_leaves_ends_what_was_deferred_of_sources(deferred: str) -> None:
    """The cancellation reaches the agency's system."""
    world = World()
    world.sp4n.mode = "hang"

    async def conversation(client: Client) -> None:
        query = f"{{ viewer {{ subject }} ... @defer {{ {deferred} }} }}"
        async with opened(client, query, MULTIPART) as response:
            await until(lambda: world.sp4n.inflight == 1)
            assert world.sp4n.cancelled == 0
            response.close()

        await until(lambda: world.sp4n.cancelled == 1 and world.sp4n.inflight == 0)

    talk(world, conversation)


def test_who_does_not_read_is_not_waited_for() -> None:
    """A client that takes nothing is ended, with what it asked; nothing piles up for it."""

    async def conversation(client: Client, seen: Seen) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", int(client.url.split(":")[-1]))
        writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's transport reads
        writer.write(
            b"GET /graphql?query=subscription{loud} HTTP/1.1\r\nHost: localhost\r\n"
            b"Accept: text/event-stream\r\n\r\n"
        )
        await until(lambda: seen.begun == 1)

        await until(lambda: seen.ended == 1)
        writer.transport.abort()

    stream(conversation, settings(stalled=0.3))


def test_streams_are_bounded() -> None:
    """One too many is refused with 503 and a code, before anything is asked."""

    async def conversation(client: Client, seen: Seen) -> None:
        async with opened(client, QUIET):
            await until(lambda: seen.begun == 1)
            async with opened(client, QUIET) as response:
                assert response.status == 503
                (error,) = (await response.json())["errors"]
                assert error["extensions"]["code"] == "TOO_MANY_STREAMS"
            async with opened(client, "{ greeting }", JSON) as response:
                assert response.status == 200
        await until(lambda: seen.ended == 1)

        assert seen.begun == 1

    stream(conversation, settings(connections=1))


def test_a_stopping_gateway_ends_streams_without_completing_them() -> None:
    """The response ends, and no `complete` tells the client that there is no more."""

    async def conversation(client: Client, seen: Seen) -> None:
        async with opened(client, QUIET) as response:
            await until(lambda: seen.begun == 1)
            client.stop()
            async with asyncio.timeout(3):
                assert await response.text() == ":\n\n"

    stream(conversation)


def test_a_subscription_is_not_answered_in_one_piece() -> None:
    """Where only JSON is accepted the answer says what to do instead."""

    async def conversation(client: Client, _seen: Seen) -> None:
        for accept, status in ((JSON, 200), ("application/graphql-response+json", 400)):
            async with opened(client, QUIET, accept) as response:
                assert response.status == status
                (error,) = (await response.json())["errors"]
                assert error["extensions"]["code"] == "SUBSCRIPTION_NEEDS_STREAM"

    stream(conversation)


def test_ordinary_operations_stay_whole() -> None:
    """Accepting parts beside JSON changes nothing for what has none."""

    async def conversation(client: Client, _seen: Seen) -> None:
        for accept in (f"{JSON}, {EVENTS}, {MULTIPART}", f"{EVENTS}, {MULTIPART}, {JSON}"):
            async with opened(client, "{ greeting }", accept) as response:
                assert response.content_type == JSON
                assert await response.json() == {"data": {"greeting": "halo dunia"}}
        async with opened(client, "{ greeting }", MULTIPART) as response:
            assert parts(await response.text()) == [{"data": {"greeting": "halo dunia"}}]

    stream(conversation)


@pytest.mark.parametrize(
    ("header", "offers"),
    [
        (None, ()),
        ("*/*", ()),
        ("application/json", ()),
        ("text/event-stream", (EVENTS,)),
        ("Text/Event-Stream; q=0.5, application/json", (EVENTS,)),
        ("text/event-stream;q=0", ()),
        ("text/event-stream;q=0.000", ()),
        ("multipart/mixed, text/event-stream", (MULTIPART, EVENTS)),
        ('multipart/mixed; boundary="-"; incrementalSpec=v0.2', (MULTIPART,)),
        ("multipart/mixed;deferSpec=20220824", ()),
        ("multipart/mixed;subscriptionSpec=1.0", ()),
        (", ;;=, text/event-stream;", (EVENTS,)),
    ],
)
def test_parts_are_for_those_who_name_them(header: str | None, offers: tuple[str, ...]) -> None:
    """A medium of parts must be named, not refused, and in the format that is spoken here."""
    assert offers_of(header) == offers


def test_a_stream_over_a_broken_connection_is_not_an_error(lines: Lines) -> None:
    """A client that leaves before it is answered is no failure of ours."""

    async def conversation(client: Client, seen: Seen) -> None:
        with pytest.raises(TimeoutError):
            async with client.session.post(
                f"{client.url}/graphql",
                json={"query": "{ hanging }"},
                headers={"Accept": EVENTS},
                timeout=aiohttp.ClientTimeout(total=0.05),
            ) as response:
                await response.text()
        await until(lambda: seen.ended == 1)
        await until(lambda: len(lines.of("simpul.request")) == 1)

        assert lines.of("simpul.gateway")[1:] == []

    stream(conversation)
