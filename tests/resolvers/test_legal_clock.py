"""Questions about deadlines, through the planner, keep the rows whose deadlines are so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.contract.capabilities import Collection
from connectors.contract.filters import EVERYTHING, predicate
from connectors.contract.query import Order
from connectors.contract.records import AgencyRecord, ComplaintRecord
from connectors.contract.source import Source
from connectors.contract.vocabulary import AgencyLevel
from resolvers.asked import ComplaintFilter
from resolvers.directory import index
from resolvers.errors import BadFilter, NotAnswering
from resolvers.legal_clock import DEADLINE_FIELDS, LegalClock
from resolvers.needs import needs_reference
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.plan import Question
from resolvers.planner.planner import Planner
from resolvers.policy import NATIONAL_ADMIN, PUBLIC, access_of
from resolvers.sla.asked import SlaFilter
from resolvers.sla.deadline import RUNNING, SlaState, next_due_at, worst
from resolvers.sla.rules import Step, load_rules
from resolvers.sla.steps import OPEN, OWED, STEPS
from resolvers.translation import Translator
from tests.planner.awkward import KINDS, Awkward
from tests.sla.worlds import CALENDARS, SEATS, anchors, moments, records

TODAY = date(2026, 11, 1)
DIRECTORY = index(
    {
        "agencies": [
            AgencyRecord(source="r", code=code, name=code, level=AgencyLevel.AGENCY, region=region)
            for code, region in SEATS.items()
        ]
    }
)


def clock_at(now: datetime) -> LegalClock:
    """Give the shipped rules over the tests' calendars, at *now*."""
    return LegalClock(load_rules(), CALENDARS, lambda: now)


def translated(asked: ComplaintFilter, now: datetime) -> Translator:
    """Give a translator as the reader makes it."""
    legal = clock_at(now)
    return Translator(
        DIRECTORY, frozenset({"agencies"}), frozenset(), (legal.comparisons(DIRECTORY, TODAY), now)
    )


def told(row: ComplaintRecord, now: datetime) -> Callable[[ComplaintFilter], bool]:
    """Give the function that says, from *row*'s own deadlines, whether it is as asked."""
    found = clock_at(now).deadlines(row, DIRECTORY, TODAY, now)
    agency = DIRECTORY.agency(row.agency, TODAY)
    calendar = CALENDARS.of(None if agency is None else agency.region)

    def ago(moment: datetime | None) -> int:
        if moment is None:
            return -1
        day = calendar.zone.day_of
        return calendar.count(day(now)) - calendar.count(day(moment))

    def of_step(asked: SlaFilter) -> bool:
        one = next((each for each in found if each.step is asked.step), None)
        states = asked.states
        if states is None and (asked.due_before or asked.overdue_by_working_days is not None):
            states = tuple(RUNNING)
        return (
            one is not None
            and (states is None or one.state in states)
            and (asked.due_before is None or one.due_at < asked.due_before)
            and late_by(asked, one.state, one.working_days_left)
        )

    def late_by(asked: SlaFilter, state: SlaState, left: int | None) -> bool:
        days = asked.overdue_by_working_days
        if days is None:
            return True
        return state is SlaState.OVERDUE and left is not None and left <= -days

    def sla(asked: SlaFilter) -> bool:
        if asked.step is not None:
            return of_step(asked)
        due = next_due_at(found)
        return (
            (asked.states is None or worst(found) in asked.states)
            and (asked.due_before is None or (due is not None and due < asked.due_before))
            and (
                asked.overdue_by_working_days is None
                or any(
                    late_by(asked, each.state, each.working_days_left)
                    for each in found
                    if each.step in OWED
                )
            )
        )

    def whole(asked: ComplaintFilter) -> bool:
        is_open = row.status in OPEN
        first_only = None if row.first_followed_up_at is None else row.updated_at
        last = row.followed_up_at or first_only or row.disposed_at
        waiting = asked.without_follow_up_for_working_days
        return (
            (asked.sla is None or sla(asked.sla))
            and (
                asked.open_for_working_days is None
                or (is_open and ago(row.submitted_at) >= asked.open_for_working_days)
            )
            and (waiting is None or (is_open and ago(last) >= waiting))
            and all(whole(each) for each in asked.all_of or ())
            and (asked.any_of is None or any(whole(each) for each in asked.any_of))
            and (asked.none_of is None or not whole(asked.none_of))
        )

    return whole


