"""Filters on how often a complaint was handed back: histories first, then their complaints.

No source counts *bukan wewenang*; the histories of all that the rest of the filter leaves are read,
within the source's row budget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    all_of,
    any_of,
    one_of,
)
from connectors.contract.source import Source
from connectors.contract.vocabulary import EventKind
from resolvers.errors import BadFilter
from resolvers.planner.histories import read_histories
from resolvers.planner.plan import SourceAnswer
from resolvers.planner.planner import Planner
from resolvers.policy import Access

MOST_BOUNCES = 50
SECONDS = 2.5
"""For reading histories, before the list is asked."""


class Bounces(Protocol):
    """Gives the filter for what was handed back often enough."""

    @property
    def answers(self) -> tuple[SourceAnswer, ...]:
        """Give how the sources took part."""
        ...

    def at_least(self, least: int, *, negated: bool) -> Filter:
        """Give "it was handed back *least* times or more"; *negated* says that the filter is
        going to be turned into its opposite.
        """
        ...


@dataclass(frozen=True, slots=True)
class Unread:
    """Stands in while no history is read: with it the whole filter lets through all that it can,
    whatever the histories say.
    """

    answers: tuple[SourceAnswer, ...] = ()

    def at_least(self, least: int, *, negated: bool) -> Filter:
        """Give everything or nothing; raises `BadFilter` for a number that makes no sense."""
        if _checked(least) == 0:
            return EVERYTHING
        return NOTHING if negated else EVERYTHING


@dataclass(frozen=True, slots=True)
class Bounced:
    """How often complaints were handed back, by source and local id, as far as that was read."""

    counts: Mapping[str, Mapping[str, int]]
    answers: tuple[SourceAnswer, ...]

    def at_least(self, least: int, *, negated: bool) -> Filter:  # noqa: ARG002 - it is exact
        """Give "it was handed back *least* times or more"; raises `BadFilter`."""
        if _checked(least) == 0:
            return EVERYTHING
        return any_of(
            all_of(
                (
                    one_of("source", [source]),
                    one_of("local_id", (each for each, times in known.items() if times >= least)),
                )
            )
            for source, known in sorted(self.counts.items())
        )


async def read_bounced(
    sources: Sequence[Source], planner: Planner, access: Access, candidates: Filter
) -> Bounced:
    """Read the histories of all *candidates* that *access* permits, as far as budgets allow."""
    now = planner.clock()
    where = all_of((candidates, access.rows))
    told = await asyncio.gather(
        *(
            read_histories(source, where, SECONDS, now)
            for source in sources
            if source.holds("complaints") and source.holds("events")
        )
    )
    return Bounced(
        counts={
            each.request.source.name: {
                complaint: sum(1 for event in events if event.kind is EventKind.BOUNCED)
                for complaint, events in each.events.items()
            }
            for each in told
            if each is not None
        },
        answers=tuple(each.answer for each in told if each is not None and each.answer is not None),
    )


def _checked(least: int) -> int:
    if not 0 <= least <= MOST_BOUNCES:
        raise BadFilter(
            "NUMBER_OUT_OF_RANGE",
            f"bouncedAtLeast takes 0 to {MOST_BOUNCES}",
            hint="3 or more is what a coordinator looks into",
        )
    return least
