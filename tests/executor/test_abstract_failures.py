"""What goes wrong where a value's type has to be found out: told in graphql-core's words."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, parse

from gateway.executor import Documents

SDL = """
type Query { pet: Pet surePet: Pet! pets: [Pet!] being: Being dog: Dog other: Int }
union Pet = Dog | Cat
interface Being { name: String }
type Dog implements Being { name: String }
type Cat implements Being { name: String }
type Stone { name: String }
"""
QUERIES = (
    "{ pet { ... on Dog { name } ... on Cat { name } } other }",
    "{ surePet { __typename } other }",
    "{ pets { __typename ... on Being { name } } other }",
    "{ being { name } dog { name } other }",
)
ROOT = {name: {"name": "Rex"} for name in ("pet", "surePet", "being", "dog")} | {
    "pets": [{"name": "Rex"}, {"name": "Tom"}],
    "other": 1,
}


def failing(*_: Any) -> Any:
    raise ValueError("no idea")


async def failing_late(*_: Any) -> Any:
    await asyncio.sleep(0)
    raise ValueError("no idea later")


async def dog_late(*_: Any) -> str:
    await asyncio.sleep(0)
    return "Dog"


def second_fails(value: Any, *_: Any) -> str:
    if value["name"] == "Tom":
        raise ValueError("no cats")
    return "Dog"


ANSWERS: dict[str, Callable[..., Any]] = {
    "a name": lambda *_: "Dog",
    "a late name": dog_late,
    "no answer": lambda *_: None,
    "an error": failing,
    "a late error": failing_late,
    "an error for one": second_fails,
    "an unknown type": lambda *_: "Horse",
    "a type that is none of it": lambda *_: "Stone",
    "an input type": lambda *_: "Int",
    "no name at all": lambda *_: 7,
    "the type itself": lambda _value, info, *_: info.schema.type_map["Dog"],
}
CHECKS: dict[str, Callable[..., Any]] = {
    "yes": lambda *_: True,
    "no": lambda *_: False,
    "neither": lambda *_: None,
    "an error": failing,
    "a late error": failing_late,
    "a late yes": lambda *_: asyncio.sleep(0, result=True),
    "a late no": lambda *_: asyncio.sleep(0, result=False),
    "yes for one": lambda value, *_: value["name"] == "Rex",
}


def resolving(answer: Callable[..., Any]) -> GraphQLSchema:
    """A schema whose abstract types are told by *answer*."""
    schema: Any = build_schema(SDL)
    for name in ("Pet", "Being"):
        schema.type_map[name].resolve_type = answer
    return schema  # type: ignore[no-any-return] # it is one


def checking(check: Callable[..., Any]) -> GraphQLSchema:
    """A schema whose dogs are told by *check*, its cats by nothing."""
    schema: Any = build_schema(SDL)
    schema.type_map["Dog"].is_type_of = check
    return schema  # type: ignore[no-any-return] # it is one


def compared(schema: GraphQLSchema, query: str, inline_after: int) -> tuple[Any, Any]:
    """Answer by the compiled executor, and by graphql-core."""
    documents = Documents(schema, inline_after=inline_after)

    async def by_core() -> Any:
        found: Any = documents.engine.reference.execute(parse(query), None, None, None, ROOT)
        return await found if isawaitable(found) else found

    result = asyncio.run(documents.prepare(query).run(root=ROOT))
    core = asyncio.run(by_core())
    return (
        (result.data, [error.formatted for error in result.originals]),
        (core.data, [error.formatted for error in core.errors or []]),
    )


@pytest.mark.parametrize("inline_after", [0, sys.maxsize])
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_a_type_that_cannot_be_told_is_an_error_of_its_field(
    answer: str, query: str, inline_after: int
) -> None:
    """Wrong names, errors and late ones null the field or what is around it; the rest stands."""
    ours, core = compared(resolving(ANSWERS[answer]), query, inline_after)

    assert ours == core
    well = {"a name", "a late name"}
    assert bool(ours[1]) == (
        answer not in well and not (answer == "an error for one" and "pets" not in query)
    )
    assert ours[0] is None or ours[0]["other"] == 1


@pytest.mark.parametrize("inline_after", [0, sys.maxsize])
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_a_check_of_the_type_that_fails_is_an_error_of_its_field(
    check: str, query: str, inline_after: int
) -> None:
    """What no type claims, or an object's own type denies, is an error; the rest stands."""
    ours, core = compared(checking(CHECKS[check]), query, inline_after)

    assert ours == core
    well = {"yes", "a late yes"}
    assert bool(ours[1]) == (
        check not in well and not (check == "yes for one" and "pets" not in query)
    )
    assert ours[0] is None or ours[0]["other"] == 1