def slas(now: datetime) -> st.SearchStrategy[SlaFilter]:
    """Draw what is asked of deadlines near *now*."""
    return st.builds(
        SlaFilter,
        step=st.none() | st.sampled_from(STEPS),
        states=st.none() | st.lists(st.sampled_from(list(SlaState)), max_size=3).map(tuple),
        due_before=st.none() | moments(now.date()),
        overdue_by_working_days=st.none() | st.integers(0, 60),
    )


def filters(now: datetime) -> st.SearchStrategy[ComplaintFilter]:
    """Draw filters about deadlines, nested."""
    days = st.none() | st.integers(0, 70)
    leaves = st.builds(
        ComplaintFilter,
        sla=st.none() | slas(now),
        open_for_working_days=days,
        without_follow_up_for_working_days=days,
    )
    return st.recursive(
        leaves,
        lambda inner: st.builds(
            ComplaintFilter,
            all_of=st.none() | st.lists(inner, max_size=2).map(tuple),
            any_of=st.none() | st.lists(inner, max_size=2).map(tuple),
            none_of=st.none() | inner,
        ),
        max_leaves=4,
    )


LAST = datetime(9999, 12, 30, tzinfo=UTC)
"""Connectors read no moment behind it."""


def as_read(row: ComplaintRecord, at: int, can: Collection) -> ComplaintRecord:
    """Give *row* an id, and what a connector and the source's promises make sure of."""
    submitted = min(row.submitted_at, LAST)
    updated = max(row.updated_at, submitted) if can.updated_covers_submitted else row.updated_at
    return msgspec.structs.replace(
        row, local_id=str(at), submitted_at=submitted, updated_at=min(updated, LAST)
    )


async def pages(planner: Planner, question: Question) -> list[str]:
    """Read a list to its end."""
    found: list[str] = []
    while True:
        listing = await planner.run(planner.build(question))
        assert listing.complete
        found += [row.local_id for row in listing.rows]
        if not listing.has_next:
            return found
        question = replace(question, after=listing.end_cursor)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_filter_keeps_the_rows_whose_deadlines_are_so(data: st.DataObject) -> None:
    """Over sources with every weakness, paged, filter and computed deadlines agree."""
    around = data.draw(anchors())
    now = data.draw(moments(around))
    drawn = data.draw(st.lists(records(around), min_size=1, max_size=8))
    asked = data.draw(filters(now))
    can = KINDS[data.draw(st.sampled_from(sorted(KINDS)))]
    rows = [as_read(row, at, can) for at, row in enumerate(drawn)]
    source = Awkward(name="s", complaints=rows, can=can, page_size=3)
    seal = CursorSeal({"k": b"k" * 16}, "k", lifetime=timedelta(1), clock=lambda: now)
    planner = Planner(
        [Source(connector=source, title="s", kind="memory", national=True)], seal, lambda: now
    )
    where = translated(asked, now).translate(asked)

    found = asyncio.run(
        pages(
            planner,
            Question(
                where=where,
                order=Order("submitted_at"),
                fields=frozenset({"local_id"}),
                fingerprint=lambda: b"f" * 16,
                first=2,
            ),
        )
    )

    assert sorted(found) == [row.local_id for row in rows if told(row, now)(asked)]


NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "asked",
    [
        ComplaintFilter(sla=SlaFilter(overdue_by_working_days=-1)),
        ComplaintFilter(open_for_working_days=-1),
        ComplaintFilter(without_follow_up_for_working_days=-3),
    ],
)
def test_days_are_not_negative(asked: ComplaintFilter) -> None:
    """A negative number of working days is a mistake, told as such."""
    with pytest.raises(BadFilter, match="cannot be negative"):
        translated(asked, NOW).translate(asked)


