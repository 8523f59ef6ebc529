"""Divide one filter into what a source does and what is left to do here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from connectors.contract.capabilities import Collection, Fit
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Term,
    Value,
    all_of,
    conjuncts,
    rewrite,
)
from connectors.contract.source import Source

_NEVER_NULL = frozenset(
    {
        "source",
        "local_id",
        "submitted_at",
        "updated_at",
        "received_at",
        "anonymous",
        "secret",
        "status",
        "stage",
        "intake",
        "case_number",
    }
)

_MELTING = (Op.IN, Op.FROM, Op.UNTIL)


class Split(msgspec.Struct, frozen=True):
    """*pushed* and *residual* together ask exactly what was asked, never more, never less."""

    pushed: Filter
    residual: Filter


def split(where: Filter, can: Collection) -> Split:
    """Push every conjunct that the source understands as a whole; keep what it answers too widely.

    A conjunct that it does not understand may still imply one that it does; that one is pushed too.
    """
    pushed: list[Filter] = []
    residual: list[Filter] = []
    taken: set[tuple[str, Op, bool]] = set()

    def push(part: Filter) -> bool:
        if isinstance(part, Term) and not can.repeats:
            slot = (part.field, part.op, part.negated)
            if slot in taken:
                return False
            taken.add(slot)
        pushed.append(part)
        return True

    left: list[Filter] = []
    for part in tighten(conjuncts(where)):
        fit = can.fit(part)
        if fit is Fit.NO or not push(part):
            left.append(part)
        elif fit is Fit.SUPERSET:
            residual.append(part)
    for part in left:
        residual.append(part)
        implied = _implied(part, can)
        if implied is not None and can.fit(implied) is not Fit.NO:
            push(implied)
    return Split(all_of(pushed), all_of(residual))


def tighten(parts: Iterable[Filter]) -> list[Filter]:
    """Melt positive terms of one kind on one field into one; a contradiction gives `NOTHING`."""
    melted: dict[tuple[str, Op], Term] = {}
    others: list[Filter] = []
    for part in parts:
        if not isinstance(part, Term) or part.negated or part.op not in _MELTING:
            others.append(part)
            continue
        known = melted.get((part.field, part.op))
        melted[part.field, part.op] = part if known is None else _both(known, part)
    if any(term.op is Op.IN and not term.values for term in melted.values()):
        return [NOTHING]
    return [*melted.values(), *others]


def _both(one: Term, other: Term) -> Term:
    match one.op:
        case Op.FROM:
            return max(one, other, key=_moment)
        case Op.UNTIL:
            return min(one, other, key=_moment)
        case _:
            allowed = frozenset(other.values)
            return Term(one.field, one.op, tuple(v for v in one.values if v in allowed))


def _moment(term: Term) -> datetime:
    moment = term.values[0]
    assert isinstance(moment, datetime)  # noqa: S101 - FROM and UNTIL hold moments by construction
    return moment


def _implied(part: Filter, can: Collection) -> Term | None:
    match part:
        case Term("submitted_at", Op.FROM, values, False) if can.updated_covers_submitted:
            return Term("updated_at", Op.FROM, values)
        case _:
            return None


def fold(where: Filter, source: Source, collection: str = "complaints") -> Filter:
    """Put in what is known of all of the source's rows: its name, its regions, its code tables."""
    can = source.connector.capabilities.collections[collection]
    return rewrite(where, lambda term: _fold_term(term, source, can))


def _fold_term(term: Term, source: Source, can: Collection) -> Filter:
    always, never = (NOTHING, EVERYTHING) if term.negated else (EVERYTHING, NOTHING)
    if term.field == "source":
        return always if source.name in term.values else never
    possible = can.codomains.get(term.field)
    if possible is not None:
        if term.op is Op.IS_NULL:
            if term.field in _NEVER_NULL:
                return never
            return term if possible else always
        if not possible:
            return never
        if term.op is Op.UNDER and can.fit(term) is Fit.NO:
            found = tuple(sorted(str(code) for code in possible if _is_under(code, term.values)))
            term = Term(term.field, Op.IN, found, term.negated)
            if not found:
                return never
        if term.op is Op.IN:
            values = tuple(value for value in term.values if value in possible)
            if not values:
                return never
            if term.field in _NEVER_NULL and possible.issubset(values):
                return always
            return Term(term.field, Op.IN, values, term.negated)
    if term.field == "region" and source.regions and term.op in (Op.IN, Op.UNDER):
        return term if _overlap(term, source.regions) else never
    return term


def _is_under(code: Value, tops: tuple[Value, ...]) -> bool:
    return any(code == top or str(code).startswith(f"{top}.") for top in tops)


def _overlap(term: Term, scope: tuple[str, ...]) -> bool:
    for value in term.values:
        code = f"{value}."
        for region in scope:
            inside = f"{region}."
            if code.startswith(inside) or (term.op is Op.UNDER and inside.startswith(code)):
                return True
    return False
