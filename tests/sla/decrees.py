"""The second calendar: the joint decrees as entered by hand, and counting day by day."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "skb.toml"


def decreed(*, with_others: bool = True) -> dict[int, frozenset[date]]:
    """Give each year's days off, without weekends; *with_others* adds election days."""
    found = {}
    for entry in tomllib.loads(_FILE.read_text(encoding="utf-8"))["years"]:
        days = [*entry["libur"], *entry["cuti"]]
        if with_others:
            days.extend(other["day"] for other in entry.get("others", ()))
        found[entry["year"]] = frozenset(
            date.fromisoformat(f"{entry['year']}-{day}") for day in days
        )
    return found


def is_worked(day: date, off: dict[int, frozenset[date]]) -> bool:
    """Say whether *day* is a working day; KeyError for a year that was not entered."""
    return day not in off[day.year] and day.weekday() < 5


def last_of(start: date, days: int, off: dict[int, frozenset[date]]) -> date:
    """Walk on from *start* until *days* working days have passed."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_worked(day, off)
    return day