def test_a_due_moment_needs_its_time_zone() -> None:
    """`dueBefore` without an offset is refused like any other moment."""
    asked = ComplaintFilter(sla=SlaFilter(due_before=datetime(2026, 11, 1)))  # noqa: DTZ001 - the claim

    with pytest.raises(BadFilter, match="time zone"):
        translated(asked, NOW).translate(asked)


def test_twenty_questions_about_all_deadlines_are_too_many() -> None:
    """Each becomes dozens of comparisons, so that each counts for many terms."""
    one = ComplaintFilter(sla=SlaFilter(states=(SlaState.OVERDUE,)))
    asked = ComplaintFilter(any_of=(one,) * 12)

    with pytest.raises(BadFilter, match="terms"):
        translated(asked, NOW).translate(asked)


def test_nothing_asked_of_deadlines_is_nothing_asked() -> None:
    """An empty `sla` keeps every row, at no cost."""
    asked = ComplaintFilter(sla=SlaFilter())

    assert translated(asked, NOW).translate(asked) == EVERYTHING


def test_deadlines_wait_for_the_agencies() -> None:
    """Where agencies are configured and were never read, no calendar can be told."""
    asked = ComplaintFilter(sla=SlaFilter(step=Step.RESOLUTION))
    legal = clock_at(NOW)
    unread = index({})
    translator = Translator(
        unread, frozenset({"agencies"}), frozenset(), (legal.comparisons(unread, TODAY), NOW)
    )

    assert needs_reference(asked)
    with pytest.raises(NotAnswering):
        translator.translate(asked)


def test_whoever_sees_deadlines_may_ask_about_them() -> None:
    """What deadlines are computed from may be fetched, and filtered by, for every viewer."""
    asked = ComplaintFilter(
        sla=SlaFilter(states=(SlaState.OVERDUE, SlaState.BREACHED)),
        without_follow_up_for_working_days=20,
    )
    where = translated(asked, NOW).translate(asked)

    for viewer in (PUBLIC, NATIONAL_ADMIN):
        access = access_of(viewer)
        assert access.prune(DEADLINE_FIELDS) == DEADLINE_FIELDS
        access.insist(where)


def test_the_translation_is_kept_for_a_directory_and_a_day() -> None:
    """The same directory on the same day is translated once; a new one anew."""
    legal = clock_at(NOW)
    first = legal.comparisons(DIRECTORY, TODAY)

    assert legal.comparisons(DIRECTORY, TODAY) is first
    assert legal.comparisons(DIRECTORY, TODAY + timedelta(1)) is not first
    assert legal.comparisons(index({}), TODAY) is not first


def test_the_agency_s_seat_sets_the_midnight() -> None:
    """One moment near midnight: in Papua a day later than in Jakarta, so a later last day."""
    row = ComplaintRecord(
        source="s",
        local_id="1",
        submitted_at=datetime(2024, 7, 3, 15, 30, tzinfo=UTC),
        updated_at=datetime(2024, 7, 3, 15, 30, tzinfo=UTC),
        status="SUBMITTED",
    )

    due = {
        agency: clock_at(NOW)
        .deadlines(msgspec.structs.replace(row, agency=agency), DIRECTORY, TODAY, NOW)[0]
        .due_at
        for agency in ("ministry", "kaltim", "papua", "unheard of")
    }

    assert due == {
        "ministry": datetime(2024, 7, 8, 17, tzinfo=UTC),
        "kaltim": datetime(2024, 7, 8, 16, tzinfo=UTC),
        "papua": datetime(2024, 7, 9, 15, tzinfo=UTC),
        "unheard of": datetime(2024, 7, 8, 17, tzinfo=UTC),
    }
    late = ComplaintFilter(sla=SlaFilter(due_before=due["papua"]))
    keeps = predicate(translated(late, NOW).translate(late))
    assert not keeps(msgspec.structs.replace(row, agency="papua"))
    assert keeps(msgspec.structs.replace(row, agency="kaltim"))
