"""Read the first rows of an order out of one source, by the strategy that its step names.

What was read stands in a `Reading` that stays true when reading is broken off: its rows are all
that match up to its bound.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import gt, lt
from typing import cast

from connectors.contract.capabilities import Fit
from connectors.contract.columns import column_of
from connectors.contract.errors import Malformed
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Predicate,
    Term,
    all_of,
    conjuncts,
    places_of,
    predicate,
    predicate_of,
)
from connectors.contract.query import Order, Page, SourceQuery
from connectors.contract.records import Listed
from resolvers.planner.keys import NEVER, Ranking, moment_of, ordinal
from resolvers.planner.pages import walk
from resolvers.planner.plan import Key, Step, Strategy
from resolvers.planner.pushdown import fold, tighten

_FIRST_WINDOW = timedelta(days=2)
_LAST_WINDOW = timedelta(days=1500)
"""Beyond this a window is dropped and the rest is read whole."""


@dataclass(slots=True)
class Reading:
    """What came out of one source, in keys of the list's order."""

    step: Step
    ranking: Ranking
    rows: dict[str, Listed] = field(default_factory=dict)
    """Local id to row: every match read so far that lies beyond the step's start."""
    outdated: dict[str, datetime] = field(default_factory=dict)
    """Local id to the latest version that does not match: an older one may not stand for it."""
    beside: dict[str, datetime] = field(default_factory=dict)
    """Local id to version: every match read so far that is not, or no longer, among the rows, since
    an earlier page delivered it or it comes too late for this one.  Some may be among them again.
    """
    fetched: int = 0
    as_of: datetime | None = None
    finished: bool = False
    """The wanted number of rows is there, or there are no more."""
    exhausted: bool = False
    """There are no more."""
    truncated: bool = False
    """The row budget ended it."""
    partial: bool = False
    """The source left out rows that it could not tell."""
    in_order: bool = False
    """The rows stand in reading order as they came, each at a moment of its own."""
    bound: Key | None = None
    """If not finished: every match on this side of it is among the rows; None: none is known."""

    def first_rows(self) -> list[Listed]:
        """Give the wanted number of rows in reading order, none beyond what is complete."""
        whole = self.rows.values()
        found = list(whole) if self.finished else self.ranking.within(whole, self.bound)
        if not self.in_order:
            self.ranking.sort(found)
        del found[self.step.need :]
        return found

    def complete_rows(self) -> int:
        """Count the rows on this side of the bound."""
        return len(self.ranking.within(self.rows.values(), self.bound))

    def set_bound(self, moment: datetime, *, inclusive: bool) -> None:
        """Note that all rows before *moment* (at it too, if *inclusive*) have been read."""
        value = ordinal(self.ranking.order, moment)
        if inclusive != self.ranking.backward:
            value += 1
        self.bound = (value, "", "")

    def trim(self) -> None:
        """Let go of rows that cannot be among the wanted ones any more."""
        if len(self.rows) > 20 * self.step.need:
            pick = heapq.nlargest if self.ranking.backward else heapq.nsmallest
            key = self.ranking.key
            kept = pick(self.step.need, self.rows.items(), key=lambda item: key(item[1]))
            whole, self.rows = self.rows, dict(kept)
            for each, row in whole.items():
                self.set_aside(each, row)

    def set_aside(self, local_id: str, row: Listed) -> None:
        """Note that *row* matches, though it is not kept."""
        known = self.beside.get(local_id)
        if known is None or known < row.updated_at:
            self.beside[local_id] = row.updated_at


def read(reading: Reading, now: datetime) -> Coroutine[None, None, None]:
    """Fill *reading*; raises `SourceError` and may be cancelled, what was read stays usable."""
    match reading.step.strategy:
        case Strategy.ORDERED:
            return _read_ordered(reading)
        case Strategy.WINDOWED:
            return _read_windowed(reading, now)
        case Strategy.WHOLE:
            return _read_whole(reading)
        case Strategy.COMPUTED:
            return _read_computed(reading)


