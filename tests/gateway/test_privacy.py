"""The public never sees what it must not, whatever it asks."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest

from connectors.contract.capabilities import Collection, Operator
from connectors.contract.filters import And, Op, explain
from connectors.contract.records import ComplaintRecord
from connectors.memory import Memory
from tests.gateway.serving import Client, talk
from tests.gateway.world import (
    BODY,
    CITY,
    CONTACT,
    NATIONAL,
    PROVINCE,
    REPORTER,
    SECRET_TITLE,
    UNVERIFIED_TITLE,
    Switched,
    World,
)

HIDDEN = (
    SECRET_TITLE,
    UNVERIFIED_TITLE,
    BODY,
    REPORTER,
    CONTACT,
    "Pahlawan",
    "-0.49",
    "117.15",
    "Budi",
    "0812",
    "64.72.01.1001",
)
"""What must not be in any byte of any answer."""

EVERYTHING = """
fragment Everything on Complaint {
  id trackingId kind supervisory title body
  category { id name } channel { id name }
  region { code name } location { latitude longitude precision text }
  visibility { anonymous secret } reporter { name contact }
  submittedAt updatedAt closedAt status statusLabel agency { code }
}
"""


def global_id(plain: str) -> str:
    """Give the global id of *plain*."""
    return base64.urlsafe_b64encode(plain.encode()).rstrip(b"=").decode()


def ids() -> list[str]:
    """Give every way to name every complaint of the world, and two that do not exist."""
    rows = (*NATIONAL, *PROVINCE, *CITY[:2])
    named = [f"Complaint:source:{row.source}:{row.local_id}" for row in rows]
    named += [f"Complaint:tracking:{row.tracking_id}" for row in rows if row.tracking_id]
    return [global_id(name) for name in (*named, "Complaint:tracking:1", "Complaint:source:x:1")]


QUERIES: dict[str, tuple[str, dict[str, Any]]] = {
    "list": ("{ complaints(first: 100) { nodes { ...Everything } } }", {}),
    "edges": ("{ complaints(first: 100) { edges { node { ...Everything } } } }", {}),
    "backward": ("{ complaints(last: 100) { nodes { ...Everything } } }", {}),
    "aliases": (
        ("{ a: complaints(first: 9) { nodes { b: body t: title r: reporter { n: name } } } "
        '  c: complaint(trackingId: "9000002") { x: title } '
        '  d: complaint(trackingId: "9000003") { x: title ...Everything } }'),
        {},
    ),
    "hidden statuses": (
        ("{ complaints(first: 100, filter: {statuses: [SUBMITTED, UNKNOWN, ARCHIVED, DEFERRED]}) "
        "{ nodes { ...Everything } } }"),
        {},
    ),
    "not the visible": (
        ("{ complaints(first: 100, filter: {not: {statuses: [IN_PROGRESS, CLOSED_BY_SYSTEM]}}) "
        "{ nodes { ...Everything } totalCount { value } } }"),
        {},
    ),
    "or": (
        ("{ complaints(first: 100, filter: {or: [{open: true}, {open: false}]}) "
        "{ nodes { ...Everything } } }"),
        {},
    ),
    "by number": (
        ('{ complaints(filter: {trackingIds: ["9000001", "9000002", "9000003"]}) '
        "{ nodes { ...Everything } totalCount { value } } }"),
        {},
    ),
    "agency": (
        '{ agency(code: "kemenpu") { complaints(first: 100) { nodes { ...Everything } } } }',
        {},
    ),
    "nodes": ("query($ids: [ID!]!) { nodes(ids: $ids) { id ...Everything } }", {"ids": ids()}),
    "node": (
        "{ " + " ".join(f'n{n}: node(id: "{each}") {{ ...Everything }}'
                        for n, each in enumerate(ids()[:18])) + " }",
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
def test_no_answer_holds_what_is_hidden(name: str) -> None:
    """No query gives the public a secret or unverified complaint, a reporter, a body or a place."""
    query, variables = QUERIES[name]

    async def conversation(client: Client) -> None:
        async with client.session.post(
            f"{client.url}/graphql", json={"query": query + EVERYTHING, "variables": variables}
        ) as response:
            text = json.dumps(await response.json(), ensure_ascii=False)

        assert '"errors"' not in text
        for hidden in HIDDEN:
            assert hidden not in text

    talk(World(), conversation)


def test_what_is_hidden_is_not_even_fetched() -> None:
    """No source is asked for a reporter, a body or an exact place on the public's behalf."""
    world = World()

    async def conversation(client: Client) -> None:
        for query, variables in QUERIES.values():
            await client.data(query + EVERYTHING, **variables)

    talk(world, conversation)
    asked: list[frozenset[str] | None] = []
    for source in (world.sp4n, world.kaltim, world.kota):
        asked += [query.fields for query in source.queries]
        asked += [fields for _, fields in source.ids]
    assert asked
    for fields in asked:
        assert fields is not None
        assert not fields & {
            "body",
            "reporter_name",
            "reporter_contact",
            "place",
            "latitude",
            "longitude",
        }


