"""One complaint's deadlines: pure functions of its facts, the rules, a calendar and the moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import msgspec

from connectors.contract.records import ComplaintRecord
from connectors.contract.vocabulary import ComplaintStatus
from resolvers.sla.limit import last_day
from resolvers.sla.rules import Rule, Rules, Segment, Step
from resolvers.sla.steps import (
    CERTAIN_RESTARTS,
    OWED,
    READINGS,
    STARTS,
    STEPS,
    Proof,
    Reading,
    Then,
)
from resolvers.sla.working_days import WorkingCalendar


class SlaState(StrEnum):
    """How a deadline stands."""

    ON_TIME = "ON_TIME"
    """It runs, and there is time."""
    DUE_SOON = "DUE_SOON"
    """It runs, and few working days are left (*segera jatuh tempo*)."""
    OVERDUE = "OVERDUE"
    """It runs, and its moment has passed (*terlambat*)."""
    MET = "MET"
    """It was met in time, or nothing proves that it was not."""
    BREACHED = "BREACHED"
    """It was met, late."""
    NOT_APPLICABLE = "NOT_APPLICABLE"
    """Nobody is bound by it (any more)."""


WORST_FIRST = (
    SlaState.OVERDUE,
    SlaState.DUE_SOON,
    SlaState.BREACHED,
    SlaState.ON_TIME,
    SlaState.MET,
    SlaState.NOT_APPLICABLE,
)
"""What asks for action, what went wrong, what goes well, what is done."""

RUNNING = frozenset({SlaState.ON_TIME, SlaState.DUE_SOON, SlaState.OVERDUE})
"""Not yet met."""


class Facts(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """All that deadlines depend on; a moment that is not known is None."""

    submitted_at: datetime
    updated_at: datetime
    verified_at: datetime | None = None
    disposed_at: datetime | None = None
    first_followed_up_at: datetime | None = None
    followed_up_at: datetime | None = None
    """The last follow-up; None also where the first only is known."""
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    """No record has it; whoever knows the timeline can give it."""
    findings_reported_at: datetime | None = None
    corrective_action_done_at: datetime | None = None
    status: str = ComplaintStatus.UNKNOWN
    kind: str | None = None
    supervisory: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One legal deadline of one complaint."""

    step: Step
    due_at: datetime
    """The local midnight that ends the last day, in UTC; late means met at or after it."""
    met_at: datetime | None
    """None if it was not met, or if the moment is not known."""
    state: SlaState
    working_days_left: int | None
    """Working days after today up to the last day: 0 on the last day, negative when late; None if
    it does not run."""
    provisional: bool
    """The rule, the calendar or a fact behind it is not certain."""
    rule: Rule


def facts_of(record: ComplaintRecord) -> Facts:
    """Take the facts from one *record*."""
    return Facts(
        submitted_at=record.submitted_at,
        updated_at=record.updated_at,
        verified_at=record.verified_at,
        disposed_at=record.disposed_at,
        first_followed_up_at=record.first_followed_up_at,
        followed_up_at=record.followed_up_at,
        closed_at=record.closed_at,
        status=record.status,
        kind=record.kind,
        supervisory=record.supervisory,
    )


def deadlines(
    facts: Facts, rules: Rules, calendar: WorkingCalendar, now: datetime
) -> tuple[Deadline, ...]:
    """Give every deadline whose clock has started, as it stands at *now*, in the order of STEPS."""
    submitted = calendar.zone.day_of(facts.submitted_at)
    found = []
    for clock in _clocks(rules, facts.status, facts.kind, facts.supervisory):
        deadline = _deadline(clock, facts, submitted, rules, calendar, now)
        if deadline is not None:
            found.append(deadline)
    return tuple(found)


