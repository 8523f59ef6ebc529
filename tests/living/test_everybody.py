"""All systems together: the list is what the truth says, whoever of them fails in whatever way.

Some troubles are tried here; `make faults` tries all of them.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.living.everybody import COMPLAINTS, CONFIGS, Everybody, running_everybody
from tests.living.faulty import FILTER, WAYS, Reading, Trouble, every_trouble, some_troubles
from tests.living.faulty_details import Beside, Details, shown
from tests.living.gateway import Ask, answered
from tests.living.test_truth import PUBLIC_STATUSES, clean, expected, identity, whole

SEED = int(os.environ.get("SIMPUL_FAULT_SEED", "7"))
EVERY = "SIMPUL_EVERY_FAULT" in os.environ
TROUBLES = list(every_trouble() if EVERY else some_troubles(SEED))
BESIDES = list(Beside.every() if EVERY else Beside.some(SEED + 1))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everybody]:
    with running_everybody(tmp_path_factory.mktemp("everybody") / "run") as systems:
        yield systems


@pytest.fixture
def everybody(running: Everybody) -> Iterator[Everybody]:
    """All systems, well before and after."""
    running.reset()
    yield running
    running.reset()


Over = Callable[[Callable[[Ask], Awaitable[Any]]], Any]


@pytest.fixture(scope="module")
def over(running: Everybody) -> Iterator[Over]:
    """Run steps over one gateway, which meets one trouble after the other."""
    with asyncio.Runner() as runner:

        async def start() -> tuple[Ask, asyncio.Event, asyncio.Task[Any]]:
            asking = asyncio.get_running_loop().create_future()
            over_and_out = asyncio.Event()

            async def stay(ask: Ask) -> None:
                asking.set_result(ask)
                await over_and_out.wait()

            staying = asyncio.ensure_future(answered(running, stay, configs=CONFIGS))
            return await asking, over_and_out, staying

        async def stop() -> None:
            over_and_out.set()
            await staying

        ask, over_and_out, staying = runner.run(start())
        yield lambda steps: runner.run(as_coroutine(steps(ask)))
        runner.run(stop())


async def as_coroutine(awaited: Awaitable[Any]) -> Any:
    return await awaited


@pytest.fixture(scope="module")
def well(running: Everybody, over: Over) -> dict[str, Reading]:
    """The lists while all are well."""
    running.reset()

    async def read(ask: Ask) -> dict[str, Reading]:
        return {way: await Reading(way).to_the_end(ask) for way in WAYS}

    found: dict[str, Reading] = over(read)
    return found


@pytest.mark.parametrize("viewer", ["public", "national-admin"])
def test_one_list_over_everybody_is_what_the_truth_says(
    viewer: str, everybody: Everybody, over: Over
) -> None:
    """Every row that this viewer may list, each once, newest first, and nothing secret."""
    nodes = over(lambda ask: whole(ask, viewer, {"filter": FILTER}))

    since = datetime.fromisoformat(FILTER["submitted"]["from"])
    dirty = {row["id"] for each in everybody.truth() for row in each["rows"] if not clean(row)}
    got = [identity(node) for node in nodes]
    moments = [node["submittedAt"] for node in nodes]
    truth = expected(
        everybody,
        lambda row: (
            row["system"] in COMPLAINTS
            and datetime.fromisoformat(row["submitted"]) >= since
            and (
                viewer == "national-admin"
                or (row["status"] in PUBLIC_STATUSES and not row["secret"])
            )
        ),
        "submitted",
        descending=True,
    )

    assert len(got) == len(set(got))
    assert {each for each in got if each not in dirty} == {row["id"] for row in truth}
    assert {row["system"] for row in truth} == set(COMPLAINTS)
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_whoever_fails_is_named_and_costs_nobody_a_row(
    trouble: Trouble, everybody: Everybody, over: Over, well: dict[str, Reading]
) -> None:
    """In time, told who is missing, and with them back every row once: theirs late, none lost."""
    over(lambda ask: trouble.hold(ask, everybody, well[trouble.way]))


@pytest.fixture(scope="module")
def details(running: Everybody, over: Over) -> Details:
    """What is shown of other systems' work while all are well."""
    running.reset()
    found: Details = over(shown)
    return found


def test_what_is_shown_of_many_systems_work_is_theirs(
    everybody: Everybody, details: Details
) -> None:
    """Each row that stands beside a national complaint carries its number, and is not secret."""
    rows = {
        (row["system"], row["id"]): (each["secret"], row)
        for each in everybody.truth()
        for row in each["rows"]
    }
    told = {(system, local_id) for _, system, local_id in details.facts}

    assert details.complete
    assert not any(rows[fact][0] for fact in told)
    assert {rows[fact][1]["link"] for fact in told} == {"anchor", "tracking"}
    assert len({system for system, _ in told}) >= 5


@pytest.mark.parametrize("beside", BESIDES, ids=str)
def test_whoever_fails_takes_only_its_own_work_along(
    beside: Beside, everybody: Everybody, over: Over, details: Details
) -> None:
    """The others' rows stay, nothing more is shown, and it all comes back."""
    over(lambda ask: beside.hold(ask, everybody, details))


@pytest.mark.parametrize("size", [7, 33])
def test_backward_is_forward_turned_round(
    size: int, everybody: Everybody, over: Over, well: dict[str, Reading]
) -> None:
    """From the end to the beginning, in pages of any size, over everybody: the same rows."""
    query = """
    query ($filter: ComplaintFilter, $last: Int, $before: String) {
      complaints(filter: $filter, last: $last, before: $before) {
        nodes { id } pageInfo { hasPreviousPage startCursor } complete
      }
    }
    """

    async def backward(ask: Ask) -> list[str]:
        pages: list[list[str]] = []
        before = None
        while True:
            told = await ask(query, "public", {"filter": FILTER, "last": size, "before": before})
            page = told["data"]["complaints"]
            assert page["complete"]
            pages.insert(0, [node["id"] for node in page["nodes"]])
            before = page["pageInfo"]["startCursor"]
            if not page["pageInfo"]["hasPreviousPage"]:
                return [each for page in pages for each in page]

    got = over(backward)

    assert got == well[next(iter(WAYS))].ids()


def test_what_sources_can_do_changes_no_row(everybody: Everybody, well: dict[str, Reading]) -> None:
    """With nothing pushed down to anybody the lists are the same, row by row."""

    async def read(ask: Ask) -> list[list[str]]:
        return [(await Reading(way).to_the_end(ask)).ids() for way in WAYS]

    got = asyncio.run(answered(everybody, read, configs=CONFIGS, pushdown=False))

    assert got == [well[way].ids() for way in WAYS]


def test_with_any_sources_down_the_public_sees_a_part_of_what_it_sees(
    everybody: Everybody, over: Over, details: Details, well: dict[str, Reading]
) -> None:
    """Seeded sets of sources: nobody's absence shows a row, here or beside another."""
    chance = random.Random(SEED)
    whole_list = set(well[next(iter(WAYS))].ids())

    async def compare(ask: Ask) -> None:
        for count in (1, 3, 6, len(COMPLAINTS) - 1):
            down = chance.sample(COMPLAINTS, count)
            for name in down:
                everybody[name].fault("down")
            met, page = await shown(ask), await Reading(next(iter(WAYS))).on(ask)
            everybody.reset()

            assert met.facts <= details.facts, down
            assert {edge["node"]["id"] for edge in page["edges"]} <= whole_list, down
            assert not met.facts if "sp4n" in down else met.facts, down

    over(compare)
