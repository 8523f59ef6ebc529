"""Filters in negation normal form, and what each of them means.

The logic has two values: a term about a field that is null is false, its negation true.  SQL must
therefore negate with `IS NOT TRUE`.  `predicate` is the meaning that every source has to agree
with.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter, is_
from typing import Any

import msgspec

Value = str | bool | datetime
Predicate = Callable[[Any], bool]
Places = Callable[[Sequence[Any]], list[int]]


class Op(StrEnum):
    """What a term asks of one field."""

    IN = "IN"
    """The field equals one of the values."""
    UNDER = "UNDER"
    """A dotted code that equals one of the values or lies below it: `64` holds `64.72`."""
    FROM = "FROM"
    """The moment is at or after the value."""
    UNTIL = "UNTIL"
    """The moment is before the value."""
    IS_NULL = "IS_NULL"
    """The field is null, or an empty list."""
    HAS = "HAS"
    """The field is a list that holds one of the values."""
    IN_TIME = "IN_TIME"
    """The moment is before the limit that another moment sets.  The values are the other field's
    name, then pairs: the moment from which a limit holds, and the limit; ascending.  Where the
    other field is null or before the first pair, there is no limit and the term is false."""


class Term(msgspec.Struct, frozen=True, order=False, cache_hash=True):
    """One comparison of one field, possibly negated."""

    field: str
    op: Op
    values: tuple[Value, ...] = ()
    negated: bool = False

    def matches(self, record: object) -> bool:
        """Say whether *record* satisfies the term: the reference for every source."""
        return predicate(self)(record)


class And(msgspec.Struct, frozen=True, cache_hash=True):
    """All of *parts*; with none, everything."""

    parts: tuple[Filter, ...] = ()


class Or(msgspec.Struct, frozen=True, cache_hash=True):
    """At least one of *parts*; with none, nothing."""

    parts: tuple[Filter, ...] = ()


Filter = Term | And | Or

EVERYTHING = And()
NOTHING = Or()

_NO_FIELDS: frozenset[str] = frozenset()


_NULL = (None, ())


def one_of(field: str, values: Iterable[Value]) -> Filter:
    """Give the term "*field* is one of *values*", sorted and unique; no values: nothing."""
    unique = tuple(sorted(set(values), key=str))
    return Term(field, Op.IN, unique) if unique else NOTHING


def has_one_of(field: str, values: Iterable[Value]) -> Filter:
    """Give the term "the list *field* holds one of *values*", sorted; no values: nothing."""
    unique = tuple(sorted(set(values), key=str))
    return Term(field, Op.HAS, unique) if unique else NOTHING


def under(field: str, codes: Iterable[str]) -> Filter:
    """Give the term "*field* is one of *codes* or below one", codes sorted and unique."""
    unique = tuple(sorted(set(codes)))
    return Term(field, Op.UNDER, unique) if unique else NOTHING


def between(field: str, since: datetime | None, until: datetime | None) -> Filter:
    """Give "*since* ≤ *field* < *until*"; with neither bound, everything."""
    terms: list[Filter] = []
    if since is not None:
        terms.append(Term(field, Op.FROM, (since,)))
    if until is not None:
        terms.append(Term(field, Op.UNTIL, (until,)))
    return all_of(terms)


def is_null(field: str) -> Term:
    """Give the term "*field* is null"."""
    return Term(field, Op.IS_NULL)


def all_of(filters: Iterable[Filter]) -> Filter:
    """Join with AND, flattened, without repeats; `NOTHING` absorbs, `EVERYTHING` vanishes."""
    parts: dict[Filter, None] = {}
    for part in filters:
        if part == NOTHING:
            return NOTHING
        parts.update(dict.fromkeys(part.parts if isinstance(part, And) else (part,)))
    joined = tuple(parts)
    return joined[0] if len(joined) == 1 else And(joined)


def any_of(filters: Iterable[Filter]) -> Filter:
    """Join with OR, flattened, without repeats; `EVERYTHING` absorbs, `NOTHING` vanishes."""
    parts: dict[Filter, None] = {}
    for part in filters:
        if part == EVERYTHING:
            return EVERYTHING
        parts.update(dict.fromkeys(part.parts if isinstance(part, Or) else (part,)))
    joined = tuple(parts)
    return joined[0] if len(joined) == 1 else Or(joined)


def negate(where: Filter) -> Filter:
    """Give the exact opposite, still in negation normal form."""
    match where:
        case And(parts):
            return any_of(negate(part) for part in parts)
        case Or(parts):
            return all_of(negate(part) for part in parts)
        case Term():
            return msgspec.structs.replace(where, negated=not where.negated)


def conjuncts(where: Filter) -> tuple[Filter, ...]:
    """Give the parts that must all hold."""
    return where.parts if isinstance(where, And) else (where,)


def terms(where: Filter) -> Iterator[Term]:
    """Yield every term, left to right."""
    if isinstance(where, Term):
        yield where
        return
    for part in where.parts:
        yield from terms(part)


def fields(where: Filter) -> frozenset[str]:
    """Name every field that *where* looks at."""
    if where == EVERYTHING:
        return _NO_FIELDS
    return frozenset(name for term in terms(where) for name in _looked_at(term))


fields_of = lru_cache(maxsize=64)(fields)
"""`fields`, remembered: for a policy's filters, which every question has."""


