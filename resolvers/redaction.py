"""Blot personal data out of free text: numbers, addresses of mail, plates, names after honorifics.

It works on patterns alone and errs on the side of blotting: the text is shown to everybody.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

from resolvers.suspicion import HONORIFICS, suspects

BLOT = "█████"
"""Stands for what was taken out: one length for all, so that it tells nothing."""

_INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""What has no width or is drawn over the sign before it: marks of writing direction, which come
with every number copied out of a telephone, fillers, and lines through or under a sign."""
_DASH = r"\-\u2010-\u2015\u2212"
"""Hyphens, the one that never breaks among them, dashes, the minus: a class of its own needs it."""
_BULLET = r"\u00b7\u2022\u2027\u2219\u22c5\u30fb"

_AT = r"(?:\s?(?:@|\(at?\)|\[at?\])\s?|\s{1,3}at\s{1,3})"
_DOT = r"(?:\s?(?:\.|\(dot\)|\[dot\])\s?|\s{1,3}(?:dot|titik)\s{1,3})"
_EMAIL = rf"[\w.+%{_DASH}]{{1,64}}{_AT}[\w{_DASH}]{{1,63}}(?:{_DOT}[\w{_DASH}]{{1,63}}){{1,6}}"
_HANDLE = r"(?<![\w@])@\w{3,}"
_YEARS = rf"(?<!\d)(?:(?:19|20)\d\d\s?[{_DASH}]\s?(?:19|20)\d\d|\d{{1,3}}/(?:19|20)\d\d)(?!\d)"
"""A stretch of years, or the number and year of a law."""
_BETWEEN_DIGITS = rf"[\s().,/|*{_DASH}{_BULLET}_]{{0,4}}"
_DIGITS = rf"\(?\+?\d(?:{_BETWEEN_DIGITS}\d){{5,}}"
"""Six digits or more, also grouped: telephone, identity card, bank card, account, amount."""

_KEPT = rf"(?P<kept>{_YEARS}(?![\s./,|*{_DASH}]{{0,4}}\d))"
_NUMBERS = re.compile(rf"{_KEPT}|{_EMAIL}|{_HANDLE}|{_DIGITS}", re.IGNORECASE)
_NUMBERS_ALONE = re.compile(rf"{_KEPT}|{_DIGITS}")
_SPELLED_AT = re.compile(r"[(\[]at?[)\]]|\sat\s", re.IGNORECASE)
"""Without this or `@` there is no address of mail, and no handle."""
_LONG_NUMBER = re.compile(rf"\d(?:{_BETWEEN_DIGITS}\d){{5}}")
"""Without this there is nothing for `_DIGITS`."""

_PLATE_AREAS = (
    "A[ABDEG]?|B[ABDEGHKLMNP]?|D[ABCDEGHKLMNRSTW]?|E[ABD]?|F|G|H|K[BHTU]?|L|M|N|P[ABS]?|R|S|T|W|Z"
)
_PLATES = re.compile(
    rf"(?<![^\W_])(?:{_PLATE_AREAS})[\s.{_DASH}]{{0,2}}\d{{1,4}}[\s.{_DASH}]{{0,2}}[A-Z]{{1,3}}(?![^\W_])",
    re.IGNORECASE,
)
"""An area's letters, one to four digits, letters: an Indonesian number plate."""
_PLATE_END = re.compile(rf"\d[\s.{_DASH}]{{0,2}}[A-Z]{{1,3}}(?![^\W_])", re.IGNORECASE)
"""Without this there is no plate."""

_SPOKEN = (
    r"(?i:bapak|bpk|pak|ibu|bu|sdr|sdri|sdra|saudara|saudari|tuan|tn|nyonya|ny|nona|nn|mbak|mas"
    r"|kak|kakak|ustadz?|ustadzah|kyai|kiai|abah|a\.n|a/n|atas\s{1,3}nama|bernama)"
)
_WRITTEN = (
    r"(?:H(?=\.)|H[Jj]|KH|Dr|dr|drg|DR(?=\.)|D[Rr][SsAa]|Ir|IR(?=\.)|P[Rr][Oo][Ff]|R(?=\.)"
    r"|An(?=\.))"
)
_BEFORE_A_NAME = r"(?i:dokter|kades|gus|bang|om|tante)"
"""Plain words too: only a capital after them makes a name."""
_WORD = rf"[^\W\d_][\w'\u2019`{_DASH}]*\.?"
_HONORIFIC = re.compile(
    rf"(?<![^\W_])(?:{_SPOKEN}|{_WRITTEN}|(?P<plain>{_BEFORE_A_NAME}))"
    r"(?:\.?\s{0,3}:|\.|(?=\s))"
)
_ALPHANUMERIC = re.compile(r"[^\W_]+")
_ALIKE = {0x130: "i", 0x131: "i", 0x17F: "s", 0x212A: "k"}
"""Letters that a pattern without case takes for the plain ones."""
Find = Callable[[str, int], "re.Match[str] | None"]
"""Finds the next honorific in a text, from a place on."""
_NEXT = re.compile(rf"\s*(?P<word>{_WORD})")

