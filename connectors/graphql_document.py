"""A GraphQL document as a template: the operation's variables, and values as their types want them.

Only the head of the operation is read.  The rest is the source's business: it says whether the
document fits its schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NOISE = re.compile(r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*')
_OPERATION = re.compile(r"\s*query\b\s*(?:[_A-Za-z]\w*)?\s*(?:\(([^)]*)\))?")
_VARIABLE = re.compile(r"\$\s*([_A-Za-z]\w*)\s*:\s*([\[\]!\s\w]+)(=)?")
_NUMBER = re.compile(r"-?\d{1,15}", re.ASCII)

Json = str | int | float | bool | None | Sequence["Json"]
Variables = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Type:
    """A variable's type, as far as it decides how a value is written."""

    name: str
    is_list: bool = False
    is_needed: bool = False
    """It has to be sent: it is not null and has no default."""

    def value(self, words: Sequence[str]) -> Json:
        """Write *words* as this type; raises `ValueError` if one of them cannot be."""
        values = [self._one(word) for word in words]
        if self.is_list:
            return values
        if len(values) != 1:
            raise ValueError("several words for one value")
        return values[0]

    def _one(self, word: str) -> Json:
        match self.name:
            case "Int":
                if _NUMBER.fullmatch(word) is None:
                    raise ValueError("no whole number")
                return int(word)
            case "Float":
                return float(word)
            case "Boolean":
                if word not in ("true", "false"):
                    raise ValueError("neither true nor false")
                return word == "true"
            case _:
                return word


@dataclass(frozen=True, slots=True)
class Template:
    """One query, sent as it stands; only its variables change."""

    text: str
    variables: Mapping[str, Type]


class NoQuery(ValueError):
    """The text is no single query."""


def read_template(text: str) -> Template:
    """Read the variables of the query *text*; raises `NoQuery`."""
    plain = _NOISE.sub(" ", text)
    if re.match(r"\s*\{", plain):
        return Template(text, {})
    head = _OPERATION.match(plain)
    if head is None or re.search(r"\b(?:mutation|subscription)\b[^{]*\{", plain[: head.end() + 1]):
        raise NoQuery
    found = {}
    for name, written, default in _VARIABLE.findall(head[1] or ""):
        bare = re.sub(r"[\[\]!\s]", "", written)
        needed = written.rstrip().endswith("!") and not default
        found[name] = Type(bare, "[" in written, needed)
    return Template(text, found)
