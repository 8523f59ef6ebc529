"""What a source that can do little is still sent, and the term that stays here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract.capabilities import Collection, Operator
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Term,
    all_of,
    any_of,
    explain,
    fields,
    is_null,
    negate,
    one_of,
    predicate,
)
from resolvers.planner.pushdown import split, tighten
from resolvers.sla.asked import SlaFilter
from resolvers.sla.bounds import with_bounds
from resolvers.sla.comparisons import Comparisons
from resolvers.sla.deadline import SlaState, corrective_action
from resolvers.sla.rules import Step, load_rules
from tests.sla.worlds import CALENDARS, PLACES, anchors, moments, records

SHIPPED = load_rules()
EARLY, LATE = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAIN = Collection(
    operators={
        "status": (Operator(op=Op.IN),),
        "submitted_at": (Operator(op=Op.FROM), Operator(op=Op.UNTIL)),
        "disposed_at": (Operator(op=Op.UNTIL),),
    }
)
"""Some comparisons, no OR."""


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_source_without_or_is_sent_what_all_branches_imply(data: st.DataObject) -> None:
    """It narrows down, and what is sent and what stays here ask exactly what was asked."""
    around = data.draw(anchors())
    now = data.draw(moments(around))
    step = data.draw(st.sampled_from([Step.VERIFICATION, Step.FIRST_FOLLOW_UP]))
    where = Comparisons(SHIPPED, PLACES).sla(SlaFilter(step=step, states=(SlaState.OVERDUE,)), now)
    rows = data.draw(st.lists(records(around), max_size=5))

    parts = split(where, PLAIN)

    start = "submitted_at" if step is Step.VERIFICATION else "disposed_at"
    assert {"status", start} <= fields(parts.pushed)
    together = predicate(all_of([parts.pushed, parts.residual]))
    for row in rows:
        assert together(row) == predicate(where)(row)


def test_bounds_say_no_more_than_every_branch_does() -> None:
    """The latest UNTIL, the earliest FROM, all values; nothing of what one branch leaves open."""

    def branch(status: str, since: datetime, until: datetime, extra: Filter) -> Filter:
        return all_of(
            [
                one_of("status", [status]),
                Term("a", Op.FROM, (since,)),
                Term("a", Op.UNTIL, (until,)),
                is_null("b"),
                extra,
            ]
        )

    where = any_of(
        [
            branch("X", EARLY, EARLY + HOUR, one_of("kind", ["K"])),
            branch("Y", EARLY - HOUR, LATE, negate(one_of("status", ["Z"]))),
        ]
    )

    assert with_bounds(where) == all_of(
        [
            one_of("status", ["X", "Y"]),
            Term("a", Op.FROM, (EARLY - HOUR,)),
            Term("a", Op.UNTIL, (LATE,)),
            is_null("b"),
            where,
        ]
    )
    assert with_bounds(NOTHING) == NOTHING
    assert with_bounds(EVERYTHING) == EVERYTHING
    apart = any_of([one_of("kind", ["K"]), one_of("status", ["X"])])
    assert with_bounds(apart) == apart
    under = any_of([Term("r", Op.UNDER, ("1",)), Term("r", Op.UNDER, ("2",))])
    assert with_bounds(under) == under
    opposed = any_of([negate(one_of("kind", ["K"])), negate(one_of("kind", ["L"]))])
    assert with_bounds(opposed) == opposed


def test_in_time_looks_up_the_limit_of_the_other_moment() -> None:
    """Before the limit: in time; at it: not; without either moment or a limit: not."""
    term = Term("met", Op.IN_TIME, ("start", EARLY, EARLY + HOUR, LATE, LATE + HOUR))

    def is_in_time(start: datetime | None, met: datetime | None) -> bool:
        row = SimpleNamespace(start=start, met=met)
        assert predicate(negate(term))(row) is not term.matches(row)
        return term.matches(row)

    tick = timedelta(microseconds=1)
    assert is_in_time(EARLY, EARLY + HOUR - tick)
    assert not is_in_time(EARLY, EARLY + HOUR)
    assert is_in_time(LATE - tick, EARLY)
    assert not is_in_time(LATE - tick, LATE)
    assert is_in_time(LATE, LATE)
    assert not is_in_time(EARLY - tick, EARLY - HOUR)
    assert not is_in_time(None, EARLY)
    assert not is_in_time(EARLY, None)


def test_in_time_is_planned_as_what_it_is() -> None:
    """Both fields are fetched, two such terms are not melted into one, and the text is short."""
    one = Term("met", Op.IN_TIME, ("start", EARLY, LATE))
    other = Term("met", Op.IN_TIME, ("start", EARLY, EARLY))

    assert fields(one) == {"met", "start"}
    assert tighten([one, other]) == [one, other]
    assert explain(one) == "met before the limit set by start"
    assert split(one, PLAIN).residual == one


def test_limits_that_stay_the_same_are_asked_once() -> None:
    """Two regulations with the same figures are one term: the change of 2025 does not show."""
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    everywhere = Comparisons(SHIPPED, {CALENDARS.default: EVERYTHING})

    asked = SlaFilter(step=Step.VERIFICATION, states=(SlaState.OVERDUE,))

    assert explain(everywhere.sla(asked, now)) == (
        "status in [SUBMITTED, UNKNOWN] and verified_at is null and disposed_at is null"
        " and submitted_at from 2018-12-31T17:00:00+00:00"
        " and submitted_at until 2026-11-18T17:00:00+00:00"
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_overdue_corrective_actions_are_found_by_comparison(data: st.DataObject) -> None:
    """The filter keeps the cases whose deadline is overdue by so many working days."""
    around = data.draw(anchors())
    now = data.draw(moments(around))
    by = data.draw(st.integers(0, 5))
    calendar = CALENDARS.of(data.draw(st.sampled_from(["31", "64", "91"])))
    reported = data.draw(moments(around))
    done = data.draw(st.one_of(st.none(), moments(around)))

    keeps = predicate(
        Comparisons(SHIPPED, {calendar: EVERYTHING}).corrective_action_overdue(now, by)
    )
    found = corrective_action(reported, done, SHIPPED, calendar, now)

    row = SimpleNamespace(findings_reported_at=reported, corrective_action_done_at=done)
    left = None if found is None else found.working_days_left
    is_overdue = found is not None and found.state is SlaState.OVERDUE
    assert keeps(row) == (is_overdue and left is not None and -left >= by)
