"""Indonesia's three time zones, as fixed offsets: local days and the moments at which they begin.

A day is an ordinal (`date.toordinal`).  The offsets hold for the whole calendar, which no real zone
does before 1964; in return no moment is too early or too late to have a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Zone:
    """One time zone."""

    name: str
    """Its name in the IANA database, as the registry writes it."""
    short: str
    """Its official abbreviation."""
    offset: timedelta

    def day_of(self, moment: datetime) -> int:
        """Give the local day on which *moment* lies."""
        return (moment - _EPOCH + self.offset) // _DAY + _EPOCH_DAY

    def begin(self, day: int) -> datetime:
        """Give the local midnight at which *day* begins, in UTC."""
        return _EPOCH + timedelta(days=day - _EPOCH_DAY) - self.offset

    def end(self, day: int) -> datetime:
        """Give the local midnight that ends *day*, in UTC."""
        return self.begin(day + 1)


WIB = Zone("Asia/Jakarta", "WIB", timedelta(hours=7))
"""Waktu Indonesia Barat."""
WITA = Zone("Asia/Makassar", "WITA", timedelta(hours=8))
"""Waktu Indonesia Tengah."""
WIT = Zone("Asia/Jayapura", "WIT", timedelta(hours=9))
"""Waktu Indonesia Timur."""

ZONES: Mapping[str, Zone] = {zone.name: zone for zone in (WIB, WITA, WIT)}
