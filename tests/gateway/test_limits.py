"""Bounds at work: budgets by role, costs told, the examples of `docs/limits.md`."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest

from gateway.app import build_endpoint, build_reader
from gateway.errors import CODES
from gateway.limit_settings import LimitSettings
from gateway.limits_page import CODES as LIMIT_CODES
from gateway.limits_page import EXAMPLES, Example, documented
from gateway.settings import GatewaySettings
from resolvers.policy import NATIONAL_ADMIN, PUBLIC, Purpose, Role, Viewer
from tests.gateway.serving import Client, talk
from tests.gateway.world import World, clock

BUDGETS = {role.value: 100 for role in Role} | {"PUBLIC": 50, "PORTAL": 60, "NATIONAL_ADMIN": 200}
TIGHT = GatewaySettings(limits=LimitSettings(budget=BUDGETS))
SIZED = "query ($n: Int) { complaints(first: $n) { nodes { title } } }"


def test_the_budget_counts_variables_at_their_values() -> None:
    """The same text is answered or refused by what its variables ask; the error tells both sums."""
    world = World()

    async def conversation(client: Client) -> None:
        assert "data" in await client.ask(SIZED, n=39)
        refused = await client.ask(SIZED, n=40)

        assert refused == {
            "errors": [
                {
                    "message": "The query costs too much: 51 (at most 50); "
                    "dearest: `complaints` 51. "
                    "hint: ask for shorter lists, or for fewer things at a time",
                    "extensions": {"code": "QUERY_TOO_COSTLY"},
                }
            ]
        }

    talk(world, conversation, TIGHT)
    assert len(world.sp4n.queries) == 1


def test_what_is_too_costly_for_everybody_tells_the_viewers_own_budget() -> None:
    """Also where no role may ask for so much, the public reads its own budget and no other."""
    costly = "{ complaints(first: 100) { nodes { handlings { status } } } }"

    async def conversation(client: Client) -> None:
        (error,) = (await client.ask(costly))["errors"]

        assert "611 (at most 50); dearest: `complaints` 611. hint: " in error["message"]

    talk(World(), conversation, TIGHT)


def test_a_field_without_first_is_told_by_which_argument_it_gives_less() -> None:
    """Shorter lists cannot be asked of it; refused for everybody or for the public alone."""

    async def conversation(client: Client) -> None:
        for level, cost in (("VILLAGE", "4,201"), ("DISTRICT", "366"), ("REGENCY", "26")):
            (error,) = (await client.ask(f"{{ regions(level: {level}) {{ name }} }}"))["errors"]

            assert error["extensions"]["code"] == "QUERY_TOO_COSTLY"
            assert f"dearest: `regions` {cost}. hint: narrow `regions` by its" in error["message"]
            assert "`parent`" in error["message"]

    budgets = {role.value: 100 for role in Role} | {"PUBLIC": 20}
    talk(World(), conversation, GatewaySettings(limits=LimitSettings(budget=budgets)))


def test_of_several_roles_the_largest_budget_counts() -> None:
    """A role that is not in the table gets the public's."""

    def budget(*roles: Role) -> int:
        viewer = Viewer(subject="x", roles=frozenset(roles), purpose=Purpose.AUDIT)
        return TIGHT.limits.budget_of(viewer)

    assert budget(Role.PUBLIC) == TIGHT.limits.budget_of(PUBLIC) == 50
    assert budget(Role.PUBLIC, Role.PORTAL) == 60
    assert budget(Role.PORTAL, Role.AUDITOR) == 100
    assert budget() == 50
    assert LimitSettings(budget={"PUBLIC": 5}).budget_of(NATIONAL_ADMIN) == 5


def test_by_default_the_public_has_the_smallest_budget() -> None:
    """Every role has a budget, and nobody's is smaller than the public's."""
    budget = LimitSettings().budget

    assert set(budget) == set(Role)
    assert all(each > budget["PUBLIC"] for role, each in budget.items() if role != "PUBLIC")


def test_roles_have_budgets_of_their_own() -> None:
    """What the public may not ask, the national administrator may."""

    async def asked(viewer: Viewer, n: int) -> dict[str, Any]:
        world = World()
        endpoint = build_endpoint(build_reader(world.sources, TIGHT, clock), TIGHT)
        return await endpoint.ask(viewer, SIZED, {"n": n})

    assert "data" not in asyncio.run(asked(PUBLIC, 60))
    assert "errors" not in asyncio.run(asked(NATIONAL_ADMIN, 60))


@pytest.mark.parametrize("shown", [True, False])
def test_the_cost_is_told_only_if_set(shown: bool) -> None:
    """With the setting every answer that has a cost tells it; by default none does."""
    settings = GatewaySettings(limits=replace(TIGHT.limits, show_cost=shown))

    async def conversation(client: Client) -> None:
        answered = await client.ask(SIZED, n=3)
        refused = await client.ask(SIZED, n=100)
        broken = await client.ask("{ nothing }")

        assert answered.get("extensions") == (
            {"cost": {"cost": 14, "budget": 50}} if shown else None
        )
        assert refused.get("extensions") == (
            {"cost": {"cost": 111, "budget": 50}} if shown else None
        )
        assert "extensions" not in broken

    talk(World(), conversation, settings)


@pytest.mark.parametrize("medium", ["multipart/mixed", "text/event-stream"])
def test_answers_in_parts_have_the_same_budget(medium: str) -> None:
    """`@defer` does not get around the budget: nothing is asked, and one part says so."""
    world = World()
    query = "query ($n: Int) { ... @defer { complaints(first: $n) { nodes { title } } } }"

    async def asked(client: Client, n: int) -> str:
        body = {"query": query, "variables": {"n": n}}
        async with client.session.post(
            f"{client.url}/graphql", json=body, headers={"Accept": medium}
        ) as response:
            return await response.text()

    async def conversation(client: Client) -> None:
        assert "QUERY_TOO_COSTLY" in await asked(client, 40)
        assert not world.sp4n.queries
        assert '"title"' in await asked(client, 3)

    talk(world, conversation, TIGHT)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_the_examples_of_the_page_are_true(example: Example) -> None:
    """Each example of `docs/limits.md` is answered or refused as the page says, at that cost."""
    row = next(
        line for line in documented().splitlines() if line.startswith(f"| {example.title} |")
    )
    cost, told = (part.strip() for part in row.split("|")[2:4])
    settings = GatewaySettings(limits=LimitSettings(show_cost=True))

    async def conversation(client: Client) -> None:
        answer = await client.ask(example.query, **(example.variables or {}))
        if told == "answered":
            assert "errors" not in answer
        else:
            assert [each["message"] for each in answer["errors"]] == [told]
        if cost != "-":
            assert answer["extensions"]["cost"] == {"cost": int(cost), "budget": 2500}

    talk(World(), conversation, settings)


def test_every_limit_has_an_error_that_is_documented() -> None:
    """The page gives each limit its code, and the page of errors explains it."""
    page = documented()

    assert set(LIMIT_CODES) == set(LimitSettings.__dataclass_fields__) - {"show_cost"}
    assert set(LIMIT_CODES.values()) <= set(CODES)
    for code in re.findall(r"`([A-Z_]{9,})`", page):
        assert code in CODES or code in set(Role)
