"""The server over the sandbox's living systems: what leaves, what stays hidden, what is shown."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway import app as root
from gateway.demo import CONFIGS
from gateway.examples import FIRST, ROADS, SOURCES, STATUS, TOUR
from resolvers.policy import NATIONAL_ADMIN, PUBLIC
from tests.gateway.serving import Client, serving_app
from tests.gateway.streaming import connect
from tests.living.systems import Systems

ROOT = Path(__file__).parents[2]

PAGE = """query($after: String) { complaints(first: 100, after: $after) {
  nodes { id trackingId title body reporter { name contact } location { text latitude precision }
          region { code } status visibility { secret } }
  pageInfo { hasNextPage endCursor } complete } }"""


def talk(systems: Systems, conversation: Callable[[Client], Awaitable[None]]) -> None:
    """Serve the demonstration's settings over the running *systems*."""

    async def run() -> None:
        configuration = root.load(CONFIGS, systems.environ)
        settings = replace(configuration.gateway, introspection=True, console=True)
        app = root.build_app(configuration.sources, settings, examples=tuple(TOUR.values()))
        async with serving_app(app, settings) as client:
            await conversation(client)

    asyncio.run(run())


async def everything(client: Client) -> list[dict[str, Any]]:
    """Read the public list to its end."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await client.data(PAGE, after=after))["complaints"]
        assert page["complete"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def test_no_planted_personal_data_reach_the_public(systems: Systems) -> None:
    """None of the telephone numbers, names, plates and addresses in the truth is in any title."""
    truth = systems.truth()
    planted = {
        (each["kind"], each["text"]) for complaint in truth for each in complaint["personal"]
    }
    rows: list[dict[str, Any]] = []

    async def conversation(client: Client) -> None:
        rows.extend(await everything(client))

    talk(systems, conversation)
    titles = "\n".join(row["title"] or "" for row in rows)
    assert len(planted) > 20
    assert len(rows) > 1000
    assert "█" in titles
    assert not [text for _, text in planted if text in titles]
    for row in rows:
        assert row["body"] is row["reporter"] is None
        assert row["visibility"]["secret"] is False
        assert row["status"] not in ("SUBMITTED", "DEFERRED", "ARCHIVED", "OUT_OF_SCOPE", "UNKNOWN")
        place = row["location"]
        assert place is None or (place["text"] is place["latitude"] is None)
        assert row["region"] is None or row["region"]["code"].count(".") <= 2
        assert not re.search(r"\d{6}", (row["title"] or ""))


def test_secret_complaints_are_as_if_they_were_not(systems: Systems) -> None:
    """No number of a secret complaint is listed, and asking for it gives the unknown's bytes."""
    secret = [each["tracking"] for each in systems.truth() if each["secret"] and each["tracking"]]
    bodies: set[bytes] = set()

    async def conversation(client: Client) -> None:
        listed = {row["trackingId"] for row in await everything(client)}
        assert listed.isdisjoint(secret)
        for number in (*secret[:10], "1"):
            body = {
                "query": "query($n: String!) { complaint(trackingId: $n) { id title status } }",
                "variables": {"n": number},
            }
            async with client.session.post(f"{client.url}/graphql", json=body) as response:
                bodies.add(await response.read())

    assert len(secret) > 20
    talk(systems, conversation)
    assert bodies == {b'{"data":{"complaint":null}}'}


def test_hidden_fields_are_not_asked_of_a_database(systems: Systems) -> None:
    """What the public may not see is in no column list that the ministry's database is sent."""

    async def conversation(client: Client) -> None:
        await client.data(PAGE)

    talk(systems, conversation)
    statements = [
        request["path"] for request in systems["pu"].requests() if request["method"] == "SQL"
    ]
    asked = [text for text in statements if "layanan" in text]
    assert asked
    assert not [text for text in asked if "uraian" in text or "petugas" in text]


@pytest.mark.parametrize("name", ["sp4n", "pu", "kaltim"])
def test_a_client_that_leaves_frees_the_agency(systems: Systems, name: str) -> None:
    """When a client leaves, the request that an agency's system was working on is given up."""

    async def conversation(client: Client) -> None:
        # Once before, so that the connections stand: a database hangs at a statement then.
        await client.data("{ complaints(first: 5) { nodes { title } } }")
        systems[name].fault("hang")
        body = json.dumps({"query": "{ complaints(first: 5) { nodes { title } } }"}).encode()
        port = int(client.url.split(":")[-1])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\n" + head.encode() + body)
        await writer.drain()
        await _until(lambda: systems[name].inflight()["inflight"] > 0)
        writer.close()
        await writer.wait_closed()
        await _until(lambda: systems[name].inflight()["inflight"] == 0)
        assert systems[name].inflight()["cancelled"] > 0

    talk(systems, conversation)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(3):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.02)


