"""Ask one source for what it knows of complaints that others list: rows by number, and events.

What was got stays usable when asking is broken off; the answer says that it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Collection as Several
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter

from connectors.contract.capabilities import Collection, Fit
from connectors.contract.errors import SourceError, TimedOut
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Term,
    has_one_of,
    is_null,
    negate,
    one_of,
)
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord, EventRecord, OmbudsmanCaseRecord
from connectors.contract.source import Source
from connectors.contract.time_limit import TimeLimit
from resolvers.planner.pages import TOGETHER, walk
from resolvers.planner.plan import PARTIAL_DATA, PARTLY, AnswerState, SourceAnswer
from resolvers.planner.pushdown import fold

EARLIER = timedelta(days=30)
"""A handler's row may be older than its anchor by this much, where a source has to be searched."""

_MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Sought:
    """A national number whose rows are looked for."""

    number: str
    since: datetime
    """When its anchor was submitted."""
    region: str | None
    """Where its anchor lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Everything that one source is asked at once."""

    source: Source
    sought: tuple[Sought, ...] = ()
    own: tuple[str, ...] = ()
    """Its own complaints whose events are wanted."""
    row_fields: frozenset[str] = frozenset()
    events: bool = False
    """The events of the rows found are wanted too."""
    event_fields: frozenset[str] = frozenset()
    cases: tuple[str, ...] = ()
    """The national numbers whose cases at the Ombudsman are wanted."""


@dataclass(slots=True)
class Gathered:
    """What one source told."""

    request: Request
    rows: dict[str, ComplaintRecord] = field(default_factory=dict)
    """Local id to row."""
    events: dict[str, list[EventRecord]] = field(default_factory=dict)
    """Local id of a complaint to its events."""
    cases: dict[str, OmbudsmanCaseRecord] = field(default_factory=dict)
    """Local id to case."""
    searched: frozenset[str] = frozenset()
    """The numbers for which all of its rows are known."""
    fetched: int = 0
    as_of: datetime | None = None
    truncated: bool = False
    partial: bool = False
    """The source left out what it could not tell."""
    answer: SourceAnswer | None = None

    @property
    def may_go_on(self) -> bool:
        """Say whether the source's row budget allows more."""
        return self.fetched < self.request.source.row_budget


def holds_numbers(source: Source) -> bool:
    """Say whether *source* can have rows with a national number that it does not list itself."""
    return (
        source.holds("complaints")
        and not source.national
        and fold(one_of("tracking_id", ["0"]), source) != NOTHING
    )


async def gather(request: Request, time_left: float, now: datetime) -> Gathered:
    """Ask what *request* says within *time_left* seconds; raises nothing of the source's."""
    gathered = Gathered(request)
    return await within(gathered, _rows_then_events(gathered), time_left, now)


async def _rows_then_events(gathered: Gathered) -> None:
    await _rows(gathered)
    await _events(gathered)
    await _cases(gathered)


async def within(
    gathered: Gathered, work: Awaitable[None], time_left: float, now: datetime
) -> Gathered:
    """Do *work*, which fills *gathered*, within *time_left* seconds, and note how it went."""
    source = gathered.request.source
    limit = max(0.0, min(source.time_limit, time_left))
    began = perf_counter()
    problem: SourceError | None = None
    try:
        with TimeLimit(limit):
            await work
    except SourceError as error:
        problem = error
    except TimeoutError:
        problem = TimedOut(source.name, f"no whole answer within {limit:g} s")
    if problem is not None and problem.code == "MALFORMED":
        # What broke its own rules is not believed in part.
        gathered.rows.clear()
        gathered.events.clear()
        gathered.cases.clear()
    if problem is not None:
        gathered.searched = frozenset()
    gathered.answer = _answer(gathered, problem, now, perf_counter() - began)
    return gathered


async def survey(
    source: Source, fields: frozenset[str], time_left: float, now: datetime
) -> Gathered:
    """Read every row of *source* that has a national number, within its row budget."""
    numbered = negate(is_null("tracking_id"))
    can = source.connector.capabilities.collections["complaints"]
    where = EVERYTHING if can.fit(numbered) is Fit.NO else numbered
    gathered = Gathered(Request(source=source, row_fields=fields))
    return await within(gathered, _read(gathered, where, None), time_left, now)


