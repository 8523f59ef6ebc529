"""Prepared operations: once per text, kept within bounds, run in every way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry
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
    OperationType,
    build_schema,
    get_introspection_query,
    graphql_sync,
    specified_directives,
)
from graphql.pyutils import AbortController

from gateway.executor import Documents, Result, encode, prepare

SCHEMA = build_schema(
    """
    type Query { text: String node: Node numbers(first: Int = 2, word: String): [Int] }
    type Node { text: String node: Node }
    type Mutation { set(value: Int!): Int }
    """
)


def run(prepared: Any, *arguments: Any, **options: Any) -> Result:
    """Run *prepared* in a loop of its own."""
    result: Result = asyncio.run(prepared.run(*arguments, **options))
    return result


def test_a_text_is_prepared_once() -> None:
    """The same text gives the same operation; another operation of it, another."""
    documents = Documents(SCHEMA)
    text = "query A { text } query B { node { text } }"

    first = documents.prepare(text, "A")

    assert documents.prepare(text, "A") is first
    assert documents.prepare(text, "B") is not first
    assert run(documents.prepare(text, "B"), root={"node": {"text": "t"}}).data == {
        "node": {"text": "t"}
    }


def test_what_is_kept_is_bounded_by_bytes() -> None:
    """The least recently asked go first; what is larger than the whole is not kept at all."""
    documents = Documents(SCHEMA, max_bytes=80_000)
    first, second, third = (f"{{ a{n}: text }}" for n in range(3))

    kept = [documents.prepare(text) for text in (first, second, third)]
    documents.prepare(first)
    documents.prepare("{ b: text }")
    documents.prepare("{ text }" + " " * 1000)

    assert documents.used_bytes <= 80_000
    assert len(documents) < 5
    assert documents.prepare("{ b: text }") is not None
    assert documents.prepare(second) is not kept[1]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("{", None, "Syntax Error: Expected Name, found <EOF>."),
        ("{ nothing }", None, "Cannot query field 'nothing' on type 'Query'."),
        ("fragment A on Query { text }", None, "Must provide an operation."),
        (
            "query A { text } query B { text }",
            None,
            "Must provide operation name if query contains multiple operations.",
        ),
        ("query A { text }", "C", "Unknown operation named 'C'."),
    ],
)
def test_a_text_that_cannot_run_gives_its_errors(text: str, name: str | None, message: str) -> None:
    """Running it answers with errors and no data; it is kept like any other."""
    documents = Documents(SCHEMA)
    prepared = documents.prepare(text, name)

    result = run(prepared)

    assert prepared.kind is None
    assert not result.executed
    assert "data" not in result.body()
    assert result.body()["errors"][0]["message"] == message
    assert documents.prepare(text, name) is prepared


def test_the_kind_of_an_operation_is_known_before_it_runs() -> None:
    """A server can refuse a mutation that came by GET."""
    assert prepare(SCHEMA, "{ text }").kind == OperationType.QUERY
    assert prepare(SCHEMA, "mutation { set(value: 1) }").kind == OperationType.MUTATION


def test_nothing_is_awaited_where_nothing_has_to_be() -> None:
    """An operation without anything to await answers without an event loop."""
    prepared = prepare(SCHEMA, "{ text node { text } }")

    result = prepared.start(root={"text": "t", "node": {"text": "u"}})

    assert isinstance(result, Result)
    assert result.body() == {"data": {"text": "t", "node": {"text": "u"}}}


@pytest.mark.parametrize("given", [{"v": "x"}, {"v": None}, {}, {"v": 2**31}])
def test_variables_are_coerced_as_graphql_core_does(given: dict[str, Any]) -> None:
    """Values that do not fit are refused with its words; they are request errors."""
    text = "mutation ($v: Int!) { set(value: $v) }"

    result = run(prepare(SCHEMA, text), given, None, {"set": lambda _info, value: value})

    expected = graphql_sync(SCHEMA, text, variable_values=given).formatted
    assert result.body()["errors"] == expected["errors"]
    assert not result.executed


def test_arguments_get_their_defaults() -> None:
    """A default stands for an argument and for a variable that were not given."""
    text = "query ($n: Int) { a: numbers b: numbers(first: $n) c: numbers(first: 1, word: null) }"
    seen: list[dict[str, Any]] = []

    def numbers(_info: Any, **arguments: Any) -> list[int]:
        seen.append(arguments)
        return []

    run(prepare(SCHEMA, text), {}, None, {"numbers": numbers})

    assert seen == [{"first": 2}, {"first": 2}, {"first": 1, "word": None}]


def test_switches_are_taken_from_each_request() -> None:
    """One prepared operation answers both ways, and compiles each way once."""
    prepared = prepare(SCHEMA, "query ($s: Boolean!) { text @skip(if: $s) node { __typename } }")
    root = {"text": "t", "node": {}}

    answers = [run(prepared, {"s": switch}, None, root).data for switch in (True, False, True)]

    assert answers[1] == {"text": "t", "node": {"__typename": "Node"}}
    assert answers[0] == answers[2] == {"node": {"__typename": "Node"}}


def test_variants_of_many_switches_are_bounded() -> None:
    """A request cannot make the server keep code for every combination."""
    names = [f"s{n}" for n in range(8)]
    head = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: text @include(if: ${name})" for name in names)
    prepared = prepare(SCHEMA, f"query ({head}) {{ {fields} }}")

    for number in range(256):
        switches = {name: bool(number >> bit & 1) for bit, name in enumerate(names)}
        data = run(prepared, switches, None, {"text": "t"}).data
        assert list(data or {}) == [name for name in names if switches[name]]

    assert len(prepared._variants) <= 32


def test_errors_are_formatted_by_the_caller_and_kept_for_the_log() -> None:
    """What a client reads is the caller's to decide; the log gets the errors themselves."""

    def mask(error: GraphQLError) -> dict[str, Any]:
        return {"message": "masked", "path": error.path}

    def text(_info: Any) -> str:
        raise ValueError("secret")

    result = run(Documents(SCHEMA, format_error=mask).prepare("{ text }"), root={"text": text})

    assert result.body() == {
        "data": {"text": None},
        "errors": [{"message": "masked", "path": ["text"]}],
    }
    assert isinstance(result.originals[0].original_error, ValueError)