def _looked_at(term: Term) -> tuple[str, ...]:
    return (term.field, str(term.values[0])) if term.op is Op.IN_TIME else (term.field,)


def rewrite(where: Filter, change: Callable[[Term], Filter]) -> Filter:
    """Replace every term by what *change* gives for it, and simplify."""
    match where:
        case And(parts):
            changed = [rewrite(part, change) for part in parts]
            # Most often nothing changes, and there is nothing to simplify in a list of terms.
            if all(map(is_, changed, parts)) and not any(type(part) is not Term for part in parts):
                return where
            return all_of(changed)
        case Or(parts):
            return any_of(rewrite(part, change) for part in parts)
        case Term():
            return change(where)


def predicate(where: Filter) -> Predicate:
    """Compile *where* into a function of a record."""
    match where:
        case And(parts):
            return _every([predicate(part) for part in parts])
        case Or(parts):
            return _some([predicate(part) for part in parts])
        case Term():
            test = _test(where)
            return (lambda record: not test(record)) if where.negated else test


@lru_cache(maxsize=64)
def predicate_of(where: Filter) -> Predicate:
    """Give `predicate` in one piece, remembered: for a policy's filters, which every row passes.

    A conjunction of plain membership is compiled; anything else is what `predicate` gives.
    """
    text, names = _compiled(where)
    made: Predicate = eval(f"lambda record: {text}", names)  # noqa: S307 - see `_compiled`
    return made


@lru_cache(maxsize=64)
def places_of(where: Filter) -> Places:
    """Give what lists the places of those of many records that match, remembered."""
    text, names = _compiled(where)
    # Mostly all match, which is seen in fewer steps than places are listed one by one.
    is_any_left = f"[0 for record in records if not ({text})]"
    found = f"[place for place, record in enumerate(records) if {text}]"
    listed = f"{found} if {is_any_left} else [*range(len(records))]"
    made: Places = eval(f"lambda records: {listed}", names)  # noqa: S307 - see `_compiled`
    return made


def _compiled(where: Filter) -> tuple[str, dict[str, object]]:
    """Write *where* as an expression over `record`, with the names that it uses.

    Only names of record fields, and names made here, become part of it.
    """
    names: dict[str, object] = {}
    tests = []
    for part in conjuncts(where):
        if not isinstance(part, Term) or part.op is not Op.IN or part.negated:
            return "matches(record)", {"matches": predicate(where)}
        # Plain texts, where members of an enum stand: they are equal, and found faster.
        values = [str(value) if isinstance(value, str) else value for value in part.values]
        names[f"values_{len(names)}"] = frozenset(values)
        if not part.field.isidentifier():
            raise ValueError(f"no name of a field: {part.field}")
        tests.append(f"record.{part.field} in values_{len(names) - 1}")
    return " and ".join(tests) or "True", names


