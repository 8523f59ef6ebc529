"""Events of subscriptions: compiled, and answered as graphql-core answers them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, parse, subscribe

from gateway.executor import Documents

SCHEMA = build_schema(
    """
    interface Named { name: String }
    type Query { nothing: Int }
    type Item implements Named {
      name: String
      must: String!
      slow: String
      late: String!
      items: [Item!]
    }
    type Subscription {
      item(count: Int = 3): Item
      items: [Item!]!
      must: Item!
      broken: Item
      number: Int!
    }
    """
)
OPERATIONS = [
    "subscription { item { name } }",
    "subscription { other: item(count: 2) { __typename name must slow } }",
    "subscription { items { ...N must } } fragment N on Named { name ... on Item { late } }",
    "subscription { must { must } }",
    "subscription { must { late } }",
    "subscription { item { items { items { name must } } } }",
    "subscription { number }",
    "subscription { broken { name } }",
    "subscription ($s: Boolean!) { item { name @skip(if: $s) slow @include(if: $s) } }",
    "subscription ($s: Boolean = true) { item { name @skip(if: $s) } }",
    "subscription ($c: Int!) { item(count: $c) { name } }",
]


def item(number: int) -> Any:
    """An item that fails here and there, by its number."""

    async def slow(_info: Any) -> str:
        await asyncio.sleep(0)
        if number % 3 == 1:
            raise ValueError(f"slow {number}")
        return f"slow {number}"

    async def late(_info: Any) -> str | None:
        await asyncio.sleep(0)
        return None if number % 3 == 2 else "late"

    inner = [item(number + 10 * each) for each in range(1, 3)] if number < 10 else []
    name: object = {} if number % 4 == 3 else f"name {number}"
    must = None if number % 3 == 1 else "must"
    return SimpleNamespace(name=name, must=must, slow=slow, late=late, items=inner)


def schema() -> GraphQLSchema:
    """The schema with sources of events."""

    def events(make: Any) -> Any:
        async def source(_root: Any, _info: Any, count: int = 3) -> AsyncIterator[Any]:
            for number in range(count):
                yield make(number)

        return source

    fields = SCHEMA.subscription_type.fields  # type: ignore[union-attr] # it has one
    fields["item"].subscribe = events(lambda number: {"item": item(number)})
    fields["items"].subscribe = events(lambda number: {"items": [item(number), item(number + 1)]})
    fields["must"].subscribe = events(lambda number: {"must": item(number) if number else None})
    fields["number"].subscribe = events(lambda number: {"number": number or "no number"})
    fields["broken"].subscribe = lambda *_: 1
    return SCHEMA


@pytest.mark.parametrize("inline_after", [0, 1])
@pytest.mark.parametrize("variables", [{"s": True, "c": 1}, {"s": False, "c": 5}, {"s": None}])
@pytest.mark.parametrize("text", OPERATIONS)
def test_events_are_answered_as_by_graphql_core(
    text: str, variables: dict[str, Any], inline_after: int
) -> None:
    """Data, errors, their paths and places are equal, event by event, and so is what is refused."""

    async def reference() -> list[dict[str, Any]]:
        found = subscribe(schema(), parse(text), variable_values=variables)
        stream: Any = await found if asyncio.iscoroutine(found) else found
        if not hasattr(stream, "__aiter__"):
            return [dict(stream.formatted)]
        return [dict(each.formatted) async for each in stream]

    async def compiled() -> list[dict[str, Any]]:
        prepared = Documents(schema(), inline_after=inline_after).prepare(text)
        return [each async for each in prepared.stream(variables)]

    expected, found = asyncio.run(reference()), asyncio.run(compiled())

    assert found == expected
    assert [list(each.get("data") or ()) for each in found] == [
        list(each.get("data") or ()) for each in expected
    ]


def test_events_do_not_take_graphql_core_s_way() -> None:
    """What is compiled is what answers: graphql-core never completes a field of an event."""
    documents = Documents(schema(), inline_after=0)
    prepared = documents.prepare("subscription { item { name } }")

    async def run() -> None:
        async for _ in prepared.stream():
            pass

    asyncio.run(run())

    assert sum(variant.runs for variant in prepared._variants.values()) == 3
