"""How the dates of a column are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connectors.moments import moment_reader
from connectors.words import Bad

_DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%m-%d-%Y", "%d/%m/%y",
         "%Y%m%d", "id:%d %B %Y", "id:%A, %d %B %Y", "%d %B %Y", "%B %d, %Y")  # fmt: skip
_TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H.%M", ", %H:%M")
_PATTERNS = tuple(day + time for day in _DAYS for time in _TIMES)
_NOON = ZoneInfo("UTC")
_ZERO = re.compile(r"0000-|\d{4}-00|\d{4}-\d\d-00", re.ASCII)
_ENOUGH = 0.9
_UNIX_FROM, _UNIX_UNTIL = 946_684_800, 4_102_444_800


@dataclass(frozen=True, slots=True)
class Written:
    """The way in which dates are written."""

    forms: tuple[str, ...]
    share: float
    """Of the values, as many can be read so."""
    has_zone: bool
    """They say themselves which clock they mean."""
    in_doubt: str | None = None
    """What else could be meant."""


def written(values: Sequence[object]) -> Written | None:
    """Find how *values* are written; None if they are no dates."""
    known = [value for value in values if value is not None and not _is_none(str(value))]
    if not known:
        return None
    plain = [value for value in known if not isinstance(value, date)]
    if not plain:
        zoned = all(isinstance(value, datetime) and value.tzinfo for value in known)
        return Written(("iso",), 1.0, zoned)
    return _numbers(plain) or _iso(plain) or _patterns(plain)


def _is_none(text: str) -> bool:
    """Say whether nothing stands there: blanks, or the zeros of an old database."""
    return not text.strip() or _ZERO.match(text) is not None


def _numbers(values: Sequence[object]) -> Written | None:
    found = []
    for value in values:
        try:
            found.append(float(str(value)))
        except ValueError:
            return None
    for form, factor in (("unix", 1), ("unix-ms", 1000)):
        if all(_UNIX_FROM <= number / factor <= _UNIX_UNTIL for number in found):
            return Written((form,), 1.0, has_zone=True)
    return None


def _iso(values: Sequence[object]) -> Written | None:
    texts = [str(value).strip() for value in values]
    read = []
    for text in texts:
        try:
            read.append(datetime.fromisoformat(text))
        except ValueError:
            continue
    dashed = sum("-" in text[4:8] for text in texts)
    if len(read) < _ENOUGH * len(texts) or dashed < _ENOUGH * len(texts):
        return None
    return Written(("iso",), len(read) / len(texts), all(each.tzinfo for each in read))


def _patterns(values: Sequence[object]) -> Written | None:
    texts = [value for value in values if isinstance(value, str)]
    if not texts:
        return None
    readable = {form: share for form in _PATTERNS if (share := _share(form, texts)) > 0}
    best = max(readable.values(), default=0.0)
    fitting = [form for form, share in readable.items() if share == best]
    if not fitting:
        return None
    first = fitting[0]
    if best >= _ENOUGH:
        return Written((first,), best, has_zone=False, in_doubt=_doubt(fitting))
    # Several hands: add what reads what is left, as long as it reads much.
    forms, left = [first], _unread(first, texts)
    while left and len(forms) < 4:
        gains = {form: _share(form, left) for form in readable if form not in forms}
        form = max(gains, key=gains.__getitem__, default="")
        if not form or gains[form] < 0.2:
            break
        forms.append(form)
        left = _unread(form, left)
    share = 1 - len(left) / len(texts)
    return Written(tuple(forms), share, has_zone=False) if share >= 0.5 else None


def _doubt(fitting: Sequence[str]) -> str | None:
    other = next((form for form in fitting[1:] if form.startswith(("%m/%d", "%m-%d"))), None)
    if other is None or not fitting[0].startswith(("%d/%m", "%d-%m")):
        return None
    return f"{other} fits as well: no day in the sample is later than the twelfth"


def _share(form: str, texts: Sequence[str]) -> float:
    return 1 - len(_unread(form, texts)) / len(texts)


def _unread(form: str, texts: Sequence[str]) -> list[str]:
    read = moment_reader(form, _NOON, frozenset())
    return [text for text in texts if read(text) is None or isinstance(read(text), Bad)]