def corrective_action(
    findings_reported_at: datetime,
    done_at: datetime | None,
    rules: Rules,
    calendar: WorkingCalendar,
    now: datetime,
) -> Deadline | None:
    """Give the deadline of the *tindakan korektif* of an Ombudsman case; None without a rule."""
    facts = Facts(
        submitted_at=findings_reported_at,
        updated_at=findings_reported_at,
        findings_reported_at=findings_reported_at,
        corrective_action_done_at=done_at,
    )
    clock = _clock(rules, Step.CORRECTIVE_ACTION, facts.status, None, None)
    reported = calendar.zone.day_of(findings_reported_at)
    return _deadline(clock, facts, reported, rules, calendar, now)


def worst(found: Iterable[Deadline]) -> SlaState:
    """Give the worst state of what somebody owes: AUTO_CLOSE does not count."""
    states = {each.state for each in found if each.step in OWED}
    for state in WORST_FIRST:
        if state in states:
            return state
    return SlaState.NOT_APPLICABLE


def next_due_at(found: Iterable[Deadline]) -> datetime | None:
    """Give the nearest deadline not yet met of what somebody owes."""
    return min(
        (each.due_at for each in found if each.step in OWED and each.state in RUNNING),
        default=None,
    )


class _Clock(NamedTuple):
    """One step as a status reads it, with the limits that may hold, newest first."""

    step: Step
    reading: Reading
    segments: tuple[Segment, ...]


def _clock(
    rules: Rules, step: Step, status: str, kind: str | None, supervisory: bool | None
) -> _Clock:
    segments = rules.segments(step, kind, supervisory)
    return _Clock(step, READINGS[step][status], segments[::-1])


@lru_cache(maxsize=4096)
def _clocks(
    rules: Rules, status: str, kind: str | None, supervisory: bool | None
) -> tuple[_Clock, ...]:
    return tuple(_clock(rules, step, status, kind, supervisory) for step in STEPS)


def _deadline(
    clock: _Clock,
    facts: Facts,
    submitted: int,
    rules: Rules,
    calendar: WorkingCalendar,
    now: datetime,
) -> Deadline | None:
    step, reading, segments = clock
    for segment in segments:
        if segment.since <= submitted and (segment.until is None or submitted < segment.until):
            break
    else:
        return None
    source = STARTS[segment.candidates[0].counts_from]
    start: datetime | None = getattr(facts, source)
    unsure = segment.in_doubt or reading.tentative
    if reading.restarts:
        for source in reading.restarts:
            start = getattr(facts, source)
            if start is not None:
                break
        unsure = unsure or source not in CERTAIN_RESTARTS
    if start is None:
        return None

    zone = calendar.zone
    begun = zone.day_of(start)
    end, shortest = last_day(calendar, segment.lengths, begun)
    rule = segment.candidates[shortest]
    due_at = zone.end(end)
    met_at: datetime | None = None
    left: int | None = None
    state: SlaState | None = None
    for event in reading.met_by:
        moment: datetime | None = getattr(facts, event.field)
        if moment is None:
            continue
        if event.proof is Proof.EXACT:
            met_at = moment
            state = SlaState.MET if moment < due_at else SlaState.BREACHED
        elif event.proof is Proof.EXPIRY:
            met_at, state = moment, SlaState.MET
        else:
            state = SlaState.MET
            unsure = unsure or moment >= due_at
        break
    if state is None and reading.then is Then.RUNS:
        left = calendar.count(end) - calendar.count(zone.day_of(now))
        if now >= due_at:
            state = SlaState.OVERDUE
        else:
            soon = left <= rules.due_soon_working_days
            state = SlaState.DUE_SOON if soon else SlaState.ON_TIME
    elif state is None and reading.then is Then.MET:
        state, unsure = SlaState.MET, True
    return Deadline(
        step=step,
        due_at=due_at,
        met_at=met_at,
        state=SlaState.NOT_APPLICABLE if state is None else state,
        working_days_left=left,
        provisional=unsure or rule.provisional or calendar.is_provisional(begun, end),
        rule=rule,
    )
