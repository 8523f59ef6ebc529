"""Bounds on documents: refused before work is done, in words and codes that stay."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from graphql import GraphQLError, build_schema, get_introspection_query

from gateway.executor import UNLIMITED, Documents, LimitExceeded, Limits
from gateway.executor.limits import LONGEST_MESSAGE
from gateway.executor.measure import MOST, measure
from gateway.executor.shape import read_shape

SCHEMA = build_schema(
    """
    type Query { node: Node text(a: String): String _service: String }
    type Node { node: Node text: String }
    """
)
TIGHT = Limits(
    max_length=400,
    max_tokens=80,
    max_depth=3,
    max_introspection_depth=3,
    max_aliases=2,
    max_root_fields=3,
    max_directives=2,
)


def answer(query: str, limits: Limits = TIGHT, **options: Any) -> dict[str, Any]:
    """Run *query* under *limits*."""
    prepared = Documents(SCHEMA, limits=limits, **options).prepare(query)
    return asyncio.run(prepared.run(root={"text": "t"})).body()


def code_of(query: str, limits: Limits = TIGHT) -> str | None:
    """The code that *query* is refused with; None if it is answered."""
    errors = answer(query, limits).get("errors")
    return errors[0]["extensions"]["code"] if errors else None


BOMB = "\n".join(
    ["{ ...F0 }"]
    + [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40)]
    + ["fragment F40 on Query { a: text b: text }"]
)


def ring(size: int) -> str:
    """Fragments that spread each other in a ring."""
    return "{ ...F0 }" + "".join(
        f" fragment F{n} on Query {{ ...F{(n + 1) % size} }}" for n in range(size)
    )


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ text }", None),
        ("{ text" + " " * 400 + "}", "QUERY_TOO_LONG"),
        ("{" + " text" * 79 + "}", "QUERY_TOO_MANY_TOKENS"),
        ("{ node { node { text } } }", None),
        ("{ node { node { node { text } } } }", "QUERY_TOO_DEEP"),
        ("{ ... { node { ... on Node { node { text } } } } }", None),
        ("{ node { ...A } } fragment A on Node { node { node { text } } }", "QUERY_TOO_DEEP"),
        ("{ a: text b: text }", None),
        ("{ a: text b: text c: text }", "TOO_MANY_ALIASES"),
        ("{ ...A ...A } fragment A on Query { a: text b: text }", "TOO_MANY_ALIASES"),
        ("{ text ...A } fragment A on Query { text }", None),
        ("{ text text text text }", "TOO_MANY_ROOT_FIELDS"),
        ("{ ...A ... { text } ...A text } fragment A on Query { text }", "TOO_MANY_ROOT_FIELDS"),
        ("{ node { text text text text } }", None),
        ("{ text @skip(if: false) @include(if: true) }", None),
        ("{ text @a @b @c }", "TOO_MANY_DIRECTIVES"),
        ("{ ...A } fragment A on Query { text @a ... @b { text @c } }", "TOO_MANY_DIRECTIVES"),
        ("query ($a: Int @a @b, $b: Int @c) { text }", "TOO_MANY_DIRECTIVES"),
        ("{ __schema { queryType { name } } }", None),
        ("{ __schema { queryType { fields { name } } } }", "QUERY_TOO_DEEP"),
        ("{ ...A } fragment A on Query { ...A }", "QUERY_TOO_DEEP"),
        (ring(5), "QUERY_TOO_DEEP"),
    ],
)
def test_a_query_over_a_bound_is_refused_with_its_code(query: str, code: str | None) -> None:
    """Each bound has a code of its own, and holds through fragments."""
    assert code_of(query) == code


def test_a_refusal_says_how_much_is_allowed_and_what_to_do() -> None:
    """The message names the amount, the bound and a way out; there is no data."""
    body = answer("{ a: text b: text c: text }")

    assert body == {
        "errors": [
            {
                "message": "The query has too many aliases: 3 (at most 2)."
                " hint: ask for fewer at a time, or send several requests",
                "extensions": {"code": "TOO_MANY_ALIASES"},
            }
        ]
    }


@pytest.mark.parametrize("size", [1, 5, 150])
def test_a_ring_of_fragments_is_refused(size: int) -> None:
    """A cycle is told by its names, however long it is."""
    with_room = Limits(max_length=None, max_tokens=None)

    (error,) = answer(ring(size), with_room)["errors"]

    assert error["extensions"]["code"] == "QUERY_TOO_DEEP"
    assert "F0" in error["message"]


def test_a_bomb_of_fragments_costs_one_visit_per_fragment() -> None:
    """Two spreads per fragment would be a billion fields; each body is read once."""
    found = measure(read_shape(BOMB))

    assert found.visits == 41
    assert found.visits <= 2 * 41
    assert found.measures[0].aliases == MOST < 2 * 2**40
    assert code_of(BOMB, Limits()) == "TOO_MANY_ALIASES"


def test_a_bomb_of_empty_spreads_is_refused_or_answered_fast() -> None:
    """A bomb without aliases is bounded by its root fields."""
    bomb = BOMB.replace("a: text b: text", "text")

    assert code_of(bomb, Limits()) == "TOO_MANY_ROOT_FIELDS"


DEEP_BOMB = (
    "{ node { node { ...F0 } } }"
    + "".join(f"fragment F{n} on Node {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    + "fragment F40 on Node { text }"
)


def test_a_bomb_below_the_root_is_refused() -> None:
    """Neither aliases nor root fields tell of it; fields count as often as they are spread."""
    assert code_of(DEEP_BOMB, Limits()) == "QUERY_TOO_REPETITIVE"


REPEATS = "{ node {" + " node { text }" * 200 + "} }"


def test_fields_that_validation_would_compare_pairwise_are_bounded() -> None:
    """Half a second of comparing is refused for what counting finds in half a millisecond."""
    with_room = Limits(max_pairs=40_000)

    assert code_of(REPEATS, Limits()) == "QUERY_TOO_REPETITIVE"
    assert code_of(REPEATS, with_room) is None


def test_the_usual_introspection_query_is_within_the_default_bounds() -> None:
    """Tools that ask for the whole schema are served by default."""
    body = answer(get_introspection_query(), Limits())

    assert "errors" not in body


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ ...A } fragment A on Query { __type(name: "Node") { name } }',
        "{ text ... { a: __schema { queryType { name } } } }",
        "{ _service }",
    ],
)
def test_introspection_can_be_turned_off(query: str) -> None:
    """Every way of asking for the schema is refused; the name of a type is no secret."""
    closed = Limits(
        introspection=False, introspection_fields=frozenset({"__schema", "__type", "_service"})
    )

    assert code_of(query, closed) == "INTROSPECTION_DISABLED"
    assert code_of("{ __typename node { __typename } }", closed) is None


def test_suggestions_can_be_turned_off() -> None:
    """A guess at a name tells nothing of the schema."""
    told = answer("{ texd }", Limits())["errors"][0]["message"]
    hidden = answer("{ texd }", Limits(suggestions=False))["errors"][0]["message"]

    assert "Did you mean" in told
    assert hidden == "Cannot query field 'texd' on type 'Query'."


@pytest.mark.parametrize(("most", "told"), [(1, 1), (2, 2), (None, 3)])
def test_validation_errors_can_be_cut(most: int | None, told: int) -> None:
    """Anonymous callers get one validation error, without a word of there being more."""
    errors = answer("{ x y z }", Limits(max_validation_errors=most))["errors"]

    assert len(errors) == told
    assert all("Cannot query field" in error["message"] for error in errors)


@pytest.mark.parametrize(("most", "told"), [(1, 1), (None, 3)])
def test_errors_of_variables_can_be_cut(most: int | None, told: int) -> None:
    """Values that do not fit are told by the same measure."""
    text = (
        "query ($a: String, $b: String, $c: String) { a: text(a: $a) b: text(a: $b) text(a: $c) }"
    )
    prepared = Documents(SCHEMA, Limits(max_validation_errors=most)).prepare(text)

    result = asyncio.run(prepared.run({"a": 1, "b": 2, "c": 3}))

    assert not result.executed
    assert len(result.originals) == len(result.errors or []) == told


@pytest.mark.parametrize(
    "query", ["{ " + "x" * 5000 + " }", "{ text(a: " + "1" * 5000 + ") }", '"' + "y" * 5000 + '"']
)
def test_messages_that_echo_the_query_are_cut(query: str) -> None:
    """Tokens that parser and validation repeat do not make the answer long."""
    errors = answer(query, Limits())["errors"]

    assert all(len(error["message"]) <= LONGEST_MESSAGE for error in errors)


def test_messages_that_echo_variables_are_cut() -> None:
    """Nor do the values of variables."""
    prepared = Documents(SCHEMA).prepare("query ($a: String) { text(a: $a) }")

    result = asyncio.run(prepared.run({"a": ["z" * 5000]}))

    assert not result.executed
    assert len(result.errors or []) == 1
    assert len(result.body()["errors"][0]["message"]) <= LONGEST_MESSAGE


def test_no_bounds_can_be_asked_for() -> None:
    """Trusted documents run without bounds."""
    body = answer("{" + " ".join(f"a{n}: text" for n in range(3000)) + "}", UNLIMITED)

    assert len(body["data"]) == 3000


def test_a_limit_is_an_error_like_others() -> None:
    """What is raised is a `GraphQLError`, so that one handler does for all."""
    assert issubclass(LimitExceeded, GraphQLError)