def test_the_examples_of_the_tour_answer(systems: Systems) -> None:
    """Each query that the demonstration shows is answered without errors, and with rows."""

    async def conversation(client: Client) -> None:
        roads = (await client.data(ROADS))["complaints"]
        assert len(roads["edges"]) == 20
        assert roads["complete"]
        assert (await client.data(STATUS))["complaint"]["trackingId"] == "9165816"
        sources = await client.data(SOURCES)
        assert {source["id"] for source in sources["sources"]} == {
            "sp4n", "pu", "kaltim", "ksp", "registry", "nyc", "ombudsman",
        }  # fmt: skip
        assert sources["complaints"]["edges"]
        newest = (await client.data(FIRST))["complaints"]
        assert len(newest["edges"]) == 10

    talk(systems, conversation)


def test_health_shows_after_a_failure(systems: Systems) -> None:
    """A source that fails is shown to do so, without inner words for the public."""
    systems["kaltim"].fault("fail", status=503)

    async def conversation(client: Client) -> None:
        query = "{ complaints(first: 2) { complete answers { source { id } state message } } }"
        listed = (await client.data(query))["complaints"]
        assert not listed["complete"]
        shown = await client.data("{ sources { id state reason lastSuccessAt errorRate } }")
        states = {source["id"]: source["state"] for source in shown["sources"]}
        assert states["kaltim"] in ("DEGRADED", "DOWN", "OPEN")
        assert states["sp4n"] == "HEALTHY"
        assert all(source["reason"] is source["errorRate"] is None for source in shown["sources"])

    talk(systems, conversation)


def test_the_administrator_sees_what_the_public_does_not(systems: Systems) -> None:
    """In process, with the right viewer, the same question has text, reporter and secret rows."""
    secret = next(each for each in systems.truth() if each["secret"] and each["tracking"])
    fields = "body reporter { name } visibility { secret }"
    query = f'{{ complaint(trackingId: "{secret["tracking"]}") {{ {fields} }} }}'

    async def run() -> None:
        configuration = root.load(CONFIGS, systems.environ)
        reader = root.build_reader(configuration.sources, configuration.gateway)
        endpoint = root.build_endpoint(reader, configuration.gateway)
        try:
            shown = (await endpoint.ask(NATIONAL_ADMIN, query, None))["data"]["complaint"]
            hidden = (await endpoint.ask(PUBLIC, query, None))["data"]["complaint"]
        finally:
            await root.close(reader, configuration.sources)

        assert shown["body"]
        assert shown["visibility"]["secret"] is True
        assert hidden is None

    asyncio.run(run())


def test_the_demonstration_answers_once() -> None:
    """`simpul demo --once` starts the agencies, prints one JSON answer and stops everything."""
    query = "{ complaints(first: 3) { nodes { title } complete } }"
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "demo", "--complaints", "300", "--once", query],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)["data"]["complaints"]
    assert answer["complete"]
    assert len(answer["nodes"]) == 3
    assert "waiting for sp4n" in done.stderr


def test_a_failing_system_is_told_to_who_follows(systems: Systems) -> None:
    """`sourceHealth` tells of a province that answered and then failed, as others found out."""

    async def conversation(client: Client) -> None:
        socket = await connect(client)
        await socket.ask("a", "subscription { sourceHealth { id state } }")
        # The watch begins with its first follower: a ping's answer shows that it is there.
        await socket.say("ping")
        assert await socket.hear() == {"type": "pong"}

        async def told(state: str) -> None:
            async with asyncio.timeout(20):
                while True:
                    shown = (await socket.hear())["payload"]["data"]["sourceHealth"]
                    if shown == {"id": "kaltim", "state": state}:
                        return

        await client.data("{ complaints(first: 1) { edges { cursor } } }")
        await told("HEALTHY")
        systems["kaltim"].fault("down")
        await client.data("{ complaints(first: 1) { edges { cursor } } }")
        await told("DEGRADED")

    talk(systems, conversation)