async def _read_ordered(reading: Reading) -> None:
    step = reading.step
    query = SourceQuery(
        collection=step.collection,
        where=step.pushed if step.resume == EVERYTHING else _with(step.pushed, step.resume),
        order=step.order,
        limit=step.need if step.limit_is_exact else max(step.need * 2, 50),
        fields=step.fields,
    )
    take = _taker(reading)
    sorted_so_far = _order_guard(step, step.order)

    def visit(page: Page) -> bool:
        rows = _rows(page)
        last, strictly = sorted_so_far(rows)
        begins = not reading.rows
        take(rows)
        _account(reading, page)
        reading.in_order = begins and strictly and len(reading.rows) == len(rows)
        whole = step.ties_in_order and len(reading.rows) >= step.need
        if last is not None and not whole:
            # Rows that tie with the last one read may still come, and may sort before it.
            reading.set_bound(last, inclusive=False)
        enough = len(reading.rows) if step.ties_in_order else reading.complete_rows()
        reading.finished = enough >= step.need
        return not reading.finished and not reading.truncated

    if await walk(step.source.connector, query, visit, eager=False):
        reading.finished = reading.exhausted = True
        reading.truncated = False


async def _read_whole(reading: Reading) -> None:
    await _read_all(reading, reading.step.pushed)
    reading.finished = reading.exhausted = not reading.truncated


async def _read_computed(reading: Reading) -> None:
    step = reading.step
    assert step.computed is not None  # noqa: S101 - the strategy is chosen for it alone
    placed = step.start is not None and step.start[0] != NEVER
    having = _narrowed(step, step.computed.having)
    if having != step.pushed and (placed or not (reading.ranking.backward or step.start)):
        await _read_all(reading, having)
        if reading.truncated:
            return
        reading.bound = (NEVER, "", "")
        if reading.ranking.backward or reading.complete_rows() >= step.need:
            reading.finished = True
            return
        await _read_all(reading, _narrowed(step, step.computed.lacking))
    else:
        await _read_all(reading, step.pushed)
    reading.finished = reading.exhausted = not reading.truncated


def _narrowed(step: Step, to: Filter) -> Filter:
    """Add *to* to what is pushed, where the source understands it; it need not."""
    can = step.source.connector.capabilities.collections[step.collection]
    narrower = _with(step.pushed, fold(to, step.source, step.collection))
    sent = conjuncts(step.pushed)
    if narrower == NOTHING or all(
        part in sent or can.fit(part) is not Fit.NO for part in conjuncts(narrower)
    ):
        return narrower
    return step.pushed


async def _read_all(reading: Reading, where: Filter) -> None:
    if where == NOTHING != reading.step.pushed:
        return  # An empty part; what is empty as a whole is asked all the same.
    step = reading.step
    take = _taker(reading)

    def visit(page: Page) -> bool:
        _account(reading, page)
        if (page.total or 0) > step.source.row_budget:
            reading.truncated = True
        if reading.truncated:
            return False
        take(_rows(page))
        reading.trim()
        return True

    query = SourceQuery(collection=step.collection, where=where, fields=step.fields)
    await walk(step.source.connector, query, visit, eager=True)
    if reading.truncated:
        reading.rows.clear()


async def _read_windowed(reading: Reading, now: datetime) -> None:
    # Each window ends where the last began; the first has no end, so that nothing slips past it.
    step = reading.step
    window_field = step.window_field or step.order.field
    can = step.source.connector.capabilities.collections[step.collection]
    ascending = Order(window_field, descending=False)
    sorts = can.order(ascending) is not None
    top = now if step.start is None else moment_of(reading.ranking.order, step.start)
    floor = _floor(step.pushed, window_field)
    width = _FIRST_WINDOW
    done: datetime | None = None
    while True:
        since = None if width > _LAST_WINDOW else _before(top, width)
        if since is not None and floor is not None and since <= floor:
            since = None  # The filter itself begins here: behind it there is nothing.
        bounds: list[Filter] = []
        if since is not None:
            bounds.append(Term(window_field, Op.FROM, (since,)))
        if done is not None:
            end = Term(window_field, Op.UNTIL, (done,))
            bounds.extend([end] if can.fit(end) is not Fit.NO else [])
        query = SourceQuery(
            collection=step.collection,
            where=_with(step.pushed, step.resume, *bounds),
            order=ascending if sorts else None,
            fields=step.fields,
        )
        before = len(reading.rows)
        await _read_window(reading, query, done)
        if reading.truncated:
            return
        if since is None:
            reading.finished = reading.exhausted = True
            return
        done = since
        reading.set_bound(since, inclusive=True)
        reading.finished = reading.complete_rows() >= step.need
        if reading.finished:
            return
        width = _wider(width, len(reading.rows) - before, step.need)


