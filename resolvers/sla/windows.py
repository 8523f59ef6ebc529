"""From last days back to start days: the last day never falls when the start rises, so bisect."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from connectors.contract.filters import Value
from resolvers.sla.limit import last_day
from resolvers.sla.rules import Length
from resolvers.sla.working_days import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Window:
    """Days from *since* (None: from ever) until before *until* (None: without end)."""

    since: int | None = None
    until: int | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether no day lies in it."""
        return self.since is not None and self.until is not None and self.since >= self.until

    def both(self, other: Window) -> Window:
        """Give the days that lie in this and in *other*."""
        sinces = [day for day in (self.since, other.since) if day is not None]
        untils = [day for day in (self.until, other.until) if day is not None]
        return Window(max(sinces, default=None), min(untils, default=None))


EVER = Window()


NEVER = Window(0, 0)


@lru_cache(maxsize=4096)
def starts_for(calendar: WorkingCalendar, lengths: tuple[Length, ...], ends: Window) -> Window:
    """Give the start days whose limit has its last day in *ends*."""
    first, behind = calendar.first - 1, calendar.last + 1
    days = range(first, behind)

    def begins(end: int) -> int:
        """Give the first start day whose last day is *end* or later."""
        return first + bisect_left(days, end, key=lambda day: last_day(calendar, lengths, day)[0])

    # The calendar's edges stand for all days beyond them.
    since = first if ends.since is None else begins(ends.since)
    until = behind if ends.until is None else begins(ends.until)
    if since >= until:
        return NEVER
    return Window(None if since == first else since, None if until == behind else until)


class Limits(tuple[Value, ...]):  # noqa: SLOT001 - a tuple has no room for a slot of its own
    """The values of an `IN_TIME` term: thousands of them, so that their hash is made once."""

    _hash: int | None = None

    def __hash__(self) -> int:
        """Give the hash of the plain tuple."""
        if self._hash is None:
            self._hash = super().__hash__()
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Compare as the plain tuple."""
        return self is other or super().__eq__(other)


@lru_cache(maxsize=256)
def limits(calendar: WorkingCalendar, lengths: tuple[Length, ...], field: str) -> Limits:
    """Give the values of an `IN_TIME` term: *field* starts the limit, then from when which holds.

    The same for as long as rules and calendar are the same, whatever the moment.
    """
    zone = calendar.zone
    values: list[Value] = [field]
    known = None
    for day in range(calendar.first - 1, calendar.last + 1):
        end, _ = last_day(calendar, lengths, day)
        if end != known:
            values += (_EVER_SINCE if known is None else zone.begin(day), zone.end(end))
            known = end
    return Limits(values)


def shortest(lengths: tuple[Length, ...]) -> tuple[Length, ...]:
    """Give those of *lengths* that can be the shortest: one of each day type at most."""
    least = {each.day_type: each for each in sorted(lengths, reverse=True)}
    return tuple(sorted(least.values()))


_EVER_SINCE = datetime.min.replace(tzinfo=UTC)
