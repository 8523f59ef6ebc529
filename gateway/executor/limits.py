"""Bound an operation before any work is done on it.

The bounds are checked before parsing, which is slow, and validation, whose rules are not linear;
what they are checked against is read off the tokens (`shape.py`) and added up along the spreads
(`measure.py`) in linear time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graphql import GraphQLError

from .measure import Analysis, Cycle, Measure, measure
from .shape import TooManyTokens, read_shape

LONGEST_MESSAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may ask.  None takes a bound away."""

    max_length: int | None = 65_536
    """Characters of the text."""
    max_tokens: int | None = 2_000
    """Lexical tokens of the text."""
    max_depth: int | None = 12
    """Fields inside one another; introspection has a depth of its own."""
    max_introspection_depth: int | None = 20
    """Fields inside one another below `__schema` and `__type`."""
    max_aliases: int | None = 30
    """Aliases, counted as often as their fragment is spread."""
    max_root_fields: int | None = 20
    """Fields at the root, counted as often as their fragment is spread."""
    max_directives: int | None = 20
    """Directives in the text."""
    max_fields: int | None = 5_000
    """Fields, counted as often as their fragment is spread."""
    max_pairs: int | None = 10_000
    """Pairs of fields with one response name; validation may compare each field with each."""
    max_cost: int | None = None
    """Cost of an operation whose variables ask for as little as they can."""
    introspection: bool = True
    """Whether the fields named by `introspection_fields` may be asked."""
    introspection_fields: frozenset[str] = frozenset({"__schema", "__type", "_service"})
    """Fields that tell of the schema; federation adds `_service`."""
    suggestions: bool = True
    """Whether errors may suggest names of the schema ("Did you mean …")."""
    max_validation_errors: int | None = None
    """Validation errors told at most; None tells as many as graphql-core does."""


UNLIMITED: Final = Limits(
    max_length=None,
    max_tokens=None,
    max_depth=None,
    max_introspection_depth=None,
    max_aliases=None,
    max_root_fields=None,
    max_directives=None,
    max_fields=None,
    max_pairs=None,
)
"""For tests and for documents that are trusted already."""


class LimitExceeded(GraphQLError):
    """A document asks for more than its limits allow; `extensions.code` says of what."""

    def __init__(self, code: str, problem: str, hint: str) -> None:
        super().__init__(f"{problem}. hint: {hint}", extensions={"code": code})


def check_text(text: str, limits: Limits) -> Analysis:
    """Measure *text* and refuse what is over its *limits*, unparsed; raises `LimitExceeded`."""
    if limits.max_length is not None and len(text) > limits.max_length:
        raise LimitExceeded(
            "QUERY_TOO_LONG",
            f"The query is too long: {len(text)} characters (at most {limits.max_length})",
            "ask for less at a time, and pass values as variables",
        )
    try:
        found = measure(read_shape(text, limits.introspection_fields, limits.max_tokens))
    except TooManyTokens:
        raise too_many_tokens(limits) from None
    except Cycle as cycle:
        raise _endless([*cycle.args]) from None
    if found.introspects and not limits.introspection:
        raise LimitExceeded(
            "INTROSPECTION_DISABLED",
            "Introspection is turned off",
            "read the published schema instead",
        )
    _bound(
        "TOO_MANY_DIRECTIVES", "directives", found.directives, limits.max_directives,
        "leave out what need not be decided by the request",
    )  # fmt: skip
    for each in found.measures:
        _bound_depth(each, limits)
        _bound(
            "TOO_MANY_ALIASES", "aliases", each.aliases, limits.max_aliases,
            "ask for fewer at a time, or send several requests",
        )  # fmt: skip
        _bound(
            "TOO_MANY_ROOT_FIELDS", "root fields", each.root_fields, limits.max_root_fields,
            "send several requests",
        )  # fmt: skip
        _bound(
            "QUERY_TOO_REPETITIVE", "fields with all fragments written out", each.fields,
            limits.max_fields, "spread each fragment in fewer places",
        )  # fmt: skip
    _bound(
        "QUERY_TOO_REPETITIVE", "pairs of fields with one name", found.pairs, limits.max_pairs,
        "ask for each field once, and share fragments",
    )  # fmt: skip
    return found


def too_many_tokens(limits: Limits) -> LimitExceeded:
    """Make the error for a text with too many tokens."""
    return LimitExceeded(
        "QUERY_TOO_MANY_TOKENS",
        f"The query has too many tokens: more than {limits.max_tokens}",
        "ask for less at a time, and pass values as variables",
    )


def _shown(amount: int) -> str:
    return str(amount) if amount < 1_000_000 else "over a million"


def _bound(code: str, what: str, amount: int, most: int | None, hint: str) -> None:
    if most is not None and amount > most:
        problem = f"The query has too many {what}: {_shown(amount)} (at most {most})"
        raise LimitExceeded(code, problem, hint)


def _bound_depth(found: Measure, limits: Limits) -> None:
    for depth, most in (
        (found.depth, limits.max_depth),
        (found.introspection_depth, limits.max_introspection_depth),
    ):
        if most is not None and depth > most:
            raise LimitExceeded(
                "QUERY_TOO_DEEP",
                f"The query is too deep: {depth} levels (at most {most})",
                "ask for the inner objects by their ids in a second request",
            )


def _endless(names: list[str]) -> LimitExceeded:
    shown = " → ".join([*names[:5], *(["…"] if len(names) > 5 else []), names[0]])
    return LimitExceeded(
        "QUERY_TOO_DEEP",
        f"Fragments spread each other without end: {capped(shown)}",
        "take one of these spreads out",
    )


def capped(message: str) -> str:
    """Cut *message* to a length that can be answered and logged; parsers echo what they read."""
    if len(message) <= LONGEST_MESSAGE:
        return message
    return message[: LONGEST_MESSAGE - 1] + "…"
