"""`extensions.plan`: how an answer was planned, for those who may see how sources are asked."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.app import build_answering, build_endpoint, build_reader
from gateway.asked import from_object
from gateway.telemetry import tracing
from resolvers.policy import (
    NATIONAL_ADMIN,
    OMBUDSMAN,
    PRESIDENTIAL_STAFF,
    PUBLIC,
    Purpose,
    Role,
    Viewer,
)
from tests.gateway.serving import SETTINGS, Client, serving
from tests.gateway.world import World, clock
from tests.living.gateway import answer, answered
from tests.living.systems import Systems

CASES = Path(__file__).parents[1] / "cases"
QUERY = '{ complaints(filter: { regions: ["64"] }, first: 2) { nodes { id title } complete } }'
ONE = '{ complaint(trackingId: "9000001") { title } }'
NOT_THERE = '{ complaint(trackingId: "9123456") { title } }'


def in_process(world: World, query: str, viewer: Viewer, *, plan: bool = True) -> dict[str, Any]:
    """Answer *query* of *viewer* as it would be written."""

    async def once() -> dict[str, Any]:
        endpoint = build_endpoint(build_reader(world.sources, SETTINGS, clock), SETTINGS)
        return await endpoint.ask(viewer, query, None, plan=plan)

    return asyncio.run(once())


async def posted(client: Client, body: dict[str, Any], **headers: str) -> bytes:
    """POST *body* and give the bytes of the answer."""
    async with client.session.post(f"{client.url}/graphql", json=body, headers=headers) as told:
        assert told.status == 200
        return await told.read()


def test_who_may_see_plans_is_told_the_one_that_ran(systems: Systems) -> None:
    """Word for word the golden case's plan, beside the very same data."""
    case = CASES / "kaltim_by_unit_and_colour"
    query = (case / "query.graphql").read_text(encoding="utf-8")

    told = asyncio.run(answered(systems, lambda ask: ask(query, "national-admin", plan=True)))
    plain = answer(systems, query, "national-admin")

    assert told["extensions"]["plan"] == (case / "plan.txt").read_text(encoding="utf-8")
    assert [each["trackingId"] for each in told["data"]["complaints"]["nodes"]] == [
        each["trackingId"] for each in plain["data"]["complaints"]["nodes"]
    ]
    assert "extensions" not in plain


def test_an_answer_is_no_longer_unless_the_plan_is_asked_for() -> None:
    """The national administrator too gets a plan only on request."""
    told = in_process(World(), QUERY, NATIONAL_ADMIN, plan=False)

    assert "extensions" not in told


@pytest.mark.parametrize(
    "viewer",
    [
        PUBLIC,
        OMBUDSMAN,
        PRESIDENTIAL_STAFF,
        Viewer(subject="a", roles=frozenset({Role.AUDITOR}), purpose=Purpose.AUDIT),
        Viewer(subject="b", roles=frozenset({Role.PORTAL}), purpose=Purpose.PORTAL_PUBLIC),
        Viewer(subject="c", roles=frozenset(Role), purpose=Purpose.PORTAL_PUBLIC),
        Viewer(subject="d", roles=frozenset({Role.NATIONAL_ADMIN}), purpose=Purpose.AUDIT),
    ],
    ids=lambda viewer: viewer.subject,
)
def test_nobody_else_is_told_a_plan(viewer: Viewer) -> None:
    """Their answers are the same, asked for or not: role and purpose both have to fit."""
    asked, plain = (in_process(World(), QUERY, viewer, plan=plan) for plan in (True, False))

    assert asked == plain


def test_over_http_asking_for_it_changes_no_byte() -> None:
    """Whatever header comes with it, by POST or GET, in one piece or in parts: no hint of it."""
    world = World()
    bodies: dict[str, list[bytes]] = {}

    async def conversation() -> None:
        async with serving(world) as client:
            for query in (QUERY, ONE, "{ nothing }"):
                for extensions in ({}, {"plan": True}, {"plan": "yes"}, {"plan": {"all": True}}):
                    body = {"query": query, "extensions": extensions}
                    told = bodies.setdefault(query, [])
                    told.append(await posted(client, body))
                    told.append(await posted(client, body, Authorization="Bearer admin"))
                    told.append(await posted(client, body, **{"X-Simpul-Plan": "true"}))
                    address = {"query": query, "extensions": json.dumps(extensions)}
                    async with client.session.get(f"{client.url}/graphql", params=address) as got:
                        told.append(await got.read())

    asyncio.run(conversation())

    for query, told in bodies.items():
        assert len(set(told)) == 1, query
        assert b"plan" not in told[0]


def test_a_plan_tells_nothing_of_who_there_is() -> None:
    """The plan for a number that exists is the plan for one that does not."""
    there = in_process(World(), ONE, NATIONAL_ADMIN)["extensions"]["plan"]
    nowhere = in_process(World(), NOT_THERE, NATIONAL_ADMIN)["extensions"]["plan"]

    assert there == nowhere
    assert "tracking_id in [1 value]" in there
    assert "9000001" not in there


def test_a_query_over_its_budget_is_told_its_cost() -> None:
    """Nothing was planned, but what it costs is known."""
    fields = " ".join(
        f"a{n}: complaints(first: 100) {{ nodes {{ timeline(first: 100) {{ nodes {{ at }} }} }} }}"
        for n in range(9)
    )

    told = in_process(World(), f"{{ {fields} }}", NATIONAL_ADMIN)

    assert told["errors"][0]["extensions"]["code"] == "QUERY_TOO_COSTLY"
    assert told["extensions"]["plan"].startswith("cost ")
    assert told["extensions"]["plan"].endswith(" of 10000\n")


@pytest.mark.parametrize(("viewer", "told"), [(NATIONAL_ADMIN, True), (PUBLIC, False)])
def test_a_whole_answer_on_a_stream_tells_it_likewise(viewer: Viewer, told: bool) -> None:
    """WebSockets and server-sent events carry the same answers, under the same rule."""

    async def streamed() -> list[dict[str, Any]]:
        answering = build_answering(build_reader(World().sources, SETTINGS, clock), SETTINGS)
        asked = from_object({"query": QUERY, "extensions": {"plan": True}})
        with tracing() as trace:
            return [part.body async for part in answering.parts(asked, viewer, trace)]

    (body,) = asyncio.run(streamed())

    assert ("plan" in body.get("extensions", {})) is told


def test_requests_side_by_side_have_their_own_plans() -> None:
    """What is planned for one answer never stands in another's."""
    queries = [f"{{ complaints(first: {n}) {{ nodes {{ id }} }} }}" for n in range(1, 9)]

    async def together() -> list[dict[str, Any]]:
        endpoint = build_endpoint(build_reader(World().sources, SETTINGS, clock), SETTINGS)
        work = (endpoint.ask(NATIONAL_ADMIN, each, None, plan=True) for each in queries)
        return await asyncio.gather(*work)

    plans = [told["extensions"]["plan"] for told in asyncio.run(together())]

    for number, plan in enumerate(plans, start=1):
        assert plan.count("complaints by ") == 1
        assert f"complaints by submitted_at descending, {number} rows\n" in plan
