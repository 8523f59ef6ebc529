"""Moments are whole seconds since 1970 (UTC); only published rows hold them as text."""

from datetime import date, datetime, timedelta, timezone

DAY = 86_400
WIB = timezone(timedelta(hours=7))
WITA = timezone(timedelta(hours=8))
_WIB_SECONDS = 7 * 3_600
_OPENS, _SHUTS = 8 * 3_600, 16 * 3_600

CABINET_OF_2024 = int(datetime(2024, 10, 21, tzinfo=WIB).timestamp())
"""The day from which split and renamed ministries go by their new names."""


def midnight(day: date) -> int:
    """Give the moment at which *day* begins in Jakarta."""
    return int(datetime(day.year, day.month, day.day, tzinfo=WIB).timestamp())


def iso(moment: int) -> str:
    """Write *moment* as ISO 8601 with Jakarta's offset."""
    return datetime.fromtimestamp(moment, WIB).isoformat()


def local(moment: int, zone: timezone) -> str:
    """Write *moment* as the clock on the wall of *zone* shows it, without saying which zone."""
    return datetime.fromtimestamp(moment, zone).isoformat(" ")[:19]


def weekday(moment: int) -> int:
    """Give the weekday in Jakarta, Monday being 0."""
    return ((moment + _WIB_SECONDS) // DAY + 3) % 7


def in_office_hours(moment: int, spread: float) -> int:
    """Move *moment* forward to office hours; *spread* (0 to 1) says how far into the day."""
    second = (moment + _WIB_SECONDS) % DAY
    day = weekday(moment)
    if day < 5 and _OPENS <= second < _SHUTS:
        return moment
    start_of_day = moment - second
    if day >= 5:
        start_of_day += (7 - day) * DAY
    elif second >= _SHUTS:
        start_of_day += (3 if day == 4 else 1) * DAY
    return start_of_day + _OPENS + int(spread * (_SHUTS - _OPENS - 1))


def after_working_days(moment: int, days: int) -> int:
    """Give the Jakarta midnight that ends the *days*-th weekday after *moment*."""
    at = moment - (moment + _WIB_SECONDS) % DAY
    while days:
        at += DAY
        if weekday(at) < 5:
            days -= 1
    return at + DAY
