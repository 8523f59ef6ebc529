"""Whoever is refused for the cost learns which fields at the root it is for."""

from __future__ import annotations

import random
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.executor.cost import price
from gateway.executor.dearest import RootPrice, root_prices, too_costly
from gateway.executor.measure import MOST
from schema.build import build_schema
from schema.costs import COSTS
from tests.executor.judge.operations import Operations

SCHEMA = build_schema()._schema
REGIONS = "{ regions(level: VILLAGE) { name } complaints(first: 5) { nodes { title } } }"
SPREAD = """query ($x: Boolean!) { ...R @include(if: $x) ... { viewer { subject } } }
fragment R on Query {
  all: regions(level: DISTRICT) { code } more: regions(level: VILLAGE) { code }
}
"""
SIZED = """query ($n: Int) {
  complaints(first: $n) { nodes { timeline { nodes { at } } } } sources { id }
}"""
CATEGORIES = "{ categories { children { children { name } } } viewer { subject } }"
MANY = "{ regions(level: VILLAGE) { name } channels { id } sources { id } viewer { subject } }"


def roots_of(text: str) -> tuple[RootPrice, ...]:
    """Price the fields at the root of the first operation of *text*."""
    document = parse(text)
    operation = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    return root_prices(SCHEMA, document, operation, COSTS)


def told(text: str, variables: dict[str, Any] | None = None) -> str:
    """Give what is said of *text* where the budget is 1,000."""
    cost = sum(each.price.of(variables) for each in roots_of(text))
    return too_costly(cost, 1_000, roots_of(text), variables).message


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_the_fields_at_the_root_cost_together_what_the_operation_costs(seed: int) -> None:
    """Nothing is told that is not paid, whatever fragments and variables there are."""
    made = Operations(SCHEMA, random.Random(seed), kinds=("query",)).make()
    document = parse(made.text)
    operation = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    whole = price(SCHEMA, document, operation, COSTS)
    roots = root_prices(SCHEMA, document, operation, COSTS)

    for variables in ({}, made.variables):
        if whole.of(variables) < MOST:
            assert sum(each.price.of(variables) for each in roots) == whole.of(variables)


@pytest.mark.parametrize(
    ("text", "variables", "words"),
    [
        (
            REGIONS,
            None,
            "too much: 4,217 (at most 1,000); dearest: `regions` 4,201, `complaints` 16.",
        ),
        (
            REGIONS,
            None,
            "hint: narrow `regions` by its argument `parent`, or ask for less below it",
        ),
        (
            SPREAD,
            {"x": True},
            "4,568 (at most 1,000); dearest: `regions` 4,567, `viewer` 1. hint: ",
        ),
        (
            SIZED,
            {"n": 50},
            "dearest: `complaints` 1,211, `sources` 10. hint: ask for shorter lists",
        ),
        (CATEGORIES, None, "`categories` 3,330, `viewer` 1. hint: ask for less below `categories`"),
        (MANY, None, "dearest: `regions` 4,201, `channels` 20, `sources` 10. hint: "),
    ],
)
def test_the_dearest_are_named_and_how_they_become_cheaper(
    text: str, variables: dict[str, Any] | None, words: str
) -> None:
    """Up to three, with their prices, and what makes the first of them cheaper: it may be a list
    that no `first` shortens.
    """
    assert words in told(text, variables)


def test_an_alias_is_not_repeated() -> None:
    """It may be any word; the schema's own is told, once for all of its kind."""
    message = told("{ BudiSantoso: regions(level: VILLAGE) { code } b: regions { code } }")

    assert "Budi" not in message
    assert message.count("`regions` ") == 2  # its price, and the hint


def test_fragments_in_fragments_are_followed_however_deep() -> None:
    """A chain of a thousand is no stack of calls."""
    chain = "".join(f" fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(1_000))
    text = "{ ...F0 }" + chain + " fragment F1000 on Query { regions { code } }"

    assert [each.name for each in roots_of(text)] == ["regions"]


def test_fragments_cannot_make_it_dear() -> None:
    """Neither those that lead to no field, nor those that lead to many, deep or wide."""
    doubled = "\n".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    dear = "{ regions(level: VILLAGE) { name } ...F0 }\n"
    assert roots_of(f"{dear}{doubled}\nfragment F40 on Query {{ ...Z }}") == ()
    assert roots_of(f"{dear}{doubled}\nfragment F40 on Query {{ viewer {{ subject }} }}") == ()
    wide = f"fragment F0 on Query {{ {'...F1 ' * 400} }} fragment F1 on Query {{ {'...Z ' * 400} }}"
    assert roots_of(dear + wide) == ()
