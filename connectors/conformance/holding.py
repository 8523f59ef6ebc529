"""How answers are held against what was read: terms to ask, agreement, refusal."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import msgspec

from connectors.conformance.subject import Broken, Subject, complaints_of, read_ids
from connectors.contract.capabilities import Fit, Operator
from connectors.contract.errors import Refused, SourceError
from connectors.contract.filters import (
    Filter,
    Op,
    Term,
    explain,
    predicate,
)
from connectors.contract.query import SourceQuery
from connectors.contract.records import ComplaintRecord

TICK = timedelta(microseconds=1)


WORDS = ("local_id", "tracking_id", "kind", "status", "category", "channel", "region", "agency")
FLAGS = ("supervisory", "anonymous", "secret")
MOMENTS = (
    "submitted_at",
    "updated_at",
    "verified_at",
    "disposed_at",
    "first_followed_up_at",
    "followed_up_at",
    "closed_at",
)


def terms_for(subject: Subject, name: str, operator: Operator, chance: random.Random) -> list[Term]:
    """Make terms for *operator*: values that rows have, values at the edge, values of no row."""
    if operator.op is Op.IS_NULL:
        return [Term(name, Op.IS_NULL, (), operator.negated)]
    values = {getattr(row, name) for row in subject.rows} - {None}
    if operator.values is not None:
        values &= operator.values
    if operator.op in (Op.FROM, Op.UNTIL):
        if name not in MOMENTS:
            return []
        bounds = chance.sample(sorted(values), min(subject.samples, len(values)))
        edges = [edge for bound in bounds for edge in (bound, bound - TICK, bound + TICK)]
        edges.append(datetime(2001, 1, 1, tzinfo=UTC))
        chance.shuffle(edges)
        return [Term(name, operator.op, (edge,), operator.negated) for edge in edges]
    if name in FLAGS:
        choices: list[tuple[object, ...]] = [(True,), (False,), (False, True)]
        if operator.op is not Op.IN:
            return []
    elif name in WORDS:
        known = chance.sample(sorted(values, key=str), min(subject.samples, len(values)))
        if operator.op is Op.UNDER:
            known += [str(each).rpartition(".")[0] or str(each) for each in known]
        choices = [(each,) for each in known]
        choices.append(tuple(sorted(set(known), key=str)))
        choices.append(("no-such-value",))
        rare = sorted((operator.values or frozenset()) - values, key=str)
        choices.extend((each,) for each in rare[:1])
    else:
        return []
    if operator.values is not None:
        choices = [each for each in choices if operator.values.issuperset(each)]
    if operator.max_values is not None:
        choices = [each for each in choices if len(each) <= (operator.max_values or 0)]
    return [Term(name, operator.op, each, operator.negated) for each in choices if each]  # type: ignore[arg-type] # same


async def insist_on_agreement(subject: Subject, where: Filter) -> None:
    """Ask *where* and hold the answer against the rows that were read."""
    fit = subject.can.fit(where)
    if fit is Fit.NO:
        raise Broken("operators agree", f"{explain(where)} is declared and does not fit")
    promise = f"operators agree: {explain(where)[:200]}"
    if not subject.whole:
        await insist_on_matches(subject, where, fit, promise)
        return
    found = set(await read_ids(subject, SourceQuery(where=where), promise))
    expected = subject.matching(where)
    if found - set(subject.by_id):
        raise Broken(promise, "rows that are not there without a filter", where)
    if expected - found:
        raise Broken(promise, f"{sorted(expected - found)[:3]} are missing", where)
    if fit is Fit.EXACT and found - expected:
        raise Broken(promise, f"{sorted(found - expected)[:3]} do not match", where)


async def insist_on_matches(subject: Subject, where: Filter, fit: Fit, promise: str) -> None:
    """Hold one page against *where*; if it is the whole answer, also against the rows known."""
    page = await subject.connector.fetch(SourceQuery(where=where, limit=subject.page))
    test = predicate(where)
    rows = complaints_of([page])
    if fit is Fit.EXACT and not all(test(row) for row in rows):
        raise Broken(promise, "rows that do not match", where)
    if not page.next:
        missing = subject.matching(where) - {row.local_id for row in rows}
        if missing:
            raise Broken(promise, f"{sorted(missing)[:3]} are missing", where)


async def insist_on_the_same_page_again(subject: Subject, promise: str) -> None:
    """Ask for the second page twice: it is the same, and not the first."""
    first = await subject.connector.fetch(SourceQuery(limit=subject.page))
    if not first.next:
        return
    query = SourceQuery(limit=subject.page, token=first.next[0])
    one, other = [
        [row.local_id for row in complaints_of([await subject.connector.fetch(query)])]
        for _ in range(2)
    ]
    if one != other:
        raise Broken(promise, "the second page is another one when asked for again")
    if set(one) & {row.local_id for row in complaints_of([first])} - subject.repeats:
        raise Broken(promise, "rows of the first page stand on the second too")


async def insist_on_refusal(subject: Subject, query: SourceQuery | None, promise: str) -> None:
    """Ask *query*, or to count if it is None: it has to be refused."""
    try:
        if query is None:
            await subject.connector.count(SourceQuery())
        else:
            await subject.connector.fetch(query)
    except Refused:
        return
    except SourceError as error:
        raise Broken(promise, f"{error.code} instead") from error
    raise Broken(promise, "answered" if query is None else f"answered {explain(query.where)}")


def kept_fields(row: ComplaintRecord) -> set[str]:
    """Name the fields of *row* that are not at their default."""
    return {
        each.name
        for each in msgspec.structs.fields(ComplaintRecord)
        if each.default is not msgspec.NODEFAULT and getattr(row, each.name) != each.default
    }