_OFFICES = frozenset(
    [
        "bupati",
        "camat",
        "kapolda",
        "kapolres",
        "kapolsek",
        "kadis",
        "kepala",
        "dinas",
        "lurah",
        "menteri",
        "presiden",
        "wakil",
        "walikota",
        "wali",
        "gubernur",
        "rektor",
        "direktur",
        "ketua",
        "sekda",
        "sekretaris",
        "rt",
        "rw",
        "dpr",
        "dprd",
        "hakim",
        "jaksa",
        "guru",
        "dokter",
        "bidan",
        "perawat",
        "polisi",
        "petugas",
        "desa",
        "kelurahan",
        "kecamatan",
    ]
)
"""Words after an honorific that name an office; a name may still follow."""

_LINKS = frozenset({"bin", "binti"})
"""Lower-case words inside a name."""

_PLAIN = frozenset(
    [
        "kota",
        "negara",
        "rumah",
        "hamil",
        "menyusui",
        "pertiwi",
        "yang",
        "dan",
        "di",
        "ke",
        "dari",
        "untuk",
        "mohon",
        "tolong",
        "kami",
        "saya",
        "kita",
        "ini",
        "itu",
        "ada",
        "sudah",
        "belum",
        "tidak",
        "agar",
        "supaya",
        "apakah",
        "bagaimana",
        "kapan",
        "mengapa",
        "kenapa",
        "dengan",
        "atau",
        "juga",
        "bisa",
        "dapat",
        "harus",
        "masih",
        "terhormat",
        "tangga",
        "jalan",
        "perusahaan",
        "orang",
        "nya",
    ]
)
"""Lower-case words after an honorific that are no names; also `Ibu Kota`."""

_LONGEST_NAME = 5
_MOST_UNESCAPED = 3


def redact(text: str) -> str:
    """Give *text* with everything that looks like personal data blotted out."""
    return redact_suspect(text) if suspects((text,)) else text


def redact_suspect(text: str) -> str:
    """Do what `redact` does, without the quick look: by patterns that *text* gives cause for."""
    if "&" in text:
        text = _unescaped(text)
    if not text.isascii():
        text = _as_read(text)
    if "@" in text or _SPELLED_AT.search(text) is not None:
        text = _NUMBERS.sub(_blot_number, text)
    elif _LONG_NUMBER.search(text) is not None:
        text = _NUMBERS_ALONE.sub(_blot_number, text)
    if _PLATE_END.search(text) is not None:
        text = _PLATES.sub(BLOT, text)
    return _blot_names(text, _next_honorific(text))


def redact_by_patterns(text: str) -> str:
    """Give *text* redacted by every pattern in turn: the meaning of `redact`, and its slow twin."""
    text = _as_read(_unescaped(text))
    text = _NUMBERS.sub(_blot_number, text)
    text = _PLATES.sub(BLOT, text)
    return _blot_names(text, _HONORIFIC.search)


def _unescaped(text: str) -> str:
    # An entity reads like the plain sign to a person, so it must here.
    for _ in range(_MOST_UNESCAPED):
        text = html.unescape(text)
    return text


def _as_read(text: str) -> str:
    # So does a full-width digit; what cannot be seen is not there.
    text, unseen = _INVISIBLE.subn("", unicodedata.normalize("NFKC", text))
    # What it stood between may now be one sign.
    return unicodedata.normalize("NFKC", text) if unseen else text


def _next_honorific(text: str) -> Find:
    """Make what `_HONORIFIC.search` is for *text*, asked from left to right; tries whole words."""
    plain = text if text.isascii() else text.translate(_ALIKE)
    words = _ALPHANUMERIC.finditer(plain.lower())
    places = iter([word.start() for word in words if word[0] in HONORIFICS])

    def find(text: str, here: int) -> re.Match[str] | None:
        for place in places:
            if place >= here and (found := _HONORIFIC.match(text, place)) is not None:
                return found
        return None

    return find


def _blot_number(found: re.Match[str]) -> str:
    return found.group() if found.group("kept") else BLOT


def _blot_names(text: str, find: Find) -> str:
    shown: list[str] = []
    here = 0
    while (honorific := find(text, here)) is not None:
        shown.append(text[here : honorific.end()])
        here = honorific.end()
        blotted = 0
        while blotted < _LONGEST_NAME and (found := _NEXT.match(text, here)) is not None:
            word = found.group("word")
            plain = word.rstrip(".").casefold()
            if honorific.group("plain") and not word[0].isupper():
                break
            if (not blotted and plain in _OFFICES) or (blotted and plain in _LINKS):
                shown.append(found.group())
            elif _ends(plain, word, blotted) or _HONORIFIC.match(text, found.start("word")):
                break
            else:
                shown.append(text[here : found.start("word")] + BLOT)
                blotted += 1
            here = found.end()
    return "".join(shown) + text[here:]


def _ends(plain: str, word: str, blotted: int) -> bool:
    """Say whether the sentence goes on with *word*: a first name may be in lower case, no other."""
    return plain in _PLAIN or (blotted > 0 and not word[0].isupper())
