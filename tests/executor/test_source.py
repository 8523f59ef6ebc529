"""The inlined code: what it may leave out, and when it steps aside for the closures."""

from __future__ import annotations

import asyncio
import enum
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from operator import methodcaller
from typing import Any

import msgspec
import orjson
import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    build_schema,
)
from hypothesis import given
from hypothesis import strategies as st

from gateway.executor import Documents, prepare
from gateway.executor.complete import ignores_info
from gateway.executor.isodates import is_isoformat, whole_minutes
from gateway.executor.runtime import is_inert


def answer(schema: Any, query: str, root: Any = None, inline_after: int = 0) -> dict[str, Any]:
    """Run *query* over *root*."""
    prepared = Documents(schema, inline_after=inline_after).prepare(query)
    return asyncio.run(prepared.run(root=root)).body()


@given(
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)),  # noqa: DTZ001
    st.sampled_from([*whole_minutes]),
)
def test_dates_are_written_as_isoformat_writes_them(moment: datetime, zone: Any) -> None:
    """For every zone that takes the short way, the texts are equal."""
    moment = moment.replace(tzinfo=zone)

    assert orjson.dumps(moment)[1:-1].decode() == moment.isoformat()


def test_zones_with_seconds_take_the_long_way() -> None:
    """The JSON library would round them; `isoformat` does not."""
    odd = timezone(timedelta(hours=7, seconds=7))

    assert odd not in whole_minutes
    assert timezone(timedelta(hours=7)) in whole_minutes
    assert UTC in whole_minutes


def test_only_isoformat_is_taken_for_isoformat() -> None:
    """A scalar that does anything else keeps its own coercion."""
    assert is_isoformat(methodcaller("isoformat"))
    assert is_isoformat(date.isoformat)
    assert not is_isoformat(methodcaller("isoformat", "minutes"))
    assert not is_isoformat(methodcaller("ctime"))
    assert not is_isoformat(lambda value: value.isoformat())


class Checks:
    """Ways to write `is_type_of`."""

    @classmethod
    def of_class(cls, value: Any, _info: Any) -> bool:
        """Ignore the info."""
        return isinstance(value, cls)

    @classmethod
    def with_info(cls, value: Any, info: Any) -> bool:
        """Look at the info."""
        return isinstance(value, cls) and bool(info)


async def later(_value: Any, _info: Any) -> bool:
    """Answer later."""
    return True


@pytest.mark.parametrize(
    ("predicate", "ignores"),
    [
        (lambda value, _info: value is not None, True),
        (Checks.of_class, True),
        (Checks.with_info, False),
        (lambda value, info: info.context[value], False),
        (lambda value, info: [item for item in value if item is info] == [], False),
        (lambda value, info: locals()["info"] is value, False),
        (lambda *_both: True, False),
        (later, False),
        (isinstance, False),
    ],
)
def test_a_type_check_is_inlined_only_if_it_ignores_the_info(predicate: Any, ignores: bool) -> None:
    """What is not surely ignored is given."""
    assert ignores_info(predicate) is ignores


class Getting:
    """Answers to any name, `__await__` too."""

    def __getattr__(self, name: str) -> Any:
        return name


@pytest.mark.parametrize(
    ("cls", "inert"),
    [
        (int, True),
        (msgspec.defstruct("Record", ["a"]), True),
        (enum.Enum("Plain", "A"), True),
        (type("Plain", (), {}), True),
        (Exception, False),
        (asyncio.Future, False),
        (Getting, False),
        (type("Callable", (), {"__call__": print}), False),
        (type("Stream", (), {"__aiter__": print}), False),
        (type("Map", (dict,), {}), False),
        (type(lambda: None), False),
    ],
)
def test_only_plain_classes_are_read_inline(cls: type, inert: bool) -> None:
    """Whatever could be awaited, raised, called or iterated goes the exact way."""
    assert is_inert(cls) is inert


def test_names_that_are_no_python_names_are_read() -> None:
    """Keywords and dunders are attributes and keys like others."""
    names = ["class", "from", "None", "_x", "o", "Odd", "inert", "v1"]
    item = GraphQLObjectType("Item", {name: GraphQLField(GraphQLString) for name in names})
    schema = GraphQLSchema(GraphQLObjectType("Query", {"items": GraphQLField(GraphQLList(item))}))
    values = {name: f"the {name}" for name in names}
    record = type("Record", (), values)()

    body = answer(schema, "{ items { " + " ".join(names) + " } }", {"items": [values, record]})

    assert body == {"data": {"items": [values, values]}}


