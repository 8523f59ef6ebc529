"""The algebra of filters, and what their terms mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Or,
    Term,
    all_of,
    any_of,
    between,
    conjuncts,
    explain,
    fields,
    is_null,
    negate,
    one_of,
    predicate,
    rewrite,
    terms,
    under,
)
from connectors.contract.records import ComplaintRecord
from tests.planner.worlds import World, filters, worlds

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def record(**values: object) -> ComplaintRecord:
    return ComplaintRecord(
        source="s",
        local_id="1",
        submitted_at=NOW,
        updated_at=NOW,
        **values,  # type: ignore[arg-type] # names are given by tests
    )


@pytest.mark.parametrize(
    ("term", "code", "answer"),
    [
        (under("region", ["64"]), "64", True),
        (under("region", ["64"]), "64.72.01", True),
        (under("region", ["64.7"]), "64.72", False),
        (under("region", ["64"]), "640", False),
        (under("region", ["64"]), None, False),
        (one_of("region", ["64"]), "64.72", False),
        (one_of("region", ["64"]), None, False),
        (is_null("region"), None, True),
        (is_null("region"), "64", False),
    ],
)
def test_a_code_is_under_another_at_the_dot_only(
    term: Filter, code: str | None, answer: bool
) -> None:
    """`64` holds `64.72`, not `640`; null is in nothing."""
    assert predicate(term)(record(region=code)) is answer
    assert predicate(negate(term))(record(region=code)) is not answer


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        (NOW - timedelta(microseconds=1), False),
        (NOW, True),
        (NOW + timedelta(days=1) - timedelta(microseconds=1), True),
        (NOW + timedelta(days=1), False),
        (None, False),
    ],
)
def test_a_range_holds_its_beginning_and_not_its_end(moment: datetime | None, answer: bool) -> None:
    """From is inclusive, until exclusive, null outside."""
    day = between("closed_at", NOW, NOW + timedelta(days=1))

    assert predicate(day)(record(closed_at=moment)) is answer
    assert predicate(negate(day))(record(closed_at=moment)) is not answer


def test_a_range_without_bounds_and_a_list_without_values() -> None:
    """No bound asks for everything, no value for nothing."""
    assert between("closed_at", None, None) == EVERYTHING
    assert one_of("status", []) == NOTHING
    assert under("region", []) == NOTHING


@given(worlds(), filters, filters)
def test_the_algebra_keeps_the_meaning(world: World, one: Filter, other: Filter) -> None:
    """And, or and not of filters mean and, or and not of their answers, term by term."""
    for row in (row for connector in world.connectors for row in connector.complaints):
        first, second = predicate(one)(row), predicate(other)(row)

        assert predicate(all_of((one, other)))(row) == (first and second)
        assert predicate(any_of((one, other)))(row) == (first or second)
        assert predicate(negate(one))(row) == (not first)
        assert all(predicate(part)(row) for part in conjuncts(one)) == first


@given(filters)
def test_negation_is_its_own_inverse_and_keeps_the_terms(where: Filter) -> None:
    """Not not is nothing done; the fields looked at stay the same."""
    assert negate(negate(where)) == where
    assert fields(negate(where)) == fields(where)
    assert rewrite(where, lambda term: term) == where


def test_a_term_matches_by_the_same_rule() -> None:
    """The method of a term is the compiled rule."""
    term = Term("status", Op.IN, ("DISPOSED",), negated=True)

    assert term.matches(record(status="SUBMITTED"))
    assert not term.matches(record(status="DISPOSED"))


def test_filters_read_as_sentences() -> None:
    """Every shape of a filter has words."""
    where = all_of(
        (
            any_of((one_of("status", ["A", "B"]), negate(is_null("agency")))),
            one_of("secret", [False]),
            between("closed_at", NOW, NOW),
        )
    )

    assert explain(where) == (
        "(status in [A, B] or not agency is null) and secret in [false]"
        " and closed_at from 2026-11-01T00:00:00+00:00"
        " and closed_at until 2026-11-01T00:00:00+00:00"
    )
    assert explain(EVERYTHING) == "everything"
    assert explain(NOTHING) == "nothing"
    assert [term.field for term in terms(where)][:2] == ["status", "agency"]
    assert explain(Or((is_null("a"), all_of((is_null("b"), is_null("c")))))) == (
        "a is null or (b is null and c is null)"
    )
