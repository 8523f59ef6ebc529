"""Running a plan: time limits, missing sources, late rows, budgets, counts."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from connectors import memory
from connectors.contract.capabilities import Collection, Operator, OrderBy
from connectors.contract.errors import Malformed, Unavailable
from connectors.contract.filters import EVERYTHING, Op, between, one_of
from connectors.contract.query import Order, Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from resolvers.errors import BadCursor, Missing
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.plan import Listing, OnMissing, Question
from resolvers.planner.planner import Planner
from tests.planner.awkward import CHANGED_SINCE, NEWEST_FIRST, NOTHING_AT_ALL, NOW, Awkward

SEAL = CursorSeal({"k": b"0" * 32}, "k", lifetime=timedelta(hours=1), clock=lambda: NOW)


def rows(source: str, count: int, *, minutes: int = 10) -> list[ComplaintRecord]:
    return [
        ComplaintRecord(
            source=source,
            local_id=f"{index:04}",
            submitted_at=NOW - timedelta(minutes=minutes * index),
            updated_at=NOW - timedelta(minutes=minutes * index),
            status="DISPOSED",
            secret=False,
        )
        for index in range(count)
    ]


class Hanging(Awkward):
    """Answers *after* pages, then never."""

    after: int = 0

    async def fetch(self, query: SourceQuery) -> Page:
        if len(self.asked) >= self.after:
            await asyncio.sleep(60)
        return await super().fetch(query)


def source(connector: Awkward, *, time_limit: float = 4.0, row_budget: int = 50_000) -> Source:
    return Source(
        connector=connector,
        title=connector.name,
        kind="memory",
        time_limit=time_limit,
        row_budget=row_budget,
    )


def asked(first: int = 5, **more: object) -> Question:
    base = Question(
        where=EVERYTHING, order=Order("submitted_at"), fields=frozenset(), fingerprint=lambda: b"f"
    )
    return replace(base, first=first, **more)  # type: ignore[arg-type] # names are given by tests


def run(sources: list[Source], question: Question) -> Listing:
    planner = Planner(sources, SEAL, lambda: NOW)
    return asyncio.run(planner.run(planner.build(question)))


def shown(listing: Listing) -> list[str]:
    return [f"{row.source}{row.local_id}" for row in listing.rows]


def test_a_hanging_source_costs_its_rows_and_its_time_limit_only() -> None:
    """The others' rows come whole, the hanging one is named TIMED_OUT, the list not complete."""
    good = Awkward("a", rows("a", 9), memory.EVERYTHING)
    stuck = Hanging("b", rows("b", 9), memory.EVERYTHING)

    listing = run([source(good), source(stuck, time_limit=0.05)], asked())

    assert shown(listing) == ["a0000", "a0001", "a0002", "a0003", "a0004"]
    assert not listing.complete
    assert {each.source: each.state for each in listing.answers} == {
        "a": "ANSWERED",
        "b": "TIMED_OUT",
    }


def test_an_ordered_source_that_stops_answering_keeps_the_rows_it_gave() -> None:
    """Rows that did arrive in order are shown, up to the first tie that may be unfinished."""
    stuck = Hanging("b", rows("b", 9), NEWEST_FIRST, page_size=2)
    stuck.after = 2

    listing = run([source(stuck, time_limit=0.05)], asked(first=8))

    assert shown(listing) == ["b0000", "b0001", "b0002"]
    assert listing.answers[0].state == "TIMED_OUT"
    assert listing.has_next


def test_an_unordered_source_that_stops_answering_shows_nothing() -> None:
    """Some rows of an unordered source would be a random choice, so none is shown."""
    stuck = Hanging("b", rows("b", 9), NOTHING_AT_ALL, page_size=2)
    stuck.after = 2

    listing = run([source(stuck, time_limit=0.05)], asked(first=8))

    assert shown(listing) == []
    assert listing.end_cursor is not None


def test_the_rows_of_a_source_that_came_back_are_late_and_come_first() -> None:
    """They lie before the key reached, so they head the next page, marked."""
    good = Awkward("a", rows("a", 6), memory.EVERYTHING)
    back = Awkward("b", rows("b", 3), memory.EVERYTHING, failing=[Unavailable("b", "down")])
    sources = [source(good), source(back)]
    first = run(sources, asked(first=2))

    second = run(sources, asked(first=4, after=first.end_cursor))

    assert shown(first) == ["a0000", "a0001"]
    assert shown(second) == ["b0000", "b0001", "a0002", "b0002"]
    assert [second.is_late(index) for index in range(len(second.rows))] == [
        True,
        False,
        False,
        False,
    ]
    assert second.complete