def _every(tests: list[Predicate]) -> Predicate:
    match tests:
        case []:
            return lambda _record: True
        case [only]:
            return only
        case [first, second]:
            # The viewer's own predicate on every row: no generator for two.
            return lambda record: first(record) and second(record)
    return lambda record: all(test(record) for test in tests)


def _some(tests: list[Predicate]) -> Predicate:
    return lambda record: any(test(record) for test in tests)


def _test(term: Term) -> Predicate:
    read = attrgetter(term.field)
    match term.op:
        case Op.IN:
            wanted = frozenset(term.values)
            return lambda record: read(record) in wanted
        case Op.UNDER:
            codes = frozenset(term.values)
            below = tuple(f"{code}." for code in term.values)

            def is_under(record: object) -> bool:
                code = read(record)
                return code is not None and (code in codes or code.startswith(below))

            return is_under
        case Op.FROM:
            since: Any = term.values[0]

            def is_from(record: object) -> bool:
                moment = read(record)
                return moment is not None and moment >= since

            return is_from
        case Op.UNTIL:
            until: Any = term.values[0]

            def is_before(record: object) -> bool:
                moment = read(record)
                return moment is not None and moment < until

            return is_before
        case Op.IS_NULL:
            return lambda record: read(record) in _NULL
        case Op.HAS:
            sought = frozenset(term.values)
            return lambda record: not sought.isdisjoint(read(record))
        case Op.IN_TIME:
            read_start = attrgetter(str(term.values[0]))
            starts: tuple[Any, ...] = term.values[1::2]
            limits: tuple[Any, ...] = term.values[2::2]

            def is_in_time(record: object) -> bool:
                moment, start = read(record), read_start(record)
                if moment is None or start is None:
                    return False
                place = bisect_right(starts, start)
                return place > 0 and moment < limits[place - 1]

            return is_in_time


_MOST_TOLD = 16
_MOST_TOLD_BRIEFLY = 7

CODED = frozenset(
    {
        "agency",
        "category",
        "channel",
        "intake",
        "kind",
        "maladministration",
        "office",
        "outcome",
        "region",
        "source",
        "stage",
        "status",
    }
)
"""The fields whose values are codes.  What others hold may be words of a person or lead to one."""


def explain(where: Filter, *, briefly: bool = False) -> str:
    """Write *where* in one readable line; of long lists the beginning and the length, *briefly* of
    shorter ones too.

    Values of fields that are not `CODED` are only counted, moments and flags apart: numbers of
    complaints and whatever a person wrote are not told.
    """
    match where:
        case And(()):
            return "everything"
        case Or(()):
            return "nothing"
        case And(parts):
            return " and ".join(_bracketed(part, briefly) for part in parts)
        case Or(parts):
            return " or ".join(_bracketed(part, briefly) for part in parts)
        case Term(field, op, values, negated):
            words = {
                Op.IN: "in",
                Op.UNDER: "under",
                Op.FROM: "from",
                Op.UNTIL: "until",
                Op.IS_NULL: "is null",
                Op.HAS: "has one of",
                Op.IN_TIME: "before the limit set by",
            }[op]
            shown = values[:1] if op is Op.IN_TIME else values
            if field in CODED or op is Op.IN_TIME or not any(type(v) is str for v in shown):
                most = 3 if briefly and len(shown) > _MOST_TOLD_BRIEFLY else _MOST_TOLD
                told = ", ".join(_told(value, briefly) for value in shown[:most])
                if len(shown) > most:
                    told += f", … {len(shown)} in all"
            else:
                told = "1 value" if len(shown) == 1 else f"{len(shown)} values"
            if op in (Op.IN, Op.UNDER, Op.HAS):
                told = f"[{told}]"
            return f"{'not ' if negated else ''}{field} {words} {told}".rstrip()


def _bracketed(part: Filter, briefly: bool) -> str:
    text = explain(part, briefly=briefly)
    return text if isinstance(part, Term) else f"({text})"


def _told(value: Value, briefly: bool) -> str:
    if isinstance(value, datetime):
        text = value.isoformat()
        return text.replace(":00+00:00", "Z") if briefly else text
    return str(value).lower() if isinstance(value, bool) else value
