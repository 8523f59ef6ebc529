"""Several operations in one request: off, or bounded in number and in sum."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.document_settings import DocumentSettings
from gateway.http_settings import HttpSettings
from gateway.limit_settings import LimitSettings
from gateway.settings import GatewaySettings
from tests.gateway.serving import SETTINGS, Client, talk
from tests.gateway.test_lifecycle import until
from tests.gateway.world import World

WHO = {"query": "{ viewer { subject } }"}
LIST = {
    "query": "query Daftar($n: Int) { complaints(first: $n) { nodes { title } } }",
    "variables": {"n": 2},
}
GRAPHQL_JSON = "application/graphql-response+json"
THREE = replace(SETTINGS, http=HttpSettings(batch=3))


async def posted(client: Client, body: object, accept: str = "*/*") -> tuple[int, Any]:
    """POST *body*; the status and the answer."""
    async with client.session.post(
        f"{client.url}/graphql", json=body, headers={"Accept": accept}
    ) as response:
        return response.status, await response.json()


def code_of(answer: Any) -> str:
    """The code of the one error of an answer without data."""
    assert "data" not in answer
    (error,) = answer["errors"]
    code: str = error["extensions"]["code"]
    return code


def test_arrays_are_not_taken_unless_set() -> None:
    """A batch, even of one, is no request as long as none are allowed."""

    async def conversation(client: Client) -> None:
        for body in ([WHO], [WHO, WHO], []):
            status, answer = await posted(client, body)
            assert (status, code_of(answer)) == (400, "BAD_REQUEST")

    talk(World(), conversation)


@pytest.mark.parametrize("accept", ["*/*", GRAPHQL_JSON])
def test_a_batch_is_answered_in_its_order(accept: str) -> None:
    """Each operation has its own answer, and its own errors, at its place."""

    async def conversation(client: Client) -> None:
        status, (first, second, third) = await posted(
            client, [LIST, {"query": "{ x }"}, WHO], accept
        )

        assert status == 200
        assert len(first["data"]["complaints"]["nodes"]) == 2
        assert code_of(second) == "GRAPHQL_VALIDATION_FAILED"
        assert third == {"data": {"viewer": {"subject": "anonymous"}}}
        assert await posted(client, WHO, accept) == (200, third)
        assert await posted(client, [WHO], accept) == (200, [third])

    talk(World(), conversation, THREE)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([WHO] * 4, "BATCH_TOO_LARGE"),
        ([], "BAD_REQUEST"),
        ([WHO, 1], "BAD_REQUEST"),
        ([WHO, [WHO]], "BAD_REQUEST"),
        ([WHO, {}], "BAD_REQUEST"),
        ([WHO, {"query": "{ a }", "variables": []}], "BAD_REQUEST"),
    ],
)
def test_a_batch_is_refused_whole(body: object, code: str) -> None:
    """Too many operations, or one that is none: nothing of it is answered."""

    async def conversation(client: Client) -> None:
        status, answer = await posted(client, body)
        assert (status, code_of(answer)) == (400, code)
        if code == "BATCH_TOO_LARGE":
            assert "`batch` in [gateway.http]" in answer["errors"][0]["message"]

    talk(World(), conversation, THREE)


def test_a_batch_costs_the_sum_of_its_operations() -> None:
    """What each may ask alone is refused together where the sum is over the viewer's budget."""
    budget = LimitSettings().budget | {"PUBLIC": 60}
    limits = LimitSettings(budget=budget, show_cost=True)
    settings = replace(THREE, limits=limits)
    world = World()

    async def conversation(client: Client) -> None:
        dear = LIST | {"variables": {"n": 35}}
        _, answer = await posted(client, dear)
        assert 60 / 2 < answer["extensions"]["cost"]["cost"] <= 60
        asked = len(world.sp4n.queries)
        status, refused = await posted(client, [dear] * 2)
        assert (status, code_of(refused)) == (400, "QUERY_TOO_COSTLY")
        assert len(world.sp4n.queries) == asked

    talk(world, conversation, settings)


def test_a_batch_has_the_root_fields_of_one_operation() -> None:
    """Root fields are counted over all operations, through fragments too."""
    fragment = (
        "query { ...F ...F } fragment F on Query { a: viewer { subject } ... { __typename } }"
    )
    settings = replace(THREE, limits=LimitSettings(root_fields=5))

    async def conversation(client: Client) -> None:
        status, answers = await posted(client, [{"query": fragment}, WHO])
        assert status == 200
        assert all("errors" not in each for each in answers)
        status, refused = await posted(client, [{"query": fragment}, WHO, WHO])
        assert (status, code_of(refused)) == (400, "TOO_MANY_ROOT_FIELDS")

    talk(World(), conversation, settings)


def test_a_batch_holds_trusted_documents_where_they_are_required(tmp_path: Any) -> None:
    """No array lets in what is refused alone."""
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({"who": WHO["query"]}))
    documents = DocumentSettings(manifests=(path,), require=True)
    settings = GatewaySettings(http=HttpSettings(batch=2), documents=documents)

    async def conversation(client: Client) -> None:
        known = {"documentId": "who"}
        status, answers = await posted(client, [known, known])
        assert (status, len(answers)) == (200, 2)
        status, refused = await posted(client, [known, WHO])
        assert (status, code_of(refused)) == (400, "PERSISTED_DOCUMENT_REQUIRED")

    talk(World(), conversation, settings)


def test_a_client_that_leaves_ends_its_batch() -> None:
    """All operations of a batch end with the connection."""
    world = World()
    world.sp4n.mode = "hang"
    other = {"query": '{ complaint(trackingId: "9000001") { title } }'}

    async def conversation(client: Client) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", int(client.url.split(":")[-1]))
        body = json.dumps([LIST, other]).encode()
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body
        )
        await writer.drain()
        await until(lambda: world.sp4n.inflight == 2)
        writer.close()

        await until(lambda: world.sp4n.cancelled == 2 and world.sp4n.inflight == 0)

    talk(world, conversation, THREE)


def test_parts_cannot_be_asked_for_in_a_batch() -> None:
    """A batch is one JSON answer: subscriptions in it are told so, a stream of it is refused."""

    async def conversation(client: Client) -> None:
        status, (first, _) = await posted(
            client, [{"query": "subscription { sourceHealth { id } }"}, WHO]
        )
        assert status == 200
        assert code_of(first) == "SUBSCRIPTION_NEEDS_STREAM"
        status, answer = await posted(client, [WHO, WHO], "text/event-stream")
        assert (status, code_of(answer)) == (406, "NOT_ACCEPTABLE")

    talk(World(), conversation, THREE)