def test_paging_back_over_owed_rows_is_refused() -> None:
    """Backward from a cursor with outstanding rows has no settled answer."""
    back = Awkward("b", rows("b", 3), memory.EVERYTHING, failing=[Unavailable("b", "down")])
    sources = [source(Awkward("a", rows("a", 6), memory.EVERYTHING)), source(back)]
    first = run(sources, asked(first=2))

    with pytest.raises(BadCursor) as caught:
        run(sources, replace(asked(), first=None, last=2, before=first.end_cursor))

    assert caught.value.code == "CURSOR_NOT_REVERSIBLE"


def test_a_backward_page_with_a_gap_cannot_be_paged_back_over_but_forward() -> None:
    """The gap a failing source leaves behind closes backward paging, forward paging goes on."""
    back = Awkward("b", rows("b", 3), memory.EVERYTHING, failing=[Unavailable("b", "down")])
    sources = [source(Awkward("a", rows("a", 6), memory.EVERYTHING)), source(back)]
    last = run(sources, replace(asked(), first=None, last=2))

    with pytest.raises(BadCursor):
        run(sources, replace(asked(), first=None, last=2, before=last.start_cursor))
    onward = run(sources, asked(first=9, after=last.start_cursor))

    assert shown(last) == ["a0004", "a0005"]
    assert shown(onward) == ["a0005"]
    assert onward.complete


def test_all_or_nothing_fails_and_names_who_is_missing() -> None:
    """With onMissing FAIL a missing source fails the question."""
    down = Awkward("b", [], memory.EVERYTHING, failing=[Unavailable("b", "down")])

    with pytest.raises(Missing, match="b; hint") as caught:
        run([source(down)], asked(on_missing=OnMissing.FAIL))

    assert caught.value.code == "SOURCES_MISSING"


def test_a_source_that_breaks_its_declared_order_is_malformed_and_shows_nothing() -> None:
    """Rows out of order cannot be merged, so none of them is believed."""

    class Shuffled(Awkward):
        async def fetch(self, query: SourceQuery) -> Page:
            page = await super().fetch(query)
            return Page(rows=page.rows[::-1], next=page.next, received=page.received)

    listing = run([source(Shuffled("b", rows("b", 9), memory.EVERYTHING))], asked())

    assert shown(listing) == []
    assert listing.answers[0].state == "MALFORMED"


def test_a_row_that_moved_down_while_it_was_read_stands_where_it_is_now() -> None:
    """Its newer version counts, and its place, though its page came strictly in order."""
    first, second, third = rows("b", 3)
    moved = replace(
        first,
        submitted_at=third.submitted_at - timedelta(minutes=1),
        updated_at=NOW + timedelta(minutes=1),
    )

    class Moving(Awkward):
        async def fetch(self, query: SourceQuery) -> Page:
            return Page(rows=(first, second, third, moved), received=4)

    listing = run([source(Moving("b", [], memory.EVERYTHING))], asked())

    assert [row.local_id for row in listing.rows] == ["0001", "0002", "0000"]
    assert listing.rows[-1] == moved


def test_a_window_that_breaks_its_declared_order_is_malformed() -> None:
    """The same holds for the order that windows rely on."""

    class Shuffled(Awkward):
        async def fetch(self, query: SourceQuery) -> Page:
            page = await super().fetch(query)
            return Page(rows=page.rows[::-1], next=page.next, received=page.received)

    listing = run([source(Shuffled("b", rows("b", 9), CHANGED_SINCE))], asked())

    assert listing.answers[0].state == "MALFORMED"


def test_an_endless_page_chain_is_recognised() -> None:
    """A token that comes again is a source going in circles."""

    class Circling(Awkward):
        async def fetch(self, query: SourceQuery) -> Page:
            page = await super().fetch(query)
            return Page(rows=page.rows, next=(1,), received=page.received)

    listing = run([source(Circling("b", rows("b", 9), NOTHING_AT_ALL))], asked())

    assert listing.answers[0].state == "MALFORMED"
    assert listing.answers[0].code == "ENDLESS_PAGES"


def test_what_a_source_is_found_out_at_is_the_code_of_its_answer() -> None:
    """A reason finer than the state is told, and no row of a source that hides rows is shown."""
    capped = Malformed("b", "it counts more rows than it gives", "SILENT_CAP")
    liar = Awkward("b", rows("b", 9), NOTHING_AT_ALL, failing=[capped])
    listing = run([source(liar)], asked())

    assert shown(listing) == []
    assert not listing.complete
    assert listing.answers[0].state == "MALFORMED"
    assert listing.answers[0].code == "SILENT_CAP"


