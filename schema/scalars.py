"""Moments and days, as strings of RFC 3339."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from strawberry.types.scalar import ScalarDefinition, scalar


def write_moment(moment: datetime) -> str:
    """Write *moment* in UTC with `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# The name is the executor's: of a moment in UTC its encoder writes the same.
vars(write_moment)["left_to_encoder"] = True


def read_moment(text: object) -> datetime:
    """Read a moment; raises `ValueError` without repeating what was sent."""
    if isinstance(text, str) and "T" in text:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError("a DateTime is written like 2026-10-31T08:00:00+07:00")


def write_day(day: date) -> str:
    """Write *day* as year, month, day."""
    return day.isoformat()


def read_day(text: object) -> date:
    """Read a day; raises `ValueError` without repeating what was sent."""
    if isinstance(text, str) and len(text) == 10:
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError("a Date is written like 2026-10-31")


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: scalar(
        name="DateTime",
        description="A moment with its offset, as in 2026-10-31T08:00:00+07:00; answers are in UTC",
        serialize=write_moment,
        parse_value=read_moment,
    ),
    date: scalar(
        name="Date",
        description="A day (*tanggal*), as in 2026-10-31",
        serialize=write_day,
        parse_value=read_day,
    ),
}
