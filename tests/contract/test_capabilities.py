"""Declared capabilities: what fits, what does not."""

from __future__ import annotations

import pytest

from connectors.contract.capabilities import Collection, Fit, Operator, OrderBy
from connectors.contract.errors import RateLimited, SourceError, Unavailable
from connectors.contract.events import SourceCalled, ignore
from connectors.contract.filters import Filter, Op, Term, all_of, any_of, is_null, one_of
from connectors.contract.query import Order

CAN = Collection(
    operators={
        "status": (
            Operator(op=Op.IN, max_values=2),
            Operator(op=Op.IN, negated=True, exact=False),
        ),
        "kind": (Operator(op=Op.IN, values=frozenset({"COMPLAINT"})),),
    },
    orders=(OrderBy(field="updated_at", descending=False),),
)
ANY = Collection(operators=CAN.operators, alternatives=True)


@pytest.mark.parametrize(
    ("where", "fit", "fit_with_alternatives"),
    [
        (one_of("status", ["A"]), Fit.EXACT, Fit.EXACT),
        (one_of("status", ["A", "B", "C"]), Fit.NO, Fit.NO),
        (Term("status", Op.IN, ("A",), negated=True), Fit.SUPERSET, Fit.SUPERSET),
        (is_null("status"), Fit.NO, Fit.NO),
        (one_of("region", ["64"]), Fit.NO, Fit.NO),
        (one_of("kind", ["COMPLAINT"]), Fit.EXACT, Fit.EXACT),
        (one_of("kind", ["ASPIRATION"]), Fit.NO, Fit.NO),
        (all_of((one_of("status", ["A"]), one_of("kind", ["COMPLAINT"]))), Fit.EXACT, Fit.EXACT),
        (any_of((one_of("status", ["A"]), one_of("kind", ["COMPLAINT"]))), Fit.NO, Fit.EXACT),
        (
            any_of(
                (
                    Term("status", Op.IN, ("A",), negated=True),
                    one_of("kind", ["COMPLAINT"]),
                )
            ),
            Fit.NO,
            Fit.SUPERSET,
        ),
        (any_of((one_of("status", ["A"]), is_null("kind"))), Fit.NO, Fit.NO),
    ],
)
def test_a_filter_fits_as_well_as_its_worst_part(
    where: Filter, fit: Fit, fit_with_alternatives: Fit
) -> None:
    """Undeclared is not asked; coarse is a superset; an OR needs alternatives."""
    assert CAN.fit(where) is fit
    assert ANY.fit(where) is fit_with_alternatives


def test_an_order_is_found_by_field_and_direction() -> None:
    """The other direction is another order."""
    assert CAN.order(Order("updated_at", descending=False)) is not None
    assert CAN.order(Order("updated_at", descending=True)) is None


def test_a_source_error_names_source_code_and_rule() -> None:
    """Its text is fit for a log."""
    error: SourceError = Unavailable("kaltim", "HTTP 503")

    assert str(error) == "kaltim: UNAVAILABLE: HTTP 503"
    assert RateLimited("kaltim", "wait", 3.0).retry_after == 3.0


def test_nobody_has_to_listen() -> None:
    """The default listener lets every event pass."""
    ignore(SourceCalled(source="s", operation="fetch", collection="c", seconds=0.1, attempt=1))