def test_rows_that_a_source_could_not_tell_make_the_answer_partial() -> None:
    """What it did tell is shown, and that it was not all is said."""

    class Partly(Awkward):
        async def fetch(self, query: SourceQuery) -> Page:
            page = await super().fetch(query)
            return msgspec.structs.replace(page, rows=page.rows[1:], partial=True)

    listing = run([source(Partly("b", rows("b", 9), memory.EVERYTHING))], asked())

    assert shown(listing) == ["b0001", "b0002", "b0004", "b0005", "b0007"]
    assert not listing.complete
    assert listing.answers[0].state == "TRUNCATED"
    assert listing.answers[0].code == "PARTIAL_DATA"


def test_a_source_with_too_many_rows_is_truncated_unread() -> None:
    """If the total is known to break the budget, an unordered source is not even read."""
    big = Awkward("b", rows("b", 30), NOTHING_AT_ALL)

    listing = run([source(big, row_budget=10)], asked())

    assert listing.answers[0].state == "TRUNCATED"
    assert listing.answers[0].fetched == 3
    assert len(big.asked) == 1


def test_the_newest_rows_of_a_source_without_order_are_found_in_windows() -> None:
    """Only the newest part of a source that orders by change is read for its newest rows."""
    wide = Awkward("b", rows("b", 2000, minutes=60), CHANGED_SINCE, page_size=50)

    listing = run([source(wide)], asked(first=10))

    assert shown(listing) == [f"b{index:04}" for index in range(10)]
    assert listing.answers[0].fetched <= 100


def test_windows_end_where_the_filter_begins() -> None:
    """Behind the filter's own bound nothing is asked a second time."""
    wide = Awkward("b", rows("b", 200, minutes=60), CHANGED_SINCE, page_size=50)
    where = between("submitted_at", NOW - timedelta(days=3), None)

    listing = run([source(wide)], asked(first=100, where=where))

    assert len(listing.rows) == 73
    assert not listing.has_next
    assert listing.answers[0].fetched <= 150


def test_of_many_rows_only_the_first_are_kept() -> None:
    """Reading a source whole gives the first rows of the order, forward and backward."""
    many = rows("b", 90, minutes=1)[::-1]
    sources = [source(Awkward("b", many, NOTHING_AT_ALL))]

    ahead = run(sources, asked(first=2))
    back = run(sources, replace(asked(), first=None, last=2))

    assert shown(ahead) == ["b0000", "b0001"]
    assert shown(back) == ["b0088", "b0089"]


def test_a_window_before_the_first_year_is_no_error() -> None:
    """Dirty dates at the beginning of time do not overflow."""
    old = rows("b", 1)[0]
    ancient = ComplaintRecord(
        source="b",
        local_id="x",
        submitted_at=NOW.replace(year=1),
        updated_at=NOW.replace(year=1),
    )
    awkward = Awkward("b", [old, ancient], CHANGED_SINCE)
    first = run([source(awkward)], asked(first=1))
    second = run([source(awkward)], asked(first=1, after=first.end_cursor))
    third = run([source(awkward)], asked(first=1, after=second.end_cursor))

    assert shown(first) + shown(second) + shown(third) == ["b0000", "bx"]


def test_a_row_delivered_twice_is_listed_once_as_it_was_last() -> None:
    """Of two rows with one id the later version counts."""
    row = rows("b", 1)[0]
    newer = ComplaintRecord(
        source="b",
        local_id=row.local_id,
        submitted_at=row.submitted_at,
        updated_at=NOW + timedelta(days=1),
        title="newer",
    )
    listing = run(
        [source(Awkward("b", [row, newer], NOTHING_AT_ALL, page_size=1))],
        asked(fields=frozenset({"title"})),
    )

    assert [row.title for row in listing.rows] == ["newer"]


def test_a_source_that_sends_what_the_viewer_may_not_see_is_not_believed() -> None:
    """The viewer's predicate is tested here even if the source claims to have applied it."""

    class Careless(Awkward):
        async def fetch(self, query: SourceQuery) -> Page:
            return await super().fetch(SourceQuery(order=query.order, token=query.token))

    secret = ComplaintRecord(source="b", local_id="s", submitted_at=NOW, updated_at=NOW)
    guard = one_of("secret", [False])

    listing = run(
        [source(Careless("b", [secret, *rows("b", 2)], memory.EVERYTHING))],
        asked(where=guard, guard=guard),
    )

    assert shown(listing) == ["b0000", "b0001"]


