"""What an operation costs: lists, variables, switches, fragments."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.executor import UNLIMITED, Documents, Limits, too_costly
from gateway.executor.cost import PARTING, Price, price
from gateway.executor.measure import MOST
from schema.build import build_schema as build_strawberry
from schema.costs import COSTS as OWN_COSTS
from tests.executor.documents import documents as texts
from tests.executor.judge.operations import Operations

SCHEMA = build_schema(
    """
    enum Level { HIGH LOW }
    interface Thing { name: String }
    type Query {
      item: Item
      page(first: Int, last: Int): Page!
      some(ids: [ID!]!): [Item]!
      many: [Item!]!
      told(level: Level, at: String, step: Int): [Item!]!
      names: [String]
      thing: Thing
    }
    type Page { items: [Item!]! edges: [Edge!]! total: Int }
    type Edge { node: Item }
    type Item implements Thing { name: String secret: String item: Item page(first: Int): Page! }
    """
)


@dataclass(frozen=True)
class Cost:
    """A declared cost."""

    own: int = 0
    size: int = 1
    arguments: tuple[str, ...] = ()
    most: int = 100
    size_of: Callable[[Mapping[str, object]], int] | None = None
    narrowed_by: str | None = None
    is_page: bool = False
    is_in_page: bool = False


def told(arguments: Mapping[str, object]) -> int:
    """A size that only arguments tell: 3, 40 at HIGH, as long as the text, and more."""
    size = 40 if arguments.get("level") == "HIGH" else 3
    at, step = arguments.get("at"), arguments.get("step")
    return size + (len(at) if isinstance(at, str) else 0) + (step if isinstance(step, int) else 0)


COSTS = {
    "Query.told": Cost(own=1, size_of=told),
    "Query.page": Cost(own=10, size=20, arguments=("first", "last"), is_page=True),
    "Query.some": Cost(size=5, arguments=("ids",)),
    "Query.many": Cost(size=7),
    "Item.page": Cost(own=2, size=20, arguments=("first",), is_page=True),
    "Item.secret": Cost(own=3),
    "Page.items": Cost(is_in_page=True),
    "Page.edges": Cost(is_in_page=True),
    "Page.total": Cost(own=4),
}


PRICED = build_strawberry()._schema


def priced(text: str, schema: GraphQLSchema = SCHEMA) -> Price:
    """Price the first operation of *text*."""
    costs: Mapping[str, Any] = COSTS if schema is SCHEMA else OWN_COSTS
    document = parse(text)
    operation = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    return price(schema, document, operation, costs)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ __typename names thing { name } }", 1),
        ("{ item { name } }", 1),
        ("{ item { secret item { secret } } }", 2 + 6),
        ("{ many { name } }", 7),
        ("{ many { secret item { name } } }", 7 * (1 + 3 + 1)),
        ("{ page { total } }", 11 + 4),
        ("{ page { items { name } } }", 11 + 20),
        ("{ page(first: 3) { total items { secret } } }", 11 + 4 + 3 * 4),
        ("{ page(last: 3, first: 5) { items { name } } }", 11 + 5),
        ("{ page(first: 0) { items { name } } }", 11),
        ("{ page(first: -4) { items { name } } }", 11),
        ("{ page(first: null) { items { name } } }", 11 + 20),
        ("{ page(first: 99999999999999999) { items { name } } }", 11 + 100),
        ("{ page(first: 3) { items { name } edges { node { name } } } }", 11 + 3 + 3 * 2),
        ("{ page(first: 3) { items { page(first: 4) { items { name } } } } }", 11 + 3 * 8),
        ('{ some(ids: ["a", "b"]) { secret } }', 2 * 4),
        ("{ page(first: 3) { ...P } } fragment P on Page { total items { name } }", 11 + 4 + 3),
        ("{ page(first: 3) { ... on Page { ... { items { name } } } } }", 11 + 3),
        ("{ a: item { ...I } b: item { ...I } } fragment I on Item { secret }", 2 * 4),
        ("{ thing { ... on Item { secret } } }", 1 + 3),
        ("{ item @skip(if: true) { secret } many @include(if: true) { name } }", 7),
        ("{ nothing { x } item { nothing } ...Q } fragment X on Nothing { y }", 1),
        ("{ told { name } }", 1 + 3),
        ('{ told(level: HIGH, at: "ab", step: 7) { secret } }', 1 + 49 * 4),
        ("{ told(level: null, at: [1], step: {a: 1}) { name } }", 1 + 3),
        ("{ __schema { types { fields { name } } } }", 0),
        ("mutation { item { name } }", 0),
    ],
)  # fmt: skip
def test_lists_multiply_and_fields_cost(text: str, cost: int) -> None:
    """An object costs 1, a leaf what is declared; below a list everything counts per entry."""
    found = priced(text)

    assert found.is_fixed
    assert found.of({"unused": 1}) == found.least() == cost


SIZED = "query ($n: Int, $m: Int = 4) { page(first: $n, last: $m) { items { secret } } }"
IDS = "query ($ids: [ID!]!) { some(ids: $ids) { name } }"
TOLD = """query ($level: Level = HIGH, $at: String) {
  told(level: $level, at: $at, step: 2) { name }
}"""
NESTED = "query ($n: Int!) { page(first: $n) { items { page(first: $n) { items { name } } } } }"
SWITCHED = (
    "query ($x: Boolean!, $y: Boolean = true) { item @include(if: $x) { secret @skip(if: $y) } }"
)


@pytest.mark.parametrize(
    ("text", "variables", "cost"),
    [
        (SIZED, {}, 11 + 4 * 4),
        (SIZED, {"n": 6}, 11 + 6 * 4),
        (SIZED, {"n": 6, "m": 9}, 11 + 9 * 4),
        (SIZED, {"n": None, "m": None}, 11 + 20 * 4),
        (SIZED, {"n": 10**12}, 11 + 100 * 4),
        (SIZED, {"n": -3, "m": None}, 11),
        (SIZED, {"n": 2.0, "m": None}, 11 + 2 * 4),
        (SIZED, {"n": float("nan"), "m": float("inf")}, 11 + 100 * 4),
        (SIZED, {"n": "wrong", "m": {}}, 11 + 4),
        (IDS, {"ids": ["a", "b", "c"]}, 3),
        (IDS, {"ids": []}, 0),
        (IDS, {"ids": "a"}, 1),
        (IDS, {}, 5),
        (TOLD, {}, 1 + 42),
        (TOLD, {"level": "LOW", "at": "abc"}, 1 + 8),
        (TOLD, {"level": None, "at": {"no": "text"}}, 1 + 5),
        (NESTED, {"n": 3}, 11 + 3 * (1 + 3 + 3)),
        (NESTED, {"n": 100}, 11 + 100 * (1 + 3 + 100)),
        (SWITCHED, {"x": True}, 1),
        (SWITCHED, {"x": False}, 0),
        (SWITCHED, {"x": True, "y": False}, 4),
        (SWITCHED, {"x": "wrong", "y": None}, 4),
    ],
)  # fmt: skip
def test_variables_count_at_their_values(text: str, variables: dict[str, Any], cost: int) -> None:
    """What is given counts, else the default, else the usual size; never less than the least."""
    found = priced(text)

    assert not found.is_fixed
    assert found.of(variables) == cost
    assert found.least() <= cost


def written(value: object) -> str:
    """Write a variable's value into the text."""
    return "null" if value is None else str(value).lower()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=1, max_size=8),
    st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(0, 5)),
    st.lists(st.booleans(), min_size=2, max_size=2),
    st.lists(st.sampled_from("abcd"), min_size=8, max_size=8),
)
def test_variables_and_fragments_cost_what_writing_them_out_does(
    spreads: list[list[int]],
    sizes: dict[str, int | None],
    switches: list[bool],
    names: list[str],
) -> None:
    """Values in variables and fields in fragments change nothing of the price."""
    below = [
        [to for to in targets if to > n and to < len(spreads)] for n, targets in enumerate(spreads)
    ]

    def page(number: int, inner: str, size: str) -> str:
        return (
            f"secret page(first: {size}) {{ total items @skip(if: $s) {{ secret {inner} }}"
            f" edges @include(if: $t) {{ node {{ name }} }} }}"
        )

    def expanded(number: int) -> str:
        inner = " ".join(expanded(to) for to in below[number])
        return page(number, inner, written(sizes.get(names[number])))

    fragments = "".join(
        f" fragment F{n} on Item {{ "
        + page(n, " ".join(f"...F{to}" for to in below[n]), f"${names[n]}")
        + " }"
        for n in range(len(spreads))
    )
    head = "query ($a: Int, $b: Int, $c: Int, $d: Int, $s: Boolean!, $t: Boolean!)"
    values = {**sizes, "s": switches[0], "t": switches[1]}
    plain = f"{{ item {{ {expanded(0)} }} }}"
    for name, value in (("$s", switches[0]), ("$t", switches[1])):
        plain = plain.replace(name, written(value))

    found = priced(f"{head} {{ item {{ ...F0 }} }}" + fragments).of(values)

    assert found == priced(plain).of()