async def survey_cases(source: Source, time_left: float, now: datetime) -> Gathered:
    """Read every case of *source* that names a national number, within its row budget."""
    numbered = negate(is_null("tracking_ids"))
    can = source.connector.capabilities.collections["ombudsman_cases"]
    where = EVERYTHING if can.fit(numbered) is Fit.NO else numbered
    gathered = Gathered(Request(source=source))
    fields = frozenset({"tracking_ids"})
    return await within(gathered, _read_cases(gathered, where, None, fields), time_left, now)


async def _cases(gathered: Gathered) -> None:
    numbers = sorted({*gathered.request.cases})
    if not numbers:
        return
    can = gathered.request.source.connector.capabilities.collections["ombudsman_cases"]
    most = min(_most(can, "tracking_ids", Op.HAS), _MOST_AT_ONCE)
    if not most:
        await _read_cases(gathered, EVERYTHING, frozenset(numbers), None)
        return
    chunks = [numbers[at : at + most] for at in range(0, len(numbers), most)]
    await _all(
        *(
            _read_cases(gathered, has_one_of("tracking_ids", chunk), frozenset(chunk), None)
            for chunk in chunks
        )
    )


async def _read_cases(
    gathered: Gathered,
    where: Filter,
    numbers: frozenset[str] | None,
    fields: frozenset[str] | None,
) -> None:
    def visit(page: Page) -> bool:
        account(gathered, page)
        for row in page.rows:
            if not isinstance(row, OmbudsmanCaseRecord):
                continue
            if numbers is None or not numbers.isdisjoint(row.tracking_ids):
                known = gathered.cases.get(row.local_id)
                if known is None or known.updated_at < row.updated_at:
                    gathered.cases[row.local_id] = row
        return gathered.may_go_on

    query = SourceQuery(collection="ombudsman_cases", where=where, fields=fields)
    await read_on(gathered, query, visit)


async def _rows(gathered: Gathered) -> None:
    request = gathered.request
    if not request.sought:
        return
    can = request.source.connector.capabilities.collections["complaints"]
    most = _numbers_at_once(can)
    if most:
        await _look_up(gathered, most)
    else:
        await _search(gathered, can)


async def _look_up(gathered: Gathered, most: int) -> None:
    numbers = sorted({each.number for each in gathered.request.sought})
    chunks = [numbers[at : at + most] for at in range(0, len(numbers), most)]
    await _all(
        *(_read(gathered, one_of("tracking_id", chunk), frozenset(chunk)) for chunk in chunks)
    )
    if not gathered.truncated:
        gathered.searched = frozenset(numbers)


async def _search(gathered: Gathered, can: Collection) -> None:
    # It cannot be asked by number: only what may lie in its territory is worth a search.
    source = gathered.request.source
    near = [each for each in gathered.request.sought if _may_be_in(each.region, source.regions)]
    if not near:
        return
    since = Term("submitted_at", Op.FROM, (min(each.since for each in near) - EARLIER,))
    numbers = frozenset(each.number for each in near)
    await _read(gathered, EVERYTHING if can.fit(since) is Fit.NO else since, numbers)
    if not gathered.truncated:
        gathered.searched = numbers


async def _read(gathered: Gathered, where: Filter, numbers: Several[str] | None) -> None:
    request = gathered.request
    fields = request.row_fields | {"tracking_id", "submitted_at"}

    def visit(page: Page) -> bool:
        account(gathered, page)
        for row in page.rows:
            if not isinstance(row, ComplaintRecord) or row.tracking_id is None:
                continue
            if numbers is None or row.tracking_id in numbers:
                known = gathered.rows.get(row.local_id)
                if known is None or known.updated_at < row.updated_at:
                    gathered.rows[row.local_id] = row
        return gathered.may_go_on

    await read_on(gathered, SourceQuery(where=where, fields=fields), visit)


