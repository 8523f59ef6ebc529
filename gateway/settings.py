"""The gateway's own settings: the table `[gateway]`, strict, with every mistake told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SIZE = re.compile(r"(\d+)(B|KiB|MiB)", re.ASCII)
_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024 * 1024}
_KEY_LENGTHS = (16, 24, 32)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the settings."""

    path: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        """Write path, message and hint in one line."""
        told = f"{self.path}: {self.message}"
        return told if self.hint is None else f"{told}; hint: {self.hint}"


class SettingsError(Exception):
    """The settings hold mistakes; all of them are in `problems`."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep every problem."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """How the gateway serves."""

    host: str = "127.0.0.1"
    """The address to listen on; `0.0.0.0` for every interface."""
    port: int = 8000
    """The port to listen on; 0 for any that is free."""
    deadline: float = 8.0
    """Seconds that one request may take, as in `"8s"`; 300 ms of it are kept for merging."""
    drain: float = 10.0
    """Seconds that running requests get when the gateway is stopped."""
    body_max: int = 256 * 1024
    """Bytes of a request's body, as in `"256KiB"`."""
    introspection: bool = False
    """Clients may ask for the schema."""
    console: bool = False
    """A page at `/` lets you try queries; for demonstrations."""
    validation_errors: int = 1
    """How many mistakes of one query are told."""
    cursor_lifetime: float = 86400.0
    """Seconds that a cursor can be used, as in `"1d"`."""
    cursor_keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Name to key of 16, 24 or 32 bytes in hexadecimal digits, by reference: `env:NAME` or
    `file:PATH`.  Replicas share them; without any, each process makes one of its own."""
    cursor_key: str | None = None
    """The name of the key that seals new cursors; the last by name if not given."""
    reference_interval: float = 30.0
    """Seconds between looks at whether the reference data changed, as in `"30s"`."""


_KINDS: Mapping[str, str] = {
    "host": "word",
    "port": "port",
    "deadline": "duration",
    "drain": "duration",
    "body_max": "size",
    "introspection": "flag",
    "console": "flag",
    "validation_errors": "count",
    "cursor_lifetime": "duration",
    "cursor_keys": "keys",
    "cursor_key": "word",
    "reference_interval": "duration",
}


def read_settings(table: object, environ: Mapping[str, str]) -> GatewaySettings:
    """Read the table `[gateway]`; raises `SettingsError` with every mistake in it."""
    if not isinstance(table, Mapping):
        raise SettingsError((Problem("gateway", "expected a table"),))
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for name, value in table.items():
        path = f"gateway.{name}"
        kind = _KINDS.get(name)
        if kind is None:
            near = get_close_matches(name, _KINDS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(_KINDS)}"
            problems.append(Problem(path, "there is no such setting", hint))
            continue
        try:
            values[name] = _keys(value, environ, path) if kind == "keys" else _READ[kind](value)
        except SettingsError as error:
            problems.extend(error.problems)
        except ValueError as error:
            problems.append(Problem(path, str(error)))
    problems.extend(_unfit(values))
    if problems:
        raise SettingsError(tuple(problems))
    return GatewaySettings(**values)


def _unfit(values: Mapping[str, Any]) -> list[Problem]:
    key, keys = values.get("cursor_key"), values.get("cursor_keys", {})
    if key is not None and key not in keys:
        return [Problem("gateway.cursor_key", "names no key of gateway.cursor_keys")]
    return []


def _word(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("expected a text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")  # noqa: TRY004 - all mistakes are of one kind
    return value


def _port(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 65535:
        raise ValueError("expected a port from 0 to 65535")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("expected a number from 1")
    return value


def _duration(value: object) -> float:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None or float(found.group(1)) == 0:
        raise ValueError('expected a duration like "8s", "500ms" or "1d"')
    return float(found.group(1)) * _SECONDS[found.group(2)]


def _size(value: object) -> int:
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found.group(1)) == 0:
        raise ValueError('expected a size like "256KiB"')
    return int(found.group(1)) * _BYTES[found.group(2)]


_READ = {
    "word": _word,
    "flag": _flag,
    "port": _port,
    "count": _count,
    "duration": _duration,
    "size": _size,
}


def _keys(value: object, environ: Mapping[str, str], path: str) -> dict[str, bytes]:
    if not isinstance(value, Mapping):
        raise ValueError("expected a table of names and references")  # noqa: TRY004
    problems: list[Problem] = []
    keys: dict[str, bytes] = {}
    for name, reference in value.items():
        try:
            keys[name] = _key(reference, environ)
        except ValueError as error:
            problems.append(Problem(f"{path}.{name}", str(error)))
    if problems:
        raise SettingsError(tuple(problems))
    return keys


def _key(reference: object, environ: Mapping[str, str]) -> bytes:
    kind, colon, name = reference.partition(":") if isinstance(reference, str) else ("", "", "")
    if kind == "env" and colon:
        text = environ.get(name)
        if text is None:
            raise ValueError(f"the environment has no variable {name}")
    elif kind == "file" and colon:
        try:
            text = Path(name).read_text(encoding="utf-8")
        except OSError as error:
            raise ValueError(f"the file cannot be read: {error.strerror}") from None
    else:
        raise ValueError("expected a reference, `env:NAME` or `file:PATH`, never the key itself")
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) not in _KEY_LENGTHS:
        raise ValueError("expected 16, 24 or 32 bytes in hexadecimal digits")
    return key


def documented(source: str) -> str:
    """Give `docs/settings.md` from this file's own *source* text."""
    lines = [
        "# Settings",
        "",
        "Written from `gateway/settings.py`; `make docs` renews it.",
        "Settings stand in TOML; `--config` may be given several times, each adds to the others.",
        "An unknown key is an error; every mistake is told at once, with its path.",
        "Sources are described in `docs/connectors.md`.",
        "",
        "## `[gateway]`",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    for each in fields(GatewaySettings):
        default = "none" if each.name in ("cursor_keys", "cursor_key") else _told(each.name)
        found = re.search(rf'    {each.name}: [^\n]*\n    """(.*?)"""', source, re.DOTALL)
        meaning = " ".join(found.group(1).split()) if found else ""
        lines.append(f"| `{each.name}` | {default} | {meaning} |")
    return "\n".join(lines) + "\n"


def _told(name: str) -> str:
    value = getattr(GatewaySettings(), name)
    match _KINDS[name]:
        case "duration":
            return f'`"{value:g}s"`'
        case "size":
            return f'`"{value // 1024}KiB"`'
        case "flag":
            return f"`{str(value).lower()}`"
        case "word":
            return f'`"{value}"`'
        case _:
            return f"`{value}`"
