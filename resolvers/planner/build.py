"""From a question and the sources to a plan: nothing is asked yet."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.contract.capabilities import Collection, Fit
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Term,
    all_of,
    conjuncts,
    explain,
    fields,
    is_null,
)
from connectors.contract.query import Order
from connectors.contract.source import Source
from resolvers.errors import BadCursor, BadPage
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.keys import EPOCH, from_start
from resolvers.planner.plan import Key, Place, Plan, Question, Step, Strategy
from resolvers.planner.pushdown import Split, fold, split

DEFAULT_SIZE = 20
LARGEST_PAGE = 100

COVERING = {"submitted_at": "updated_at"}
"""Order field to the field that is never earlier, where a source says so."""


def build(
    question: Question, sources: Sequence[Source], seal: CursorSeal, *, pushdown: bool = True
) -> Plan:
    """Divide *question* over *sources*; raise `ClientError` for what the client got wrong.

    With *pushdown* off every source is read whole and everything is done here: slow, and equal.
    """
    size, backward = _page(question)
    place = _place(question, seal, backward=backward)
    order = Order(question.order.field, question.order.descending != backward)
    wanted = _wanted(question)
    steps: list[Step] = []
    skipped: list[tuple[str, str]] = []
    for source in sources:
        if not source.holds(question.collection):
            continue
        where = fold(question.where, source, question.collection)
        if where == NOTHING:
            skipped.append((source.name, _why_none(question.where, source, question.collection)))
            continue
        steps.append(
            _step(
                question,
                source,
                anchors(where, source) if question.collection == "complaints" else where,
                place,
                size,
                backward,
                (order, wanted),
                pushdown=pushdown,
            )
        )
    return Plan(
        question=question,
        order=order,
        size=size,
        backward=backward,
        place=place,
        steps=tuple(steps),
        skipped=tuple(skipped),
        without=tuple(each.name for each in sources if not each.holds(question.collection)),
    )


def _why_none(where: Filter, source: Source, collection: str) -> str:
    """Tell which part of *where* no row of *source* can match."""
    for part in conjuncts(where):
        if fold(part, source, collection) != NOTHING:
            continue
        if not isinstance(part, Term):
            return f"none of its rows can match what is asked of {', '.join(sorted(fields(part)))}"
        if part.field == "source":
            return f"not asked for: {explain(part)}"
        return f"none of its rows can match {explain(part)}"
    return "none of its rows can match"


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
    place = seal.open(cursor, question.fingerprint)
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
    place: Place,
    size: int,
    backward: bool,
    order_and_fields: tuple[Order, frozenset[str]],
    *,
    pushdown: bool,
) -> Step:
    can = source.connector.capabilities.collections[question.collection]
    order, wanted = order_and_fields
    parts = split(where, can) if pushdown else Split(EVERYTHING, where)
    start = place.reached if backward else start_of(place, source.name)
    computed = question.computed
    strategy, window_field = _strategy(order, can) if pushdown else (Strategy.WHOLE, None)
    if computed is not None and pushdown:
        strategy, window_field = Strategy.COMPUTED, None
    declared = can.order(order)
    ties = declared is not None and declared.total and not backward
    resume: Filter = EVERYTHING
    if computed is None and start is not None:
        resume = from_start(question.order, start, backward=backward)
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
        resume=resume if pushdown and can.fit(resume) is not Fit.NO else EVERYTHING,
        start=start,
        need=size + 1,
        limit_is_exact=(
            strategy is Strategy.ORDERED and ties and parts.residual == EVERYTHING and start is None
        ),
        ties_in_order=ties,
        fields=wanted,
        window_field=window_field,
        computed=computed,
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
