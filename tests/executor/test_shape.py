"""Shapes read off tokens are those of the parsed documents, and are read in linear time."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from graphql import GraphQLSyntaxError, Lexer, Source, TokenKind, parse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.executor.limits import Limits, check_text
from gateway.executor.measure import measure
from gateway.executor.shape import TooManyTokens, read_shape
from tests.executor.documents import documents
from tests.executor.expanded import expanded

INTROSPECTION = frozenset({"__schema", "_service"})


def tokens_of(text: str) -> int:
    """Count the tokens of *text* as the parser's own lexer finds them."""
    lexer = Lexer(Source(text))
    count = 0
    while lexer.advance().kind is not TokenKind.EOF:
        count += 1
    return count


def has_tokens(text: str, count: int) -> bool:
    """Whether *text* is found to have just *count* tokens."""
    try:
        read_shape(text, most_tokens=count)
    except TooManyTokens:
        return False
    if not count:
        return True
    with pytest.raises(TooManyTokens):
        read_shape(text + " " * count, most_tokens=count - 1)
    return True


@settings(max_examples=400, deadline=None)
@given(documents())
@example('{ a(b: """x""") } # end')
@example("query q { on: on ... on on @on { on } ...query } fragment query on on @query { a }")
@example("query ($v: Int = 1 @a(b: {c: 1}) @d) @e { a }")
def test_the_shape_is_that_of_the_parsed_document(text: str) -> None:
    """Tokens, depth, fields, aliases, root fields, directives and pairs are the parser's."""
    found = read_shape(text, INTROSPECTION)

    assert measure(found) == expanded(parse(text), INTROSPECTION)
    assert has_tokens(text, tokens_of(text))


@settings(max_examples=200, deadline=None)
@given(documents())
def test_a_document_within_limits_is_never_refused(text: str) -> None:
    """Limits that are just what a document needs let it pass; one less of any does not."""
    found = expanded(parse(text), INTROSPECTION)
    most = found.measures
    exact = {
        "max_length": len(text),
        "max_tokens": tokens_of(text),
        "max_depth": max(each.depth for each in most),
        "max_introspection_depth": max(each.introspection_depth for each in most),
        "max_aliases": max(each.aliases for each in most),
        "max_root_fields": max(each.root_fields for each in most),
        "max_directives": found.directives,
        "max_fields": max(each.fields for each in most),
        "max_pairs": found.pairs,
    }

    def refused(bounds: dict[str, int]) -> bool:
        try:
            check_text(text, Limits(introspection_fields=INTROSPECTION, **bounds))
        except Exception:  # noqa: BLE001 - whatever the code is
            return True
        return False

    assert not refused(exact)
    for name, bound in exact.items():
        assert bound == 0 or refused(exact | {name: bound - 1}), name


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list('{}()[]:@$!.,"\\#\n aB1-+=|&?é\ufeff')), max_size=60))
def test_any_text_has_a_shape(text: str) -> None:
    """What is no GraphQL is read without failing, and the parser is left to say so."""
    read_shape(text)

    try:
        parse(text)
    except GraphQLSyntaxError:
        pass
    else:
        assert has_tokens(text, tokens_of(text))


def test_reading_stops_at_the_bound() -> None:
    """No more tokens are looked at than are allowed."""
    assert read_shape("{ a }", most_tokens=3).names == {"a": 1}
    with pytest.raises(TooManyTokens):
        read_shape("{ a b }", most_tokens=3)
    with pytest.raises(TooManyTokens):
        read_shape("{ a: b", most_tokens=3)


@pytest.mark.parametrize(
    "text",
    [
        '"""' + '\\"""' * 16_000,
        '""" ' * 16_000,
        '"' * 65_536,
        "#" * 65_536,
        " " * 65_536,
        ", #\n" * 16_000,
        "a " * 32_000 + " " * 1_000,
        "a" + " " * 65_000 + "b",
        "-" * 65_536,
        "1." * 32_000,
        "{" * 65_536,
        "." * 65_536,
        "é" * 65_536,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_no_text_takes_long(text: str) -> None:
    """Texts made to make a regular expression go back do not: it would take minutes."""
    began = time.process_time()
    read_shape(text)
    with suppress(TooManyTokens):
        read_shape(text, most_tokens=2_000)

    assert time.process_time() - began < 5
