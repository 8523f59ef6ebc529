"""What every connector promises, checked against a source that does not change meanwhile.

`conform` reads everything once without a filter; that is the reference: whatever is asked later
must agree with `Term.matches` over those rows.  A broken promise raises `Broken` with its name.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec

from connectors.contract.capabilities import Collection, Fit, Operator
from connectors.contract.connector import Connector
from connectors.contract.errors import Refused, SourceError
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Term,
    all_of,
    any_of,
    explain,
    predicate,
)
from connectors.contract.query import Order, Page, SourceQuery
from connectors.contract.records import ComplaintRecord

DAYS = timedelta(days=1)
TICK = timedelta(microseconds=1)
ALWAYS = frozenset({"source", "local_id", "submitted_at", "updated_at"})


class Broken(AssertionError):
    """A promise was broken."""

    def __init__(self, promise: str, how: str) -> None:
        super().__init__(f"{promise}: {how}")
        self.promise = promise


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A connector under test, and what is known of its data."""

    connector: Connector
    repeats: frozenset[str] = frozenset()
    """Local ids that the source itself delivers twice."""
    maps: bool = True
    """It maps foreign words, and so has to report the unknown ones."""
    samples: int = 3
    """Values tried for each operator."""
    page: int = 40
    rows: list[ComplaintRecord] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)

    @property
    def can(self) -> Collection:
        return self.connector.capabilities.collections["complaints"]

    @property
    def by_id(self) -> dict[str, ComplaintRecord]:
        return {row.local_id: row for row in self.rows}

    def matching(self, where: Filter) -> set[str]:
        test = predicate(where)
        return {row.local_id for row in self.rows if test(row)}


async def conform(subject: Subject, seed: int = 7) -> None:
    """Check every promise; raises `Broken` at the first that is not kept."""
    chance = random.Random(seed)
    await read_reference(subject)
    for promise in PROMISES:
        await promise(subject, chance)


async def read_reference(subject: Subject) -> None:
    """Read everything once: what is asked later is held against it."""
    pages = await read_pages(subject.connector, SourceQuery())
    subject.rows.extend(_complaints(pages))
    for page in pages:
        for word, count in page.unknown.items():
            subject.unknown[word] = subject.unknown.get(word, 0) + count
    if len(subject.rows) < 20:
        raise Broken("rows", "too few rows to tell anything")


async def read_pages(connector: Connector, query: SourceQuery) -> list[Page]:
    """Read all pages of *query*, following every token once."""
    waiting = [query]
    pages = []
    while waiting:
        page = await connector.fetch(waiting.pop(0))
        pages.append(page)
        waiting.extend(msgspec.structs.replace(query, token=token) for token in page.next)
        if len(pages) > 3000:
            raise Broken("pages", "they do not end")
    return pages


async def read_ids(subject: Subject, query: SourceQuery, promise: str) -> list[str]:
    """Read the ids of all rows of *query*; a repeat breaks *promise*."""
    found = [row.local_id for row in _complaints(await read_pages(subject.connector, query))]
    _insist_on_no_repeats(subject, found, promise)
    return found


# ── The promises ──────────────────────────────────────────────────────────────────────────────


async def rows_are_sound(subject: Subject, _: random.Random) -> None:
    """Times are UTC, the two that are never null are there, ids are unique, values canonical."""
    promise = "rows are sound"
    _insist_on_no_repeats(subject, [row.local_id for row in subject.rows], promise)
    for row in subject.rows:
        if row.source != subject.connector.name or not row.local_id:
            raise Broken(promise, f"{row.local_id!r} of {row.source!r} does not name its row")
        for name in MOMENTS:
            moment = getattr(row, name)
            if moment is None and name not in ("submitted_at", "updated_at"):
                continue
            if not isinstance(moment, datetime) or moment.tzinfo is not UTC:
                raise Broken("times are UTC", f"{name} of {row.local_id} is {moment!r}")
        if subject.can.updated_covers_submitted and row.updated_at < row.submitted_at:
            raise Broken("updated covers submitted", row.local_id)
        for name, possible in subject.can.codomains.items():
            value = getattr(row, name)
            if value is not None and value not in possible:
                raise Broken("codomains hold", f"{name} of {row.local_id} is {value!r}")


async def unknown_words_are_counted(subject: Subject, _: random.Random) -> None:
    """A word that no table knows is kept beside the record and counted."""
    if not subject.maps:
        return
    for name, raw in (("status", "source_status"), ("agency", "source_agency")):
        counted: dict[str, int] = {}
        for row in subject.rows:
            word = getattr(row, raw)
            if word is not None and getattr(row, name) in (None, "UNKNOWN"):
                counted[f"{name}: {word}"] = counted.get(f"{name}: {word}", 0) + 1
        told = {w: c for w, c in subject.unknown.items() if w.startswith(f"{name}: ")}
        if counted.keys() != told.keys() or any(told[w] < c for w, c in counted.items()):
            raise Broken("unknown words are counted", f"{told} where {counted} are there")


