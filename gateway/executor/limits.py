"""Bound an operation before any work is done on it.

The document is measured once, fragment by fragment: each body is visited a single time and the
measures of fragments are added up along their spreads, so a bomb of fragments that would expand to
billions of fields costs what its text costs.  This runs before validation, whose rules are not
linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

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
    introspection: bool = True
    """Whether the fields named by `introspection_fields` may be asked."""
    introspection_fields: frozenset[str] = frozenset({"__schema", "__type"})
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
)
"""For tests and for documents that are trusted already."""


class LimitExceeded(GraphQLError):
    """A document asks for more than its limits allow; `extensions.code` says of what."""

    def __init__(self, code: str, problem: str, hint: str) -> None:
        super().__init__(f"{problem}. hint: {hint}", extensions={"code": code})


@dataclass(slots=True)
class Measure:
    """What a selection adds up to, spreads included."""

    depth: int = 0
    introspection_depth: int = 0
    aliases: int = 0
    root_fields: int = 0


@dataclass(slots=True)
class _Spread:
    name: str
    depth: int
    introspection_depth: int
    at_root: bool


@dataclass(slots=True)
class _Body:
    """One selection set tree as it is written, its spreads not yet followed."""

    own: Measure = field(default_factory=Measure)
    spreads: list[_Spread] = field(default_factory=list)


@dataclass(slots=True)
class Analysis:
    """The measures of a document, and how many bodies were visited to find them."""

    measures: list[Measure]
    directives: int
    introspects: bool
    visits: int


_TOKEN: Final = re.compile(
    r'''"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n\r])*"'''
    r"""|\.\.\.|[A-Za-z_]\w*|-?\d[\w.+-]*|[!$&()=:@\[\]{|}]|(?P<comment>\#[^\n\r]*)""",
    re.ASCII,
)
"""A lexical token of a well-formed text, or a comment: a twentieth of the cost of parsing it."""


def _has_more_tokens(text: str, most: int) -> bool:
    count = 0
    for token in _TOKEN.finditer(text):
        count += token.lastgroup is None
        if count > most:
            return True
    return False


def check_text(text: str, limits: Limits) -> None:
    """Refuse a text that is too long to be parsed; raises `LimitExceeded`."""
    most = limits.max_tokens
    if limits.max_length is not None and len(text) > limits.max_length:
        raise LimitExceeded(
            "QUERY_TOO_LONG",
            f"The query is too long: {len(text)} characters (at most {limits.max_length})",
            "ask for less at a time, and pass values as variables",
        )
    if most is not None and len(text) > most and _has_more_tokens(text, most):
        raise too_many_tokens(limits)


def too_many_tokens(limits: Limits) -> LimitExceeded:
    """Make the error for a text whose parsing was given up."""
    return LimitExceeded(
        "QUERY_TOO_MANY_TOKENS",
        f"The query has too many tokens: more than {limits.max_tokens}",
        "ask for less at a time, and pass values as variables",
    )


def check_document(document: DocumentNode, limits: Limits) -> Analysis:
    """Measure *document* and refuse what is over its *limits*; raises `LimitExceeded`."""
    found = analyse(document, limits)
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
    for measure in found.measures:
        _bound_depth(measure, limits)
        _bound(
            "TOO_MANY_ALIASES", "aliases", measure.aliases, limits.max_aliases,
            "ask for fewer at a time, or send several requests",
        )  # fmt: skip
        _bound(
            "TOO_MANY_ROOT_FIELDS", "root fields", measure.root_fields, limits.max_root_fields,
            "send several requests",
        )  # fmt: skip
    return found


def _bound(code: str, what: str, amount: int, most: int | None, hint: str) -> None:
    if most is not None and amount > most:
        shown = amount if amount < 1_000_000 else "over a million"
        raise LimitExceeded(code, f"The query has too many {what}: {shown} (at most {most})", hint)


def _bound_depth(measure: Measure, limits: Limits) -> None:
    for depth, most in (
        (measure.depth, limits.max_depth),
        (measure.introspection_depth, limits.max_introspection_depth),
    ):
        if most is not None and depth > most:
            raise LimitExceeded(
                "QUERY_TOO_DEEP",
                f"The query is too deep: {depth} levels (at most {most})",
                "ask for the inner objects by their ids in a second request",
            )


