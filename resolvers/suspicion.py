"""Tell texts that may hold personal data from those that cannot, a whole page in one pass.

Most titles are plain words.  The signs looked for are those without which none of the patterns of
`redaction.py` can match, so it may suspect in vain, but misses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_FIRST_WORDS = """bapak bpk pak ibu bu sdr sdri sdra saudara saudari tuan tn nyonya ny nona nn mbak
    mas kak kakak ustad ustadz ustadzah kyai kiai abah a atas bernama h hj kh dr drg drs dra ir prof
    r an dokter kades gus bang om tante"""
HONORIFICS = frozenset(_FIRST_WORDS.split())
"""The first word of every honorific, in lower case."""
AT = frozenset({"at", "a"})
"""The words of spelled-out mail, as in `budi (a) contoh`."""

_MARK = 0
_BETWEEN = "\n\0\n"
"""Stands between texts: neither a word, nor a plate, nor a number goes on behind it."""
_SUSPICIOUS = frozenset(word.encode() for word in HONORIFICS | AT)


def _seen(number: int) -> str:
    """Give what a byte is taken for: `a` to `z`, `0` for a digit, `@` for what is not harmless
    anywhere, a space for what may stand inside a number plate, a line's end for the rest.
    """
    sign = chr(number).lower()
    if number == _MARK or sign.isalpha():
        return sign
    if sign.isdigit():
        return "0"
    if sign in "@&":
        return "@"
    return " " if sign.isspace() or sign in ".-" else "\n"


_SEEN = "".join(map(_seen, range(128))).encode() + b"@" * 128
_NO_DIGIT = bytes(set(range(256)) - {_MARK, ord("0")})
_PLATE = re.compile(rb"0 {0,2}[a-z]{1,3}(?![a-z0])")
"""The end of a number plate; a pattern that begins with a fixed byte is searched for fastest."""


def suspects(texts: Sequence[str]) -> list[int]:
    """Give the places of those *texts* in which a pattern may match; mostly there are none."""
    if not texts:
        return []
    seen = _BETWEEN.join(texts).encode("utf-8", "surrogatepass").translate(_SEEN)
    if seen.count(_MARK) != len(texts) - 1:
        # A text has the mark in it, which no honest one does.
        return [place for place, text in enumerate(texts) if "\0" in text or suspects((text,))]
    if not _is_suspect(seen):
        return []
    if len(texts) == 1:
        return [0]
    return [place for place, each in enumerate(seen.split(b"\0")) if _is_suspect(each)]


def _is_suspect(seen: bytes) -> bool:
    if b"@" in seen or not _SUSPICIOUS.isdisjoint(seen.split()):
        return True
    if b"0" not in seen:
        return False
    # Six digits anywhere in one text, whatever stands between them.
    return b"000000" in seen.translate(None, _NO_DIGIT) or _PLATE.search(seen) is not None