async def _read_window(reading: Reading, query: SourceQuery, done: datetime | None) -> None:
    take = _taker(reading)
    sorted_so_far = _order_guard(reading.step, query.order) if query.order else None

    def visit(page: Page) -> bool:
        rows = _rows(page)
        last = None if sorted_so_far is None else sorted_so_far(rows)[0]
        take(rows)
        _account(reading, page)
        if reading.truncated:
            return False
        # From here on come rows that the last window has read.
        return done is None or last is None or last < done

    if await walk(reading.step.source.connector, query, visit, eager=True):
        reading.truncated = False


def _floor(pushed: Filter, window_field: str) -> datetime | None:
    for part in conjuncts(pushed):
        match part:
            case Term(name, Op.FROM, (datetime() as since,), False) if name == window_field:
                return since
    return None


def _wider(width: timedelta, found: int, need: int) -> timedelta:
    # As wide as the rows seen so far suggest, but at least twice and at most sixteen times.
    factor = 16 if found == 0 else min(16, max(2, 2 * need // found))
    return width * factor


def _before(moment: datetime, width: timedelta) -> datetime:
    try:
        return moment - width
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _with(pushed: Filter, *more: Filter) -> Filter:
    """Add bounds to what is pushed, one term for each field and operator."""
    if all(each == EVERYTHING for each in more):
        return pushed
    parts = [*conjuncts(pushed), *(part for each in more for part in conjuncts(each))]
    return all_of(tighten(parts))


def _order_guard(
    step: Step, order: Order
) -> Callable[[Sequence[Listed]], tuple[datetime | None, bool]]:
    """Give the function that checks the order of page after page.

    It gives the page's last moment, and whether no two rows were of the same.
    """
    moments_of = column_of(order.field)
    reached: list[datetime] = []

    def guard(rows: Sequence[Listed]) -> tuple[datetime | None, bool]:
        nonlocal reached
        if not rows:
            return None, True
        moments: list[datetime] = [*reached, *moments_of(rows)]
        strictly = all(map(gt if order.descending else lt, moments, moments[1:]))
        # To sort what is sorted is one comparison a row, and the cheapest way to make it.
        if not strictly and sorted(moments, reverse=order.descending) != moments:
            raise Malformed(step.source.name, "rows did not come in the order asked for")
        reached = moments[-1:]
        return moments[-1], strictly

    return guard


def _taker(reading: Reading) -> Callable[[Sequence[Listed]], None]:
    step = reading.step
    key = reading.ranking.key
    test, places = predicate_of(step.guard), places_of(step.guard)
    if step.residual != EVERYTHING:
        test = predicate(all_of((step.residual, step.guard)))
        places = partial(_places, test)
    start, backward = step.start, reading.ranking.backward

    def take(rows: Sequence[Listed]) -> None:
        found, outdated = reading.rows, reading.outdated
        if start is None and not found and not outdated:
            # The first page of a source that keeps its word: nothing to drop, nothing twice.
            by_id = {row.local_id: row for row in rows}
            if len(by_id) == len(rows) == len(places(rows)):
                found.update(by_id)
                return
        for row in rows:
            local_id = row.local_id
            known = found.get(local_id)
            if not test(row):
                if known is not None and known.updated_at <= row.updated_at:
                    del found[local_id]
                seen = outdated.get(local_id)
                if seen is None or seen < row.updated_at:
                    outdated[local_id] = row.updated_at
                continue
            if outdated:
                newer = outdated.get(local_id)
                if newer is not None and newer >= row.updated_at:
                    continue
            if start is not None and (key(row) >= start if backward else key(row) <= start):
                reading.set_aside(local_id, row)
                continue
            if known is None or known.updated_at < row.updated_at:
                found[local_id] = row

    return take


def _places(test: Predicate, rows: Sequence[Listed]) -> list[int]:
    return [place for place, row in enumerate(rows) if test(row)]


def _account(reading: Reading, page: Page) -> None:
    reading.fetched += page.received
    reading.partial = reading.partial or page.partial
    if page.as_of is not None:
        reading.as_of = page.as_of if reading.as_of is None else min(reading.as_of, page.as_of)
    if reading.fetched >= reading.step.source.row_budget:
        reading.truncated = True


def _rows(page: Page) -> tuple[Listed, ...]:
    return cast("tuple[Listed, ...]", page.rows)
