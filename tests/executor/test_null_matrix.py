"""Every kind of list, field and failure against the rules of the specification, written out here.

`test_null_propagation.py` shows single cases; this file goes through the combinations that
graphql-core's own tests have of non-null fields and lists, and says what must come of each.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Iterator
from inspect import isawaitable
from typing import Any

import pytest
from graphql import GraphQLError, build_schema, parse

from gateway.executor import Documents

FIELDS = {"plain": "[Int]", "sureItems": "[Int!]", "sure": "[Int]!", "allSure": "[Int!]!"}
NESTS = {"nest": "Data", "sureNest": "Data!", "lateNest": "Data", "lateSureNest": "Data!"}
LEAVES = {"leaf": "Int", "sureLeaf": "Int!", "lateLeaf": "Int", "lateSureLeaf": "Int!"}
SCHEMA = build_schema(
    "type Query { data: Data other: Int } type Data { other: Int "
    + " ".join(f"{name}: {type_}" for name, type_ in (FIELDS | NESTS | LEAVES).items())
    + "}"
)
WAYS = {"closures": sys.maxsize, "inlined": 0, "graphql-core": -1}


class Broken(Exception):
    """What goes wrong below."""


def answer(query: str, root: Any, way: str) -> tuple[Any, list[tuple[str, list[Any] | None]]]:
    """Answer *query* that *way*: the data, and the errors as message and path."""

    async def run() -> tuple[Any, list[GraphQLError]]:
        documents = Documents(SCHEMA, inline_after=max(0, WAYS[way]))
        if way == "graphql-core":
            found = documents.engine.reference.execute(parse(query), None, None, None, root)
            done: Any = await found if isawaitable(found) else found
            return done.data, done.errors or []
        result = await documents.prepare(query).run(root=root)
        return result.data, result.originals

    data, errors = asyncio.run(run())
    return data, [(error.message, error.path) for error in errors]


async def late(value: Any) -> Any:
    """Give *value*, or raise it, a moment later."""
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


# What an item is, and what it comes to where it may be null: a value, or the error's message.
ITEMS: dict[str, tuple[Any, Any]] = {
    "a value": (lambda: 1, 1),
    "a null": (lambda: None, None),
    "a wrong value": (lambda: "x", "Int cannot represent non-integer value: 'x'"),
    "an error that is returned": (lambda: Broken("returned"), "returned"),
    "a late value": (lambda: late(2), 2),
    "a late null": (lambda: late(None), None),
    "a late error": (lambda: late(Broken("late")), "late"),
}


def as_list(items: list[Any]) -> Any:
    return items


def as_tuple(items: list[Any]) -> Any:
    return tuple(items)


def as_generator(items: list[Any]) -> Iterator[Any]:
    yield from items


async def as_stream(items: list[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


async def as_late_list(items: list[Any]) -> list[Any]:
    await asyncio.sleep(0)
    return items


FORMS = {form.__name__: form for form in (as_list, as_tuple, as_generator, as_stream, as_late_list)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("field", FIELDS)
def test_a_list_keeps_or_loses_what_its_type_says(
    field: str, item: str, form: str, way: str
) -> None:
    """A bad item is null alone, or takes its list, or the object around it, as each `!` has it."""
    make, comes_to = ITEMS[item]
    root = {"data": {field: FORMS[form]([7, make(), 9]), "other": 5}, "other": 6}
    is_error = isinstance(comes_to, str)
    items_are_sure, list_is_sure = FIELDS[field].count("!]"), FIELDS[field].endswith("]!")
    is_bad = is_error or comes_to is None
    null_told = f"Cannot return null for non-nullable field Data.{field}."

    data, errors = answer(f"{{ data {{ {field} other }} other }}", root, way)

    if not items_are_sure or not is_bad:
        kept = None if is_error else comes_to
        assert data == {"data": {field: [7, kept, 9], "other": 5}, "other": 6}
    elif list_is_sure:
        assert data == {"data": None, "other": 6}
    else:
        assert data == {"data": {field: None, "other": 5}, "other": 6}
    if is_error:
        assert errors == [(comes_to, ["data", field, 1])]
    elif is_bad and items_are_sure:
        assert errors == [(null_told, ["data", field, 1])]
    else:
        assert errors == []


# What stands where a list should, and what it comes to: a list, None for null, or the error's end.
WHOLES: dict[str, tuple[Any, Any]] = {
    "an empty list": (list, []),
    "a set": (lambda: {4}, [4]),
    "a null": (lambda: None, None),
    "a late null": (lambda: late(None), None),
    "an error that is returned": (lambda: Broken("returned"), "returned"),
    "a late error": (lambda: late(Broken("late")), "late"),
    "a number": (lambda: 5, "Expected Iterable, but did not find one for field 'Data.{}'."),
    "a text": (lambda: "12", "Expected Iterable, but did not find one for field 'Data.{}'."),
    "a mapping": (lambda: {"a": 1}, "Expected Iterable, but did not find one for field 'Data.{}'."),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("whole", WHOLES)
@pytest.mark.parametrize("field", FIELDS)
def test_what_stands_for_a_list(field: str, whole: str, way: str) -> None:
    """A list that is null or fails is null, or takes the object around it where it is sure."""
    make, comes_to = WHOLES[whole]
    is_sure = FIELDS[field].endswith("]!")

    data, errors = answer(f"{{ data {{ {field} other }} }}", {"data": {field: make()}}, way)

    is_list = isinstance(comes_to, list)
    if is_list or not is_sure:
        kept = comes_to if is_list else None
        assert data == {"data": {field: kept, "other": None}}
    else:
        assert data == {"data": None}
    if isinstance(comes_to, str):
        assert errors == [(comes_to.format(field), ["data", field])]
    elif is_sure and not is_list:
        told = f"Cannot return null for non-nullable field Data.{field}."
        assert errors == [(told, ["data", field])]
    else:
        assert errors == []


FAILURES = ("null", "raised")


class Tree:
    """Data of which every leaf is null, or fails, and every nest is another such tree."""

    def __init__(self, failure: str) -> None:
        self._failure = failure

    def __getattr__(self, name: str) -> Any:
        if name == "other":
            return 3
        if name not in NESTS | LEAVES:
            raise AttributeError(name)

        def resolve(_info: Any) -> Any:
            if name in NESTS:
                tree = Tree(self._failure)
                return late(tree) if name.startswith("late") else tree
            error = Broken(name)
            if name.startswith("late"):
                return late(None if self._failure == "null" else error)
            if self._failure == "null":
                return None
            raise error

        return resolve


def told(path: list[str], failure: str) -> tuple[str, list[Any]]:
    """The error of the leaf at *path*."""
    leaf = path[-1]
    message = (
        leaf if failure == "raised" else f"Cannot return null for non-nullable field Data.{leaf}."
    )
    return message, [*path]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    "path", [[*nests, leaf] for nests in itertools.product(NESTS, NESTS) for leaf in LEAVES]
)
def test_a_failure_takes_the_nearest_that_may_be_null(
    path: list[str], failure: str, way: str
) -> None:
    """One leaf below two objects: the null stops at the first place that allows it, path whole."""
    types = FIELDS | NESTS | LEAVES
    query = "{ data { " + " { ".join(path) + " } } } }"
    whole = ["data", *path]
    is_sure = [False, *(types[name].endswith("!") for name in path)]
    nulled = max(n for n in range(len(whole)) if not is_sure[n])
    expected: Any = None
    for name in reversed(whole[: nulled + 1]):
        expected = {name: expected}

    data, errors = answer(query, {"data": Tree(failure)}, way)

    assert data == expected
    fails = failure == "raised" or is_sure[-1]
    assert errors == ([told(whole, failure)] if fails else [])


@pytest.mark.parametrize("way", WAYS)
def test_a_tree_of_nullable_failures_tells_each(way: str) -> None:
    """Where everything may be null, every failure is told once, and nothing else is lost."""
    leaves = "leaf lateLeaf"
    query = f"{{ data {{ {leaves} nest {{ {leaves} lateNest {{ {leaves} }} }} }} }}"

    data, errors = answer(query, {"data": Tree("raised")}, way)

    empty = {"leaf": None, "lateLeaf": None}
    assert data == {"data": {**empty, "nest": {**empty, "lateNest": empty}}}
    assert sorted(errors, key=str) == sorted(
        [
            (leaf, [*place, leaf])
            for place in (["data"], ["data", "nest"], ["data", "nest", "lateNest"])
            for leaf in ("leaf", "lateLeaf")
        ],
        key=str,
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("failure", FAILURES)
def test_neighbours_of_what_was_taken_stand(failure: str, way: str) -> None:
    """Two objects, one of which is taken by its sure leaf: the other one is whole."""
    query = (
        "{ data { a: nest { sureLeaf } b: lateNest { lateSureLeaf } c: nest { nest { other } } } }"
    )

    data, errors = answer(query, {"data": Tree(failure)}, way)

    assert data == {"data": {"a": None, "b": None, "c": {"nest": {"other": 3}}}}
    assert sorted(path or [] for _, path in errors) == [
        ["data", "a", "sureLeaf"],
        ["data", "b", "lateSureLeaf"],
    ]
