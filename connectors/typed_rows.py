"""Types made for what a mapping reads, so that JSON is decoded into attributes without objects.

For the paths `nomor` and `instansi.kode`, the second of any kind, the first a moment:

    class Inner:                     class Row:
        f0: Any = None   # kode          f0: datetime | None = None               # nomor
                                         f1: Inner | list | str | … | None = None # instansi

What is no object where one is expected is no error, it leads nowhere, as it does in a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

Leaves = Mapping[str, Any]
"""Dotted path to the type of what stands there."""


class Typed(msgspec.Struct, frozen=True):
    """The type of an object and the ways to what it holds."""

    type: Any
    """The type itself."""
    names: Mapping[str, str]
    """Key to attribute."""
    inner: Mapping[str, Typed]
    """Key to the type of the object there, where it holds others."""

    @property
    def or_else(self) -> Any:
        """The type of a place where the object should stand, and anything else may."""
        return self.type | list[Any] | str | int | float | bool | None

    def way(self, path: str) -> str:
        """Give the dotted attributes that lead to *path*."""
        step, _, rest = path.partition(".")
        name = self.names[step]
        return f"{name}.{self.inner[step].way(rest)}" if rest else name


def typed(leaves: Leaves) -> Typed | None:
    """Give the type of an object with *leaves*; None if one of their paths leads through another.

    Also where a key cannot be an attribute's.  It is decoded fastest if what is read comes in the
    order of *leaves*.
    """
    return _typed(tuple(leaves.items()))


@lru_cache(maxsize=1024)
def _typed(leaves: tuple[tuple[str, Any], ...]) -> Typed | None:
    inside: dict[str, dict[str, Any]] = {}
    plain: dict[str, Any] = {}
    for path, kind in leaves:
        step, dot, rest = path.partition(".")
        if dot:
            inside.setdefault(step, {})[rest] = kind
        else:
            plain[step] = kind
    if plain.keys() & inside.keys():
        return None
    inner: dict[str, Typed] = {}
    for step, below in inside.items():
        found = typed(below)
        if found is None:
            return None
        inner[step] = found
    kinds = plain | {step: each.or_else for step, each in inner.items()}
    names = {key: f"f{at}" for at, key in enumerate(kinds)}
    try:
        made = msgspec.defstruct(
            "Row",
            [(names[key], kind, None) for key, kind in kinds.items()],
            rename={name: key for key, name in names.items()},
            gc=False,
        )
    except ValueError:
        return None
    return Typed(made, names, inner)


def reach(way: str) -> Callable[[Any], Any]:
    """Give the function that follows the attributes of *way*, to None if it breaks off."""
    steps = way.split(".")

    def reached(value: Any) -> Any:
        for step in steps:
            value = getattr(value, step, None)
        return value

    return reached
