"""Filters on who handles a complaint: numbers from the handlers' systems, then anchors by them.

A complaint's handlers are the agency that has it now, by its anchor, and the agencies in whose own
systems it has a row.  Who handed it on and keeps no system of its own is known from the history
alone, and is not found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    all_of,
    any_of,
    is_null,
    negate,
    one_of,
    predicate,
)
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from resolvers.asked import ComplaintFilter
from resolvers.bodies import Bodies
from resolvers.complaint.lifecycle import CLOSED, OPEN
from resolvers.errors import BadFilter
from resolvers.planner.gathering import holds_numbers, survey
from resolvers.planner.plan import SourceAnswer
from resolvers.planner.planner import Planner
from resolvers.policy import Access

MOST_HANDLERS = 20
SECONDS = 2.5
"""For reading the handlers' systems, before the anchors are asked."""

_FIELDS = frozenset({"tracking_id", "agency", "status"})


@dataclass(frozen=True, slots=True)
class Handled:
    """Which national numbers the handlers' systems know, with whom, and whether still open."""

    rows: tuple[ComplaintRecord, ...]
    answers: tuple[SourceAnswer, ...]
    national: str | None
    bodies: Bodies

    def by(self, agencies: Iterable[str]) -> Filter:
        """Give "one of *agencies* has it now, or has a row of it"."""
        wanted = frozenset(agencies)
        return any_of((one_of("agency", wanted), self._tracked(lambda row: row.agency in wanted)))

    def open_at(self, agencies: Iterable[str]) -> Filter:
        """Give "one of *agencies* still has work of its own on it"."""
        wanted = frozenset(agencies)
        here = all_of((one_of("agency", wanted), one_of("status", OPEN)))
        still = self._tracked(lambda row: row.agency in wanted and row.status not in CLOSED)
        return any_of((here, still))

    def at_least(self, least: int) -> Filter:
        """Give "*least* different bodies or more have it"."""
        if not 0 <= least <= MOST_HANDLERS:
            raise BadFilter(
                "NUMBER_OUT_OF_RANGE",
                f"handledByAtLeast takes 0 to {MOST_HANDLERS}",
                hint="nearly every complaint is handled by one or two agencies",
            )
        if least == 0:
            return EVERYTHING
        known: dict[str, set[str]] = {}
        for row in self.rows:
            if row.agency is not None and row.tracking_id is not None:
                known.setdefault(row.tracking_id, set()).add(row.agency)
        enough: list[str] = []
        one_short: dict[frozenset[str], list[str]] = {}
        for number, agencies in known.items():
            bodies = self.bodies.distinct(frozenset(agencies))
            if len(bodies) >= least:
                enough.append(number)
            elif len(bodies) == least - 1:
                whole = frozenset().union(*map(self.bodies.kin, bodies))
                one_short.setdefault(whole, []).append(number)
        has_one = negate(is_null("agency"))
        parts = [self._numbered(enough)]
        if least == 1:
            parts.append(has_one)
        parts.extend(
            all_of((self._numbered(numbers), has_one, negate(one_of("agency", bodies))))
            for bodies, numbers in one_short.items()
        )
        return any_of(parts)

    def _tracked(self, wanted: Callable[[ComplaintRecord], bool]) -> Filter:
        return self._numbered(str(row.tracking_id) for row in self.rows if wanted(row))

    def _numbered(self, numbers: Iterable[str]) -> Filter:
        # Only national rows are listed with a number: the others need not look for it.
        if self.national is None:
            return NOTHING
        return all_of((one_of("source", [self.national]), one_of("tracking_id", numbers)))


def nothing_handled(bodies: Bodies) -> Handled:
    """Give what is known before anybody was asked."""
    return Handled(rows=(), answers=(), national=None, bodies=bodies)


async def read_handled(
    sources: Sequence[Source], planner: Planner, access: Access, bodies: Bodies
) -> Handled:
    """Read every row with a national number that *access* permits, as far as budgets allow."""
    permits = predicate(access.handlings)
    now = planner.clock()
    national = planner.national()
    fields = _FIELDS | access.handling_fields
    told = await asyncio.gather(
        *(survey(source, fields, SECONDS, now) for source in sources if holds_numbers(source))
    )
    return Handled(
        rows=tuple(row for each in told for row in each.rows.values() if permits(row)),
        answers=tuple(each.answer for each in told if each.answer is not None),
        national=None if national is None else national.name,
        bodies=bodies,
    )


def names_handlers(asked: ComplaintFilter) -> bool:
    """Say whether *asked* itself, not what is nested in it, names handlers."""
    return not (
        asked.handled_by is None
        and asked.open_handling_at is None
        and asked.handled_by_levels is None
        and asked.handled_by_at_least is None
    )
