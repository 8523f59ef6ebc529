"""Read foreign texts, codes, numbers and flags: how each shape of value is cleaned.

Everything that `connectors.sql` compares in the database is cleaned here in a way that SQL can
repeat exactly: with named characters, never with "whatever counts as a blank".
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from typing import Final, TypeGuard

BLANKS: Final = " \u00a0\t\n\v\f\r"
"""What is trimmed from a word, and folded to one space inside it."""

CONTROLS: Final = "".join(map(chr, [*range(1, 9), *range(14, 32), *range(127, 160)]))
"""Control characters that are no blanks; without NUL, which a database cannot hold."""

TRUE_WORDS: Final[tuple[str, ...]] = ("1", "true", "t", "yes", "y", "ya", "benar", "on")
FALSE_WORDS: Final[tuple[str, ...]] = ("0", "false", "f", "no", "n", "tidak", "tdk", "salah", "off")

TRACKING_DIGITS: Final = 20
REGION_PATTERN: Final = (
    r"^(?!00)[0-9]{2}(\.?(?!00)[0-9]{2}(\.?(?!00)[0-9]{2}(\.?(?!0000)[0-9]{4})?)?)?$"
)
"""A Kemendagri code, dotted or not; a level of zeros (BPS style) is no level."""

_REMOVED = dict.fromkeys(map(ord, "\0" + CONTROLS))
_REMOVED_FROM_TEXT = _REMOVED | dict.fromkeys((11, 12, 13))
_BLANK_RUN = re.compile(f"[{BLANKS}]+")
_TRACKING_NOISE = dict.fromkeys(map(ord, "#" + BLANKS))
_REGION = re.compile(REGION_PATTERN)
_FLAGS = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)


class Bad:
    """What stands for a value that is there and cannot be read."""


BAD: Final = Bad()


def plain(value: object) -> str | None:
    """Give a scalar as a text, as it stands; None for null and for what is no scalar."""
    if value.__class__ is str:
        return value
    match value:
        case None | dict() | list():
            return None
        case bool():
            return "true" if value else "false"
        case float():
            if not math.isfinite(value):
                return None
            return str(int(value)) if value.is_integer() else str(value)
        case _:
            return str(value)


def word(value: object) -> str:
    """Give a code or word without control characters and outer blanks; empty for null."""
    text = plain(value)
    if text is None:
        return ""
    if not text.isprintable():
        text = text.translate(_REMOVED)
    return text.strip(BLANKS)


def fold(text: str) -> str:
    """Give the form in which *text* is compared: runs of blanks as one space, case folded.

    A letter outside ASCII never folds into ASCII, so that the database can do the same.
    """
    spaced = _BLANK_RUN.sub(" ", text).strip(BLANKS)
    folded = spaced.casefold()
    return spaced if folded.isascii() and not spaced.isascii() else folded


def readable(value: object) -> str | None:
    """Give a text for people: entities unescaped, control characters gone, never empty."""
    text = plain(value)
    if text is None:
        return None
    if "&" in text:
        text = html.unescape(text)
    if not text.isprintable():
        text = text.translate(_REMOVED_FROM_TEXT)
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode("utf-8")
    return text.strip() or None


def tracking_number(value: object, nulls: frozenset[str] = frozenset()) -> str | Bad | None:
    """Give the national number, digits only: `#` and blanks around and inside it are dropped.

    *nulls* are words for null, folded and without blanks.
    """
    if value is None:
        return None
    if is_tracking(value):
        return value
    if isinstance(value, list | dict):
        return BAD
    text = word(value).translate(_TRACKING_NOISE)
    if not text or (text.isascii() and text.lower() in nulls):
        return None
    return text if is_tracking(text) else BAD


def is_tracking(value: object) -> TypeGuard[str]:
    """Say whether *value* is a national number as it is written here: ASCII digits, not many."""
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) <= TRACKING_DIGITS
    )


def region_code(text: str) -> str | None:
    """Give a Kemendagri code in its dotted form, None if *text* is none."""
    if not _REGION.fullmatch(text):
        return None
    digits = text.replace(".", "")
    parts = (digits[0:2], digits[2:4], digits[4:6], digits[6:10])
    return ".".join(part for part in parts if part)


def lies_in(code: str, regions: tuple[str, ...]) -> bool:
    """Say whether region *code* is one of *regions* or lies below one; no regions: anywhere."""
    return not regions or any(code == top or code.startswith(f"{top}.") for top in regions)


def flag(value: object, words: Mapping[str, bool] = _FLAGS) -> bool | Bad | None:
    """Give true or false out of the many shapes that they come in; *words* are folded."""
    if value is None or value.__class__ is bool:
        return value
    text = word(value)
    if not text:
        return None
    return words.get(fold(text), BAD)


def coordinate(value: object, limit: float) -> float | Bad | None:
    """Give a finite number of at most *limit*, with either sign."""
    if value is None:
        return None
    try:
        number = float(value) if isinstance(value, (int, float)) else float(word(value) or "nan")
    except (ValueError, OverflowError):
        return BAD
    if number != number:  # noqa: PLR0124 - only NaN differs from itself
        return None if not word(value) else BAD
    return number if -limit <= number <= limit else BAD