def test_secret_rows_are_left_out_by_the_source() -> None:
    """A source that can filter by secrecy and status is asked to, in every list."""
    world = World()

    async def conversation(client: Client) -> None:
        await client.data("{ complaints(first: 5) { nodes { title } } }")

    talk(world, conversation)
    for source in (world.sp4n, world.kaltim, world.kota):
        assert all("secret in [false]" in str_of(query.where) for query in source.queries)


def str_of(where: Any) -> str:
    """Write a filter in words."""
    return explain(where)


class Leaky(Memory):
    """Ignores every filter, and sends every field, whatever it is asked."""

    async def fetch(self, query: Any) -> Any:
        """Give everything."""
        return await super().fetch(msgspec.structs.replace(query, where=And(), fields=None))


def test_a_source_that_ignores_filters_leaks_nothing() -> None:
    """A connector that sends secret rows and pruned fields all the same is stopped here."""
    world = World()
    world.sp4n.inner = Leaky("sp4n", NATIONAL)
    world.kaltim.inner = Leaky("kaltim", PROVINCE)

    async def conversation(client: Client) -> None:
        query = "{ complaints(first: 100) { nodes { ...Everything } } }"
        text = json.dumps(await client.data(query + EVERYTHING), ensure_ascii=False)

        for hidden in HIDDEN:
            assert hidden not in text

    talk(world, conversation)


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("Complaint:tracking:9000002", "Complaint:tracking:1000002"),
        ("Complaint:tracking:9000003", "Complaint:tracking:1000003"),
        ("Complaint:source:sp4n:9000002", "Complaint:source:sp4n:1000002"),
        ("Complaint:source:kaltim:KT-2", "Complaint:source:kaltim:KT-0"),
        ("Complaint:source:kaltim:KT-4", "Complaint:source:kaltim:KT-0"),
        ("Complaint:source:kaltim:KT-5", "Complaint:source:kaltim:KT-0"),
    ],
)
@pytest.mark.parametrize("can", ["filter", "id only"])
def test_hidden_and_unknown_are_one_answer(known: str, unknown: str, can: str) -> None:
    """A complaint that is hidden and one that is not there: equal bytes, equal requests."""
    answers: list[bytes] = []
    requests: list[list[tuple[int, int]]] = []
    for name in (known, unknown):
        world = World()
        if can == "id only":
            for source in (world.sp4n, world.kaltim):
                only_id(source)

        async def conversation(client: Client, name: str = name) -> None:
            body = {"query": f'{{ node(id: "{global_id(name)}") {{ id ...Everything }} }}'}
            body["query"] += EVERYTHING
            url = f"{client.url}/graphql"
            async with client.session.post(url, json=body) as response:
                answers.append(await response.read())

        talk(world, conversation)
        requests.append(
            [(len(each.queries), len(each.ids)) for each in (world.sp4n, world.kaltim, world.kota)]
        )

    assert answers[0] == answers[1] == b'{"data":{"node":null}}'
    assert requests[0] == requests[1]
    assert requests[0] != [(0, 0), (0, 0), (0, 0)]


def only_id(source: Switched) -> None:
    """Make *source* understand nothing but looking up by id."""
    inner = source.inner
    assert isinstance(inner, Memory)
    can = Collection(
        operators={"updated_at": (Operator(op=Op.FROM),)},
        orders=inner.capabilities.collections["complaints"].orders,
        get_max=50,
    )
    source.inner = Memory(inner.name, rows_of(inner), can)
    source.capabilities = source.inner.capabilities


def rows_of(memory: Memory) -> tuple[ComplaintRecord, ...]:
    """Give the rows that *memory* holds."""
    return memory._rows