def test_an_odd_item_does_not_disturb_its_neighbours() -> None:
    """One bad row among many is an error of its own; the others are answered."""
    schema = build_schema("type Query { rows: [Row] } type Row { n: Int! inner: Row }")
    rows: list[Any] = [{"n": number, "inner": {"n": number}} for number in range(50)]
    rows[7] = {"n": None}
    rows[20]["inner"] = {"n": "x"}

    body = answer(schema, "{ rows { n inner { n } } }", {"rows": rows})

    assert [row is None for row in body["data"]["rows"]].count(True) == 1
    assert body["data"]["rows"][20] == {"n": 20, "inner": None}
    assert [error["path"] for error in body["errors"]] == [
        ["rows", 7, "n"],
        ["rows", 20, "inner", "n"],
    ]


def test_fields_run_in_their_order_around_resolvers() -> None:
    """What a resolver changes is seen by the fields after it, and not by those before."""
    log: list[str] = []

    def bump(source: Any, _info: Any) -> int:
        log.append(source["text"])
        source["text"] = "after"
        return 1

    row = GraphQLObjectType(
        "Row",
        {
            "text": GraphQLField(GraphQLString),
            "other": GraphQLField(GraphQLString),
            "bump": GraphQLField(GraphQLInt, resolve=bump),
        },
    )
    schema = GraphQLSchema(GraphQLObjectType("Query", {"row": GraphQLField(row)}))

    body = answer(
        schema,
        "{ row { a: text other bump b: text c: other } }",
        {"row": {"text": "before", "other": "o"}},
    )

    assert body["data"]["row"] == {"a": "before", "other": "o", "bump": 1, "b": "after", "c": "o"}
    assert log == ["before"]


def test_a_resolver_is_called_once_even_if_its_answer_is_odd() -> None:
    """The exact way takes up the value that was fetched, not the fetching."""
    calls: list[int] = []

    def rows(_source: Any, _info: Any) -> Any:
        calls.append(1)
        return [{"n": 1}, {"n": "x"}, None]

    row = GraphQLObjectType("Row", {"n": GraphQLField(GraphQLInt)})
    query = GraphQLObjectType("Query", {"rows": GraphQLField(GraphQLList(row), resolve=rows)})

    body = answer(GraphQLSchema(query), "{ rows { n } }")

    assert body["data"] == {"rows": [{"n": 1}, {"n": None}, None]}
    assert calls == [1]


class Size(enum.Enum):
    """A Python enum whose members are the values."""

    BIG = 1
    SMALL = 2


def test_members_of_enums_are_known_by_identity() -> None:
    """A member is its name; anything else takes the enum's own coercion."""
    size = GraphQLEnumType("Size", Size, names_as_values=None)
    row = GraphQLObjectType("Row", {"size": GraphQLField(size)})
    query = GraphQLObjectType("Query", {"rows": GraphQLField(GraphQLList(row))})
    rows = [{"size": value} for value in (Size.BIG, None, Size.SMALL, 1)]

    body = answer(GraphQLSchema(query), "{ rows { size } }", {"rows": rows})

    assert [row["size"] for row in body["data"]["rows"]] == ["BIG", None, "SMALL", None]
    assert body["errors"][0]["message"] == "Enum 'Size' cannot represent value: 1"


def test_source_is_generated_when_an_operation_comes_again() -> None:
    """The first run uses closures only, so that a text asked once costs no code generation."""
    schema = build_schema("type Query { row: Row } type Row { a: String b: String }")
    prepared = Documents(schema, inline_after=1).prepare("{ row { a b } }")
    root = {"row": {"a": "x", "b": "y"}}

    answers = []
    inlined = []
    for _ in range(3):
        answers.append(asyncio.run(prepared.run(root=root)).body())
        inlined.append(next(iter(prepared._variants.values())).inlined)

    assert answers == [{"data": {"row": {"a": "x", "b": "y"}}}] * 3
    assert inlined == [False, True, True]


@pytest.mark.parametrize("inline_after", [0, sys.maxsize])
def test_objects_may_be_nested_as_deeply_as_limits_allow(inline_after: int) -> None:
    """Deeper objects become functions of their own; the answer is the same."""
    schema = build_schema("type Query { node: Query nodes: [Query] text: String }")
    depth = 11
    query = "{ text node " * depth + "{ text }" + " }" * depth
    root: dict[str, Any] = {"text": "0"}
    for level in range(depth):
        root = {"text": str(level + 1), "node": root}

    body = answer(schema, query, root, inline_after)

    assert body == {"data": root}


@strawberry.type
class Person:
    """Describes mappings of people."""

    full_name: str


def people() -> Any:
    """Give what is not what the type says."""
    return [{"full_name": "a mapping has no attributes"}]


@strawberry.type
class Query:
    """The root."""

    people = strawberry.field(resolver=people, graphql_type=list[Person | None])


def test_a_missing_attribute_is_the_error_that_strawberry_tells() -> None:
    """The closures read again, and their error is the one that is told."""
    result = asyncio.run(prepare(strawberry.Schema(Query), "{ people { fullName } }").run())

    assert result.data == {"people": [None]}
    assert "has no attribute 'full_name'" in result.originals[0].message
