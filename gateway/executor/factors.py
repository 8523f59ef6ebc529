"""Numbers that multiply a price: written out, or known once the variables are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import EnumValueNode, IntValueNode, ListValueNode, StringValueNode

from .measure import MOST

SizeOf = Callable[[Mapping[str, object]], int]
"""Gives a size by arguments: those that are texts, names or whole numbers, as they came.

It has to bear any value: the arguments are not yet checked.
"""


@dataclass(frozen=True, slots=True)
class Size:
    """A length that variables say."""

    names: tuple[str, ...]
    defaults: Mapping[str, int | None]
    said: int | None
    """What an argument says that is written out."""
    otherwise: int
    most: int

    @property
    def variables(self) -> Iterable[str]:
        """The variables that change it."""
        return self.names

    def given(self, variables: Mapping[str, Any]) -> int:
        """Give the largest length that is said."""
        told = [self.said] if self.said is not None else []
        for name in self.names:
            length = length_of(variables[name]) if name in variables else self.defaults[name]
            if length is not None:
                told.append(length)
        return min(max(told), self.most) if told else self.otherwise

    def least(self) -> int:
        """Give the length that no variable can get below."""
        return 0 if self.said is None else min(self.said, self.most)


@dataclass(frozen=True, slots=True)
class Asked:
    """A length that is told by arguments, some of which are variables."""

    size_of: SizeOf
    written: Mapping[str, object]
    names: Mapping[str, str]
    """Argument to variable."""
    defaults: Mapping[str, object]

    @property
    def variables(self) -> Iterable[str]:
        """The variables that change it."""
        return self.names.values()

    def given(self, variables: Mapping[str, Any]) -> int:
        """Give the length at *variables*."""
        told = dict(self.written)
        for argument, name in self.names.items():
            value = variables.get(name, self.defaults[name])
            if isinstance(value, str | int):
                told[argument] = value
        return self.size_of(told)

    def least(self) -> int:
        """Give 0, for nothing is known of what variables do."""
        return 0


@dataclass(frozen=True, slots=True)
class Switch:
    """1 or 0, as `@include` and `@skip` have it."""

    name: str
    includes: bool
    default: bool

    @property
    def variables(self) -> Iterable[str]:
        """The variable that changes it."""
        return (self.name,)

    def given(self, variables: Mapping[str, Any]) -> int:
        """Say whether the field is asked; what is no boolean is refused later."""
        value = variables.get(self.name, self.default)
        return int(not isinstance(value, bool) or value is self.includes)

    def least(self) -> int:
        """Give 0: it may be left out."""
        return 0


def length_of(value: object) -> int | None:
    """Give the length that a variable's *value* says, None if it says none."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(min(max(0, value), MOST))
    return 1  # a single value stands for a list of one


def written_value(value: object) -> str | int | None:
    """Give what is written at *value* if it is a text, a name or a whole number, else None."""
    if isinstance(value, EnumValueNode | StringValueNode):
        return value.value
    return written_length(value) if isinstance(value, IntValueNode) else None


def written_length(value: object) -> int | None:
    """Give the length that is written at *value*: a number, or that of a list; None if none is."""
    if isinstance(value, IntValueNode):
        return max(0, int(value.value[:12]))
    if isinstance(value, ListValueNode):
        return len(value.values)
    return None