def test_the_oldest_as_of_of_a_source_is_told() -> None:
    """An answer's as-of time is that of the oldest page behind it."""

    class Dated(Awkward):
        async def fetch(self, query: SourceQuery) -> Page:
            page = await super().fetch(query)
            day = NOW - timedelta(days=len(self.asked))
            return Page(rows=page.rows, next=page.next, received=3, as_of=day)

    listing = run([source(Dated("b", rows("b", 6), NOTHING_AT_ALL))], asked())

    assert listing.answers[0].as_of == NOW - timedelta(days=2)


def count(sources: list[Source], question: Question) -> tuple[int | None, bool]:
    async def counted() -> tuple[int | None, bool]:
        planner = Planner(sources, SEAL, lambda: NOW)
        plan = planner.build(question)
        number = await planner.count(plan, await planner.run(plan))
        return number.value, number.exact

    return asyncio.run(counted())


def test_a_count_is_exact_if_every_source_can_count() -> None:
    """The sum of exact counts is exact, and no further row is read for it."""
    sources = [
        source(Awkward("a", rows("a", 40), memory.EVERYTHING)),
        source(Awkward("b", rows("b", 30), memory.EVERYTHING)),
    ]

    assert count(sources, asked()) == (70, True)


def test_a_source_that_cannot_count_leaves_a_lower_bound() -> None:
    """What was read of it for the page is told as "at least", with what the others count."""
    sources = [
        source(Awkward("a", rows("a", 40), memory.EVERYTHING)),
        source(Awkward("b", rows("b", 30, minutes=1), NEWEST_FIRST)),
    ]

    assert count(sources, asked(first=5)) == (49, False)


def test_a_failing_source_is_not_asked_to_count() -> None:
    """Who did not answer the page is not asked again for its count."""
    down = Awkward("b", rows("b", 9), memory.EVERYTHING, failing=[Malformed("b", "broken")])

    assert count([source(down)], asked()) == (None, False)


def test_a_count_that_fails_is_unknown() -> None:
    """A source that fails to count costs exactness, not the answer."""

    class Uncounted(Awkward):
        async def count(self, query: SourceQuery) -> int:
            raise Unavailable(self.name, "no")

    assert count([source(Uncounted("b", rows("b", 9), memory.EVERYTHING))], asked()) == (6, False)


def test_a_residual_filter_keeps_a_count_from_being_exact() -> None:
    """A source that cannot apply the whole filter cannot count its matches."""
    can = Collection(
        operators={"status": (Operator(op=Op.IN),)},
        orders=(OrderBy(field="submitted_at", descending=True),),
        counts=True,
    )
    where = between("submitted_at", NOW - timedelta(days=3), None)

    assert count([source(Awkward("b", rows("b", 9), can))], asked(where=where)) == (6, False)


def test_what_was_read_whole_is_counted_without_asking_again() -> None:
    """A source that gives no order and cannot count has been read whole for the page: the rows
    that its filter leaves are its share of the total, on any page.
    """
    unordered = Awkward("b", rows("b", 90, minutes=1), NOTHING_AT_ALL)
    counting = source(Awkward("a", rows("a", 40), memory.EVERYTHING))
    where = between("submitted_at", NOW - timedelta(minutes=80), None)
    sources, whole = [source(unordered), counting], asked(first=2, where=where)
    begun = run(sources, whole)
    unordered.asked.clear()

    counts = [
        count(sources, replace(whole, **more))
        for more in (
            {},
            {"first": 0},
            {"after": begun.end_cursor},
            {"first": None, "last": 3},
            {"first": None, "last": 1, "before": begun.end_cursor},
        )
    ]

    assert counts == [(81 + 9, True)] * 5
    assert len(unordered.asked) == 5 * 30


def test_a_source_that_was_read_to_its_end_is_counted_by_its_rows() -> None:
    """Read in its own order from the beginning to the end; read on from a cursor it is not."""
    can = msgspec.structs.replace(memory.EVERYTHING, counts=False)
    few = source(Awkward("a", rows("a", 4), can))
    many = source(Awkward("b", rows("b", 40, minutes=20), memory.EVERYTHING))
    begun = run([few, many], asked())

    assert count([few, many], asked()) == (44, True)
    assert count([few, many], asked(first=2, after=begun.cursor_at(2))) == (43, False)
    assert count([few, many], replace(asked(), first=None, last=5)) == (44, True)
    assert count([few], replace(asked(), first=None, last=5)) == (4, True)


def test_a_source_read_whole_beside_a_missing_one_leaves_a_lower_bound() -> None:
    """Nobody knows what the missing one has."""
    down = Awkward("c", rows("c", 3), memory.EVERYTHING, failing=[Unavailable("c", "down")])
    sources = [source(Awkward("b", rows("b", 90), NOTHING_AT_ALL)), source(down)]

    assert count(sources, asked()) == (90, False)


