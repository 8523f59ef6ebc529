"""Tell texts that may hold personal data from those that cannot, a whole page in one pass.

Most titles are plain words.  The signs looked for are those without which none of the patterns of
`redaction.py` can match, so it may suspect in vain, but misses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_FIRST_WORDS = """bapak bpk pak ibu bu sdr sdri sdra saudara saudari tuan tn nyonya ny nona nn mbak
    mas kak kakak ustad ustadz ustadzah kyai kiai abah a atas bernama h hj kh dr drg drs dra ir prof
    r an dokter kades gus bang om tante"""
HONORIFICS = frozenset(_FIRST_WORDS.split())
"""The first word of every honorific, in lower case."""
AT = frozenset({"at", "a"})
"""The words of spelled-out mail, as in `budi (a) contoh`."""

_MARK = b"\0"
_BETWEEN = "\0\n"
"""Stands between texts: neither a word, nor a plate, nor a number goes on behind it."""


def _seen(number: int) -> str:
    """Give what a byte is taken for: `a` to `z`, `0` for a digit, `@` for what is not harmless
    anywhere, a line's end for the rest.
    """
    sign = chr(number).lower()
    if number == 0 or sign.isalpha():
        return sign
    if sign.isdigit():
        return "0"
    return "@" if sign in "@&" else "\n"


_SEEN = "".join(map(_seen, range(128))).encode() + b"@" * 128
_NO_DIGIT = bytes(set(range(256)) - set(b"\x000"))


def _any_of(words: Iterable[str]) -> str:
    """Write the pattern of any of *words* with nothing of a word behind; none is tried twice."""
    behind: dict[str, list[str]] = {}
    for word in words:
        behind.setdefault(word[:1], []).append(word[1:])
    ways = [
        letter + _any_of(rest) if letter else "[\n\0]" for letter, rest in sorted(behind.items())
    ]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


# Patterns that begin with a fixed byte are searched for fastest.
_STRANGE = re.compile(b"@")
_WORDS = re.compile(f"\n{_any_of(HONORIFICS | AT)}".encode())
_PLATE_END = re.compile(r"\d[\s.\-]{0,2}[A-Za-z]{1,3}(?![A-Za-z0-9])")
"""Without this there is no plate in a text that is ASCII."""
_PLATE = re.compile(rb"0\n{0,2}[a-z]{1,3}(?![a-z0])")
_SIX_DIGITS = re.compile(rb"000000")


def suspects(texts: Sequence[str]) -> list[int]:
    """Give the places of those *texts* in which a pattern may match; mostly there are few."""
    if not texts:
        return []
    whole = f"\n{_BETWEEN.join(texts)}\n"
    seen = whole.encode("utf-8", "surrogatepass").translate(_SEEN)
    if seen.count(_MARK) != len(texts) - 1:
        # A text has the mark in it, which no honest one does.
        return [place for place, text in enumerate(texts) if "\0" in text or suspects((text,))]
    found: set[int] = set()
    if b"@" in seen:
        found.update(_holders(_STRANGE, seen))
    found.update(_holders(_WORDS, seen))
    if b"0" in seen:
        plated = _holders(_PLATE, seen)
        found.update(place for place in plated if _PLATE_END.search(texts[place]) is not None)
        # Six digits anywhere in one text, whatever stands between them.
        found.update(_holders(_SIX_DIGITS, seen.translate(None, _NO_DIGIT)))
    return sorted(found)


def _holders(sign: re.Pattern[bytes], seen: bytes) -> Iterator[int]:
    """Give the places of the texts that hold *sign*."""
    place = at = 0
    while (match := sign.search(seen, at)) is not None:
        place += seen.count(_MARK, at, match.start())
        yield place
        at = seen.find(_MARK, match.start())
        if at < 0:
            return
