"""Living systems that fail, hang, lie or come back: the rest whole, and the truth about it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.living.gateway import Ask, answer, answered
from tests.living.systems import Systems

LIST = """
query ($after: String) {
  complaints(filter: { regions: ["64"] }, first: 10, after: $after) {
    edges { late node { id submittedAt } }
    pageInfo { hasNextPage endCursor }
    complete
    answers { source { id } state code message }
  }
}
"""
DEADLINE = 8.0


def page_of(told: dict[str, Any]) -> dict[str, Any]:
    page: dict[str, Any] = told["data"]["complaints"]
    return page


def ids(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in page["edges"]]


def states(page: dict[str, Any]) -> dict[str, str]:
    return {each["source"]["id"]: each["state"] for each in page["answers"]}


def test_after_a_hanging_province_returned_its_rows_come_late_and_nothing_is_lost(
    systems: Systems,
) -> None:
    """Pages read while it hung and after it returned hold every row of a whole reading once."""

    async def whole(ask: Ask) -> list[str]:
        got: list[str] = []
        after = None
        for _ in range(8):
            page = page_of(await ask(LIST, "public", {"after": after}))
            got.extend(ids(page))
            after = page["pageInfo"]["endCursor"]
        return got

    async def broken(ask: Ask) -> tuple[dict[str, Any], float, list[dict[str, Any]]]:
        systems["kaltim"].fault("hang")
        began = time.monotonic()
        first = page_of(await ask(LIST))
        took = time.monotonic() - began
        systems["kaltim"].fault("none")
        later = []
        after = first["pageInfo"]["endCursor"]
        for _ in range(6):
            later.append(page_of(await ask(LIST, "public", {"after": after})))
            after = later[-1]["pageInfo"]["endCursor"]
        return first, took, later

    async def hangs(ask: Ask) -> dict[str, str]:
        await ask("{ sources { id state } }")
        systems["kaltim"].fault("hang")
        for _ in range(2):
            await ask(LIST)
        told = await ask("{ sources { id state } }")
        systems["kaltim"].fault("none")
        return {each["id"]: each["state"] for each in told["data"]["sources"]}

    assert asyncio.run(answered(systems, hangs))["kaltim"] in ("DEGRADED", "DOWN", "OPEN")
    full = asyncio.run(answered(systems, whole))
    first, took, later = asyncio.run(answered(systems, broken))

    assert not first["complete"]
    assert states(first) == {"sp4n": "ANSWERED", "pu": "ANSWERED", "kaltim": "TIMED_OUT"}
    assert len(first["edges"]) == 10
    assert took < DEADLINE
    second = later[0]
    assert second["complete"]
    late = [edge["late"] for edge in second["edges"]]
    assert late[0]
    assert late == sorted(late, reverse=True)
    got = ids(first) + [each for page in later for each in ids(page)]
    assert len(got) == len(set(got))
    # What came late belongs before what had been reached, so both readings hold the same rows.
    assert set(got) == set(full[: len(got)])


@pytest.mark.parametrize(
    ("system", "mode", "state"),
    [
        ("sp4n", "fail", "UNAVAILABLE"),
        ("sp4n", "garbage", "MALFORMED"),
        ("sp4n", "refuse", "REFUSED"),
        ("sp4n", "down", "UNAVAILABLE"),
        ("pu", "fail", "UNAVAILABLE"),
        ("pu", "garbage", "UNAVAILABLE"),
        ("pu", "refuse", "REFUSED"),
        ("pu", "down", "UNAVAILABLE"),
        ("pu", "hang", "TIMED_OUT"),
        ("kaltim", "fail", "UNAVAILABLE"),
        ("kaltim", "garbage", "MALFORMED"),
        ("kaltim", "refuse", "REFUSED"),
        ("kaltim", "down", "UNAVAILABLE"),
    ],
)
def test_a_failing_system_is_named_and_costs_nobody_else_a_row(
    systems: Systems, system: str, mode: str, state: str
) -> None:
    """Whatever goes wrong with one system, the others' rows are there and the answer says so."""
    well = page_of(answer(systems, LIST))
    systems[system].fault(mode)

    page = page_of(answer(systems, LIST))

    assert states(page)[system] == state
    assert {name for name, each in states(page).items() if each != "ANSWERED"} == {system}
    assert not page["complete"]
    assert page["pageInfo"]["hasNextPage"]
    others = [each for each in ids(well) if each in set(ids(page))]
    assert [each for each in ids(page) if each in set(others)] == others
    assert page["edges"]


def test_a_slow_system_is_waited_for(systems: Systems) -> None:
    """Slow is not missing: within its time limit a source takes part as always."""
    systems["kaltim"].fault("slow", delay_ms=400)

    page = page_of(answer(systems, LIST))

    assert page["complete"]


def test_one_failed_try_is_repeated(systems: Systems) -> None:
    """A single failure is mended by the one retry and not seen by anybody."""
    systems["kaltim"].fault("fail", times=1)

    page = page_of(answer(systems, LIST))

    assert page["complete"]
    assert [each["status"] for each in systems["kaltim"].requests()][:2] == [503, 200]


def test_with_all_systems_down_the_answer_is_empty_and_says_why(systems: Systems) -> None:
    """An empty list of missing sources is no empty list."""
    for name in ("sp4n", "pu", "kaltim"):
        systems[name].fault("down")

    page = page_of(answer(systems, LIST))

    assert page["edges"] == []
    assert not page["complete"]
    assert set(states(page).values()) == {"UNAVAILABLE"}
    assert page["pageInfo"]["endCursor"] is not None
