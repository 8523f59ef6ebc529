"""Moments and stretches of time as a client writes them, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.contract.filters import Filter, all_of, between
from resolvers.asked import DateTimeRange
from resolvers.errors import BadFilter


def moments(field: str, stretch: DateTimeRange, name: str) -> Filter:
    """Give "*field* lies in *stretch*", in UTC; the client calls it *name*."""
    since, until = aware(stretch.since, f"{name}.from"), aware(stretch.until, f"{name}.until")
    if since is not None and until is not None and until < since:
        raise BadFilter(
            "RANGE_REVERSED",
            f"`{name}` ends before it begins",
            hint=f"`{name}.from` is the earlier moment, `{name}.until` the later, not included",
        )
    if since is None and until is None:
        return all_of(())
    return between(field, since, until)


def aware(moment: datetime | None, name: str) -> datetime | None:
    """Give *moment*, which the client calls *name*, in UTC.

    Raises `BadFilter` if it has no time zone or leaves the calendar.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise BadFilter(
            "TIME_ZONE_MISSING",
            f"`{name}` has no time zone, and could mean three different moments in Indonesia",
            hint="add the offset, as in 2026-10-31T08:00:00+07:00, or Z for UTC",
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise BadFilter(
            "MOMENT_OUT_OF_RANGE",
            f"`{name}` lies outside the years 1 to 9999",
            hint="leave it out if there is no bound",
        ) from None
