"""Read the shape of a document off its tokens, before it is parsed.

Parsing is most of what refusing a bomb costs, and all that its bounds need (names, braces, spreads)
shows in the tokens.  One regular expression finds them; nothing in it can go back, so the time is
linear in the text.  Of a text that is no GraphQL the shape is only a guess: the parser refuses it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_IGNORED: Final = r"(?:[\s,\ufeff]|\#[^\n\r]*+)*+"
_TOKEN: Final = re.compile(
    rf"""{_IGNORED}(?:
        ([A-Za-z_]\w*+) ({_IGNORED}:)?+
        | (\.\.\.
            | -?\d++(?:\.\d++)?+(?:[eE][+-]?\d++)?+
            | \"\"\"(?:\\\"\"\"|[^"]|"(?!""))*+\"\"\"
            | "(?!"")(?:\\.|[^"\\\n\r])*+"
            | [^"])
        | (")
        | \Z)""",
    re.ASCII | re.VERBOSE,
)
"""A name with the colon behind it, or another token, or a character that begins none."""

_NAME: Final = 1
_COLON: Final = 2
_OTHER: Final = 3
_ENDLESS: Final = 4
"""A quote without its other half: no parser gets past it, and looking on would be quadratic."""


class Place(NamedTuple):
    """How deep in its definition something stands."""

    depth: int = 0
    introspection_depth: int = 0
    at_root: bool = True


@dataclass(slots=True)
class Body:
    """One operation or fragment as it is written, its spreads not followed."""

    depth: int = 0
    introspection_depth: int = 0
    height: int = 0
    """Depth of both kinds together: what it adds where the schema is asked already."""
    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    spreads: list[tuple[str, Place]] = field(default_factory=list)


@dataclass(slots=True)
class Shape:
    """What a document is made of."""

    operations: list[Body] = field(default_factory=list)
    fragments: dict[str, Body] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)
    """Response names, with how often each is written."""
    directives: int = 0
    introspects: bool = False


class TooManyTokens(Exception):
    """There are more tokens than were allowed; the rest was not read."""


def read_shape(
    text: str, introspection_fields: frozenset[str] = frozenset(), most_tokens: int | None = None
) -> Shape:
    """Read the shape of *text*; raises `TooManyTokens`."""
    # Counting alone is a quarter of the work, so what has too many tokens is not read at all.
    if most_tokens is not None and len(text) > most_tokens:
        _count(text, most_tokens)
    reader = _Reader(introspection_fields)
    for match in _TOKEN.finditer(text):
        kind = match.lastindex
        if kind == _OTHER:
            reader.other(match[_OTHER])
        elif kind == _ENDLESS:
            break
        elif kind is not None:
            reader.name(match[_NAME], kind == _COLON)
    return reader.shape


def _count(text: str, most: int) -> None:
    tokens = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastindex
        if kind == _ENDLESS:
            break
        tokens += 2 if kind == _COLON else kind is not None
        if tokens > most:
            raise TooManyTokens


class _Reader:
    """Takes tokens one by one."""

    def __init__(self, introspection_fields: frozenset[str]) -> None:
        self.shape = Shape()
        self._introspection_fields = introspection_fields
        self._body: Body | None = None
        self._inside: list[Place] = []
        """The selection sets around this token, outermost first."""
        self._below = (0, 0, True)
        """Where a selection set stands that would open now: the parts of a `Place`."""
        self._parentheses = 0
        self._spreads = False
        """The token before was `...`."""
        self._skips = False
        """The next name is that of a directive, a type or a fragment's definition."""
        self._defines = False
        """The next name is that of a fragment."""
        self._alias: str | None = None

    def name(self, name: str, has_colon: bool) -> None:
        if self._parentheses:
            self._skips = False
        elif not self._inside:
            self._heading(name)
        elif self._skips:
            self._skips = False
        elif self._spreads:
            self._spread(name)
        elif has_colon:
            self._alias = name
        else:
            self._field(name)

    def other(self, token: str) -> None:
        if token == "@":  # noqa: S105 - a directive
            self.shape.directives += 1
            self._skips, self._spreads = True, False
        elif token == "(":  # noqa: S105 - same
            self._parentheses += 1
        elif token == ")":  # noqa: S105 - same
            self._parentheses -= 1
        elif self._parentheses:
            return
        elif token == "{":  # noqa: S105 - same
            self._spreads = False
            self._open()
        elif token == "}" and self._inside:  # noqa: S105 - same
            self._inside.pop()
            if not self._inside:
                self._body = None
        elif token == "...":  # noqa: S105 - same
            self._spreads = True
            if self._inside:
                self._below = self._inside[-1]

    def _heading(self, name: str) -> None:
        """Read a name outside of all braces."""
        if self._body is None:
            self._body = Body()
            self._defines = name == "fragment"
            if not self._defines:
                self.shape.operations.append(self._body)
        elif self._defines:
            self._defines = False
            self.shape.fragments[name] = self._body

    def _open(self) -> None:
        if self._inside:
            self._inside.append(Place(*self._below))
            return
        if self._body is None:
            self._body = Body()
            self.shape.operations.append(self._body)
        self._skips = False
        self._inside.append(Place())

    def _spread(self, name: str) -> None:
        self._spreads = False
        if name == "on":
            self._skips = True
        elif self._body is not None:
            self._body.spreads.append((name, self._inside[-1]))

    def _field(self, name: str) -> None:
        shape, body, place = self.shape, self._body, self._inside[-1]
        assert body is not None  # noqa: S101 - braces belong to a definition
        alias, self._alias = self._alias, None
        shape.names[name if alias is None else alias] += 1
        introspects = name in self._introspection_fields
        if introspects:
            shape.introspects = True
        depth, hidden, at_root = place
        if hidden or introspects:
            hidden += 1
            body.introspection_depth = max(body.introspection_depth, hidden)
        else:
            depth += 1
            body.depth = max(body.depth, depth)
        body.height = max(body.height, depth + hidden)
        self._below = (depth, hidden, False)
        body.fields += 1
        body.aliases += alias is not None
        body.root_fields += at_root
