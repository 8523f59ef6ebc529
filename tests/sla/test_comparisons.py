"""Filters over deadlines give the same rows as computing each record's deadlines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract.filters import NOTHING, predicate
from connectors.contract.records import ComplaintRecord
from resolvers.sla.asked import SlaFilter
from resolvers.sla.comparisons import Comparisons
from resolvers.sla.deadline import (
    RUNNING,
    Deadline,
    SlaState,
    deadlines,
    facts_of,
    next_due_at,
    worst,
)
from resolvers.sla.rules import Rules, Step
from resolvers.sla.steps import OPEN, OWED, STEPS
from tests.sla.worlds import (
    ANCHORS,
    PLACES,
    RULES,
    SEATS,
    a_moment,
    a_record,
    anchors,
    calendar_of,
    moments,
    records,
)


def computed(record: ComplaintRecord, asked: SlaFilter, rules: Rules, now: datetime) -> bool:
    """Answer *asked* of one record the slow way: from its deadlines."""
    return answered(deadlines(facts_of(record), rules, calendar_of(record), now), asked)


def answered(found: tuple[Deadline, ...], asked: SlaFilter) -> bool:
    """Answer *asked* from the deadlines *found*."""
    if asked.step is not None:
        return any(_answers(each, asked) for each in found if each.step is asked.step)
    if asked.states is not None and worst(found) not in asked.states:
        return False
    if asked.due_before is not None:
        due = next_due_at(found)
        if due is None or due >= asked.due_before:
            return False
    if asked.overdue_by_working_days is not None:
        return any(each.step in OWED and _overdue(each, asked) for each in found)
    return True


def _answers(deadline: Deadline, asked: SlaFilter) -> bool:
    if asked.states is not None and deadline.state not in asked.states:
        return False
    if asked.due_before is not None:
        if deadline.due_at >= asked.due_before:
            return False
        if asked.states is None and deadline.state not in RUNNING:
            return False
    return asked.overdue_by_working_days is None or _overdue(deadline, asked)


def _overdue(deadline: Deadline, asked: SlaFilter) -> bool:
    by = asked.overdue_by_working_days
    left = deadline.working_days_left
    return (
        deadline.state is SlaState.OVERDUE and by is not None and left is not None and -left >= by
    )


QUESTIONS = [
    *(
        SlaFilter(step=step, states=states)
        for step in (None, *STEPS)
        for states in (*((state,) for state in SlaState), (), (SlaState.MET, SlaState.DUE_SOON))
    ),
    *(
        SlaFilter(step=step, overdue_by_working_days=by)
        for step in (None, Step.VERIFICATION, Step.RESOLUTION)
        for by in (0, 1, 2, 7)
    ),
]
ENDS = tuple(
    datetime(*day, 17, tzinfo=UTC) for day in ((2025, 4, 8), (2035, 12, 30), (2035, 12, 31))
)


@pytest.mark.parametrize("rules", RULES, ids=["shipped", "changing"])
@pytest.mark.parametrize("around", ANCHORS, ids=str)
def test_every_question_keeps_the_right_rows_of_a_crowd(rules: Rules, around: date) -> None:
    """Each step with each state, over two hundred records around one day."""
    chance = Random(around.toordinal())
    now = a_moment(chance, around)
    rows = [a_record(chance, around) for _ in range(200)]
    comparisons = Comparisons(rules, PLACES)
    found = [deadlines(facts_of(row), rules, calendar_of(row), now) for row in rows]
    questions = [
        *QUESTIONS,
        *(SlaFilter(step=step, due_before=end) for step in (None, Step.RESOLUTION) for end in ENDS),
        *(
            SlaFilter(step=Step.VERIFICATION, due_before=found[place][0].due_at + tick)
            for place in range(0, 200, 40)
            if found[place]
            for tick in (timedelta(0), timedelta(microseconds=1))
        ),
    ]

    for asked in questions:
        keeps = predicate(comparisons.sla(asked, now))
        kept = [keeps(row) for row in rows]
        assert kept == [answered(each, asked) for each in found], asked


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_filter_on_deadlines_gives_the_rows_whose_deadlines_say_so(data: st.DataObject) -> None:
    """All steps, all states, boundary moments, zones, regions, rules, statuses and unknowns."""
    around = data.draw(anchors())
    now = data.draw(moments(around))
    rules = data.draw(st.sampled_from(RULES))
    rows = data.draw(st.lists(records(around), min_size=1, max_size=8))
    due = [
        each.due_at
        for row in rows
        for each in deadlines(facts_of(row), rules, calendar_of(row), now)
    ]
    tick = timedelta(microseconds=1)
    asked = SlaFilter(
        step=data.draw(st.sampled_from([None, *STEPS])),
        states=data.draw(
            st.one_of(st.none(), st.lists(st.sampled_from(list(SlaState)), max_size=6).map(tuple))
        ),
        due_before=data.draw(
            st.one_of(
                st.none(),
                moments(around),
                st.sampled_from(
                    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
                ),
                st.sampled_from([each + by for each in due for by in (tick, timedelta(0), -tick)])
                if due
                else st.none(),
            )
        ),
        overdue_by_working_days=data.draw(st.one_of(st.none(), st.integers(0, 40))),
    )

    keeps = predicate(Comparisons(rules, PLACES).sla(asked, now))

    for row in rows:
        assert keeps(row) == computed(row, asked, rules, now), row


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_waiting_times_are_counted_as_deadlines_are(data: st.DataObject) -> None:
    """`openForWorkingDays` and `withoutFollowUpForWorkingDays` agree with counting day by day."""
    around = data.draw(anchors())
    now = data.draw(moments(around))
    days = data.draw(st.integers(0, 70))
    rows = data.draw(st.lists(records(around), min_size=1, max_size=8))
    comparisons = Comparisons(RULES[0], PLACES)

    is_open_for = predicate(comparisons.open_for(days, now))
    is_waiting_for = predicate(comparisons.without_follow_up_for(days, now))

    for row in rows:

        def ago(moment: datetime | None, row: ComplaintRecord = row) -> int:
            calendar = calendar_of(row)
            today = calendar.zone.day_of(now)
            return (
                -1
                if moment is None
                else calendar.count(today) - calendar.count(calendar.zone.day_of(moment))
            )

        is_open = row.status in OPEN
        assert is_open_for(row) == (is_open and ago(row.submitted_at) >= days), row
        first_only = None if row.first_followed_up_at is None else row.updated_at
        last = row.followed_up_at or first_only or row.disposed_at
        assert is_waiting_for(row) == (is_open and ago(last) >= days), row


def test_a_step_alone_asks_whether_it_has_a_deadline() -> None:
    """Everything of which the clock has started, in whatever state."""
    now = datetime(2024, 7, 1, 3, tzinfo=UTC)
    keeps = predicate(Comparisons(RULES[0], PLACES).sla(SlaFilter(step=Step.HANDOVER), now))
    disposed = ComplaintRecord(
        source="s",
        local_id="1",
        submitted_at=now,
        updated_at=now,
        disposed_at=now,
        kind="COMPLAINT",
    )

    assert keeps(disposed)
    assert not keeps(msgspec.structs.replace(disposed, disposed_at=None))
    assert not keeps(msgspec.structs.replace(disposed, kind="ASPIRATION"))


def test_nothing_lies_further_back_than_the_calendar() -> None:
    """In its first days the calendar knows of no ten working days that have passed."""
    now = datetime(2012, 1, 5, 3, tzinfo=UTC)
    row = ComplaintRecord(
        source="s",
        local_id="1",
        submitted_at=now,
        updated_at=now,
        disposed_at=now,
        status="DISPOSED",
    )
    comparisons = Comparisons(RULES[0], PLACES)

    for where in (
        comparisons.open_for(10, now),
        comparisons.without_follow_up_for(10, now),
        comparisons.sla(SlaFilter(overdue_by_working_days=10), now),
    ):
        assert where == NOTHING
    assert predicate(comparisons.open_for(0, now))(row)


def test_the_places_hold_every_record_once() -> None:
    """Whatever agency a record names, exactly one calendar is its."""
    for agency in (*SEATS, None, "unheard of"):
        row = SimpleNamespace(agency=agency)
        assert sum(predicate(those)(row) for those in PLACES.values()) == 1


def test_a_clock_that_started_before_the_calendar_is_read_as_starting_at_its_edge() -> None:
    """Dirty dates long past get a limit, in filters too."""
    now = datetime(2024, 7, 1, 3, tzinfo=UTC)
    past = datetime(1, 1, 1, tzinfo=UTC)
    row = ComplaintRecord(
        source="s",
        local_id="1",
        submitted_at=now,
        updated_at=now,
        disposed_at=past,
        closed_at=past,
        kind="ASPIRATION",
        status="CLOSED_BY_ADMIN",
    )

    met = SlaFilter(step=Step.RESOLUTION, states=(SlaState.MET,))

    assert computed(row, met, RULES[0], now)
    assert predicate(Comparisons(RULES[0], PLACES).sla(met, now))(row)
