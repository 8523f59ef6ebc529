"""What every connector promises, checked against a source that does not change meanwhile.

`conform` reads everything once without a filter; that is the reference: whatever is asked later
must agree with `Term.matches` over those rows.  A broken promise raises `Broken` with its name.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise

import msgspec

from connectors.conformance.holding import (
    FLAGS,
    MOMENTS,
    WORDS,
    insist_on_agreement,
    insist_on_refusal,
    insist_on_the_same_page_again,
    kept_fields,
    terms_for,
)
from connectors.conformance.subject import (
    SOME_PAGES,
    Broken,
    Subject,
    complaints_of,
    insist_on_no_repeats,
    read_ids,
    read_pages,
    read_reference,
)
from connectors.contract.capabilities import Fit, Operator
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    all_of,
    any_of,
    explain,
)
from connectors.contract.query import Order, SourceQuery
from connectors.contract.records import ComplaintRecord

ALWAYS = frozenset({"source", "local_id", "submitted_at", "updated_at"})


async def conform(subject: Subject, seed: int = 7) -> None:
    """Check every promise; raises `Broken` at the first that is not kept."""
    chance = random.Random(seed)  # noqa: S311 - to choose samples
    await read_reference(subject)
    for promise in PROMISES:
        await promise(subject, chance)


async def rows_are_sound(subject: Subject, _: random.Random) -> None:
    """Times are UTC, the two that are never null are there, ids are unique, values canonical."""
    promise = "rows are sound"
    insist_on_no_repeats(subject, [row.local_id for row in subject.rows], promise)
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
    if not subject.whole:
        await insist_on_the_same_page_again(subject, promise)
        return
    if set(found) != set(subject.by_id):
        raise Broken(promise, f"{len(set(found))} rows in small pages, {len(subject.by_id)} in all")


async def limits_are_kept(subject: Subject, chance: random.Random) -> None:
    """No page is longer than the limit, where that is declared."""
    for limit in (1, 2, chance.randint(3, subject.page)):
        page = await subject.connector.fetch(SourceQuery(limit=limit))
        if subject.can.sized and len(page.rows) > limit:
            raise Broken("limits are kept", f"{len(page.rows)} rows where {limit} were wanted")
        if page.received < len(page.rows) + sum(page.rejected.values()):
            raise Broken("limits are kept", "fewer rows received than used and rejected")


async def orders_are_true(subject: Subject, _: random.Random) -> None:
    """Rows come in each declared order, ties by id where that is declared; others are refused."""
    for declared in subject.can.orders:
        promise = f"order {declared.field} {'descending' if declared.descending else 'ascending'}"
        order = Order(declared.field, declared.descending)
        query = SourceQuery(order=order, limit=subject.page)
        pages = await read_pages(subject.connector, query, None if subject.whole else SOME_PAGES)
        rows = complaints_of(pages)
        insist_on_no_repeats(subject, [row.local_id for row in rows], promise)
        if subject.whole and {row.local_id for row in rows} != set(subject.by_id):
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
                await insist_on_refusal(subject, query, "undeclared orders are refused")


async def operators_agree(subject: Subject, chance: random.Random) -> None:
    """Each declared comparison gives the rows that the reference gives, or more if it says so."""
    for name, operators in subject.can.operators.items():
        for operator in operators:
            for term in terms_for(subject, name, operator, chance):
                await insist_on_agreement(subject, term)


async def combinations_agree(subject: Subject, chance: random.Random) -> None:
    """What is declared of AND, OR and repeated terms holds too."""
    terms = [
        term
        for name, operators in subject.can.operators.items()
        for operator in operators
        for term in terms_for(subject, name, operator, chance)[:1]
    ]
    for _ in range(8):
        if len(terms) < 2:
            return
        one, other = chance.sample(terms, 2)
        same_slot = (one.field, one.op, one.negated) == (other.field, other.op, other.negated)
        if not same_slot or subject.can.repeats:
            await insist_on_agreement(subject, all_of((one, other)))
        if subject.can.alternatives:
            third = chance.choice(terms)
            await insist_on_agreement(subject, any_of((one, other)))
            await insist_on_agreement(subject, any_of((one, all_of((other, third)))))
            await insist_on_agreement(subject, all_of((one, any_of((other, third)))))


async def undeclared_filters_are_refused(subject: Subject, chance: random.Random) -> None:
    """A comparison that is not declared is an error, never ignored."""
    refused = 0
    for name in (*WORDS, *FLAGS, *MOMENTS):
        for op in Op:
            for negated in (False, True):
                operator = Operator(op=op, negated=negated)
                for term in terms_for(subject, name, operator, chance)[:1]:
                    if subject.can.fit(term) is Fit.NO and refused < 40:
                        refused += 1
                        query = SourceQuery(where=term, limit=1)
                        await insist_on_refusal(subject, query, "undeclared filters are refused")
    if not subject.can.alternatives:
        terms = [
            term
            for name, operators in subject.can.operators.items()
            for term in terms_for(subject, name, operators[0], chance)[:1]
        ]
        if len(terms) > 1:
            query = SourceQuery(where=any_of(terms[:2]), limit=1)
            await insist_on_refusal(subject, query, "undeclared filters are refused")


async def counts_are_exact(subject: Subject, chance: random.Random) -> None:
    """A count is the number of matching rows, for every filter that fits exactly."""
    if not subject.can.counts:
        await insist_on_refusal(subject, None, "undeclared counts are refused")
        return
    filters: list[Filter] = [EVERYTHING]
    for name, operators in subject.can.operators.items():
        for operator in operators:
            filters.extend(terms_for(subject, name, operator, chance)[:1])
    for where in filters:
        if subject.can.fit(where) is Fit.EXACT:
            told = await subject.connector.count(SourceQuery(where=where))
            seen = len(subject.matching(where))
            if told < seen if not subject.whole else told != seen:
                how = f"{told} where {len(subject.matching(where))} match {explain(where)}"
                raise Broken("counts are exact", how, where)


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
    if any(row is not None and kept_fields(row) - ALWAYS - {"title"} for row in again):
        raise Broken("fields are pruned", "by a look-up")
    if await subject.connector.get([]) not in ([], ()):
        raise Broken(promise, "something for nothing")


async def fields_are_pruned(subject: Subject, chance: random.Random) -> None:
    """What is not wanted is left at its default; what is wanted is the same as always."""
    names = [each.name for each in msgspec.structs.fields(ComplaintRecord)]
    for count in (0, 1, 3, 6):
        wanted = frozenset(chance.sample(names, count))
        page = await subject.connector.fetch(SourceQuery(fields=wanted, limit=subject.page))
        for row in complaints_of([page]):
            extra = kept_fields(row) - wanted - ALWAYS
            if extra:
                raise Broken("fields are pruned", f"{sorted(extra)} beside {sorted(wanted)}")
            whole = subject.by_id.get(row.local_id)
            if whole is None:
                if not subject.whole:
                    continue
                raise Broken("fields are pruned", f"{row.local_id} is not there otherwise")
            for name in wanted | ALWAYS:
                if getattr(row, name) != getattr(whole, name):
                    raise Broken("fields are pruned", f"{name} of {row.local_id} has changed")


async def nothing_matches_nothing(subject: Subject, _: random.Random) -> None:
    """The empty OR matches no row, where it can be asked."""
    if subject.can.fit(NOTHING) is not Fit.NO:
        await insist_on_agreement(subject, NOTHING)


Promise = Callable[[Subject, random.Random], Awaitable[None]]
PROMISES: tuple[Promise, ...]


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