async def pages_are_complete(subject: Subject, _: random.Random) -> None:
    """Small pages together hold what large ones hold, and no row twice."""
    promise = "pages are complete"
    found = await read_ids(subject, SourceQuery(limit=subject.page), promise)
    if set(found) != set(subject.by_id):
        raise Broken(promise, f"{len(set(found))} rows in small pages, {len(subject.by_id)} in all")


async def limits_are_kept(subject: Subject, chance: random.Random) -> None:
    """No page is longer than the limit, and an ordered one holds the first rows."""
    for limit in (1, 2, chance.randint(3, subject.page)):
        page = await subject.connector.fetch(SourceQuery(limit=limit))
        if len(page.rows) > limit:
            raise Broken("limits are kept", f"{len(page.rows)} rows where {limit} were wanted")
        if page.received < len(page.rows) + sum(page.rejected.values()):
            raise Broken("limits are kept", "fewer rows received than used and rejected")


async def orders_are_true(subject: Subject, _: random.Random) -> None:
    """Rows come in each declared order, ties by id where that is declared; others are refused."""
    for declared in subject.can.orders:
        promise = f"order {declared.field} {'descending' if declared.descending else 'ascending'}"
        order = Order(declared.field, declared.descending)
        pages = await read_pages(subject.connector, SourceQuery(order=order, limit=subject.page))
        rows = _complaints(pages)
        _insist_on_no_repeats(subject, [row.local_id for row in rows], promise)
        if {row.local_id for row in rows} != set(subject.by_id):
            raise Broken(promise, "not the same rows as without an order")
        for one, other in pairwise(rows):
            first, second = getattr(one, order.field), getattr(other, order.field)
            if first != second and (first < second) == order.descending:
                raise Broken(promise, f"{other.local_id} comes after {one.local_id}")
            tied = declared.total and first == second
            if tied and other.local_id.encode() < one.local_id.encode():
                raise Broken(promise, f"{other.local_id} ties with {one.local_id}, out of order")
    known = {(each.field, each.descending) for each in subject.can.orders}
    for name in ("submitted_at", "updated_at"):
        for descending in (False, True):
            if (name, descending) not in known:
                query = SourceQuery(order=Order(name, descending))
                await _insist_on_refusal(subject, query, "undeclared orders are refused")


async def operators_agree(subject: Subject, chance: random.Random) -> None:
    """Each declared comparison gives the rows that the reference gives, or more if it says so."""
    for name, operators in subject.can.operators.items():
        for operator in operators:
            for term in _terms(subject, name, operator, chance):
                await _insist_on_agreement(subject, term)


async def combinations_agree(subject: Subject, chance: random.Random) -> None:
    """What is declared of AND, OR and repeated terms holds too."""
    terms = [
        term
        for name, operators in subject.can.operators.items()
        for operator in operators
        for term in _terms(subject, name, operator, chance)[:1]
    ]
    for _ in range(8):
        if len(terms) < 2:
            return
        one, other = chance.sample(terms, 2)
        same_slot = (one.field, one.op, one.negated) == (other.field, other.op, other.negated)
        if not same_slot or subject.can.repeats:
            await _insist_on_agreement(subject, all_of((one, other)))
        if subject.can.alternatives:
            third = chance.choice(terms)
            await _insist_on_agreement(subject, any_of((one, other)))
            await _insist_on_agreement(subject, any_of((one, all_of((other, third)))))
            await _insist_on_agreement(subject, all_of((one, any_of((other, third)))))


async def undeclared_filters_are_refused(subject: Subject, chance: random.Random) -> None:
    """A comparison that is not declared is an error, never ignored."""
    refused = 0
    for name in (*WORDS, *FLAGS, *MOMENTS):
        for op in Op:
            for negated in (False, True):
                operator = Operator(op=op, negated=negated)
                for term in _terms(subject, name, operator, chance)[:1]:
                    if subject.can.fit(term) is Fit.NO and refused < 40:
                        refused += 1
                        query = SourceQuery(where=term, limit=1)
                        await _insist_on_refusal(subject, query, "undeclared filters are refused")
    if not subject.can.alternatives:
        terms = [
            term
            for name, operators in subject.can.operators.items()
            for term in _terms(subject, name, operators[0], chance)[:1]
        ]
        if len(terms) > 1:
            query = SourceQuery(where=any_of(terms[:2]), limit=1)
            await _insist_on_refusal(subject, query, "undeclared filters are refused")


async def counts_are_exact(subject: Subject, chance: random.Random) -> None:
    """A count is the number of matching rows, for every filter that fits exactly."""
    if not subject.can.counts:
        await _insist_on_refusal(subject, None, "undeclared counts are refused")
        return
    filters: list[Filter] = [EVERYTHING]
    for name, operators in subject.can.operators.items():
        for operator in operators:
            filters.extend(_terms(subject, name, operator, chance)[:1])
    for where in filters:
        if subject.can.fit(where) is Fit.EXACT:
            told = await subject.connector.count(SourceQuery(where=where))
            if told != len(subject.matching(where)):
                how = f"{told} where {len(subject.matching(where))} match {explain(where)}"
                raise Broken("counts are exact", how)


