"""Where nulls go and which errors are told: the behaviour of graphql-core, case by case."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, ClassVar

import pytest
from graphql import GraphQLError, build_schema, parse

from gateway.executor import Documents

SCHEMA = build_schema(
    """
    type Query {
      leaf: Int
      sureLeaf: Int!
      node: Node
      sureNode: Node!
      nodes: [Node]
      sureNodes: [Node!]
      allSure: [Node!]!
      numbers: [Int]
      sureNumbers: [Int!]
      grid: [[Int!]]
      sureGrid: [[Int!]!]
      text: String
      flag: Boolean
      real: Float
      id: ID
      size: Size
      named: Named
      either: Either
    }
    type Mutation { first: Int second: Int sureThird: Int! }
    type Node { leaf: Int sureLeaf: Int! node: Node sureNode: Node! name(upper: Boolean!): String }
    enum Size { BIG SMALL }
    interface Named { title: String }
    type Book implements Named { title: String }
    type Film { title: String }
    union Either = Book | Film
    """
)


class Broken(Exception):
    """What the resolvers below raise."""


class Coded(Exception):
    """An error with extensions of its own."""

    extensions: ClassVar = {"code": "CODED"}


def raises(error: Exception | None = None) -> Callable[..., Any]:
    """A resolver that fails at once."""

    def resolve(_info: Any, **_arguments: Any) -> Any:
        raise error or Broken("broken")

    return resolve


def later(value: Any, ticks: int = 1) -> Callable[..., Any]:
    """A resolver that gives *value*, or raises it, after a while."""

    async def resolve(_info: Any, **_arguments: Any) -> Any:
        for _ in range(ticks):
            await asyncio.sleep(0)
        if isinstance(value, Exception):
            raise value
        return value

    return resolve


async def items(*values: Any) -> Any:
    """An asynchronous generator of *values*, raising the errors among them."""
    for value in values:
        if isinstance(value, Exception):
            raise value
        yield value


@dataclass(frozen=True)
class Case:
    """A question over a root value, and the answer."""

    query: str
    root: Callable[[], dict[str, Any]]
    data: Any
    errors: tuple[tuple[str, list[Any] | None], ...] = ()


NULL_LEAF = "Cannot return null for non-nullable field Node.sureLeaf."

CASES = {
    "a nullable leaf that is null is no error": Case(
        "{ leaf }", lambda: {"leaf": None}, {"leaf": None}
    ),
    "a nullable leaf that fails is null": Case(
        "{ leaf }", lambda: {"leaf": raises()}, {"leaf": None}, (("broken", ["leaf"]),)
    ),
    "a leaf that fails later is null": Case(
        "{ leaf text }",
        lambda: {"leaf": later(Broken("late")), "text": "t"},
        {"leaf": None, "text": "t"},
        (("late", ["leaf"]),),
    ),
    "an error that is returned counts as raised": Case(
        "{ leaf }", lambda: {"leaf": Broken("given")}, {"leaf": None}, (("given", ["leaf"]),)
    ),
    "a null where none may be takes the whole answer": Case(
        "{ leaf sureLeaf }",
        lambda: {"leaf": 1, "sureLeaf": None},
        None,
        (("Cannot return null for non-nullable field Query.sureLeaf.", ["sureLeaf"]),),
    ),
    "a null inside takes its object": Case(
        "{ node { leaf sureLeaf } leaf }",
        lambda: {"node": {"leaf": 1}, "leaf": 2},
        {"node": None, "leaf": 2},
        ((NULL_LEAF, ["node", "sureLeaf"]),),
    ),
    "a null climbs until null is allowed": Case(
        "{ node { sureNode { sureNode { sureLeaf } } } }",
        lambda: {"node": {"sureNode": {"sureNode": {}}}},
        {"node": None},
        ((NULL_LEAF, ["node", "sureNode", "sureNode", "sureLeaf"]),),
    ),
    "a null climbs past all into the answer": Case(
        "{ sureNode { sureNode { sureLeaf } } }",
        lambda: {"sureNode": {"sureNode": {"sureLeaf": None}}},
        None,
        ((NULL_LEAF, ["sureNode", "sureNode", "sureLeaf"]),),
    ),
    "errors told before the null came are kept": Case(
        "{ node { leaf sureLeaf node { leaf } } }",
        lambda: {"node": {"leaf": raises(), "sureLeaf": None, "node": {"leaf": raises()}}},
        {"node": None},
        (("broken", ["node", "leaf"]), (NULL_LEAF, ["node", "sureLeaf"])),
    ),
    "a later error below a null is not told": Case(
        "{ node { leaf sureLeaf } text }",
        lambda: {"node": {"leaf": later(Broken("late"), 2)}, "text": later("t", 5)},
        {"node": None, "text": "t"},
        ((NULL_LEAF, ["node", "sureLeaf"]),),
    ),
    "of two failures at once, the first is told": Case(
        "{ sureNode { a: sureLeaf b: sureLeaf } }",
        lambda: {"sureNode": {"sureLeaf": later(Broken("first"))}},
        None,
        (("first", ["sureNode", "a"]),),
    ),
    "a null item is allowed in a list of nullables": Case(
        "{ numbers }", lambda: {"numbers": [1, None, 3]}, {"numbers": [1, None, 3]}
    ),
    "a bad item is null alone": Case(
        "{ numbers }",
        lambda: {"numbers": [1, "x", 3]},
        {"numbers": [1, None, 3]},
        (("Int cannot represent non-integer value: 'x'", ["numbers", 1]),),
    ),
    "a bad sure item takes its list": Case(
        "{ sureNumbers }",
        lambda: {"sureNumbers": [1, None, 3]},
        {"sureNumbers": None},
        (("Cannot return null for non-nullable field Query.sureNumbers.", ["sureNumbers", 1]),),
    ),
    "a bad sure item takes the inner list only": Case(
        "{ grid }",
        lambda: {"grid": [[1], [None, 2], [3]]},
        {"grid": [[1], None, [3]]},
        (("Cannot return null for non-nullable field Query.grid.", ["grid", 1, 0]),),
    ),
    "a bad sure item of a sure list takes the outer list": Case(
        "{ sureGrid }",
        lambda: {"sureGrid": [[1], [None, 2]]},
        {"sureGrid": None},
        (("Cannot return null for non-nullable field Query.sureGrid.", ["sureGrid", 1, 0]),),
    ),
    "a null inside an item takes the item": Case(
        "{ nodes { sureLeaf } }",
        lambda: {"nodes": [{"sureLeaf": 1}, {"sureLeaf": None}, {"sureLeaf": 3}]},
        {"nodes": [{"sureLeaf": 1}, None, {"sureLeaf": 3}]},
        ((NULL_LEAF, ["nodes", 1, "sureLeaf"]),),
    ),
    "a null inside a sure item takes the list": Case(
        "{ sureNodes { sureLeaf } }",
        lambda: {"sureNodes": [{"sureLeaf": 1}, {"sureLeaf": None}]},
        {"sureNodes": None},
        ((NULL_LEAF, ["sureNodes", 1, "sureLeaf"]),),
    ),
    "a null inside a sure item of a sure list takes the answer": Case(
        "{ allSure { sureLeaf } }",
        lambda: {"allSure": [{"sureLeaf": None}]},
        None,
        ((NULL_LEAF, ["allSure", 0, "sureLeaf"]),),
    ),
    "items may be awaited one by one": Case(
        "{ numbers }",
        lambda: {"numbers": [1, later(2)(None), later(Broken("item"))(None)]},
        {"numbers": [1, 2, None]},
        (("item", ["numbers", 2]),),
    ),
    "what is no list is an error": Case(
        "{ numbers }",
        lambda: {"numbers": 5},
        {"numbers": None},
        (("Expected Iterable, but did not find one for field 'Query.numbers'.", ["numbers"]),),
    ),
    "a text is no list": Case(
        "{ numbers }",
        lambda: {"numbers": "12"},
        {"numbers": None},
        (("Expected Iterable, but did not find one for field 'Query.numbers'.", ["numbers"]),),
    ),
    "generators and tuples are lists": Case(
        "{ numbers grid }",
        lambda: {"numbers": (n for n in [1, 2]), "grid": ((1,), (2,))},
        {"numbers": [1, 2], "grid": [[1], [2]]},
    ),
    "an asynchronous generator is a list": Case(
        "{ numbers }", lambda: {"numbers": items(1, None, 2)}, {"numbers": [1, None, 2]}
    ),
    "an asynchronous generator that fails is null": Case(
        "{ numbers }",
        lambda: {"numbers": items(1, Broken("half way"))},
        {"numbers": None},
        (("half way", ["numbers"]),),
    ),
    "leaves are coerced as the scalars say": Case(
        "{ leaf text flag real id }",
        lambda: {"leaf": "7", "text": True, "flag": 0, "real": 2, "id": 9},
        {"leaf": 7, "text": "true", "flag": False, "real": 2.0, "id": "9"},
    ),
    "leaves that do not fit are errors": Case(
        "{ leaf text flag real id size }",
        lambda: {
            "leaf": 2**31,
            "text": [1],
            "flag": "yes",
            "real": float("nan"),
            "id": True,
            "size": "HUGE",
        },
        {"leaf": None, "text": None, "flag": None, "real": None, "id": None, "size": None},
        (
            ("Int cannot represent non 32-bit signed integer value: 2147483648", ["leaf"]),
            ("String cannot represent value: [1]", ["text"]),
            ("Boolean cannot represent a non boolean value: 'yes'", ["flag"]),
            ("Float cannot represent non numeric value: nan", ["real"]),
            ("ID cannot represent value: True", ["id"]),
            ("Enum 'Size' cannot represent value: 'HUGE'", ["size"]),
        ),
    ),
    "an interface goes by its type name": Case(
        "{ named { __typename title } }",
        lambda: {"named": {"__typename": "Book", "title": "t"}},
        {"named": {"__typename": "Book", "title": "t"}},
    ),
    "an unknown type name is an error": Case(
        "{ named { title } either { __typename } }",
        lambda: {"named": {"__typename": "Lost"}, "either": {"__typename": "Node"}},
        {"named": None, "either": None},
        (
            (
                (
                    "Abstract type 'Named' was resolved to a type 'Lost'"
                    " that does not exist inside the schema."
                ),
                ["named"],
            ),
            ("Runtime Object type 'Node' is not a possible type for 'Either'.", ["either"]),
        ),
    ),
    "an error that knows its place keeps it": Case(
        "{ leaf }",
        lambda: {"leaf": raises(GraphQLError("mine", path=["over", "there"]))},
        {"leaf": None},
        (("mine", ["over", "there"]),),
    ),
    "mutations run in turn and go on after an error": Case(
        "mutation { first second third: first }",
        lambda: {"first": later(1, 3), "second": later(Broken("second"))},
        {"first": 1, "second": None, "third": 1},
        (("second", ["second"]),),
    ),
    "a mutation that may not be null takes the answer": Case(
        "mutation { first sureThird }",
        lambda: {"first": later(1), "sureThird": later(None)},
        None,
        (("Cannot return null for non-nullable field Mutation.sureThird.", ["sureThird"]),),
    ),
}


def compiled(query: str, root: dict[str, Any], inline_after: int) -> tuple[Any, list[GraphQLError]]:
    """Answer by the compiled executor."""
    prepared = Documents(SCHEMA, inline_after=inline_after).prepare(query)
    result = asyncio.run(prepared.run(root=root))
    return result.data, result.originals


def by_core(query: str, root: dict[str, Any]) -> tuple[Any, list[GraphQLError]]:
    """Answer by graphql-core."""

    async def run() -> Any:
        answer = Documents(SCHEMA).engine.reference.execute(parse(query), None, None, None, root)
        return await answer if isawaitable(answer) else answer

    result = asyncio.run(run())
    return result.data, result.errors or []


@pytest.mark.parametrize("way", ["closures", "inlined", "graphql-core"])
@pytest.mark.parametrize("name", CASES)
# A coroutine whose sibling failed first is cancelled before it runs, by graphql-core as by us.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_nulls_and_errors_go_where_the_specification_sends_them(name: str, way: str) -> None:
    """Each case of the table is answered alike by every way of running it."""
    case = CASES[name]
    root = case.root()

    if way == "graphql-core":
        data, errors = by_core(case.query, root)
    else:
        data, errors = compiled(case.query, root, sys.maxsize if way == "closures" else 0)

    assert data == case.data
    assert [(error.message, error.path) for error in errors] == list(case.errors)


@pytest.mark.parametrize("inline_after", [0, sys.maxsize])
def test_errors_carry_place_extensions_and_origin(inline_after: int) -> None:
    """An error tells line, column and extensions, and keeps what was raised for the log."""
    query = "{ node { leaf\n  other: leaf } }"
    raised = Coded("coded")

    data, (error, second) = compiled(query, {"node": {"leaf": raises(raised)}}, inline_after)

    assert data == {"node": {"leaf": None, "other": None}}
    assert error.formatted == {
        "message": "coded",
        "locations": [{"line": 1, "column": 10}],
        "path": ["node", "leaf"],
        "extensions": {"code": "CODED"},
    }
    assert error.original_error is raised
    assert second.locations is not None
    assert second.locations[0].line == 2


def test_a_field_asked_twice_is_located_twice() -> None:
    """An error of merged fields names each place where the field was asked."""
    _, (error,) = compiled("{ leaf ... { leaf } }", {"leaf": raises()}, 0)

    assert [location.column for location in error.locations or ()] == [3, 14]
