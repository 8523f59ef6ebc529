"""Read one table of settings key by key, strictly, and collect every mistake on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.did_you_mean import did_you_mean
from connectors.problems import Problem
from connectors.references import References, Secret, Unresolved, is_reference

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIZE = re.compile(r"(\d+)(B|KiB|MiB|GiB)", re.ASCII)
_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
LEFT_OPEN = "?"
"""What stands where a person has still to say something."""

_KINDS = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}


class SettingsReader:
    """One table: every key is asked for by its type, what nobody asked for is a mistake.

    A method that finds a mistake notes it and gives a harmless value, so that reading goes on.
    """

    def __init__(
        self,
        table: Mapping[str, Any],
        path: str,
        problems: list[Problem],
        references: References,
    ) -> None:
        """Read *table*, which stands at *path*, noting mistakes in *problems*."""
        self._table = table
        self._asked: set[str] = set()
        self.path = path
        self.problems = problems
        self.references = references

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.references.folder

    def names(self) -> Sequence[str]:
        """Give the keys that are set."""
        return tuple(self._table)

    def has(self, key: str) -> bool:
        """Say whether *key* is set."""
        self._asked.add(key)
        return key in self._table

    def raw(self, key: str) -> object:
        """Give the value of *key* as it stands, None if it is not set or left open."""
        self._asked.add(key)
        value = self._table.get(key)
        if value == LEFT_OPEN:
            self.left_open(key)
            return None
        return value

    def at(self, key: str) -> str:
        """Give the path of *key*."""
        return f"{self.path}.{key}" if self.path else key

    def problem(self, key: str | None, message: str, hint: str | None = None) -> None:
        """Note a mistake at *key*, or in the table as a whole."""
        self.problems.append(Problem(self.path if key is None else self.at(key), message, hint))

    def left_open(self, key: str, hint: str = "write what belongs there") -> None:
        """Note that *key* waits for a person to fill it in; once, however often it is asked for."""
        path = self.at(key)
        if all(each.path != path for each in self.problems):
            self.problem(key, "is left to fill in", hint)

    def optional_text(self, key: str) -> str | None:
        """Give a text, plain or by reference, None if it is not set."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self._mistyped(key, value, "a text")
            return None
        if is_reference(value):
            return self._resolved(key, value)
        if not value.strip():
            self.problem(key, "is empty")
            return None
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Give a text, plain or by reference; required if there is no *default*."""
        if not self.has(key):
            if default is None:
                self.problem(key, "is missing")
            return default or ""
        return self.optional_text(key) or default or ""

    def choice(self, key: str, options: Iterable[str], default: str | None = None) -> str:
        """Give one of *options*."""
        allowed = tuple(options)
        value = self.text(key, default)
        if value in allowed or not value:
            return value
        self.problem(key, f"`{_short(value)}` is not known", did_you_mean(value, allowed))
        return default or allowed[0]

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts, empty if it is not set."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._no_texts(key, value)
            return ()
        if LEFT_OPEN in value:
            self.left_open(key)
            return ()
        return tuple(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self._mistyped(key, value, "true or false")
            return default
        return value

    def optional_whole(self, key: str, *, most: int = 10_000_000) -> int | None:
        """Give a whole number from 1 to *most*, None if it is not set."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self._mistyped(key, value, "a whole number")
            return None
        if not 1 <= value <= most:
            self.problem(key, f"{value} is out of range", f"use 1 to {most}")
            return None
        return value

    def whole(self, key: str, default: int, *, most: int = 10_000_000) -> int:
        """Give a whole number from 1 to *most*."""
        return self.optional_whole(key, most=most) or default

    def seconds(self, key: str, default: float) -> float:
        """Give a duration written as `250ms`, `4s` or `2m`, in seconds."""
        value = self.raw(key)
        if value is None:
            return default
        found = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            self.problem(key, "should be a duration", 'write it as "250ms", "4s", "2m" or "24h"')
            return default
        if float(found[1]) == 0:
            self.problem(key, f"{value} is no time at all", "write more than 0")
            return default
        return float(found[1]) * _SECONDS[found[2]]

    def size(self, key: str, default: int) -> int:
        """Give a size written as `64KiB` or `32MiB`, in bytes."""
        value = self.raw(key)
        if value is None:
            return default
        found = _SIZE.fullmatch(value) if isinstance(value, str) else None
        if found is not None and int(found[1]) == 0:
            self.problem(key, f"{value} holds nothing", "write more than 0")
            return default
        if found is None:
            self.problem(key, "should be a size", 'write it as "64KiB" or "32MiB"')
            return default
        return int(found[1]) * _BYTES[found[2]]

    def secret(self, key: str) -> Secret:
        """Give a secret, which must be set and must be a reference."""
        value = self.raw(key)
        if value is None:
            if not self.has(key):
                self.problem(key, "is missing")
        elif not isinstance(value, str):
            self._mistyped(key, value, "a reference")
        elif not is_reference(value):
            # The value itself may be the secret: it is not repeated.
            self.problem(
                key, "a secret stands in the settings", "write `env:NAME` or `file:PATH` instead"
            )
        else:
            return Secret(self._resolved(key, value) or "", value)
        return Secret("", "missing")

    def section(self, key: str) -> SettingsReader | None:
        """Give the table at *key*, None if it is not set."""
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._mistyped(key, value, "a table")
            return None
        return self._nested(key, value)

    def sections(self, key: str) -> list[tuple[str, SettingsReader]]:
        """Give the tables under *key*, each with its name."""
        outer = self.section(key)
        if outer is None:
            return []
        inner = [(name, outer.section(name)) for name in outer.names()]
        return [(name, table) for name, table in inner if table is not None]

    def alternatives(self, key: str) -> list[SettingsReader]:
        """Give the tables at *key*, which may be one table or a list of them."""
        value = self.raw(key)
        if value is None:
            return []
        many: list[Any] = value if isinstance(value, list) else [value]
        if not all(isinstance(each, dict) for each in many):
            self._mistyped(key, value, "a table or a list of tables")
            return []
        if not isinstance(value, list):
            return [self._nested(key, many[0])]
        return [self._nested(f"{key}[{index}]", each) for index, each in enumerate(many)]

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._table:
            if key not in self._asked:
                self.problem(key, "is not a known setting", did_you_mean(key, self._asked))

    def _nested(self, key: str, table: Mapping[str, Any]) -> SettingsReader:
        return SettingsReader(table, self.at(key), self.problems, self.references)

    def _resolved(self, key: str, reference: str) -> str | None:
        try:
            return self.references.resolve(reference)
        except Unresolved as error:
            self.problem(key, error.message, error.hint)
            return None

    def _no_texts(self, key: str, value: object) -> None:
        wanted = "a list of texts"
        if isinstance(value, str):
            self.problem(key, f"should be {wanted}, is a text", "write it in brackets")
            return
        if not isinstance(value, list):
            self._mistyped(key, value, wanted)
            return
        odd = next(each for each in value if not isinstance(each, str))
        hint = "write each in quotes" if isinstance(odd, int | float) else None
        self.problem(key, f"should be {wanted}, holds {_kind(odd)}", hint)

    def _mistyped(self, key: str, value: object, wanted: str) -> None:
        self.problem(key, f"should be {wanted}, is {_kind(value)}")


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return _KINDS.get(type(value), type(value).__name__)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