async def lookup_is_faithful(subject: Subject, chance: random.Random) -> None:
    """`get` answers in the order asked, `None` where there is none, with the very same rows."""
    promise = "lookup is faithful"
    most = subject.can.get_max
    if not most:
        return
    ids = chance.sample(sorted(subject.by_id), min(most - 1, 15))
    asked = [*ids[:4], "no-such-row", *ids[4:]]
    found = await subject.connector.get(asked)
    if [None if row is None else row.local_id for row in found] != [*ids[:4], None, *ids[4:]]:
        raise Broken(promise, "not the rows asked for, in the order asked")
    for row in found:
        if row is not None and row != subject.by_id[row.local_id]:
            raise Broken(promise, f"{row.local_id} differs from what a list says")
    many = sorted(subject.by_id)[:most]
    whole = await subject.connector.get(many, frozenset({"title"}))
    if [row and row.local_id for row in whole] != many:
        raise Broken(promise, f"not all of {len(many)} rows, which it may be asked for at once")
    again = await subject.connector.get([ids[0], ids[0]], frozenset({"title"}))
    if [row.local_id if row else None for row in again] != [ids[0], ids[0]]:
        raise Broken(promise, "an id asked twice is not answered twice")
    if any(row is not None and _kept(row) - ALWAYS - {"title"} for row in again):
        raise Broken("fields are pruned", "by a look-up")
    if await subject.connector.get([]) not in ([], ()):
        raise Broken(promise, "something for nothing")


async def fields_are_pruned(subject: Subject, chance: random.Random) -> None:
    """What is not wanted is left at its default; what is wanted is the same as always."""
    names = [each.name for each in msgspec.structs.fields(ComplaintRecord)]
    for count in (0, 1, 3, 6):
        wanted = frozenset(chance.sample(names, count))
        page = await subject.connector.fetch(SourceQuery(fields=wanted, limit=subject.page))
        for row in _complaints([page]):
            extra = _kept(row) - wanted - ALWAYS
            if extra:
                raise Broken("fields are pruned", f"{sorted(extra)} beside {sorted(wanted)}")
            whole = subject.by_id[row.local_id]
            for name in wanted | ALWAYS:
                if getattr(row, name) != getattr(whole, name):
                    raise Broken("fields are pruned", f"{name} of {row.local_id} has changed")


async def nothing_matches_nothing(subject: Subject, _: random.Random) -> None:
    """The empty OR matches no row, where it can be asked."""
    if subject.can.fit(NOTHING) is not Fit.NO:
        await _insist_on_agreement(subject, NOTHING)


Promise = Callable[[Subject, random.Random], Awaitable[None]]
PROMISES: tuple[Promise, ...]


# ── How they are checked ──────────────────────────────────────────────────────────────────────

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


def _terms(subject: Subject, name: str, operator: Operator, chance: random.Random) -> list[Term]:
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


async def _insist_on_agreement(subject: Subject, where: Filter) -> None:
    fit = subject.can.fit(where)
    if fit is Fit.NO:
        raise Broken("operators agree", f"{explain(where)} is declared and does not fit")
    promise = f"operators agree: {explain(where)[:200]}"
    found = set(await read_ids(subject, SourceQuery(where=where), promise))
    expected = subject.matching(where)
    if found - set(subject.by_id):
        raise Broken(promise, "rows that are not there without a filter")
    if expected - found:
        raise Broken(promise, f"{sorted(expected - found)[:3]} are missing")
    if fit is Fit.EXACT and found - expected:
        raise Broken(promise, f"{sorted(found - expected)[:3]} do not match")


async def _insist_on_refusal(subject: Subject, query: SourceQuery | None, promise: str) -> None:
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


def _insist_on_no_repeats(subject: Subject, ids: Sequence[str], promise: str) -> None:
    seen: set[str] = set()
    for local_id in ids:
        if local_id in seen and local_id not in subject.repeats:
            raise Broken(promise, f"{local_id} comes twice")
        seen.add(local_id)


def _complaints(pages: Iterable[Page]) -> list[ComplaintRecord]:
    return [row for page in pages for row in page.rows if isinstance(row, ComplaintRecord)]


def _kept(row: ComplaintRecord) -> set[str]:
    return {
        each.name
        for each in msgspec.structs.fields(ComplaintRecord)
        if each.default is not msgspec.NODEFAULT and getattr(row, each.name) != each.default
    }


PROMISES = (
    rows_are_sound,
    unknown_words_are_counted,
    pages_are_complete,
    limits_are_kept,
    orders_are_true,
    operators_agree,
    combinations_agree,
    undeclared_filters_are_refused,
    counts_are_exact,
    lookup_is_faithful,
    fields_are_pruned,
    nothing_matches_nothing,
)
