"""What is left to graphql-core, and that it is counted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from graphql import (
    GraphQLDeferDirective,
    GraphQLError,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLStreamDirective,
    GraphQLString,
    build_schema,
    graphql_sync,
    specified_directives,
)
from graphql.pyutils import AbortController

from gateway.executor import Documents, Result

SCHEMA = build_schema("type Query { text: String }")


def run(prepared: Any, *arguments: Any, **options: Any) -> Result:
    """Run *prepared* in a loop of its own."""
    result: Result = asyncio.run(prepared.run(*arguments, **options))
    return result


def incremental_schema() -> GraphQLSchema:
    """A schema with `@defer`, `@stream` and a subscription."""

    async def ticks(_source: Any, _info: Any) -> AsyncIterator[int]:
        for number in range(3):
            yield number

    async def slow(_source: Any, _info: Any) -> str:
        await asyncio.sleep(0)
        raise ValueError("slow")

    query = GraphQLObjectType(
        "Query",
        {
            "fast": GraphQLField(GraphQLString, resolve=lambda *_: "fast"),
            "slow": GraphQLField(GraphQLString, resolve=slow),
            "numbers": GraphQLField(GraphQLList(GraphQLInt), resolve=lambda *_: [1, 2]),
        },
    )
    subscription = GraphQLObjectType(
        "Subscription",
        {
            "tick": GraphQLField(
                GraphQLNonNull(GraphQLInt),
                subscribe=ticks,
                resolve=lambda number, _info: None if number == 1 else number,
            )
        },
    )
    directives = (*specified_directives, GraphQLDeferDirective, GraphQLStreamDirective)
    return GraphQLSchema(query, subscription=subscription, directives=directives)


async def collect(payloads: AsyncIterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """All of *payloads*."""
    return [payload async for payload in payloads]


def shorten(error: GraphQLError) -> str:
    """Format an error by its message alone."""
    return error.message


def test_subscriptions_are_left_to_graphql_core_and_counted() -> None:
    """Each event is a payload; errors are formatted by the caller; the reason is counted."""
    documents = Documents(incremental_schema(), format_error=shorten)
    prepared = documents.prepare("subscription { tick }")

    payloads = asyncio.run(collect(prepared.stream()))

    assert payloads == [
        {"data": {"tick": 0}},
        {
            "data": None,
            "errors": ["Cannot return null for non-nullable field Subscription.tick."],
        },
        {"data": {"tick": 2}},
    ]
    assert documents.engine.reference.runs == {"subscription": 1}


def test_deferred_parts_are_left_to_graphql_core_and_counted() -> None:
    """An incremental operation streams its parts; the same schema's others are compiled."""
    documents = Documents(incremental_schema(), format_error=shorten)
    prepared = documents.prepare("{ fast ... @defer { slow } numbers @stream(initialCount: 1) }")

    payloads = asyncio.run(collect(prepared.stream()))
    plain = run(documents.prepare("{ fast numbers }"))

    assert prepared.fallback == "incremental"
    assert payloads[0]["data"] == {"fast": "fast", "numbers": [1]}
    assert "slow" in json.dumps(payloads[1:])
    assert '"message"' not in json.dumps(payloads)
    assert payloads[-1]["hasNext"] is False
    assert plain.data == {"fast": "fast", "numbers": [1, 2]}
    assert documents.engine.reference.runs == {"incremental": 1}


@pytest.mark.parametrize(
    "text",
    [
        "{ fast ... @defer { numbers } }",
        "query Other { fast } query Q { fast numbers @stream(initialCount: 0) }",
        "query Q { fast ...Rest @defer } fragment Rest on Query { numbers @stream }",
    ],
)
def test_an_incremental_operation_can_be_answered_in_one_piece(text: str) -> None:
    """Asked for one answer, it is compiled as if `@defer` and `@stream` were not there."""
    documents = Documents(incremental_schema(), inline_after=0)
    prepared = documents.prepare(text, "Q" if "Q" in text else None)

    for _ in range(2):
        assert run(prepared).body() == {"data": {"fast": "fast", "numbers": [1, 2]}}
    assert documents.engine.reference.runs == {}


def test_each_event_has_a_context_of_its_own() -> None:
    """Context is opened and closed around each event; one that fails does not end the others."""

    async def ticks(_source: Any, _info: Any) -> AsyncIterator[int]:
        for number in range(3):
            yield number

    def told(source: int, info: Any) -> str:
        if source == 1:
            raise TimeoutError
        return f"{source} {info.context}"

    schema = GraphQLSchema(
        GraphQLObjectType("Query", {"fast": GraphQLField(GraphQLString)}),
        subscription=GraphQLObjectType(
            "Subscription", {"tick": GraphQLField(GraphQLString, subscribe=ticks, resolve=told)}
        ),
    )
    log: list[str] = []

    @asynccontextmanager
    async def context() -> AsyncIterator[str]:
        log.append("opened")
        if len(log) == 5:
            raise TimeoutError
        yield f"context {len(log)}"
        log.append("closed")

    prepared = Documents(schema).prepare("subscription { tick }")
    payloads = asyncio.run(collect(prepared.stream(event_context=context)))

    assert [each["data"] for each in payloads] == [{"tick": "0 context 1"}, {"tick": None}, None]
    assert payloads[2]["errors"][0]["message"] == "the event could not be answered"
    assert log == ["opened", "closed", "opened", "closed", "opened"]


def test_what_cannot_run_with_these_variables_is_known_before() -> None:
    """The refusal names the variable; a fitting one gives none."""
    prepared = Documents(SCHEMA).prepare("query ($s: Boolean!) { text @skip(if: $s) }")

    (error,) = prepared.refusal({})

    assert "$s" in error.message
    assert prepared.refusal({"s": True}) == []


def test_a_request_with_an_abort_signal_is_left_to_graphql_core() -> None:
    """The signal works as in graphql-core, and the metric shows it."""
    documents = Documents(SCHEMA)
    prepared = documents.prepare("{ text }")

    result = run(prepared, None, None, {"text": "t"}, abort_signal=AbortController().signal)

    assert result.data == {"text": "t"}
    assert documents.engine.reference.runs == {"abort signal": 1}


def test_a_switch_that_is_null_is_left_to_graphql_core() -> None:
    """A nullable variable with a default may still be null: its error is graphql-core's."""
    text = "query ($s: Boolean = true) { text @skip(if: $s) }"
    documents = Documents(SCHEMA)

    result = run(documents.prepare(text), {"s": None}, None, {"text": "t"})

    expected = graphql_sync(SCHEMA, text, {"text": "t"}, variable_values={"s": None}).formatted
    assert result.body() == expected
    assert documents.engine.reference.runs == {"switch": 1}
