"""Dates as people write them: several ways in one column, months in Indonesian.

A form is one pattern of `strptime` or several, each on a line of its own; one that starts with
`id:` has its months and weekdays in Indonesian, spelled out or shortened.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

INDONESIAN: Final = "id:"

_MONTHS: Final = (
    ("januari", "jan"),
    ("februari", "pebruari", "feb", "peb"),
    ("maret", "mar"),
    ("april", "apr"),
    ("mei",),
    ("juni", "jun"),
    ("juli", "jul"),
    ("agustus", "agu", "ags", "agt"),
    ("september", "sept", "sep"),
    ("oktober", "okt"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "des"),
)
_NUMBER = {word: f"{at:02}" for at, words in enumerate(_MONTHS, 1) for word in words}
_WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "jum'at", "sabtu", "minggu", "ahad")
_LETTERS = re.compile(r"[a-z']+\.?", re.IGNORECASE | re.ASCII)
_WEEKDAY_CODE = re.compile(r"%[aA],?\s*")


def parser(form: str) -> Callable[[str], datetime]:
    """Give the function that reads *form*; it raises `ValueError` for what is not written so."""
    parsers = [_one(each) for each in form.split("\n")]
    if len(parsers) == 1:
        return parsers[0]

    def parse(text: str) -> datetime:
        for each in parsers[:-1]:
            try:
                return each(text)
            except ValueError:
                continue
        return parsers[-1](text)

    return parse


def is_pattern(form: str) -> bool:
    """Say whether *form* is well made: each of its patterns reads what it writes."""
    sample = datetime(2024, 11, 30, 23, 59, 58)  # noqa: DTZ001 - only to try the pattern
    for each in form.split("\n"):
        pattern = _numbered(each.removeprefix(INDONESIAN)) if _is_indonesian(each) else each
        try:
            found = datetime.strptime(sample.strftime(pattern), pattern)  # noqa: DTZ007 - same
        except ValueError:
            return False
        if "%" not in pattern or found.year != 2024:
            return False
    return True


def _one(form: str) -> Callable[[str], datetime]:
    if not _is_indonesian(form):
        return lambda text: datetime.strptime(text, form)  # noqa: DTZ007 - the zone comes later
    pattern = _numbered(form.removeprefix(INDONESIAN))
    has_weekday = "%a" in form or "%A" in form

    def parse(text: str) -> datetime:
        plain = " ".join(text.split())
        if has_weekday:
            first, _, rest = plain.partition(" ")
            if first.rstrip(",").casefold() not in _WEEKDAYS:
                raise ValueError
            plain = rest
        return datetime.strptime(_LETTERS.sub(_month, plain), pattern)  # noqa: DTZ007 - same

    return parse


def _is_indonesian(form: str) -> bool:
    return form.startswith(INDONESIAN)


def _numbered(pattern: str) -> str:
    """Give the pattern that is left once months are numbers and weekdays are gone."""
    return _WEEKDAY_CODE.sub("", pattern).replace("%B", "%m").replace("%b", "%m")


def _month(found: re.Match[str]) -> str:
    return _NUMBER.get(found[0].rstrip(".").casefold(), found[0])