@given(
    st.lists(st.sampled_from([0, 1, True, False, 1.0, 7, 10**30, None, "1", [1, 2]]), min_size=4)
)
def test_a_price_that_is_remembered_is_that_of_its_value(values: list[Any]) -> None:
    """Lengths that compare equal and mean different things are not taken for each other."""
    text = "query ($n: Int = 4) { page(first: $n) { items { page(first: $n) { total } } } }"
    remembering = priced(text)
    for value in values:
        given = {"n": value, "other": 1}
        assert remembering.of(given) == priced(text).of(given), value
    assert remembering.of({}) == priced(text).of({})


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.lists(GARBAGE, min_size=6, max_size=6))
def test_any_operation_has_a_price_at_any_variables(seed: int, values: list[Any]) -> None:
    """Random operations, with variables that fit and that do not: none fails or is below least."""
    made = Operations(PRICED, random.Random(seed), kinds=("query",)).make()
    garbage = dict(zip(made.variables, values, strict=False))

    found = priced(made.text, PRICED)

    for variables in ({}, made.variables, garbage):
        assert 0 <= found.least() <= found.of(variables) <= MOST


@settings(max_examples=200, deadline=None)
@given(texts())
def test_any_document_is_prepared_or_refused(text: str) -> None:
    """What fits no schema is priced, too, and told by validation."""
    assert Documents(SCHEMA, UNLIMITED, costs=COSTS).prepare(text).problems


