"""What a source can do, declared as data; the connector suite checks it in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import msgspec

from connectors.contract.filters import And, Filter, Op, Or, Term, Value
from connectors.contract.query import Order


class Fit(Enum):
    """How well a source can answer a filter."""

    NO = "no"
    """It must not be asked."""
    SUPERSET = "superset"
    """It answers with every match and perhaps more, so the filter stays to be applied here."""
    EXACT = "exact"
    """It answers with the matches and nothing else."""


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison that a source understands on one field."""

    op: Op
    negated: bool = False
    max_values: int | None = None
    exact: bool = True
    """False if the source compares more coarsely (by day, by a wider code)."""
    values: frozenset[Value] | None = None
    """The canonical values that it has a word for; None if it understands any."""


class OrderBy(msgspec.Struct, frozen=True, kw_only=True):
    """An order in which a source can answer."""

    field: str
    descending: bool
    total: bool = True
    """True if ties come in the order of `Order`; False if they come in any other."""


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked of one collection of a source."""

    operators: Mapping[str, tuple[Operator, ...]] = {}
    """Record field to the comparisons understood on it."""
    alternatives: bool = False
    """It can answer an OR whose every branch it understands."""
    repeats: bool = False
    """It can take several terms of one operator on one field at once."""
    orders: tuple[OrderBy, ...] = ()
    counts: bool = False
    """`count` is exact for every query whose filter is an exact fit."""
    get_max: int = 0
    """How many local ids one `get` may ask for; 0 if it cannot look up by id."""
    page_max: int = 1000
    sized: bool = True
    """No page is longer than the limit of its query; False if a source cuts pages as it likes."""
    codomains: Mapping[str, frozenset[Value]] = {}
    """Record field to all values it can have here, null apart: a closed code table's right side."""
    updated_covers_submitted: bool = False
    """Every row was updated at or after it was submitted, so that "updated from T" holds every row
    submitted from T."""
    mapping_version: str = ""
    """Which editions of the code tables its rows are read by."""

    def fit(self, where: Filter) -> Fit:
        """Say how well *where* as a whole can be asked."""
        match where:
            case Term():
                return self._fit_term(where)
            case And(parts):
                return self._worst(parts)
            case Or(parts):
                return self._worst(parts) if self.alternatives else Fit.NO

    def order(self, wanted: Order) -> OrderBy | None:
        """Find the declared order that answers *wanted*, ties aside."""
        for declared in self.orders:
            if declared.field == wanted.field and declared.descending == wanted.descending:
                return declared
        return None

    def _worst(self, parts: tuple[Filter, ...]) -> Fit:
        fits = [self.fit(part) for part in parts]
        if Fit.NO in fits:
            return Fit.NO
        return Fit.SUPERSET if Fit.SUPERSET in fits else Fit.EXACT

    def _fit_term(self, term: Term) -> Fit:
        for operator in self.operators.get(term.field, ()):
            if operator.op is not term.op or operator.negated != term.negated:
                continue
            if operator.max_values is not None and len(term.values) > operator.max_values:
                return Fit.NO
            if operator.values is not None and not operator.values.issuperset(term.values):
                return Fit.NO
            return Fit.EXACT if operator.exact else Fit.SUPERSET
        return Fit.NO


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a connector can be asked."""

    collections: Mapping[str, Collection]
    changes: bool = False
    """It has a change feed."""
