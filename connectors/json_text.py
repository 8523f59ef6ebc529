r"""Decode a source's JSON: fast, and where a character is broken, at the cost of that character.

Half a surrogate pair (`"\\ud800"`) is no character and no strict decoder takes it; one row with
one would cost the whole page.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

import msgspec

BROKEN: Final = "\ufffd"
"""What stands for a character that was none."""

_HALVES = re.compile("[\ud800-\udfff]")
_decode = msgspec.json.Decoder().decode


class MendedObject(dict[str, Any]):
    """A document in which a character was replaced."""


class MendedList(list[Any]):
    """A document in which a character was replaced."""


class NoJson(ValueError):
    """The text is no JSON."""


def decode(body: bytes) -> Any:
    """Give what *body* says; raises `NoJson`."""
    try:
        return _decode(body)
    except (UnicodeDecodeError, RecursionError):
        raise NoJson from None
    except msgspec.MsgspecError:
        if b"\\u" not in body:
            raise NoJson from None
    try:
        document = _mended(json.loads(body, parse_constant=_refuse))
    except (ValueError, RecursionError):
        raise NoJson from None
    if isinstance(document, dict):
        return MendedObject(document)
    return MendedList(document) if isinstance(document, list) else document


def was_mended(document: object) -> bool:
    """Say whether a character in *document* was replaced."""
    return isinstance(document, MendedObject | MendedList)


def _mended(value: Any) -> Any:
    match value:
        case str():
            return _HALVES.sub(BROKEN, value)
        case list():
            return [_mended(each) for each in value]
        case dict():
            return {_mended(key): _mended(each) for key, each in value.items()}
    return value


def _refuse(_constant: str) -> NoReturn:
    raise NoJson