def test_a_source_that_could_not_tell_all_of_its_rows_is_not_counted_by_them() -> None:
    """What it left out may have been a match."""

    class Partly(Awkward):
        async def fetch(self, query: SourceQuery) -> Page:
            page = await super().fetch(query)
            return msgspec.structs.replace(page, rows=page.rows[1:], partial=True)

    assert count([source(Partly("b", rows("b", 4), NOTHING_AT_ALL))], asked()) == (2, False)


def test_rows_elsewhere_that_have_a_national_number_are_not_counted() -> None:
    """They are no entries of the list: the national row is, which they are shown with."""
    numbered = [replace(row, tracking_id=f"90{row.local_id}") for row in rows("b", 30)]
    national = dataclasses.replace(
        source(Awkward("a", numbered[:8], NOTHING_AT_ALL)), national=True
    )
    regional = source(Awkward("b", [*numbered, *rows("b", 90)[30:]], NOTHING_AT_ALL))

    assert count([national, regional], asked()) == (68, True)


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_a_row_told_twice_the_later_version_is_counted(newest_first: bool) -> None:
    """Also of one that is too far behind the page to be kept, or lies before it."""
    some = rows("b", 300, minutes=1)
    secret = [replace(row, secret=True, updated_at=NOW + timedelta(days=1)) for row in some[::10]]
    again = [replace(row, updated_at=NOW + timedelta(days=1)) for row in some[1::10]]
    newer = [*secret, *again]
    awkward = Awkward("b", [*newer, *some] if newest_first else [*some, *newer], NOTHING_AT_ALL)
    guard = one_of("secret", [False])
    question = asked(first=1, where=guard, guard=guard)
    begun = run([source(awkward)], replace(question, first=100))

    assert count([source(awkward)], question) == (270, True)
    assert count([source(awkward)], replace(question, after=begun.end_cursor)) == (270, True)


def test_a_page_of_no_rows_moves_nothing() -> None:
    """Asking for none, to see only who is there, keeps the rows that are still owed."""
    back = Awkward("b", rows("b", 3), memory.EVERYTHING, failing=[Unavailable("b", "down")])
    down = Awkward("c", [], memory.EVERYTHING, failing=[Unavailable("c", "down")] * 2)
    sources = [source(Awkward("a", rows("a", 6), memory.EVERYTHING)), source(back), source(down)]
    first = run(sources, asked(first=2))
    none = run(sources, asked(first=0, after=first.end_cursor))

    onward = run(sources, asked(first=9, after=none.end_cursor))

    assert shown(onward) == ["b0000", "b0001", "a0002", "b0002", "a0003", "a0004", "a0005"]
    assert [onward.is_late(index) for index in (0, 1)] == [True, False]


def test_a_page_of_no_rows_says_whether_there_are_any() -> None:
    """As Relay's connections define it: more than none follow, and no row has a cursor to go on."""
    some = run([source(Awkward("a", rows("a", 1), memory.EVERYTHING))], asked(first=0))
    none = run([source(Awkward("a", [], memory.EVERYTHING))], asked(first=0))

    assert (some.has_next, some.end_cursor) == (True, None)
    assert (none.has_next, none.end_cursor) == (False, None)


def test_a_source_out_of_the_settings_for_a_page_still_owes_its_rows() -> None:
    """What it had not delivered when it left comes late when it is back."""
    a = source(Awkward("a", rows("a", 6), memory.EVERYTHING))
    b = source(Awkward("b", rows("b", 3), memory.EVERYTHING, failing=[Unavailable("b", "down")]))
    first = run([a, b], asked(first=2))
    without = run([a], asked(first=2, after=first.end_cursor))

    onward = run([a, b], asked(first=9, after=without.end_cursor))

    assert [name for name in shown(onward) if name.startswith("b")] == ["b0000", "b0001", "b0002"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_an_old_public_version_does_not_stand_for_a_newer_secret_one(newest_first: bool) -> None:
    """Of two versions of a row the later decides whether it may be seen."""
    public = rows("b", 1)[0]
    secret = ComplaintRecord(
        source="b",
        local_id=public.local_id,
        submitted_at=public.submitted_at,
        updated_at=public.updated_at + timedelta(hours=1),
        secret=True,
    )
    guard = one_of("secret", [False])
    both = [secret, public] if newest_first else [public, secret]
    awkward = Awkward("b", both, NOTHING_AT_ALL, page_size=1)

    assert shown(run([source(awkward)], asked(where=guard, guard=guard))) == []