def test_introspection_is_answered_once() -> None:
    """The second asking gets the very same answer, equal to graphql-core's."""
    prepared = Documents(SCHEMA).prepare(get_introspection_query())

    first, second = run(prepared).data, run(prepared).data

    assert second is first
    assert first == graphql_sync(SCHEMA, get_introspection_query()).data


def test_a_cancelled_request_cancels_its_resolvers() -> None:
    """Cancelling the task reaches whatever the resolvers wait for."""
    cancelled: list[str] = []

    async def wait(info: Any) -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(info.path.key)
            raise
        return "never"

    async def main() -> None:
        prepared = prepare(SCHEMA, "{ a: text node { b: text } }")
        task = asyncio.create_task(prepared.run(root={"text": wait, "node": {"text": wait}}))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())

    assert sorted(cancelled) == ["a", "b"]


def test_independent_fields_wait_together() -> None:
    """Two fields that need each other to go on both go on."""

    async def main() -> Any:
        met = asyncio.Barrier(3)

        async def meet(_info: Any) -> str:
            await asyncio.wait_for(met.wait(), 5)
            return "met"

        prepared = prepare(SCHEMA, "{ a: text b: text node { text } }")
        return await prepared.run(root={"text": meet, "node": {"text": meet}})

    result = asyncio.run(main())

    assert result.data == {"a": "met", "b": "met", "node": {"text": "met"}}


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


def test_an_incremental_operation_cannot_be_run_in_one_piece() -> None:
    """It says what to use instead."""
    prepared = Documents(incremental_schema()).prepare("{ fast ... @defer { numbers } }")

    with pytest.raises(TypeError, match="use `stream`"):
        run(prepared)


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


@strawberry.type
class Item:
    """An item of the schema below."""

    word_count: int


@strawberry.type
class Query:
    """The root of the schema below."""

    @strawberry.field
    def items(self, info: strawberry.Info) -> list[Item]:
        """Give one item for each key of the extensions."""
        return [Item(word_count=len(key)) for key in info.input_extensions]


def test_a_strawberry_schema_is_taken_as_it_is() -> None:
    """Python names are read where GraphQL names were asked; input extensions reach resolvers."""
    prepared = prepare(strawberry.Schema(Query), "{ items { wordCount } }")

    result = run(prepared, operation_extensions={"a": 1, "bcd": 2})

    assert result.data == {"items": [{"wordCount": 1}, {"wordCount": 3}]}


@pytest.mark.parametrize(
    "value", [{"a": [1, None, "é"]}, {"big": 2**70}, {1: "key"}, {"nested": {"x": 1.5}}]
)
def test_encoding_gives_the_json_of_the_answer(value: Any) -> None:
    """Values beyond the fast library are encoded by the slow one."""
    assert json.loads(encode({"data": value})) == json.loads(json.dumps({"data": value}))
