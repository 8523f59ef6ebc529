"""The part of a mapping's code that takes a value out of a row, by how rows are held."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from connectors.typed_rows import Typed, reach

Name = Callable[[str, object], str]
"""Gives a value a name that the code can use."""


class RowCode(Protocol):
    """Writes the expressions for what stands in a row, each with the lines that it needs first."""

    def opening(self) -> list[str]:
        """Give the lines with which the work on `row` begins; `not_a_row` rejects it."""
        ...

    def at(self, path: str) -> tuple[list[str], str]:
        """Give lines and the expression for the value at *path*."""
        ...

    def reader(self, path: str) -> Callable[[Any], Any]:
        """Give the function from a row to the value at *path*: slower, for rare cases."""
        ...


class ObjectCode:
    """Rows are dictionaries: `get(key_1)`, and level by level if they are *nested*."""

    def __init__(self, name: Name, *, nested: bool) -> None:
        """*Name* the keys; without *nested* a path is one key, dots or not."""
        self._name = name
        self._nested = nested
        self._getters: dict[str, str] = {}

    def opening(self) -> list[str]:
        """Insist on an object where rows may be anything."""
        if not self._nested:
            return ["get = row.get"]
        return [*_refused("dict"), "get = row.get"]

    def at(self, path: str) -> tuple[list[str], str]:
        """Go through inner objects, each of them once."""
        lines = []
        steps = path.split(".") if self._nested else [path]
        getter, walked = "get", ""
        for step in steps[:-1]:
            walked = f"{walked}.{step}"
            if walked not in self._getters:
                inner = f"inner_{len(self._getters)}"
                found = self._getters[walked] = f"get_{inner}"
                lines.append(f"{inner} = {getter}({self._name('key', step)})")
                lines.append(f"{found} = {inner}.get if {inner}.__class__ is dict else nothing")
            getter = self._getters[walked]
        return lines, f"{getter}({self._name('key', steps[-1])})"

    def reader(self, path: str) -> Callable[[Any], Any]:
        """Look the keys up one by one."""
        steps = path.split(".") if self._nested else [path]

        def read(row: Any) -> Any:
            for step in steps:
                row = row.get(step) if hasattr(row, "get") else None
            return row

        return read


class TypedCode:
    """Rows are of a made type: `row.f3`, inner ones `inner_0.f0`."""

    def __init__(self, name: Name, row: Typed) -> None:
        """*Name* the types; *row* tells the ways."""
        self._name = name
        self._row = row
        self._inner: dict[str, str] = {}

    def opening(self) -> list[str]:
        """Insist on the row's type."""
        return _refused(self._name("row", self._row.type))

    def at(self, path: str) -> tuple[list[str], str]:
        """Go through inner objects, each of them once."""
        lines: list[str] = []
        steps = path.split(".")
        holder, kind, walked = "row", self._row, ""
        for step in steps[:-1]:
            outer, name, kind = holder, kind.names[step], kind.inner[step]
            walked = f"{walked}.{step}"
            if walked not in self._inner:
                holder = self._inner[walked] = f"inner_{len(self._inner)}"
                inner_type = self._name("inner", kind.type)
                empty = self._name("empty", kind.type())
                lines.append(f"{holder} = {outer}.{name}")
                lines.append(f"if {holder}.__class__ is not {inner_type}:")
                lines.append(f"    {holder} = {empty}")
            holder = self._inner[walked]
        return lines, f"{holder}.{kind.names[steps[-1]]}"

    def reader(self, path: str) -> Callable[[Any], Any]:
        """Follow the attributes."""
        return reach(self._row.way(path))


def _refused(unless: str) -> list[str]:
    return [
        f"if row.__class__ is not {unless}:",
        "    tally.reject('NOT_AN_OBJECT')",
        "    continue",
    ]
