"""GraphQL over HTTP: methods, media types, bodies, health."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.gateway.serving import Client, talk
from tests.gateway.world import World

QUERY = "{ viewer { subject } }"
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
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(40):
            writer.write(b"2000\r\n" + b" " * 0x2000 + b"\r\n")
        await writer.drain()
        status = await asyncio.wait_for(reader.readline(), 5)
        writer.close()

        assert b" 413 " in status

    talk(World(), conversation)


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
