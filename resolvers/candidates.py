"""What the rest of a filter leaves, read out of every source as its viewer is shown it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from connectors.contract.filters import Filter, all_of
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from resolvers.assembly import Assembled
from resolvers.legal_clock import LegalClock
from resolvers.masking import masked
from resolvers.planner.histories import read_candidates
from resolvers.planner.plan import SourceAnswer
from resolvers.planner.planner import Planner
from resolvers.policy import Access

SECONDS = 2.5
"""For reading the candidates, before the list is asked."""

Assemble = Callable[[Sequence[ComplaintRecord], float], Awaitable[Sequence[Assembled]]]
"""Puts complaints together out of all sources' rows, within some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """With what a filter is looked into before its list is asked."""

    sources: tuple[Source, ...]
    planner: Planner
    assemble: Assemble
    legal: LegalClock


@dataclass(frozen=True, slots=True)
class Candidates:
    """The complaints that may be in the list, as far as was read."""

    records: tuple[ComplaintRecord, ...]
    answers: tuple[SourceAnswer, ...]


async def read_all_candidates(
    reach: Reach, access: Access, where: Filter, wanted: frozenset[str]
) -> Candidates:
    """Read all complaints that match *where* and that *access* permits, masked, with the fields
    *wanted* as far as they may be read, within the sources' row budgets.
    """
    now = reach.planner.clock()
    fields = access.prune(wanted) | access.row_fields | {"tracking_id"}
    narrowed = all_of((where, access.rows))
    told = await asyncio.gather(
        *(
            read_candidates(source, narrowed, fields, SECONDS, now)
            for source in reach.sources
            if source.holds("complaints")
        )
    )
    rows = [row for each in told if each is not None for row in each.rows.values()]
    return Candidates(
        records=tuple(masked(access, [rows[place] for place in access.permitted(rows)])),
        answers=tuple(each.answer for each in told if each is not None and each.answer is not None),
    )
