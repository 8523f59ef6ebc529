"""How deadlines stand on one day at one place, as a filter over records.

A last day never falls when the start rises.  "Overdue" is therefore "started before a day", one day
for each limit in force, which the calendar tells; the same holds for every state that still runs.
Whether something *was* met in time compares two moments of one record, by an `IN_TIME` term.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Term,
    all_of,
    any_of,
    between,
    is_null,
    negate,
    one_of,
)
from resolvers.sla.asked import SlaFilter
from resolvers.sla.deadline import RUNNING, WORST_FIRST, SlaState
from resolvers.sla.kinds import by_kind
from resolvers.sla.rules import Length, Rules, Segment, Step
from resolvers.sla.steps import OWED, STARTS, Event, Proof, Reading, Then, groups
from resolvers.sla.windows import EVER, NEVER, Window, limits, shortest, starts_for
from resolvers.sla.working_days import WorkingCalendar

_NEVER_NULL = frozenset({"submitted_at", "updated_at"})
_UNRECORDED = frozenset({"reopened_at"})


class Standing:
    """The translation for one calendar on one day."""

    def __init__(self, rules: Rules, calendar: WorkingCalendar, today: int) -> None:
        """Follow *rules* and *calendar*, as they stand on the day *today*."""
        self._rules = rules
        self._calendar = calendar
        self._today = today
        self._count = calendar.count(self._today)
        soon = calendar.numbered(self._count + rules.due_soon_working_days)
        self._ends = {
            SlaState.OVERDUE: Window(None, self._today),
            SlaState.DUE_SOON: Window(self._today, soon),
            SlaState.ON_TIME: NEVER if soon is None else Window(soon, None),
        }

    def sla(self, asked: SlaFilter) -> Filter:
        """Give the filter for the records whose deadlines are as *asked*."""
        ends = EVER
        if asked.due_before is not None:
            ends = ends.both(self._due_before(asked.due_before))
        if asked.overdue_by_working_days is not None:
            ends = ends.both(self.overdue_by(asked.overdue_by_working_days))
        if asked.step is not None:
            return self._of_step(asked, asked.step, ends)
        parts = []
        if asked.states is not None:
            parts.append(self._worst(frozenset(asked.states)))
        if asked.due_before is not None:
            parts.append(self._any(RUNNING, self._due_before(asked.due_before)))
        if asked.overdue_by_working_days is not None:
            parts.append(self._any(RUNNING, self.overdue_by(asked.overdue_by_working_days)))
        return all_of(parts)

    def overdue_by(self, days: int) -> Window:
        """Give the last days that lie *days* working days back or more, and before today."""
        number = self._count - days
        if number < 0:
            return NEVER
        return Window(None, self._calendar.numbered(number)).both(self._ends[SlaState.OVERDUE])

    def _due_before(self, moment: datetime) -> Window:
        zone = self._calendar.zone
        # Every last day lies in the calendar; far behind it, moments have no midnight any more.
        day = max(self._calendar.first, min(zone.day_of(moment), self._calendar.last + 1))
        return Window(None, day - 1 if zone.begin(day) == moment else day)

    def _of_step(self, asked: SlaFilter, step: Step, ends: Window) -> Filter:
        if asked.states is not None:
            states = frozenset(asked.states)
        elif ends == EVER:
            states = frozenset(SlaState)
        else:
            states = RUNNING
        if asked.overdue_by_working_days is not None:
            states &= {SlaState.OVERDUE}
        return self._step(step, states, ends)

    def _worst(self, wanted: frozenset[SlaState]) -> Filter:
        """Give the filter for records whose worst deadline is in one of the *wanted* states."""
        *graver_first, _ = WORST_FIRST
        runs: list[Filter] = []
        worse: frozenset[SlaState] = frozenset()
        run: frozenset[SlaState] = frozenset()
        for state in graver_first:
            if state in wanted:
                run |= {state}
            else:
                runs.append(self._only(run, worse))
                # What lies in a run is wanted anyway: it need not be kept out of the next.
                worse, run = worse | {state}, frozenset()
        if SlaState.NOT_APPLICABLE in wanted:
            runs.append(negate(self._any(worse, EVER)))
        else:
            runs.append(self._only(run, worse))
        return any_of(runs)

    def _only(self, run: frozenset[SlaState], worse: frozenset[SlaState]) -> Filter:
        if not run:
            return NOTHING
        return all_of([self._any(run, EVER), negate(self._any(worse, EVER))])

    def _any(self, states: frozenset[SlaState], ends: Window) -> Filter:
        return any_of(self._step(step, states, ends) for step in OWED)

    def _step(self, step: Step, states: frozenset[SlaState], ends: Window) -> Filter:
        """Give the filter for records whose deadline of *step* is in *states*, ending in *ends*."""
        return any_of(
            all_of([one_of("status", statuses), self._read(step, reading, states, ends)])
            for reading, statuses in groups(step)
        )

    def _read(
        self, step: Step, reading: Reading, states: frozenset[SlaState], ends: Window
    ) -> Filter:
        branches: list[Filter] = []
        unknown: list[Filter] = []
        for event in reading.met_by:
            if event.field in _UNRECORDED:
                continue
            met = self._met(step, reading, event, states, ends)
            branches.append(all_of([*unknown, negate(is_null(event.field)), met]))
            unknown.append(is_null(event.field))
        match reading.then:
            case Then.RUNS:
                windows = [self._ends[each].both(ends) for each in self._ends if each in states]
                rest = any_of(self._clock(step, reading, each) for each in _joined(windows))
            case Then.MET:
                rest = self._clock(step, reading, ends) if SlaState.MET in states else NOTHING
            case Then.STOPPED:
                stopped = SlaState.NOT_APPLICABLE in states
                rest = self._clock(step, reading, ends) if stopped else NOTHING
        branches.append(all_of([*unknown, rest]))
        return any_of(branches)

    def _met(
        self,
        step: Step,
        reading: Reading,
        event: Event,
        states: frozenset[SlaState],
        ends: Window,
    ) -> Filter:
        in_time, late = SlaState.MET in states, SlaState.BREACHED in states
        if event.proof is not Proof.EXACT:
            return self._clock(step, reading, ends) if in_time else NOTHING
        if in_time and late:
            return self._clock(step, reading, ends)
        if not in_time and not late:
            return NOTHING
        return self._clock(step, reading, ends, met=event.field, late=late)

    def _clock(
        self,
        step: Step,
        reading: Reading,
        ends: Window,
        met: str | None = None,
        *,
        late: bool = False,
    ) -> Filter:
        """Give the filter for records whose clock of *step* has its last day in *ends*; with *met*,
        only those whose *met* was, or was not, before it ended.
        """

        def stretches(kind: str | None, flag: bool | None) -> tuple[_Stretch, ...]:
            found: list[_Stretch] = []
            for segment in self._rules.segments(step, kind, flag):
                stretch = _Stretch(
                    submitted=Window(segment.since, segment.until),
                    field=_start_field(segment, reading),
                    started=starts_for(self._calendar, segment.lengths, ends),
                    # Without *met* it does not matter how long the limit was.
                    lengths=() if met is None else shortest(segment.lengths),
                )
                if not stretch.started.is_empty:
                    found.append(stretch)
            return tuple(_melted(found))

        return any_of(
            all_of([those, any_of(self._stretch(each, met, late=late) for each in found)])
            for those, found in by_kind(stretches)
        )

    def _stretch(self, stretch: _Stretch, met: str | None, *, late: bool) -> Filter:
        calendar, field = self._calendar, stretch.field
        if field == "submitted_at":
            parts = [known_between(field, stretch.started.both(stretch.submitted), calendar)]
        else:
            parts = [
                known_between("submitted_at", stretch.submitted, calendar),
                known_between(field, stretch.started, calendar),
            ]
        if met is not None:
            values = limits(calendar, stretch.lengths, field)
            parts.append(Term(met, Op.IN_TIME, values, negated=late))
        return all_of(parts)


class _Stretch(NamedTuple):
    """Records with one limit: submitted in a window, their clock started in another."""

    submitted: Window
    field: str
    started: Window
    lengths: tuple[Length, ...]


def _melted(stretches: Iterable[_Stretch]) -> Iterable[_Stretch]:
    """Join neighbours that differ in when they were submitted only."""
    melted: list[_Stretch] = []
    for new in stretches:
        if melted and melted[-1].submitted.until == new.submitted.since:
            last = melted[-1]
            if last[1:] == new[1:]:
                melted[-1] = new._replace(
                    submitted=Window(last.submitted.since, new.submitted.until)
                )
                continue
        melted.append(new)
    return melted


def _start_field(segment: Segment, reading: Reading) -> str:
    for field in reading.restarts:
        if field not in _UNRECORDED:
            return field
    return STARTS[segment.candidates[0].counts_from]


def _joined(windows: list[Window]) -> list[Window]:
    """Join windows that follow one another, so that two states ask for one comparison."""
    joined: list[Window] = []
    for new in windows:
        if new.is_empty:
            continue
        if joined and joined[-1].until is not None and joined[-1].until == new.since:
            joined[-1] = Window(joined[-1].since, new.until)
        else:
            joined.append(new)
    return joined


def known_between(field: str, days: Window, calendar: WorkingCalendar) -> Filter:
    """Give "*field* is known and lies on one of *days*"."""
    if days.is_empty:
        return NOTHING
    begin = calendar.zone.begin
    since = None if days.since is None else begin(days.since)
    until = None if days.until is None else begin(days.until)
    if since is None and until is None:
        return EVERYTHING if field in _NEVER_NULL else negate(is_null(field))
    return between(field, since, until)


def at_least_ago(field: str, days: int, calendar: WorkingCalendar, today: int) -> Filter:
    """Give "*field* lies *days* working days before *today* or more"."""
    number = calendar.count(today) - days
    if number < 0:
        return NOTHING
    return known_between(field, Window(None, calendar.numbered(number)), calendar)
