"""Count working days (*hari kerja*) in one place: tables made once, every answer a look-up.

Days are ordinals inside (`date.toordinal`), dates at the rim.  Before the calendar's first year and
after its last no working days are known: counts stand still there, and a limit that runs off the
end ends with the calendar.
"""

from __future__ import annotations

from array import array
from datetime import date

from resolvers.sla.days_off import Change, DaysOff, load_days_off
from resolvers.sla.zones import Zone


class WorkingCalendar:
    """The working days of one place, and its time zone."""

    def __init__(
        self, days_off: DaysOff, zone: Zone, changes: tuple[Change, ...], regions: tuple[str, ...]
    ) -> None:
        """Keep the tables of *days_off* after *changes*; *regions* names where those hold."""
        self.zone = zone
        self.regions = regions
        """The regions whose own changes are in it."""
        self.first = date(days_off.first_year, 1, 1).toordinal()
        self.last = date(days_off.last_year, 12, 31).toordinal()
        off = set(days_off.national)
        for change in changes:
            off = (off | set(change.add)) - set(change.remove)
        closed = {day.toordinal() for day in off}
        self._decreed = days_off.decreed
        self._working = array("i")
        self._until = array("i")
        self._unsure = array("i")
        unsure = 0
        for day in range(self.first, self.last + 1):
            if (day - 1) % 7 < 5 and day not in closed:
                self._working.append(day)
            unsure += date.fromordinal(day).year not in days_off.decreed
            self._until.append(len(self._working))
            self._unsure.append(unsure)

    def __repr__(self) -> str:
        """Name zone and regions."""
        return f"WorkingCalendar({self.zone.short}{''.join(f' {each}' for each in self.regions)})"

    def add_working_days(self, start: date, days: int) -> date:
        """Give the last of *days* working days after *start*, which is not counted itself."""
        return date.fromordinal(self.nth_after(start.toordinal(), days))

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after *start* up to and including *end*; negative if reversed."""
        return self.count(end.toordinal()) - self.count(start.toordinal())

    def is_working_day(self, day: date) -> bool:
        """Say whether work is done on *day*; False outside the calendar's years."""
        return self.count(day.toordinal()) > self.count(day.toordinal() - 1)

    def is_provisional_year(self, year: int) -> bool:
        """Say whether the days off of *year* are not decreed (yet)."""
        return year not in self._decreed

    def count(self, day: int) -> int:
        """Number the working days up to and including *day*."""
        if day < self.first:
            return 0
        return self._until[min(day, self.last) - self.first]

    def numbered(self, number: int) -> int | None:
        """Give the working day with *number*, the first being 0; None outside the calendar."""
        return self._working[number] if 0 <= number < len(self._working) else None

    def nth_after(self, day: int, days: int) -> int:
        """Give the last of *days* working days after *day*, at most the calendar's last day."""
        if days == 0:
            return day
        number = self.count(day) + days - 1
        return self._working[number] if number < len(self._working) else self.last

    def clamp(self, day: int) -> int:
        """Give *day* if it lies in the calendar's years, else the edge next to it."""
        return max(self.first - 1, min(day, self.last))

    def is_provisional(self, start: int, end: int) -> bool:
        """Say whether a day from *start* to *end* lies in a year that is not decreed."""
        if start < self.first or max(start, end) > self.last:
            return True
        before = self._unsure[start - self.first - 1] if start > self.first else 0
        return self._unsure[end - self.first] > before


class Calendars:
    """The calendar of every region, made when first asked for and shared where it is the same."""

    def __init__(self, days_off: DaysOff | None = None) -> None:
        """Make calendars of *days_off*; None: those that are shipped."""
        self._days_off = load_days_off() if days_off is None else days_off
        self._made: dict[tuple[Zone, tuple[str, ...]], WorkingCalendar] = {}
        self._own = tuple(
            sorted({each.region for each in self._days_off.changes if each.region is not None})
        )

    @property
    def default(self) -> WorkingCalendar:
        """The calendar of who sits nowhere in particular: Jakarta's."""
        return self.of(None)

    def of(self, region: str | None, zone: Zone | None = None) -> WorkingCalendar:
        """Give the calendar of *region* (dotted code), in its own zone unless *zone* is given."""
        zone = self._days_off.zone(region) if zone is None else zone
        regions = tuple(own for own in self._own if f"{region}.".startswith(f"{own}."))
        made = self._made.get((zone, regions))
        if made is None:
            changes = tuple(
                each
                for each in self._days_off.changes
                if each.region is None or each.region in regions
            )
            made = WorkingCalendar(self._days_off, zone, changes, regions)
            self._made[zone, regions] = made
        return made
