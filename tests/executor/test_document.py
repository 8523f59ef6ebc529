"""Prepared operations: once per text, kept within bounds, run in every way."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLDeferDirective,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    build_schema,
    get_introspection_query,
    graphql_sync,
    specified_directives,
)

from gateway.executor import Documents, Result, encode, prepare

SCHEMA = build_schema(
    """
    type Query { text: String node: Node numbers(first: Int = 2, word: String): [Int] }
    type Node { text: String node: Node }
    type Mutation { set(value: Int!): Int }
    """
)

DIRECTIVES = (*specified_directives, GraphQLDeferDirective)


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


def test_the_name_of_an_operation_counts_too() -> None:
    """A short text asked under ever other long names would fill the memory uncounted."""
    documents = Documents(SCHEMA, max_bytes=80_000)

    for number in range(9):
        documents.prepare("{ text }", f"{'n' * 100}{number}")
        documents.prepare("{ text }", f"{'n' * 1000}{number}")

    assert len(documents) == 1
    assert documents.used_bytes <= 80_000


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


@pytest.mark.parametrize("more", ["", " ... @defer { node { text } }"])
def test_variants_count_towards_what_is_kept(more: str) -> None:
    """Code for 32 combinations weighs as much as 32 texts, also for an answer in one piece."""
    names = [f"s{n}" for n in range(6)]
    head = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: text @include(if: ${name})" for name in names)
    known = SCHEMA.to_kwargs()
    documents = Documents(GraphQLSchema(**known | {"directives": DIRECTIVES}), max_bytes=2**24)
    texts = [f"query Q{n} ({head}) {{ {fields}{more} }}" for n in range(9)]
    whole = 32 * documents.prepare(texts[0]).weight

    for asked, text in enumerate(texts, 1):
        for number in range(64):
            switches = {name: bool(number >> bit & 1) for bit, name in enumerate(names)}
            run(documents.prepare(text), switches, None, {"text": "t"})
        assert documents.used_bytes == min(asked, 2**24 // whole) * whole

    assert 0 < len(documents) == 2**24 // whole < len(texts)


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


def test_a_failure_that_takes_the_answer_cancels_what_is_still_running() -> None:
    """The siblings of a field that may not be null are cancelled, and their end is awaited."""
    log: list[str] = []
    schema = build_schema("type Query { sure: Int! slow: Int deep: Deep } type Deep { slow: Int }")

    async def sure(_info: Any) -> int:
        await asyncio.sleep(0)
        raise ValueError("no")

    async def slow(info: Any) -> int:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            log.append(".".join(map(str, info.path.as_list())))
        return 1

    root = {"sure": sure, "slow": slow, "deep": {"slow": slow}}
    result = run(prepare(schema, "{ sure slow deep { slow more: slow } }"), root=root)

    assert result.data is None
    assert [error.message for error in result.originals] == ["no"]
    assert sorted(log) == ["deep.more", "deep.slow", "slow"]


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
