"""What is true, read out of the sandbox's ground truth and the registry's files alone.

Nothing of the project is used here, so that no mistake can be made on both sides: a test sees to
it.  Rows into which dirt was planted are known as such and left out of comparisons.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.sla.decrees import decreed, is_worked, last_of

Row = dict[str, Any]

OFF = decreed()
NOW = datetime(2026, 10, 31, 17, tzinfo=UTC)
"""Midnight in Jakarta of the day on which the data end."""
JAKARTA = ZoneInfo("Asia/Jakarta")
CLOSED = {"CLOSED_BY_REPORTER", "CLOSED_BY_SYSTEM", "CLOSED_BY_ADMIN"}
OPEN = {"SUBMITTED", "DEFERRED", "DISPOSED", "IN_PROGRESS", "RESPONDED", "REPLIED", "REOPENED"} | {
    "ESCALATED"
}
VERIFIED = CLOSED | (OPEN - {"SUBMITTED", "DEFERRED"})
HARMLESS = {"duplicate_change", "duplicate_delivery", "leading_hash_in_text", "html_entities"}
_CENTRAL = {"51", "52", "53", "63", "64", "65", *map(str, range(71, 77))}
_EASTERN = {"81", "82", *map(str, range(91, 97))}


def moment(text: str) -> datetime:
    """Read a moment, as the truth or the gateway writes it."""
    return datetime.fromisoformat(text)


def clean(row: Mapping[str, Any]) -> bool:
    """Say whether the row says what is true."""
    return all(dirt["kind"] in HARMLESS for dirt in row["dirt"])


class Truth:
    """The truth behind one running sandbox."""

    def __init__(self, complaints: Iterable[Row], cases: Iterable[Row], registry: Path) -> None:
        self.complaints = list(complaints)
        self.cases = list(cases)
        self._registry = registry

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Truth:
        """Read what *manifest* names."""

        def lines(name: str) -> Iterable[Row]:
            text = Path(manifest[name]).read_text(encoding="utf-8")
            return map(json.loads, text.splitlines())

        registry = Path(manifest["systems"]["registry"]["path"])
        return cls(lines("ground_truth"), lines("ground_truth_cases"), registry)

    @cached_property
    def rows(self) -> list[Row]:
        """Every row that is listed, clean or not, with what is true of its complaint."""
        return [
            row | {name: each[name] for name in ("kind", "secret", "consent")}
            for each in self.complaints
            for row in each["rows"]
            if row["link"] != "tracking"
        ]

    @cached_property
    def dirty(self) -> set[str]:
        """The ids of the rows with planted dirt."""
        return {row["id"] for each in self.complaints for row in each["rows"] if not clean(row)}

    @cached_property
    def by_number(self) -> dict[str, Row]:
        """National number to complaint, where the national row is clean."""
        return {
            each["tracking"]: each
            for each in self.complaints
            if each["tracking"] and clean(anchor(each))
        }

    def listed(self, wanted: Callable[[Row], bool]) -> list[Row]:
        """Give the clean rows that are *wanted*, newest first."""
        found = [row for row in self.rows if clean(row) and wanted(row)]
        found.sort(key=lambda row: (row["system"], row["id"]))
        found.sort(key=lambda row: moment(row["submitted"]), reverse=True)
        return found

    @cached_property
    def agencies(self) -> dict[str, Row]:
        """Code to agency, as the registry's newest file has it."""
        return {row["code"]: row for row in self._table("agencies")}

    @cached_property
    def categories(self) -> dict[str, Row]:
        """Id to category."""
        return {row["id"]: row for row in self._table("categories")}

    def _table(self, name: str) -> list[Row]:
        newest = max(self._registry.glob(f"{name}.*.csv"))
        with newest.open(encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    def below(self, code: str) -> set[str]:
        """Give an agency, what succeeded it, and the units of all of them."""
        found, waiting = {code}, [code]
        while waiting:
            each = waiting.pop()
            units = {row["code"] for row in self.agencies.values() if row["parent"] == each}
            after = {name for name in self.agencies[each]["successors"].split(";") if name}
            waiting += (units | after) - found
            found |= units | after
        return found

    def branch(self, category: int) -> set[int]:
        """Give a category and all below it."""
        found = {category}
        while (
            more := {
                int(row["id"])
                for row in self.categories.values()
                if row["parent"] in map(str, found)
            }
            - found
        ):
            found |= more
        return found

    def level(self, code: str) -> str:
        """Give an agency's level; of a unit that of the body it is a part of."""
        row = self.agencies[code]
        while row["level"] == "UNIT" and row["parent"]:
            row = self.agencies[row["parent"]]
        return str(row["level"])

    def zone(self, agency: str | None) -> ZoneInfo:
        """Give the time zone of an agency's seat."""
        row = self.agencies.get(agency or "", {})
        province = (row.get("region") or "").partition(".")[0]
        if province in _CENTRAL:
            return ZoneInfo("Asia/Makassar")
        return ZoneInfo("Asia/Jayapura") if province in _EASTERN else JAKARTA

    def due(self, start: str, days: int, agency: str | None) -> datetime:
        """Give the end of the last of *days* worked after *start*, where *agency* sits."""
        zone = self.zone(agency)
        last = last_of(moment(start).astimezone(zone).date(), days, OFF)
        return datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)

    def days_left(self, due: datetime, agency: str | None) -> int:
        """Count the days worked from tomorrow, where *agency* sits, to the last before *due*."""
        zone = self.zone(agency)
        last = due.astimezone(zone).date() - timedelta(days=1)
        day, left = NOW.astimezone(zone).date(), 0
        while day < last:
            day += timedelta(days=1)
            left += is_worked(day, OFF)
        return left


def anchor(complaint: Row) -> Row:
    """Give the national row of a complaint."""
    return next(row for row in complaint["rows"] if row["link"] == "anchor")


def inside(region: str | None, top: str) -> bool:
    """Say whether a region is *top* or lies in it."""
    return region is not None and f"{region}.".startswith(f"{top}.")


def last(row: Row, *kinds: str) -> str | None:
    """Give when one of *kinds* happened last."""
    return next((at for at, kind, *_ in reversed(row["steps"]) if kind in kinds), None)


def entered(day: str) -> bool:
    """Say whether the decrees of the years from *day* on were entered: all before is long ago."""
    return date.fromisoformat(day[:10]).year >= 2024
