"""Foreign dates and times to moments in UTC, and moments to a source's own writing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from connectors.words import BAD, Bad, fold, word
from connectors.written_dates import INDONESIAN, is_pattern, parser

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)

ReadMoment = Callable[[object], "datetime | Bad | None"]
WriteMoment = Callable[[datetime], str]

UNSAID = ZoneInfo.no_cache("UTC")
"""The clock of a source whose settings name none.  It is an object of its own, so that it can be
told from a `UTC` that somebody wrote."""

_WHOLE = len("2026-01-02T03:04:05.123456")
_FIRST_STEADY, _LAST_STEADY = 1970, 2037

UNIX = {"unix": 1, "unix-ms": 1000}


def to_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give *moment* in UTC; without a zone of its own it is *zone*'s local time.

    A time that comes twice as clocks go back is its first; one beyond the years that can be
    written is the first or the last moment that can.
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone, fold=0)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return EARLIEST if moment.year < 5000 else LATEST


def to_local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give *moment* on *zone*'s clock, without a zone; the ends of time stay in place."""
    try:
        return moment.astimezone(zone).replace(tzinfo=None, fold=0)
    except OverflowError:
        return moment.replace(tzinfo=None)


@lru_cache(maxsize=64)
def steady_offset(zone: ZoneInfo) -> timedelta | None:
    """Give the offset of a *zone* whose clocks were never changed since 1970, None of another."""
    noon = datetime(_FIRST_STEADY, 1, 1, 12, tzinfo=UTC)
    days = (datetime(_LAST_STEADY, 12, 31, tzinfo=UTC) - noon).days
    offsets = {
        zone.utcoffset((noon + timedelta(days=day)).replace(tzinfo=zone)) for day in range(days)
    }
    return offsets.pop() if len(offsets) == 1 else None


def moment_reader(form: str, zone: ZoneInfo, nulls: frozenset[str]) -> ReadMoment:
    """Give the function that reads moments written in *form*.

    *form* is `iso`, `unix`, `unix-ms` or patterns as `connectors.written_dates` reads them.
    Null, empty and *nulls* are read as None; what cannot be read gives `BAD`.
    """
    parse = _parser(form)
    in_utc = utc_reader(zone)

    def slowly(value: object) -> datetime | Bad | None:
        if isinstance(value, datetime):
            return to_utc(value, zone)
        if isinstance(value, date):
            return to_utc(datetime(value.year, value.month, value.day), zone)  # noqa: DTZ001 - local
        if isinstance(value, (int, float)) and form not in UNIX:
            # Seconds, days or a date without its dashes: only the source knows.
            return BAD
        text = word(value)
        if not text or fold(text) in nulls:
            return None
        try:
            return to_utc(parse(text), zone)
        except (ValueError, OverflowError, OSError):
            return BAD

    def read(value: object) -> datetime | Bad | None:
        if value.__class__ is str:
            try:
                moment = parse(value)
                return moment if moment.tzinfo is UTC else in_utc(moment)
            except (ValueError, OverflowError, OSError):
                return slowly(value)
        return None if value is None else slowly(value)

    return read


def utc_reader(zone: ZoneInfo) -> Callable[[datetime], datetime]:
    """Give what `to_utc` does for *zone*, faster where its clocks were never changed."""
    offset = steady_offset(zone)
    if offset is None:
        return lambda moment: to_utc(moment, zone)

    def in_utc(moment: datetime) -> datetime:
        if moment.tzinfo is None and _FIRST_STEADY <= moment.year <= _LAST_STEADY:
            return moment.replace(tzinfo=UTC) - offset
        return to_utc(moment, zone)

    return in_utc


def iso_moment(text: str) -> datetime:
    """Read an ISO 8601 text as a decoder of typed JSON does, and what that leaves to Python.

    The two differ in a seventh digit of a second, which counts as a half, and in a small `z`.
    """
    if not (len(text) > _WHOLE and text[_WHOLE].isdigit()) and text[-1:] != "z":
        return datetime.fromisoformat(text)
    try:
        return msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        return datetime.fromisoformat(text)


def date_reader(form: str, nulls: frozenset[str]) -> Callable[[object], date | Bad | None]:
    """Give the function that reads days."""
    parse = _parser(form)

    def read(value: object) -> date | Bad | None:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = word(value)
        if not text or fold(text) in nulls:
            return None
        try:
            return parse(text).date()
        except (ValueError, OverflowError, OSError):
            return BAD

    return read


def moment_writer(form: str, zone: ZoneInfo) -> WriteMoment:
    """Give the function that writes a moment as a source with *zone*'s clock expects it."""
    if form in UNIX:
        factor = UNIX[form]
        return lambda moment: str(int(moment.timestamp() * factor))
    if form == "iso":
        return _iso_writer(zone)
    if form == "%Y-%m-%d":
        return lambda moment: to_local(moment, zone).date().isoformat()
    return lambda moment: to_local(moment, zone).strftime(form)


def floor(moment: datetime, unit: str, zone: ZoneInfo) -> datetime:
    """Give the start of the second, minute or day, on *zone*'s clock, in which *moment* lies."""
    if unit == "second":
        return moment.replace(microsecond=0)
    if unit == "minute":
        return moment.replace(second=0, microsecond=0)
    local = to_local(moment, zone)
    return to_utc(local.replace(hour=0, minute=0, second=0, microsecond=0), zone)


UNITS = ("exact", "second", "minute", "day")
"""How finely a moment can be written or compared, from fine to coarse."""


def finest(form: str) -> str:
    """Give the unit that *form* can tell apart."""
    if form == "iso" or "%f" in form:
        return "exact"
    if form in UNIX or any(code in form for code in ("%S", "%T", "%c", "%X", "%s")):
        return "second"
    return "minute" if any(code in form for code in ("%M", "%R")) else "day"


def just_before(moment: datetime) -> datetime:
    """Give the last moment before *moment*."""
    return moment - timedelta(microseconds=1) if moment > EARLIEST else moment


def read_well(form: str) -> bool:
    """Say whether *form* is one that `moment_reader` understands."""
    return form == "iso" or form in UNIX or is_pattern(form)


def written_well(form: str) -> bool:
    """Say whether *form* is one that `moment_writer` can write."""
    return read_well(form) and "\n" not in form and not form.startswith(INDONESIAN)


def _iso_writer(zone: ZoneInfo) -> WriteMoment:
    offset = steady_offset(zone)
    if offset is None:
        return lambda moment: _aware(moment, zone).isoformat()
    steady = timezone(offset)

    def write(moment: datetime) -> str:
        if _FIRST_STEADY < moment.year < _LAST_STEADY:
            return moment.astimezone(steady).isoformat()
        return _aware(moment, zone).isoformat()

    return write


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def _parser(form: str) -> Callable[[str], datetime]:
    if form == "iso":
        return iso_moment
    if form in UNIX:
        factor = UNIX[form]
        return lambda text: datetime.fromtimestamp(float(text) / factor, UTC)
    return parser(form)
