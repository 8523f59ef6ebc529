"""GraphQL over HTTP: methods, media types, bodies, health."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import strawberry

from gateway.app import build_app
from gateway.asked import BadRequest
from gateway.media_types import accepted
from tests.gateway.serving import SETTINGS, Client, everything, serving_app, talk
from tests.gateway.world import World, clock

QUERY = "{ viewer { subject } }"
LIST = "{ complaints(first: 3) { nodes { title } complete } }"
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"


@pytest.mark.parametrize(
    ("status", "code", "method", "headers", "body"),
    [
        (200, None, "POST", {"Content-Type": "application/json"}, json.dumps({"query": QUERY})),
        (
            200,
            None,
            "POST",
            {"Content-Type": "application/json; charset=utf-8", "Accept": "*/*"},
            json.dumps({"query": QUERY, "variables": None, "operationName": None}),
        ),
        (415, "UNSUPPORTED_MEDIA_TYPE", "POST", {"Content-Type": "text/plain"}, QUERY),
        (
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "POST",
            {"Content-Type": "application/json", "Content-Encoding": "gzip"},
            json.dumps({"query": QUERY}),
        ),
        (400, "BAD_REQUEST", "POST", {"Content-Type": "application/json"}, "{"),
        (400, "BAD_REQUEST", "POST", {"Content-Type": "application/json"}, "[]"),
        (400, "BAD_REQUEST", "POST", {"Content-Type": "application/json"}, "{}"),
        (400, "BAD_REQUEST", "POST", {"Content-Type": "application/json"}, '{"query": 1}'),
        (
            400,
            "BAD_REQUEST",
            "POST",
            {"Content-Type": "application/json"},
            json.dumps({"query": QUERY, "variables": []}),
        ),
        (
            400,
            "BAD_REQUEST",
            "POST",
            {"Content-Type": "application/json"},
            json.dumps({"query": QUERY, "operationName": 1}),
        ),
        *(
            (
                400,
                "BAD_REQUEST",
                "POST",
                {"Content-Type": "application/json"},
                json.dumps({"query": QUERY, "extensions": extensions}),
            )
            for extensions in ("text", 0, False, [])
        ),
        (405, "METHOD_NOT_ALLOWED", "PUT", {}, None),
        (405, "METHOD_NOT_ALLOWED", "DELETE", {}, None),
        (
            406,
            "NOT_ACCEPTABLE",
            "POST",
            {"Content-Type": "application/json", "Accept": "text/html"},
            json.dumps({"query": QUERY}),
        ),
        (
            413,
            "BODY_TOO_LARGE",
            "POST",
            {"Content-Type": "application/json"},
            json.dumps({"query": QUERY + " " * 256 * 1024}),
        ),
    ],
)
def test_requests_have_their_status(
    status: int, code: str | None, method: str, headers: dict[str, str], body: str | None
) -> None:
    """What is no GraphQL request is told by status and code, in JSON."""

    async def conversation(client: Client) -> None:
        async with client.session.request(
            method, f"{client.url}/graphql", headers=headers, data=body
        ) as response:
            answer = await response.json()

            assert response.status == status
            assert response.headers["Cache-Control"] == "no-store"
            if code is None:
                assert answer == {"data": {"viewer": {"subject": "anonymous"}}}
            else:
                assert answer["errors"][0]["extensions"]["code"] == code

    talk(World(), conversation)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "the header `Content-Type` is missing; hint: send `Content-Type: application/json`"),
        (
            {"Content-Type": "text/Budi"},
            "the header `Content-Type` names another type than JSON; hint: send `Content-Type: ",
        ),
        (
            {"Content-Type": JSON, "Content-Encoding": "gzip"},
            "the body is compressed, or said to be; hint: send it as it is, without `Content-Enc",
        ),
    ],
)
def test_which_header_keeps_good_json_from_being_read_is_told(
    headers: dict[str, str], words: str
) -> None:
    """The message says which header is missing, or wrong."""

    async def conversation(client: Client) -> None:
        async with client.session.post(
            f"{client.url}/graphql",
            data=json.dumps({"query": QUERY}).encode(),
            headers=headers,
            skip_auto_headers=["Content-Type"],
        ) as response:
            message = (await response.json())["errors"][0]["message"]

            assert response.status == 415
            assert message.startswith(words)
            assert "Budi" not in message

    talk(World(), conversation)


def test_a_body_that_is_too_large_is_told_the_limit() -> None:
    """As it is set, whether its length was said beforehand or not."""
    body = json.dumps({"query": QUERY + " " * 3000}).encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    async def conversation(client: Client) -> None:
        for data in (body, pieces()):
            async with client.session.post(
                f"{client.url}/graphql", data=data, headers={"Content-Type": JSON}
            ) as response:
                message = (await response.json())["errors"][0]["message"]

                assert response.status == 413
                assert message.startswith("the body is over the limit of 2,048 bytes; hint: ")

    talk(World(), conversation, replace(SETTINGS, body_max=2048))


def test_queries_by_get() -> None:
    """A query, its variables and its name can stand in the address."""

    async def conversation(client: Client) -> None:
        params = {
            "query": "query A($c: String!) { region(code: $c) { name } } query B { __typename }",
            "variables": '{"c": "64"}',
            "operationName": "A",
        }
        async with client.session.get(f"{client.url}/graphql", params=params) as response:
            assert response.status == 200
            assert await response.json() == {"data": {"region": {"name": "Kalimantan Timur"}}}
        for broken in ({}, {"query": ""}, {"query": QUERY, "variables": "{"}):
            async with client.session.get(f"{client.url}/graphql", params=broken) as response:
                assert response.status == 400

    talk(World(), conversation)


@pytest.mark.parametrize(
    ("status", "query"),
    [(200, QUERY), (400, "{ x }"), (400, "{"), (200, "{ nodes(ids: []) { id } }")],
)
def test_the_newer_media_type_has_its_statuses(status: int, query: str) -> None:
    """Under `application/graphql-response+json` a query that cannot run is 400, without data."""

    async def conversation(client: Client) -> None:
        headers = {"Accept": f"{GRAPHQL_JSON}, application/json;q=0.9"}
        async with client.session.post(
            f"{client.url}/graphql", json={"query": query}, headers=headers
        ) as response:
            assert response.status == status
            assert response.headers["Content-Type"] == GRAPHQL_JSON
            assert ("data" in await response.json()) is (status == 200)

    talk(World(), conversation)


def test_a_body_without_end_is_cut_off() -> None:
    """A body that goes on and on is refused at the limit, without being read to its end."""

    async def conversation(client: Client) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(client.url.split(":")[-1]))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(40):
            writer.write(b"2000\r\n" + b" " * 0x2000 + b"\r\n")
        await writer.drain()
        status = await asyncio.wait_for(reader.readline(), 5)
        writer.close()

        assert b" 413 " in status

    talk(World(), conversation)


@pytest.mark.parametrize("drip", [b"", b" "], ids=["never", "letter by letter"])
def test_a_body_that_does_not_come_is_not_waited_for(drip: bytes) -> None:
    """It has the time that an answer has; then the connection is closed."""

    async def conversation(client: Client) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(client.url.split(":")[-1]))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n"
        )
        reading = asyncio.ensure_future(everything(reader))
        async with asyncio.timeout(5):
            while not reading.done():
                writer.write(drip)
                await asyncio.sleep(0.05)
        answer = await reading
        writer.close()

        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"BODY_TOO_SLOW" in answer

    talk(World(), conversation, replace(SETTINGS, deadline=0.2))


def test_health_and_readiness() -> None:
    """Both answer whatever the sources do, and tell nothing of them."""
    world = World()
    for source in (world.sp4n, world.kaltim, world.kota, world.registry):
        source.mode = "down"

    async def conversation(client: Client) -> None:
        for path, body in (("health", {"status": "alive"}), ("ready", {"status": "accepting"})):
            async with client.session.get(f"{client.url}/{path}") as response:
                assert response.status == 200
                assert await response.json() == body
        answer = await client.data("{ complaints { nodes { id } complete answers { state } } }")
        assert answer["complaints"] == {
            "nodes": [],
            "complete": False,
            "answers": [{"state": "UNAVAILABLE"}] * 3,
        }

    talk(world, conversation)


def test_other_addresses() -> None:
    """An address where nothing is served says so in JSON, and the console is off unless set."""

    async def conversation(client: Client) -> None:
        for path in ("", "admin", "graphql/x"):
            async with client.session.get(f"{client.url}/{path}") as response:
                assert response.status == 404
                assert (await response.json())["errors"][0]["extensions"]["code"] == "NOT_FOUND"

    talk(World(), conversation)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{JSON};q=0.5, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.5, {JSON}", JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL_JSON),
        (f"{JSON};q=0, */*;q=0.1", GRAPHQL_JSON),
        (f"{JSON};q=0", None),
        (f"{JSON};q=x", None),
        ("text/html, */*;q=0", None),
        ("text/html", None),
        ("text/html, */*;q=0.1" + " " * 300, JSON),
    ],
)
def test_the_media_type_is_the_one_that_is_wanted_most(
    accept: str | None, media: str | None
) -> None:
    """Weights decide, then the order; what is only allowed by a wildcard is plain JSON."""
    if media is None:
        with pytest.raises(BadRequest):
            accepted(accept)
    else:
        assert accepted(accept) == media


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer national-admin"},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"Cookie": "session=national-admin"},
    ],
)
def test_no_credential_makes_anybody_more_than_the_public(headers: dict[str, str]) -> None:
    """Nor less: what is sent along is not read, as `docs/http.md` says."""
    query = "{ viewer { subject roles } complaints(first: 1) { answers { latencyMs } } }"

    async def conversation(client: Client) -> None:
        async with client.session.post(
            f"{client.url}/graphql", json={"query": query}, headers=headers
        ) as response:
            answer = await response.json()

        assert answer["data"]["viewer"] == {"subject": "anonymous", "roles": ["PUBLIC"]}
        assert answer["data"]["complaints"]["answers"] == [{"latencyMs": None}] * 3
        assert "errors" not in answer

    talk(World(), conversation)


def test_a_mutation_does_not_fit_the_schema() -> None:
    """It has none, so one is a query that cannot run, by GET as by POST."""
    asked = {"query": "mutation { change }"}

    async def conversation(client: Client) -> None:
        for accept, status in ((JSON, 200), (GRAPHQL_JSON, 400)):
            for method in ("GET", "POST"):
                async with client.session.request(
                    method,
                    f"{client.url}/graphql",
                    params=asked if method == "GET" else None,
                    json=asked if method == "POST" else None,
                    headers={"Accept": accept},
                ) as response:
                    (error,) = (await response.json(content_type=None))["errors"]

                    assert response.status == status
                    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"

    talk(World(), conversation)


def test_only_queries_come_by_get() -> None:
    """A mutation in the address is refused by its method, and does nothing."""
    done: list[str] = []

    def change_() -> str:
        done.append("changed")
        return "changed"

    @strawberry.type
    class Query:
        a: str = "a"

    @strawberry.type
    class Mutation:
        change = strawberry.mutation(resolver=change_)

    app = build_app(
        World().sources, SETTINGS, clock=clock, schema=strawberry.Schema(Query, Mutation)
    )

    async def run() -> None:
        async with serving_app(app, SETTINGS) as client:
            url = f"{client.url}/graphql"
            for accept in (JSON, GRAPHQL_JSON):
                query = {"query": "query A { a } mutation B { change }", "operationName": "B"}
                headers = {"Accept": accept}
                async with client.session.get(url, params=query, headers=headers) as response:
                    assert response.status == 405
                    assert "POST" in response.headers["Allow"]
                    answer = await response.json()
                    assert answer["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
            assert done == []
            assert await client.data("mutation { change }") == {"change": "changed"}

    asyncio.run(run())
    assert done == ["changed"]


def test_what_comes_with_a_get_is_not_kept() -> None:
    """A body sent with a GET is thrown away as it comes, also while the answer takes its time."""
    world = World(time_limit=2.0)
    world.sp4n.mode = "hang"
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"

    async def conversation(client: Client) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(client.url.split(":")[-1]))
        address = LIST.replace(" ", "%20")
        writer.write(
            f"GET /graphql?query={address} HTTP/1.1\r\nHost: localhost\r\n".encode()
            + b"Transfer-Encoding: chunked\r\n\r\n"
        )
        tracemalloc.start()
        try:
            for _ in range(512):
                writer.write(piece)
                await writer.drain()
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        writer.write(b"0\r\n\r\n")
        status = await asyncio.wait_for(reader.readline(), 10)
        writer.close()

        assert b" 200 " in status
        assert most < 8 * 1024 * 1024  # of 32 MiB that were sent

    talk(world, conversation)
