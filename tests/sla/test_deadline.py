"""What deadlines make of facts, beyond the cases worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract.records import ComplaintRecord
from connectors.contract.vocabulary import ComplaintKind, ComplaintStatus
from resolvers.complaint.lifecycle import OPEN as OPEN_OF_FILTERS
from resolvers.sla.deadline import (
    WORST_FIRST,
    Deadline,
    Facts,
    SlaState,
    corrective_action,
    deadlines,
    facts_of,
    next_due_at,
    worst,
)
from resolvers.sla.indicator import Indicator, indicator
from resolvers.sla.limit import last_day
from resolvers.sla.rules import DayType, Length, Step, load_rules
from resolvers.sla.steps import DISMISSED, OPEN, READINGS, STEPS
from resolvers.sla.working_days import Calendars
from tests.sla.worlds import RULES, anchors, calendar_of, moments, records

SHIPPED = load_rules()
JAKARTA = Calendars().default
MONDAY = datetime(2025, 2, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def facts(**said: object) -> Facts:
    """Give the facts of a disposed ordinary complaint, but for what is *said*."""
    usual = {
        "submitted_at": MONDAY - DAY * 3,
        "updated_at": MONDAY,
        "disposed_at": MONDAY,
        "status": ComplaintStatus.DISPOSED,
        "kind": ComplaintKind.COMPLAINT,
        "supervisory": False,
    }
    return msgspec.convert({**usual, **said}, Facts)


def of(step: Step, said: Facts, now: datetime = MONDAY) -> Deadline:
    """Give one deadline."""
    return next(each for each in deadlines(said, SHIPPED, JAKARTA, now) if each.step is step)


def test_every_status_reads_every_clock() -> None:
    """No combination is left to chance, and open means the same here as in the filters."""
    for step in Step:
        assert set(READINGS[step]) == set(ComplaintStatus), step
    assert OPEN == OPEN_OF_FILTERS
    assert set(WORST_FIRST) == set(SlaState)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.builds(Length, st.integers(1, 90), st.sampled_from(DayType)), min_size=1, max_size=3
    ),
    st.integers(JAKARTA.first - 50, JAKARTA.last + 50),
)
def test_a_later_start_never_ends_earlier(lengths: list[Length], start: int) -> None:
    """What the filters rely on, at both ends of the calendar too."""
    end, shortest = last_day(JAKARTA, lengths, start)
    later, _ = last_day(JAKARTA, lengths, start + 1)

    assert JAKARTA.first <= end <= later <= JAKARTA.last
    assert end == last_day(JAKARTA, [lengths[shortest]], start)[0]


def test_days_of_the_calendar_count_every_day() -> None:
    """Seven calendar days from a Monday end on the next Monday, whatever lies in between."""
    start = JAKARTA.zone.day_of(datetime(2025, 3, 31, 2, tzinfo=UTC))

    assert last_day(JAKARTA, [Length(7, DayType.CALENDAR)], start)[0] == start + 7
    assert last_day(JAKARTA, [Length(5, DayType.CALENDAR)], start)[0] == start + 5


def test_the_last_follow_up_proves_only_that_the_first_was_not_later() -> None:
    """Before the limit it proves the first in time; after it nothing, and the doubt is shown."""
    due = of(Step.FIRST_FOLLOW_UP, facts()).due_at

    early = of(Step.FIRST_FOLLOW_UP, facts(followed_up_at=due - DAY))
    late = of(Step.FIRST_FOLLOW_UP, facts(followed_up_at=due))
    known = of(Step.FIRST_FOLLOW_UP, facts(followed_up_at=due, first_followed_up_at=due))

    assert (early.state, early.met_at, early.provisional) == (SlaState.MET, None, False)
    assert (late.state, late.met_at, late.provisional) == (SlaState.MET, None, True)
    assert (known.state, known.met_at, known.provisional) == (SlaState.BREACHED, due, False)


def test_what_only_a_status_tells_is_provisional() -> None:
    """Met, but nobody knows when."""
    found = of(Step.FIRST_FOLLOW_UP, facts(status=ComplaintStatus.IN_PROGRESS))

    assert (found.state, found.met_at, found.provisional) == (SlaState.MET, None, True)


def test_an_unknown_status_lets_clocks_run_provisionally() -> None:
    """Nothing is guessed from a word that no code table maps, but a closing date is believed."""
    running = of(Step.RESOLUTION, facts(status=ComplaintStatus.UNKNOWN))
    closed = of(Step.RESOLUTION, facts(status=ComplaintStatus.UNKNOWN, closed_at=MONDAY + DAY))

    assert (running.state, running.provisional) == (SlaState.ON_TIME, True)
    assert (closed.state, closed.provisional) == (SlaState.MET, True)


def test_the_shorter_limit_of_unknown_kind_is_provisional() -> None:
    """Kind unknown: five days; known: fourteen."""
    unknown = of(Step.RESOLUTION, facts(kind=None))
    known = of(Step.RESOLUTION, facts())

    assert (unknown.rule.days, unknown.provisional) == (5, True)
    assert (known.rule.days, known.provisional) == (14, False)
    assert of(Step.FIRST_FOLLOW_UP, facts(kind=None)).provisional is False


def test_a_deadline_in_a_year_without_decree_is_provisional() -> None:
    """One day of it in 2028 is enough."""
    found = [
        deadlines(
            facts(submitted_at=submitted, disposed_at=None, status=ComplaintStatus.SUBMITTED),
            RULES[1],
            JAKARTA,
            submitted,
        )[0].provisional
        for submitted in (
            datetime(2027, 12, 28, 3, tzinfo=UTC),
            datetime(2027, 12, 30, 3, tzinfo=UTC),
        )
    ]

    assert found == [False, True]


def test_auto_close_is_nobodys_duty() -> None:
    """Neither the worst state nor the next deadline nor the colour speak of it."""
    said = facts(status=ComplaintStatus.RESPONDED, followed_up_at=MONDAY + DAY)
    found = deadlines(said, SHIPPED, JAKARTA, MONDAY + DAY * 60)

    assert {each.step: each.state for each in found}[Step.AUTO_CLOSE] is SlaState.OVERDUE
    assert worst(found) is SlaState.MET
    assert next_due_at(found) is None
    assert indicator(said.status, found) is Indicator.YELLOW


def test_the_next_deadline_is_the_nearest_that_runs() -> None:
    """The first follow-up is due before the resolution; once met, the resolution is next."""
    waiting = facts()
    answered = facts(status=ComplaintStatus.IN_PROGRESS, followed_up_at=MONDAY + DAY)

    first = next_due_at(deadlines(waiting, SHIPPED, JAKARTA, MONDAY))
    then = next_due_at(deadlines(answered, SHIPPED, JAKARTA, MONDAY))

    assert first == of(Step.FIRST_FOLLOW_UP, waiting).due_at
    assert then == of(Step.RESOLUTION, answered).due_at
    assert worst(()) is SlaState.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("status", "closed_at", "expected"),
    [
        (ComplaintStatus.SUBMITTED, None, Indicator.NONE),
        (ComplaintStatus.DEFERRED, None, Indicator.NONE),
        (ComplaintStatus.UNKNOWN, None, Indicator.NONE),
        (ComplaintStatus.UNKNOWN, MONDAY, Indicator.GREEN),
        (ComplaintStatus.REOPENED, None, Indicator.RED),
        (ComplaintStatus.ESCALATED, None, Indicator.RED),
        (ComplaintStatus.REPLIED, None, Indicator.YELLOW),
        (ComplaintStatus.OUT_OF_SCOPE, None, Indicator.NONE),
        (ComplaintStatus.CLOSED_BY_SYSTEM, MONDAY, Indicator.GREEN),
    ],
)
def test_the_colour_of_what_is_not_overdue(
    status: ComplaintStatus, closed_at: datetime | None, expected: Indicator
) -> None:
    """Red only if an agency has it and nobody followed it up."""
    found = deadlines(facts(status=status, closed_at=closed_at), SHIPPED, JAKARTA, MONDAY)

    assert indicator(status, found) is expected


def test_the_corrective_action_has_a_clock_of_its_own() -> None:
    """Thirty working days from the LHP; done at the end is late; before the rule there is none."""
    open_ = corrective_action(MONDAY, None, SHIPPED, JAKARTA, MONDAY)
    assert open_ is not None
    late = corrective_action(MONDAY, open_.due_at, SHIPPED, JAKARTA, MONDAY)
    before = corrective_action(
        datetime(2022, 12, 31, 2, tzinfo=UTC), None, SHIPPED, JAKARTA, MONDAY
    )

    assert open_.working_days_left == 30
    assert late is not None and late.state is SlaState.BREACHED
    assert before is None


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_deadline_makes_sense(data: st.DataObject) -> None:
    """States follow from moments; only what runs has days left; what is dismissed does not run."""
    around = data.draw(anchors())
    now = data.draw(moments(around))
    row = data.draw(records(around))
    calendar = calendar_of(row)

    found = deadlines(facts_of(row), data.draw(st.sampled_from(RULES)), calendar, now)

    assert [each.step for each in found] == [s for s in STEPS if s in {d.step for d in found}]
    for each in found:
        runs = each.state in (SlaState.ON_TIME, SlaState.DUE_SOON, SlaState.OVERDUE)
        assert (each.working_days_left is not None) == runs
        assert not (runs and row.status in DISMISSED)
        if runs:
            assert (now >= each.due_at) == (each.state is SlaState.OVERDUE)
            assert each.met_at is None
        if each.state is SlaState.BREACHED:
            assert each.met_at is not None and each.met_at >= each.due_at
        if each.state is SlaState.NOT_APPLICABLE:
            assert each.met_at is None
        day = calendar.zone.day_of(each.due_at)
        assert each.due_at == calendar.zone.begin(day)


def test_facts_are_taken_from_a_record_by_name() -> None:
    """Every moment of the record that deadlines know arrives in the facts."""
    moments_ = {
        name: MONDAY + DAY * place
        for place, name in enumerate(
            (
                "submitted_at",
                "updated_at",
                "verified_at",
                "disposed_at",
                "first_followed_up_at",
                "followed_up_at",
                "closed_at",
            )
        )
    }
    record = ComplaintRecord(
        source="s", local_id="1", status="REPLIED", kind="ASPIRATION", supervisory=True, **moments_
    )

    taken = facts_of(record)

    for name, moment in moments_.items():
        assert getattr(taken, name) == moment
    assert (taken.status, taken.kind, taken.supervisory) == ("REPLIED", "ASPIRATION", True)
