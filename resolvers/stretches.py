"""Moments and stretches of time as a client writes them, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.contract.filters import Filter, all_of, between
from resolvers.asked import DateTimeRange
from resolvers.errors import BadFilter


def moments(field: str, stretch: DateTimeRange) -> Filter:
    """Give "*field* lies in *stretch*", in UTC."""
    since, until = aware(stretch.since), aware(stretch.until)
    if since is not None and until is not None and until < since:
        raise BadFilter(
            "RANGE_REVERSED",
            "a range ends before it begins",
            hint="`from` is the earlier moment, `until` the later one, not included",
        )
    if since is None and until is None:
        return all_of(())
    return between(field, since, until)


def aware(moment: datetime | None) -> datetime | None:
    """Give *moment* in UTC; raises `BadFilter` if it names no time zone or leaves the calendar."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise BadFilter(
            "TIME_ZONE_MISSING",
            "a moment without a time zone could mean three different ones in Indonesia",
            hint="add the offset, as in 2026-10-31T08:00:00+07:00, or Z for UTC",
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise BadFilter(
            "MOMENT_OUT_OF_RANGE",
            "a moment lies outside the years 1 to 9999",
            hint="leave the bound out if there is none",
        ) from None
