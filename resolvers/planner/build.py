"""From a question and the sources to a plan: nothing is asked yet."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from connectors.contract.capabilities import Collection, Fit
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Term,
    all_of,
    conjuncts,
    fields,
    is_null,
)
from connectors.contract.query import Order
from connectors.contract.source import Source
from resolvers.errors import BadCursor, BadPage
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.keys import EPOCH, from_start
from resolvers.planner.outline import in_a_line
from resolvers.planner.plan import Key, Moments, Place, Plan, Question, Shape, Step, Strategy
from resolvers.planner.pushdown import Split, fold, split
from resolvers.planner.shape import filled, shape_of

DEFAULT_SIZE = 20
LARGEST_PAGE = 100

COVERING = {"submitted_at": "updated_at"}
"""Order field to the field that is never earlier, where a source says so."""


class Division(msgspec.Struct, frozen=True):
    """How one shape of question is divided over the sources, read from the start of the list."""

    steps: tuple[Step, ...]
    skipped: tuple[tuple[str, str], ...]
    without: tuple[str, ...]


Remembered = dict[object, Division]
"""Shapes of questions to their divisions, over one set of sources."""

_MOST_REMEMBERED = 500


def build(
    question: Question,
    sources: Sequence[Source],
    seal: CursorSeal,
    *,
    pushdown: bool = True,
    remembered: Remembered | None = None,
) -> Plan:
    """Divide *question* over *sources*; raise `ClientError` for what the client got wrong.

    With *pushdown* off every source is read whole and everything is done here: slow, and equal.
    What was divided before is looked up in *remembered*, which belongs to these sources alone.
    """
    size, backward = _page(question)
    place = _place(question, seal, backward=backward)
    order = Order(question.order.field, question.order.descending != backward)
    where, shape = question.where, None
    if remembered is not None and question.computed is None and pushdown:
        shape = where if isinstance(where, Shape) else shape_of(where)
    if shape is None or remembered is None:
        if isinstance(where, Shape):
            where = filled(where.where, where.moments)
        division = _divide(question, where, sources, order, backward=backward, pushdown=pushdown)
        moments: Moments = ()
    else:
        moments = shape.moments
        key = (
            question.collection,
            shape.where,
            question.guard,
            order,
            backward,
            question.fields,
            question.narrowed_by_reading,
        )
        known = remembered.get(key)
        if known is None:
            known = _divide(question, shape.where, sources, order, backward=backward, pushdown=True)
            if len(remembered) >= _MOST_REMEMBERED:
                remembered.pop(next(iter(remembered)))
            remembered[key] = known
        division = known
    return Plan(
        question=question,
        order=order,
        size=size,
        backward=backward,
        place=place,
        steps=tuple(
            [_begun(each, question, place, size, backward, moments) for each in division.steps]
        ),
        skipped=division.skipped,
        without=division.without,
    )


def _divide(
    question: Question,
    asked: Filter,
    sources: Sequence[Source],
    order: Order,
    *,
    backward: bool,
    pushdown: bool,
) -> Division:
    """Divide *question*, whose filter is *asked*, over *sources*."""
    wanted = _wanted(question)
    steps: list[Step] = []
    skipped: list[tuple[str, str]] = []
    for source in sources:
        if not source.holds(question.collection):
            continue
        where = fold(asked, source, question.collection)
        if where == NOTHING:
            skipped.append((source.name, _why_none(asked, source, question)))
            continue
        if question.collection == "complaints":
            where = anchors(where, source)
        steps.append(
            _step(question, source, where, order, wanted, backward=backward, pushdown=pushdown)
        )
    without = tuple(each.name for each in sources if not each.holds(question.collection))
    return Division(tuple(steps), tuple(skipped), without)


def _why_none(where: Filter, source: Source, question: Question) -> str:
    """Tell which part of *where* no row of *source* can match."""
    if where == NOTHING:
        return _why_nothing(source, question)
    for part in conjuncts(where):
        if fold(part, source, question.collection) != NOTHING:
            continue
        if not isinstance(part, Term):
            return f"none of its rows can match what is asked of {', '.join(sorted(fields(part)))}"
        if part.op in (Op.FROM, Op.UNTIL):
            return f"none of its rows has {part.field}"
        if part.field == "source":
            return f"not asked for: {in_a_line(part)}"
        return f"none of its rows can match {in_a_line(part)}"
    return "none of its rows can match"


def _why_nothing(source: Source, question: Question) -> str:
    """Tell why a filter that names no field any more lets nothing through."""
    if not question.narrowed_by_reading:
        return "nothing can match what is asked"
    if source.stands_in:
        return "what it is asked depends on what is read before the list"
    return "what was read before the list leaves nothing that can match"


def anchors(where: Filter, source: Source) -> Filter:
    """Narrow *where* to the rows that are listed: elsewhere than nationally, those untracked."""
    if source.national:
        return where
    return all_of((where, fold(is_null("tracking_id"), source)))


def _page(question: Question) -> tuple[int, bool]:
    first, last = question.first, question.last
    if first is not None and last is not None:
        raise BadPage("PAGE_ARGUMENTS", "first and last exclude each other", hint="use one of them")
    if first is not None and question.before is not None:
        raise BadPage(
            "PAGE_ARGUMENTS", "first does not go with before", hint="page back with last and before"
        )
    if last is not None and question.after is not None:
        raise BadPage(
            "PAGE_ARGUMENTS", "last does not go with after", hint="page on with first and after"
        )
    if question.after is not None and question.before is not None:
        raise BadPage("PAGE_ARGUMENTS", "after and before exclude each other", hint="use one")
    backward = last is not None or question.before is not None
    size = last if last is not None else first if first is not None else DEFAULT_SIZE
    if size > LARGEST_PAGE:
        raise BadPage(
            "PAGE_TOO_LARGE",
            f"a page of {size} rows was asked, at most {LARGEST_PAGE} are given",
            hint="ask for less and page on with the cursor",
        )
    if size < 0:
        raise BadPage("PAGE_ARGUMENTS", f"a page cannot have {size} rows", hint="ask for 0 to 100")
    return size, backward


def _place(question: Question, seal: CursorSeal, *, backward: bool) -> Place:
    cursor = question.before if backward else question.after
    if cursor is None:
        return Place()
    place = seal.open(cursor, question.fingerprint())
    if backward and place.positions:
        raise BadCursor(
            "CURSOR_NOT_REVERSIBLE",
            "a source was missing before this cursor, so the pages before it are not settled",
            hint="page forward from this cursor until the late rows have come, or start again",
        )
    return place


def _step(
    question: Question,
    source: Source,
    where: Filter,
    order: Order,
    wanted: frozenset[str],
    *,
    backward: bool,
    pushdown: bool,
) -> Step:
    """Give the step of *source* at the start of the list, whatever the size of the page."""
    can = source.connector.capabilities.collections[question.collection]
    parts = split(where, can) if pushdown else Split(EVERYTHING, where)
    computed = question.computed
    strategy, window_field = _strategy(order, can) if pushdown else (Strategy.WHOLE, None)
    if computed is not None and pushdown:
        strategy, window_field = Strategy.COMPUTED, None
    declared = can.order(order)
    ties = declared is not None and declared.total and not backward
    if parts.residual != EVERYTHING or window_field is not None:
        wanted |= fields(parts.residual) | ({window_field} if window_field else frozenset())
    return Step(
        source=source,
        collection=question.collection,
        strategy=strategy,
        order=order,
        pushed=parts.pushed,
        residual=parts.residual,
        guard=question.guard,
        resume=EVERYTHING,
        start=None,
        need=0,
        limit_is_exact=strategy is Strategy.ORDERED and ties and parts.residual == EVERYTHING,
        ties_in_order=ties,
        fields=wanted,
        window_field=window_field,
        computed=computed,
        can_resume=pushdown and computed is None,
    )


def _begun(
    step: Step, question: Question, place: Place, size: int, backward: bool, moments: Moments
) -> Step:
    """Give *step* as it goes on at *place* for a page of *size*, with *moments* put in."""
    start = place.reached if backward else start_of(place, step.source.name)
    resume: Filter = EVERYTHING
    if start is not None and step.can_resume:
        resume = from_start(question.order, start, backward=backward)
        can = step.source.connector.capabilities.collections[question.collection]
        if can.fit(resume) is Fit.NO:
            resume = EVERYTHING
    pushed, residual = step.pushed, step.residual
    if moments:
        pushed = filled(pushed, moments)
        residual = residual if residual == EVERYTHING else filled(residual, moments)
    return replace(
        step,
        pushed=pushed,
        residual=residual,
        resume=resume,
        start=start,
        need=size + 1,
        limit_is_exact=step.limit_is_exact and start is None,
    )


def _wanted(question: Question) -> frozenset[str]:
    """Name the record fields that every source is asked for."""
    computed = question.computed
    ordering = {question.order.field} if computed is None else computed.fields
    return question.fields | fields(question.guard) | ordering


def start_of(place: Place, source: str) -> Key | None:
    """Give the place from which *source* still owes rows.

    A position behind the key reached tells of a gap in backward paging: forward, it is no debt.
    """
    if source not in place.positions:
        return place.reached
    position = place.positions[source]
    if position is None or place.reached is None:
        return None
    return min(position, place.reached)


def _strategy(order: Order, can: Collection) -> tuple[Strategy, str | None]:
    if can.order(order) is not None:
        return Strategy.ORDERED, None
    if order.descending:
        candidates = [order.field]
        if can.updated_covers_submitted and order.field in COVERING:
            candidates.append(COVERING[order.field])
        for field in candidates:
            if can.fit(Term(field, Op.FROM, (EPOCH,))) is not Fit.NO:
                return Strategy.WINDOWED, field
    return Strategy.WHOLE, None