def analyse(document: DocumentNode, limits: Limits) -> Analysis:
    """Measure every operation of *document*, visiting each fragment once."""
    walk = _Walk(limits.introspection_fields)
    operations: list[_Body] = []
    fragments: dict[str, _Body] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            walk.count(definition.directives)
            for variable in definition.variable_definitions or ():
                walk.count(variable.directives)
            operations.append(walk.body(definition.selection_set))
        elif isinstance(definition, FragmentDefinitionNode):
            walk.count(definition.directives)
            fragments[definition.name.value] = walk.body(definition.selection_set)
    whole: dict[str, Measure] = {}
    for name in _innermost_first(fragments):
        whole[name] = _total(fragments[name], whole)
    return Analysis(
        measures=[_total(body, whole) for body in operations],
        directives=walk.directives,
        introspects=walk.introspects,
        visits=walk.visits - len(operations),
    )


class _Walk:
    """Reads bodies without following their spreads, and without recursion."""

    def __init__(self, introspection_fields: frozenset[str]) -> None:
        self._introspection_fields = introspection_fields
        self.directives = 0
        self.introspects = False
        self.visits = 0

    def count(self, directives: Iterable[object] | None) -> None:
        self.directives += len(tuple(directives or ()))

    def body(self, root: SelectionSetNode) -> _Body:
        self.visits += 1
        found = _Body()
        own = found.own
        # Depth so far, depth within introspection so far, and whether still at the root.
        stack = [(root, 0, 0, True)]
        while stack:
            selection_set, depth, inner, at_root = stack.pop()
            for node in selection_set.selections:
                self.count(node.directives)
                if isinstance(node, FragmentSpreadNode):
                    found.spreads.append(_Spread(node.name.value, depth, inner, at_root))
                    continue
                below, below_inner, below_root = depth, inner, at_root
                if isinstance(node, FieldNode):
                    introspects = node.name.value in self._introspection_fields
                    self.introspects = self.introspects or introspects
                    own.aliases += node.alias is not None
                    own.root_fields += at_root
                    below_root = False
                    if inner or introspects:
                        below_inner += 1
                    else:
                        below += 1
                    own.depth = max(own.depth, below)
                    own.introspection_depth = max(own.introspection_depth, below_inner)
                inside: SelectionSetNode | None = getattr(node, "selection_set", None)
                if inside is not None:
                    stack.append((inside, below, below_inner, below_root))
        return found


def _total(body: _Body, whole: dict[str, Measure]) -> Measure:
    total = replace(body.own)
    for spread in body.spreads:
        part = whole.get(spread.name)
        if part is None:
            continue  # an unknown fragment: validation says so
        if spread.introspection_depth:
            deeper = spread.introspection_depth + max(part.depth, part.introspection_depth)
            total.introspection_depth = max(total.introspection_depth, deeper)
        else:
            total.depth = max(total.depth, spread.depth + part.depth)
            total.introspection_depth = max(total.introspection_depth, part.introspection_depth)
        total.aliases += part.aliases
        total.root_fields += part.root_fields * spread.at_root
    return total


def _innermost_first(fragments: dict[str, _Body]) -> list[str]:
    """Order *fragments* so that each comes after those it spreads; raises on a cycle."""
    ordered: dict[str, None] = {}
    for start in fragments:
        trail: dict[str, Iterable[_Spread]] = {}
        stack = [start] if start not in ordered else []
        while stack:
            name = stack[-1]
            if name not in trail:
                trail[name] = iter(fragments[name].spreads)
            for spread in trail[name]:
                if spread.name in trail:
                    raise _cycle([*trail][[*trail].index(spread.name) :])
                if spread.name in fragments and spread.name not in ordered:
                    stack.append(spread.name)
                    break
            else:
                stack.pop()
                del trail[name]
                ordered[name] = None
    return [*ordered]


def _cycle(names: list[str]) -> LimitExceeded:
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