def test_complaint_by_number_hides_the_same_way() -> None:
    """`complaint` gives the same bytes for hidden, unverified and unknown numbers."""

    async def conversation(client: Client) -> None:
        answers = set()
        for number in ("9000002", "9000003", "1", "#9000002", "bukan nomor", ""):
            body = {"query": "query($n: String!) { complaint(trackingId: $n) { id title } }"}
            body |= {"variables": {"n": number}}  # type: ignore[dict-item] # a JSON body
            async with client.session.post(f"{client.url}/graphql", json=body) as response:
                answers.add(await response.read())

        assert answers == {b'{"data":{"complaint":null}}'}

    talk(World(), conversation)


def test_an_old_source_id_leads_to_the_national_complaint() -> None:
    """The id of a row that got a national number answers with the national complaint."""

    async def conversation(client: Client) -> None:
        old = global_id("Complaint:source:kaltim:KT-3")
        found = await client.data(
            "query($id: ID!) { node(id: $id) { id ... on Complaint { trackingId title } } }", id=old
        )

        assert found["node"]["trackingId"] == "9000001"
        assert found["node"]["id"] == global_id("Complaint:tracking:9000001")

    talk(World(), conversation)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "AAAA",
        "x" * 5000,
        global_id("Complaint"),
        global_id("Complaint:tracking:"),
        global_id("Complaint:tracking:12a"),
        global_id("Complaint:source:kaltim"),
        global_id("Complaint:source::KT-1"),
        global_id("Agency:id:kemenpu"),
        global_id("Query:code:x"),
        global_id("Region:code:99"),
    ],
)
def test_no_id_is_null(text: str) -> None:
    """What is no id of ours, or of nothing, is null and no error."""

    async def conversation(client: Client) -> None:
        query = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
        assert await client.data(query, id=text) == {"node": None, "nodes": [None]}

    talk(World(), conversation)


def test_every_id_is_answered() -> None:
    """The id that a complaint, agency, region or category shows gives that thing again."""

    async def conversation(client: Client) -> None:
        query = """{ complaints(first: 100) { nodes { id } } agencies { nodes { id } }
                     regions(level: DISTRICT) { id } categories { id } }"""
        found = await client.data(query)
        shown = [each["id"] for each in found["complaints"]["nodes"]]
        shown += [each["id"] for each in found["agencies"]["nodes"]]
        shown += [each["id"] for each in (*found["regions"], *found["categories"])]
        again = await client.data("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=shown)

        assert [each["id"] for each in again["nodes"]] == shown

    talk(World(), conversation)


def test_the_anchor_must_answer() -> None:
    """With the national source down one number is an error, never a row from elsewhere."""
    world = World()
    world.sp4n.mode = "down"

    async def conversation(client: Client) -> None:
        query = '{ complaint(trackingId: "9000001") { title } }'
        answer = await client.ask(query)
        assert answer["data"] == {"complaint": None}
        assert answer["errors"][0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"
        old = global_id("Complaint:source:kaltim:KT-3")
        assert await client.code(f'{{ node(id: "{old}") {{ id }} }}') == "SOURCE_UNAVAILABLE"

    talk(world, conversation)


def test_less_sources_show_less() -> None:
    """With any one source down the public sees a part of what it sees with all up."""
    query = "{ complaints(first: 100) { nodes { ...Everything } complete } }" + EVERYTHING
    shown: dict[str, list[str]] = {}
    for down in ("none", "sp4n", "kaltim", "kota"):
        world = World()
        if down != "none":
            getattr(world, down).mode = "down"

        async def conversation(client: Client, down: str = down) -> None:
            found = (await client.data(query))["complaints"]
            assert found["complete"] is (down == "none")
            shown[down] = [json.dumps(each, sort_keys=True) for each in found["nodes"]]

        talk(world, conversation)

    for down in ("sp4n", "kaltim", "kota"):
        assert set(shown[down]) < set(shown["none"])


def test_aliases_are_asked_for_together() -> None:
    """Many single complaints in one request cost one question to the national source."""
    world = World()

    async def conversation(client: Client) -> None:
        query = " ".join(
            f'n{n}: complaint(trackingId: "900000{n}") {{ title }}' for n in range(1, 8)
        )
        await client.data("{" + query + "}")

    talk(world, conversation)
    assert len(world.sp4n.queries) == 1


def test_the_time_a_source_took_is_not_told_to_the_public() -> None:
    """It grows with rows that are not shown, so it would tell of them."""

    async def conversation(client: Client) -> None:
        query = "{ complaints(first: 2) { answers { latencyMs fetched kept } } }"
        answers = (await client.data(query))["complaints"]["answers"]
        assert answers
        assert all(set(each.values()) == {None} for each in answers)

    talk(World(), conversation)