BOMB = (
    "query ($n: Int) { item { ...F0 } }"
    + "".join(
        f" fragment F{n} on Item {{ item {{ ...F{n + 1} }}"
        f" page(first: $n) {{ items {{ ...F{n + 1} }} }} }}"
        for n in range(60)
    )
    + " fragment F60 on Item { secret }"
)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ item { name } ... @defer { item { name } } }", 1 + 1 + PARTING),
        ("{ ...F @defer item { name } } fragment F on Query { item { name } }", 1 + 1 + PARTING),
        ("{ many { ... @defer { name } } }", 7 * (1 + PARTING)),
        ("{ many { ... @defer { name ... @defer { secret } } } }", 7 * (1 + 3 + 2 * PARTING)),
        ("{ page(first: 10) { items { ... @defer { name } } } }", 11 + 10 * (1 + PARTING)),
        ("{ page(first: 10) { ... @defer { items { name } } } }", 11 + 10 + PARTING),
        ("{ names @stream }", PARTING),
        ("{ ... @defer @skip(if: true) { name } }", 0),
    ],
)
def test_parts_cost_as_often_as_they_are_sent(text: str, cost: int) -> None:
    """What is deferred for each entry of a list is work for each, whoever accepts parts."""
    assert priced(text).of() == cost


def test_a_bomb_is_priced_in_time_that_is_linear() -> None:
    """Fragments that double each other sixty times, with a variable in each, cost a millisecond."""
    found = priced(BOMB)
    began = time.process_time()

    assert found.of({"n": 100}) == MOST
    assert time.process_time() - began < 5  # Each path by itself would take years.


def code_of(documents: Documents, text: str) -> str | None:
    """The code that *text* is refused with before it can be run."""
    problems = documents.prepare(text).problems
    return (problems[0].extensions or {}).get("code") if problems else None


def test_what_is_too_costly_at_least_is_refused_before_validation() -> None:
    """A fixed cost over the largest budget is refused; one that variables may lower is not."""
    documents = Documents(SCHEMA, Limits(max_cost=30), costs=COSTS)
    costly = "{ page { items { secret } } nothing }"

    assert code_of(documents, costly) == "QUERY_TOO_COSTLY"
    assert documents.prepare(costly).problems[0].message == (
        "The query costs too much: 91 (at most 30); dearest: `page` 91. "
        "hint: ask for shorter lists, or for fewer things at a time"
    )
    assert documents.prepare(costly).price == priced("{ page { items { secret } } }")
    assert code_of(documents, SIZED) is None
    assert code_of(documents, "{ page(first: 1) { items { secret } } }") is None


def test_what_runs_carries_its_price() -> None:
    """Whoever starts an operation can hold its price against a budget."""
    found = Documents(SCHEMA, costs=COSTS).prepare(SIZED).price

    assert found is not None
    assert found.of({"n": 5}) == 31
    assert Documents(SCHEMA).prepare(SIZED).price is None
    assert "over a million" in too_costly(10**7, 5).message
