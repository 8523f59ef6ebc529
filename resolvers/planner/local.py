"""What no source can do: merge the sources' rows in order, cut the page, say where it ends."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connectors.contract.records import Listed
from resolvers.planner.keys import Ranking
from resolvers.planner.plan import END, Key, Place, Plan
from resolvers.planner.reading import Reading


class Cut(msgspec.Struct, frozen=True):
    """One page out of all that was read."""

    plan: Plan
    readings: Sequence[Reading]
    ranking: Ranking
    found: tuple[Listed, ...]
    """The page's rows in the list's order."""
    more: bool
    """Rows that did arrive lie beyond the page, in reading direction."""

    @property
    def missing(self) -> bool:
        """Some source may still owe rows of this page."""
        return any(not reading.finished for reading in self.readings)

    def is_late(self, index: int) -> bool:
        """Say whether the row at *index* comes after an earlier page should have held it."""
        reached = None if self.plan.backward else self.plan.place.reached
        return reached is not None and self.ranking.key(self.found[index]) <= reached

    def place_at(self, index: int) -> Place:
        """Give the place after (before, for one who pages back) the row at *index*."""
        return self._place(self.ranking.key(self.found[index]))

    def start(self) -> Place | None:
        """Give the place in front of the page."""
        return self.place_at(0) if self.found else None

    def end(self) -> Place | None:
        """Give the place behind the page: on an empty one, where it began, if rows are owed."""
        if self.found:
            return self.place_at(-1)
        if self.missing and not self.plan.backward:
            # A page of no rows delivered nothing, whatever arrived.
            return self._place(None) if self.plan.size else self.plan.place
        return None

    def _place(self, at: Key | None) -> Place:
        if self.plan.backward:
            return self._place_behind(at)
        old = self.plan.place.reached
        reached = _later(old, at)
        asked = {reading.step.source.name for reading in self.readings}
        # A source that is not asked now (it left the settings) still owes what it owed.
        positions: dict[str, Key | None] = {
            name: owed for name, owed in self.plan.place.positions.items() if name not in asked
        }
        for reading in self.readings:
            delivered = reached if at is None else _later(reading.step.start, at)
            if not reading.finished:
                known = _later(reading.step.start, reading.bound)
                delivered = known if at is None else _earlier(delivered, known)
            if delivered != reached:
                positions[reading.step.source.name] = delivered
        return Place(reached=reached, positions=positions)

    def _place_behind(self, at: Key | None) -> Place:
        # Paging back: a source that did not deliver down to *at* leaves a gap above it.
        positions: dict[str, Key | None] = {}
        for reading in self.readings:
            if reading.finished or at is None:
                continue
            floor = reading.bound or reading.step.start or END
            if floor > at:
                positions[reading.step.source.name] = floor
        return Place(reached=at, positions=positions)


def cut(plan: Plan, readings: Sequence[Reading], ranking: Ranking) -> Cut:
    """Merge what the sources delivered and cut *plan*'s page out of it."""
    lists = [reading.first_rows() for reading in readings]
    merged = lists[0] if len(lists) == 1 else [row for each in lists for row in each]
    if len(lists) > 1:
        # Sorting finds the runs and merges them.
        ranking.sort(merged)
    page = merged[: plan.size]
    if plan.backward:
        page.reverse()
    return Cut(plan, readings, ranking, tuple(page), len(merged) > plan.size)


def _later(one: Key | None, other: Key | None) -> Key | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)


def _earlier(one: Key | None, other: Key | None) -> Key | None:
    if one is None or other is None:
        return None
    return min(one, other)
