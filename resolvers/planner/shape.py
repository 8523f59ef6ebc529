"""What of a filter does not change from one request to the next, and what does.

Portals ask the same lists again and again, each time from another moment on.  The shape of a filter
is the filter with its moments replaced by numbered places; how it is divided over the sources
depends on the shape alone, and is worked out once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.contract.filters import And, Filter, Op, Or, Term, conjuncts
from resolvers.planner.keys import EPOCH
from resolvers.planner.plan import Moments, Shape

_MOST_TERMS = 24
_MOST_MOMENTS = 16
_PLACES = tuple(EPOCH + timedelta(microseconds=number) for number in range(_MOST_MOMENTS))
"""Stand in for moments, and are in the same order: of two bounds the same one is tighter."""

_BOUNDS = (Op.FROM, Op.UNTIL)

_OF_FEW_WORDS = frozenset(
    {
        "agency",
        "anonymous",
        "category",
        "channel",
        "kind",
        "region",
        "secret",
        "source",
        "status",
        "supervisory",
    }
)
"""Fields whose values are codes out of tables.  What else a client may write (a tracking number)
is not kept in memory beyond its request."""


def shape_of(where: Filter) -> Shape | None:
    """Give the shape of *where*; None for what is too rare, long or telling to be remembered."""
    found: set[datetime] = set()
    terms = conjuncts(where)
    if len(terms) > _MOST_TERMS:
        return None
    for term in terms:
        if not isinstance(term, Term):
            return None
        if term.op in _BOUNDS:
            found.add(term.values[0])  # type: ignore[arg-type] # bounds hold moments
        elif term.op is not Op.IS_NULL and (
            term.field not in _OF_FEW_WORDS or len(term.values) > _MOST_TERMS
        ):
            return None
    if not found:
        return Shape(where, ())
    if len(found) > _MOST_MOMENTS:
        return None
    moments = tuple(sorted(found))
    places = dict(zip(moments, _PLACES, strict=False))
    held = [
        Term(term.field, term.op, (places[term.values[0]],), term.negated)  # type: ignore[index, union-attr]
        if term.op in _BOUNDS  # type: ignore[union-attr] # all are terms, as seen above
        else term
        for term in terms
    ]
    return Shape(held[0] if len(held) == 1 else And(tuple(held)), moments)


def filled(where: Filter, moments: Moments) -> Filter:
    """Give *where*, which was made out of a shape, with *moments* in their places again."""
    if type(where) is Term:
        if where.op not in _BOUNDS:
            return where
        place: datetime = where.values[0]  # type: ignore[assignment] # bounds hold moments
        return Term(where.field, where.op, (moments[place.microsecond],), where.negated)
    held: And | Or = where  # type: ignore[assignment] # no term is of a class of its own
    return type(held)(tuple([filled(part, moments) for part in held.parts]))
