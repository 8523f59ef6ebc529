"""The last day of a limit: the one place where days are added."""

from __future__ import annotations

from collections.abc import Sequence

from resolvers.sla.rules import DayType, Length
from resolvers.sla.working_days import WorkingCalendar


def last_day(calendar: WorkingCalendar, lengths: Sequence[Length], start: int) -> tuple[int, int]:
    """Give the last day of the shortest of *lengths* from the day *start*, and which that is.

    It never lies before that of an earlier start, nor outside the calendar: `windows` relies on
    both.  A limit in calendar days may end on a day off.
    """
    start = calendar.clamp(start)
    end, shortest = calendar.last + 1, 0
    for place, (days, day_type) in enumerate(lengths):
        if day_type is DayType.WORKING:
            this = calendar.nth_after(start, days)
        else:
            this = min(start + days, calendar.last)
        if this < end:
            end, shortest = this, place
    return end, shortest
