"""Deadlines compared with the ground truth, by code that walks over the decrees day by day."""

from __future__ import annotations

import asyncio
import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.living.gateway import NOW, answered
from tests.living.systems import Systems
from tests.living.test_truth import Row, clean, expected, identity, whole
from tests.sla.decrees import decreed, is_worked, last_of

OFF = decreed()
DONE = {
    "CLOSED_BY_REPORTER",
    "CLOSED_BY_SYSTEM",
    "CLOSED_BY_ADMIN",
    "ARCHIVED",
    "OUT_OF_SCOPE",
}
CENTRAL = {"51", "52", "53", "63", "64", "65", *map(str, range(71, 77))}
EASTERN = {"81", "82", *map(str, range(91, 97))}


def zones(systems: Systems) -> dict[str, ZoneInfo]:
    """Read from the registry's own file in which zone each agency sits."""
    path = max(Path(systems.environ["SIMPUL_REGISTRY_PATH"]).rglob("agencies.*.csv"))
    found = {}
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            province = (row["region"] or "").partition(".")[0]
            place = (
                "Makassar" if province in CENTRAL else "Jayapura" if province in EASTERN else None
            )
            found[row["code"]] = ZoneInfo(f"Asia/{place or 'Jakarta'}")
    return found


def local_day(moment: str | datetime, zone: ZoneInfo) -> date:
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found.astimezone(zone).date()


def verification_is_overdue(row: Row, zone: ZoneInfo) -> bool:
    submitted = local_day(row["submitted"], zone)
    if submitted.year < 2024:  # The decrees of those years were not entered, and it is long ago.
        return True
    return last_of(submitted, 3, OFF) < local_day(NOW, zone)


def was_submitted_working_days_ago(row: Row, zone: ZoneInfo, days: int) -> bool:
    submitted, day = local_day(row["submitted"], zone), local_day(NOW, zone)
    passed = 0
    while passed < days and day > submitted:
        passed += is_worked(day, OFF)
        day -= timedelta(days=1)
    return passed >= days


SOURCES = ["sp4n", "pu", "kaltim"]
CASES = [
    (
        "unverified and late",
        {"statuses": ["SUBMITTED"], "sla": {"step": "VERIFICATION", "states": ["OVERDUE"]}},
        lambda row, zone: row["status"] == "SUBMITTED" and verification_is_overdue(row, zone),
    ),
    (
        "unverified and in time",
        {
            "statuses": ["SUBMITTED"],
            "not": {"sla": {"step": "VERIFICATION", "states": ["OVERDUE"]}},
        },
        lambda row, zone: row["status"] == "SUBMITTED" and not verification_is_overdue(row, zone),
    ),
    (
        "open for sixty working days",
        {"openForWorkingDays": 60},
        lambda row, zone: (
            row["status"] not in DONE and was_submitted_working_days_ago(row, zone, 60)
        ),
    ),
    (
        "open for less than ten working days",
        {"open": True, "not": {"openForWorkingDays": 10}},
        lambda row, zone: (
            row["status"] not in DONE and not was_submitted_working_days_ago(row, zone, 10)
        ),
    ),
]


@pytest.mark.parametrize(("name", "where", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_a_list_by_deadline_is_what_the_truth_says(
    systems: Systems, name: str, where: Row, wanted: object
) -> None:
    """Every row of the truth whose days have run out is listed, in order, and no other."""
    seats = zones(systems)
    jakarta = ZoneInfo("Asia/Jakarta")

    def holds(row: Row) -> bool:
        assert callable(wanted)
        return bool(wanted(row, seats.get(row["agency"], jakarta)))

    truth = expected(systems, holds, "submitted", descending=True)
    asked = {"filter": where | {"sources": SOURCES}}

    nodes = asyncio.run(answered(systems, lambda ask: whole(ask, "national-admin", asked)))

    dirty = {row["id"] for each in systems.truth() for row in each["rows"] if not clean(row)}
    assert [id_ for id_ in map(identity, nodes) if id_ not in dirty] == [
        row["id"] for row in truth
    ], name
    assert truth
