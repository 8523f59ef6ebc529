"""Which days nobody works: public holidays and cuti bersama, corrected by files, by region.

The `holidays` package marks *libur nasional*, election days among them, as category `public` and
*cuti bersama* as category `government`.  Weekends are not listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
from holidays.constants import GOVERNMENT, PUBLIC
from holidays.countries.indonesia import Indonesia

from resolvers.sla.legal_files import BadLegalFile, read, shipped
from resolvers.sla.zones import WIB, ZONES, Zone


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Days of one year that the list lacks or has too many of."""

    year: int
    by: str
    """The regulation."""
    add: tuple[date, ...] = ()
    remove: tuple[date, ...] = ()
    """Days that are working days after all, unless they lie on a weekend."""
    region: str | None = None
    """Dotted Kemendagri code of the place where it holds; None: everywhere."""


class DaysOffFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file of days off; what an override file does not name stays as it was."""

    first_year: int | None = None
    last_year: int | None = None
    decreed: tuple[int, ...] = ()
    undecreed: tuple[int, ...] = ()
    zones: Mapping[str, tuple[str, ...]] | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysOff:
    """All that is known of days off, before it is made into calendars."""

    first_year: int
    last_year: int
    national: frozenset[date]
    """The package's list."""
    changes: tuple[Change, ...]
    """In the order in which they are made."""
    decreed: frozenset[int]
    """The years whose list is decreed; all others are provisional."""
    provinces: Mapping[str, Zone]
    """Province code to its zone, where that is not WIB."""

    def zone(self, region: str | None) -> Zone:
        """Give the zone of *region*; what lies nowhere is on Jakarta's time."""
        return WIB if region is None else self.provinces.get(region.partition(".")[0], WIB)


def load_days_off(*overrides: Path) -> DaysOff:
    """Read what is shipped, then each of *overrides*; raises `BadLegalFile`."""
    base = shipped("days_off.toml", DaysOffFile)
    layers = [("days_off.toml", base)]
    layers.extend((str(path), read(path, DaysOffFile)) for path in overrides)
    for where, layer in layers:
        problems = _problems(layer)
        if problems:
            raise BadLegalFile(where, problems)
    first = _last_said([layer.first_year for _, layer in layers])
    last = _last_said([layer.last_year for _, layer in layers])
    if first > last:
        raise BadLegalFile(layers[-1][0], [f"first_year {first} is after last_year {last}"])
    years = range(first, last + 1)
    leave = Indonesia(years=years, categories=(GOVERNMENT,))
    decreed = {day.year for day in leave if first <= day.year <= last}
    zones: Mapping[str, tuple[str, ...]] = {}
    for _, layer in layers:
        decreed = (decreed | set(layer.decreed)) - set(layer.undecreed)
        zones = zones if layer.zones is None else layer.zones
    return DaysOff(
        first_year=first,
        last_year=last,
        national=frozenset(leave) | frozenset(Indonesia(years=years, categories=(PUBLIC,))),
        changes=tuple(change for _, layer in layers for change in layer.changes),
        decreed=frozenset(decreed),
        provinces={code: ZONES[name] for name, codes in zones.items() for code in codes},
    )


def _last_said(years: list[int | None]) -> int:
    return [year for year in years if year is not None][-1]


def _problems(layer: DaysOffFile) -> list[str]:
    problems = [
        f"changes of {change.year}: {day} lies in another year"
        for change in layer.changes
        for day in (*change.add, *change.remove)
        if day.year != change.year
    ]
    problems.extend(
        f"zones: `{name}` is none of {', '.join(ZONES)}"
        for name in layer.zones or ()
        if name not in ZONES
    )
    problems.extend(
        f"year {year} is both decreed and undecreed"
        for year in sorted(set(layer.decreed) & set(layer.undecreed))
    )
    problems.extend(
        f"year {year} lies outside 1970 to 2200"
        for year in (layer.first_year, layer.last_year)
        if year is not None and not 1970 <= year <= 2200
    )
    return problems
