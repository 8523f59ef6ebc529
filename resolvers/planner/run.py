"""Ask every source of a plan at once, under one deadline, and put the answer together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from time import perf_counter

import msgspec

from connectors.contract.errors import SourceError, TimedOut
from connectors.contract.time_limit import TimeLimit
from resolvers.errors import Missing, NeedsIndex
from resolvers.planner.counting import tallies
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.keys import Ranking
from resolvers.planner.local import Cut, cut
from resolvers.planner.plan import (
    PARTIAL_DATA,
    PARTLY,
    AnswerState,
    Listing,
    OnMissing,
    Plan,
    SourceAnswer,
    Step,
)
from resolvers.planner.reading import Reading, read


async def run(
    plan: Plan, seal: CursorSeal, clock: Callable[[], datetime], time_left: float
) -> Listing:
    """Carry out *plan* within *time_left* seconds.

    A source that fails costs its own rows only; raises `Missing` if the question wanted all or
    nothing, `NeedsIndex` if an order that is worked out here has more rows than may be read.
    """
    now = clock()
    ranking = Ranking(plan.question.order, plan.question.computed, backward=plan.backward)
    if len(plan.steps) == 1:
        outcomes = [await _ask(plan.steps[0], ranking, now, time_left)]
    else:
        outcomes = await asyncio.gather(
            *(_ask(step, ranking, now, time_left) for step in plan.steps)
        )
    readings = [reading for reading, _ in outcomes]
    if plan.question.computed is not None:
        _insist_on_the_whole(plan, readings)
    page = cut(plan, readings, ranking)
    answers = _with_kept([answer for _, answer in outcomes], page)
    absent = [each.source for each in answers if each.state is not AnswerState.ANSWERED]
    if absent and plan.question.on_missing is OnMissing.FAIL:
        raise missing(absent)
    return _listing(page, answers, seal, complete=not absent)


def _insist_on_the_whole(plan: Plan, readings: Sequence[Reading]) -> None:
    for reading in readings:
        if reading.truncated:
            source = reading.step.source
            raise NeedsIndex(
                "NEEDS_INDEX",
                f"more rows match than the {source.row_budget} of one source that a request may "
                f"read, and none of them can be put in the order of {plan.question.order.field} "
                "before all are read",
                hint="narrow the filter, by region, agency or date, or order by SUBMITTED_AT",
            )


def missing(absent: Sequence[str]) -> Missing:
    """Give the refusal of a question that wanted all sources, of which *absent* did not answer."""
    return Missing(
        "SOURCES_MISSING",
        f"not every source answered: {', '.join(absent)}",
        hint="ask again later, or with onMissing: OMIT",
    )


def _listing(
    page: Cut, answers: tuple[SourceAnswer, ...], seal: CursorSeal, *, complete: bool
) -> Listing:
    plan = page.plan
    fingerprint = plan.question.fingerprint
    onward = page.more or page.missing
    return Listing(
        rows=page.found,
        is_late=page.is_late,
        seal=lambda place: seal.seal(place, fingerprint()),
        place_at=page.place_at,
        start=page.start,
        end=page.end,
        has_next=plan.question.before is not None if plan.backward else onward,
        has_previous=onward if plan.backward else plan.question.after is not None,
        complete=complete,
        answers=answers,
        tallies=lambda: tallies(page.readings),
    )


def _with_kept(answers: Sequence[SourceAnswer], page: Cut) -> tuple[SourceAnswer, ...]:
    if len(answers) == 1:
        return (msgspec.structs.replace(answers[0], kept=len(page.found)),)
    names = [row.source for row in page.found]
    return tuple([msgspec.structs.replace(each, kept=names.count(each.source)) for each in answers])


async def _ask(
    step: Step, ranking: Ranking, now: datetime, time_left: float
) -> tuple[Reading, SourceAnswer]:
    reading = Reading(step, ranking)
    limit = min(step.source.time_limit, time_left)
    began = perf_counter()
    problem: SourceError | None = None
    try:
        with TimeLimit(limit):
            await read(reading, now)
    except SourceError as error:
        problem = error
    except TimeoutError:
        problem = TimedOut(step.source.name, f"no whole answer within {limit:g} s")
    return reading, _answer(reading, problem, now, perf_counter() - began)


def _answer(
    reading: Reading, problem: SourceError | None, now: datetime, seconds: float
) -> SourceAnswer:
    state, code, message = AnswerState.ANSWERED, None, None
    if problem is not None:
        if problem.code == "MALFORMED":
            # What broke its own rules is not believed in part.
            reading.bound = None
        reading.finished = False
        state, message = AnswerState(problem.code), problem.message
        code = problem.reason or problem.code
    elif not reading.finished:
        state, code = AnswerState.TRUNCATED, "TRUNCATED"
        message = f"more rows than the {reading.step.source.row_budget} that one request may read"
    elif reading.partial:
        state, code, message = AnswerState.TRUNCATED, PARTIAL_DATA, PARTLY
    return SourceAnswer(
        source=reading.step.source.name,
        state=state,
        as_of=(reading.as_of or now) if state in _WITH_ROWS else None,
        latency_ms=round(seconds * 1000, 1),
        fetched=reading.fetched,
        code=code,
        message=message,
    )


_WITH_ROWS = frozenset({AnswerState.ANSWERED, AnswerState.TRUNCATED})
