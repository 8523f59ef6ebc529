"""Put before an OR what all its branches imply, so that a source without OR still narrows down."""

from __future__ import annotations

from connectors.contract.filters import (
    And,
    Filter,
    Op,
    Or,
    Term,
    Value,
    all_of,
)

_Slot = tuple[str, Op, bool]


def with_bounds(where: Filter) -> Filter:
    """Give a filter that means *where* and says first, in plain terms, what follows from it."""
    if not isinstance(where, Or):
        return where
    implied = _implied(where)
    if not implied:
        return where
    return all_of([*implied.values(), where])


def _implied(where: Filter) -> dict[_Slot, Term]:
    match where:
        case Term():
            return {(where.field, where.op, where.negated): where}
        case And(parts):
            found: dict[_Slot, Term] = {}
            for part in parts:
                for slot, term in _implied(part).items():
                    found.setdefault(slot, term)
            return found
        case Or(parts):
            if not parts:
                return {}
            first, *others = [_implied(part) for part in parts]
            found = {}
            for slot, term in first.items():
                joined: Term | None = term
                for other in others:
                    joined = None if joined is None else _joined(joined, other.get(slot))
                if joined is not None:
                    found[slot] = joined
            return found


def _joined(one: Term, other: Term | None) -> Term | None:
    """Give a term that follows from either of the two."""
    if other is None or one == other:
        return None if other is None else one
    if one.negated:
        return None
    match one.op:
        case Op.FROM:
            return min(one, other, key=_first)
        case Op.UNTIL:
            return max(one, other, key=_first)
        case Op.IN:
            return Term(one.field, Op.IN, tuple(sorted({*one.values, *other.values}, key=str)))
        case _:
            return None


def _first(term: Term) -> Value:
    return term.values[0]