async def _events(gathered: Gathered) -> None:
    request = gathered.request
    ids = {*request.own, *(gathered.rows if request.events else ())}
    await read_events(gathered, sorted(ids))


async def read_events(gathered: Gathered, ids: Sequence[str]) -> None:
    """Read the events of the complaints *ids* into *gathered*; raises `SourceError`."""
    request = gathered.request
    can = request.source.connector.capabilities.collections.get("events")
    if can is None or not ids:
        return
    most = _most(can, "complaint") or 1
    chunks = [ids[at : at + most] for at in range(0, len(ids), most)]

    delivered: set[tuple[str, str, datetime, str]] = set()

    def is_new(event: EventRecord) -> bool:
        # Only its own id tells an event told twice from two alike: dates may be of whole days.
        if not event.local_id:
            return True
        known = len(delivered)
        delivered.add((event.complaint, event.local_id, event.at, event.kind))
        return len(delivered) > known

    async def read(chunk: Sequence[str]) -> None:
        wanted = frozenset(chunk)

        def visit(page: Page) -> bool:
            account(gathered, page)
            for event in page.rows:
                if isinstance(event, EventRecord) and event.complaint in wanted and is_new(event):
                    gathered.events.setdefault(event.complaint, []).append(event)
            return gathered.may_go_on

        query = SourceQuery(
            collection="events", where=one_of("complaint", chunk), fields=request.event_fields
        )
        await read_on(gathered, query, visit)

    # Not all at once: between the batches the budget is looked at.
    for at in range(0, len(chunks), TOGETHER):
        if not gathered.may_go_on:
            gathered.truncated = True
            return
        await _all(*(read(chunk) for chunk in chunks[at : at + TOGETHER]))


async def _all(*work: Awaitable[None]) -> None:
    """Let all *work* come to its end, then raise the first failure: the rest is not lost."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _numbers_at_once(can: Collection) -> int:
    return min(_most(can, "tracking_id"), _MOST_AT_ONCE)


def _most(can: Collection, name: str, op: Op = Op.IN) -> int:
    for operator in can.operators.get(name, ()):
        if operator.op is op and not operator.negated and operator.values is None:
            return operator.max_values or _MOST_AT_ONCE
    return 0


def _may_be_in(region: str | None, scope: tuple[str, ...]) -> bool:
    if region is None or not scope:
        return True
    code = f"{region}."
    return any(code.startswith(f"{top}.") or f"{top}.".startswith(code) for top in scope)


async def read_on(gathered: Gathered, query: SourceQuery, visit: Callable[[Page], bool]) -> None:
    """Show every page of *query* to *visit*; what the budget ends marks *gathered* for good."""
    if not gathered.may_go_on or not await walk(
        gathered.request.source.connector, query, visit, eager=True
    ):
        gathered.truncated = True


def account(gathered: Gathered, page: Page) -> None:
    """Count what came with *page*, against the source's budget."""
    gathered.fetched += page.received
    gathered.partial = gathered.partial or page.partial
    gathered.truncated = gathered.truncated or page.partial
    if page.as_of is not None:
        known = gathered.as_of
        gathered.as_of = page.as_of if known is None else min(known, page.as_of)


def _answer(
    gathered: Gathered, problem: SourceError | None, now: datetime, seconds: float
) -> SourceAnswer:
    state, code, message = AnswerState.ANSWERED, None, None
    source = gathered.request.source
    if problem is not None:
        state, message = AnswerState(problem.code), problem.message
        code = problem.reason or problem.code
    elif gathered.partial:
        state, code, message = AnswerState.TRUNCATED, PARTIAL_DATA, PARTLY
    elif gathered.truncated:
        state, code = AnswerState.TRUNCATED, "TRUNCATED"
        message = f"more rows than the {source.row_budget} that one request may read"
    return SourceAnswer(
        source=source.name,
        state=state,
        as_of=(gathered.as_of or now)
        if state in (AnswerState.ANSWERED, AnswerState.TRUNCATED)
        else None,
        latency_ms=round(seconds * 1000, 1),
        fetched=gathered.fetched,
        code=code,
        message=message,
    )
