"""The laws of lists, over random sources, filters, orders, page sizes and failures."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.contract.capabilities import Collection
from connectors.contract.filters import EVERYTHING, Filter, all_of, one_of
from connectors.contract.query import Order
from resolvers.errors import NeedsIndex
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.plan import Count, Listing, Question
from resolvers.planner.planner import Planner
from tests.planner.awkward import NOW, problems
from tests.planner.worlds import World, computed, filters, orders, worlds

SEAL = CursorSeal({"k": b"0" * 32}, "k", lifetime=timedelta(hours=1), clock=lambda: NOW)
CASES = int(os.environ.get("SIMPUL_LAW_CASES", "150"))
lawful = settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
sizes = st.lists(st.integers(1, 7), min_size=1, max_size=5)


def planner(world: World, *, pushdown: bool = True) -> Planner:
    return Planner(world.sources, SEAL, lambda: NOW, pushdown=pushdown)


def question(where: Filter, order: Order) -> Question:
    return Question(
        where=where,
        order=order,
        computed=computed(order),
        fields=frozenset({"title"}),
        fingerprint=lambda: b"f",
        first=20,
    )


def names(listing: Listing) -> list[tuple[str, str]]:
    return [(row.source, row.local_id) for row in listing.rows]


def late_rows(listing: Listing) -> list[bool]:
    return [listing.is_late(index) for index in range(len(listing.rows))]


async def page(asking: Planner, asked: Question) -> Listing:
    return await asking.run(asking.build(asked))


@lawful
@given(worlds(), filters, orders, sizes)
def test_pages_concatenated_are_the_whole_list_forward(
    world: World, where: Filter, order: Order, steps: list[int]
) -> None:
    """Forward pages of any sizes give every row once, in order, whatever the sources can do."""
    asking = planner(world)

    async def walk() -> list[tuple[str, str]]:
        got: list[tuple[str, str]] = []
        asked = question(where, order)
        for turn in range(200):
            listing = await page(asking, replace(asked, first=steps[turn % len(steps)]))
            assert listing.complete
            assert not any(late_rows(listing))
            got.extend(names(listing))
            if not listing.has_next:
                return got
            asked = replace(asked, after=listing.end_cursor)
        raise AssertionError("the list does not end")

    assert asyncio.run(walk()) == world.listed(where, order)


@lawful
@given(worlds(), filters, orders, sizes)
def test_pages_concatenated_are_the_whole_list_backward(
    world: World, where: Filter, order: Order, steps: list[int]
) -> None:
    """Backward pages of any sizes give every row once, in order, whatever the sources can do."""
    asking = planner(world)

    async def walk() -> list[tuple[str, str]]:
        got: list[tuple[str, str]] = []
        asked = replace(question(where, order), first=None)
        for turn in range(200):
            listing = await page(asking, replace(asked, last=steps[turn % len(steps)]))
            got = names(listing) + got
            if not listing.has_previous:
                return got
            asked = replace(asked, before=listing.start_cursor)
        raise AssertionError("the list does not begin")

    assert asyncio.run(walk()) == world.listed(where, order)


@lawful
@given(worlds(), filters, orders, st.integers(0, 9), st.integers(1, 5))
def test_a_source_that_declares_less_costs_more_rows_never_different_ones(
    world: World, where: Filter, order: Order, skip: int, size: int
) -> None:
    """Pushdown on and off give the same page, also behind the cursor of any edge."""

    async def both() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        quick, plain = planner(world), planner(world, pushdown=False)
        start = await page(quick, question(where, order))
        asked = replace(question(where, order), first=size)
        if start.rows:
            asked = replace(asked, after=start.cursor_at(skip % len(start.rows)))
        return names(await page(quick, asked)), names(await page(plain, asked))

    quick, plain = asyncio.run(both())

    assert quick == plain


@lawful
@given(worlds(), filters, orders, sizes, st.data())
def test_sources_that_fail_and_return_deliver_each_row_exactly_once(
    world: World, where: Filter, order: Order, steps: list[int], data: st.DataObject
) -> None:
    """After any failures forward pages still give each row once; only owed rows are late."""
    asking = planner(world)
    for connector in world.connectors:
        connector.failing = data.draw(
            st.lists(st.sampled_from(problems(connector.name)), max_size=12)
        )

    async def walk() -> list[tuple[tuple[str, str], bool]]:
        got: list[tuple[tuple[str, str], bool]] = []
        asked = question(where, order)
        for turn in range(300):
            listing = await page(asking, replace(asked, first=steps[turn % len(steps)]))
            got.extend(zip(names(listing), late_rows(listing), strict=True))
            if not listing.has_next:
                return got
            assert listing.end_cursor is not None or not listing.complete
            asked = replace(asked, after=listing.end_cursor)
        raise AssertionError("the list does not end")

    got = asyncio.run(walk())

    full = world.listed(where, order)
    assert sorted(row for row, _ in got) == sorted(full)
    in_time = [row for row, late in got if not late]
    assert in_time == [row for row in full if row in set(in_time)]


@lawful
@given(worlds(), filters, orders, sizes, st.integers(0, 30), st.data())
def test_any_edge_is_a_place_to_go_on_from(
    world: World, where: Filter, order: Order, steps: list[int], stop: int, data: st.DataObject
) -> None:
    """Leaving a page in the middle, even among late rows, loses nothing and repeats nothing."""
    asking = planner(world)
    for connector in world.connectors:
        connector.failing = data.draw(
            st.lists(st.sampled_from(problems(connector.name)), max_size=6)
        )

    async def walk() -> list[tuple[str, str]]:
        got: list[tuple[str, str]] = []
        asked = question(where, order)
        for turn in range(300):
            listing = await page(asking, replace(asked, first=steps[turn % len(steps)]))
            if not listing.rows:
                if not listing.has_next:
                    return got
                asked = replace(asked, after=listing.end_cursor)
                continue
            upto = (stop + turn) % len(listing.rows)
            got.extend(names(listing)[: upto + 1])
            asked = replace(asked, after=listing.cursor_at(upto))
        return got

    assert sorted(asyncio.run(walk())) == sorted(world.listed(where, order))


@lawful
@given(worlds(), filters, orders, st.integers(1, 12), st.integers(1, 5))
def test_a_row_budget_shows_a_true_beginning_of_each_source_or_nothing(
    world: World, where: Filter, order: Order, budget: int, size: int
) -> None:
    """Rows of a source that could not be read whole are the first ones of its list; in an order
    that is worked out here there are none, and the question is refused.
    """
    world.row_budget = budget
    asking = planner(world)

    try:
        listing = asyncio.run(page(asking, replace(question(where, order), first=size)))
    except NeedsIndex:
        assert computed(order) is not None
        # Those with a moment and those without are two questions: some rows may come twice.
        assert any(2 * len(connector.complaints) >= budget for connector in world.connectors)
        return

    full = world.listed(where, order)
    shown = names(listing)
    for connector in world.connectors:
        mine = [row for row in shown if row[0] == connector.name]
        all_mine = [row for row in full if row[0] == connector.name]
        assert mine == all_mine[: len(mine)]
    if listing.complete:
        assert shown == full[:size]


@lawful
@given(worlds(), filters, orders, st.data())
def test_with_any_sources_down_a_viewer_sees_a_subset(
    world: World, where: Filter, order: Order, data: st.DataObject
) -> None:
    """What is seen with some sources down is part of what is seen with all up; nothing secret."""
    guard = one_of("secret", [False])
    visible = all_of((where, guard))
    down = data.draw(st.sets(st.sampled_from([c.name for c in world.connectors])))
    for connector in world.connectors:
        if connector.name in down:
            connector.failing = [problems(connector.name)[1]] * 50
    asking = planner(world)

    asked = replace(question(visible, order), first=100, guard=guard)
    listing = asyncio.run(page(asking, asked))

    assert set(names(listing)) <= set(world.listed(visible, order))
    assert not any(row.secret for row in listing.rows)
    absent = {answer.source for answer in listing.answers if answer.state != "ANSWERED"}
    assert absent == down & {answer.source for answer in listing.answers}


def turned(asked: Question, listing: Listing, data: st.DataObject) -> Question:
    """A page of any size at any place of the list of which *listing* is a page."""
    size = data.draw(st.integers(0, 4))
    way = data.draw(st.sampled_from(("start", "end", "after", "before")))
    forward, backward = replace(asked, first=size), replace(asked, first=None, last=size)
    if way in ("start", "end") or not listing.rows:
        return backward if way in ("end", "before") else forward
    cursor = listing.cursor_at(data.draw(st.integers(0, len(listing.rows) - 1)))
    return replace(forward, after=cursor) if way == "after" else replace(backward, before=cursor)


@lawful
@given(worlds(), filters, orders, st.data())
def test_a_count_is_exact_or_a_lower_bound(
    world: World, where: Filter, order: Order, data: st.DataObject
) -> None:
    """On any page, whoever fails: an exact count is the length of the list of those rows that the
    viewer may see, another is at most that; with all sources read whole it is exact.
    """
    guard = data.draw(st.sampled_from((EVERYTHING, one_of("secret", [False]))))
    asked = replace(question(all_of((where, guard)), order), guard=guard)
    asking = planner(world, pushdown=data.draw(st.booleans()))

    async def counted() -> tuple[Listing, Count]:
        begun = await page(asking, asked)
        for connector in world.connectors:
            connector.failing = data.draw(
                st.lists(st.sampled_from(problems(connector.name)), max_size=3)
            )
        plan = asking.build(turned(asked, begun, data))
        listing = await asking.run(plan)
        return listing, await asking.count(plan, listing)

    listing, number = asyncio.run(counted())

    length = len(world.listed(all_of((where, guard)), order))
    assert (number.value or 0) <= length
    if number.exact:
        assert listing.complete
        assert number.value == length


@lawful
@given(worlds(), filters, orders, st.data())
def test_a_list_that_is_read_whole_is_counted_exactly(
    world: World, where: Filter, order: Order, data: st.DataObject
) -> None:
    """On any page, and without asking anybody again: all of its rows have been seen."""
    asking = planner(world, pushdown=False)

    async def counted() -> Count:
        asked = question(where, order)
        plan = asking.build(turned(asked, await page(asking, asked), data))
        listing = await asking.run(plan)
        for connector in world.connectors:
            connector.can = Collection()
        return await asking.count(plan, listing)

    assert asyncio.run(counted()) == Count(value=len(world.listed(where, order)), exact=True)


@lawful
@given(worlds(), filters, orders, st.integers(1, 12), st.integers(1, 5))
def test_a_row_budget_leaves_a_lower_bound(
    world: World, where: Filter, order: Order, budget: int, size: int
) -> None:
    """What of a source was not read whole is not claimed to be counted."""
    world.row_budget = budget
    asking = planner(world)

    async def counted() -> tuple[Listing, Count]:
        plan = asking.build(replace(question(where, order), first=size))
        listing = await asking.run(plan)
        return listing, await asking.count(plan, listing)

    try:
        listing, number = asyncio.run(counted())
    except NeedsIndex:
        return

    length = len(world.listed(where, order))
    assert (number.value or 0) <= length
    assert not number.exact or (listing.complete and number.value == length)
