"""Write TOML: keys and texts quoted where they have to be, comments beside and instead of lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_WIDE = 64


def key(name: str) -> str:
    """Write *name* as a key."""
    return name if _BARE.fullmatch(name) else text(name)


def text(value: str) -> str:
    """Write *value* as a text; it stays on one line."""
    return '"' + "".join(_escaped(each) for each in value) + '"'


def texts(values: Iterable[str]) -> str:
    """Write *values* as a list."""
    return "[" + ", ".join(map(text, values)) + "]"


def line(name: str, value: str, why: str = "", *, off: bool = False) -> str:
    """Write a setting, the reason beside it; *off*: as a comment, for a person to switch on."""
    written = f"{'# ' if off else ''}{key(name)} = {value}"
    return f"{written.ljust(_WIDE)}  # {comment(why)}" if why else written


def comment(words: str) -> str:
    """Give *words* as they can stand behind a `#`: on one line, without control characters."""
    return "".join(each if each.isprintable() else " " for each in words)


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    if "\ud800" <= letter <= "\udfff":
        return "\ufffd"
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
