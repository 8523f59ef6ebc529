"""The filter "its sources disagree": what the rest of the filter leaves is read and put together.

No source knows of another's word; what a page would show as `discrepancies` is worked out for every
candidate, within the sources' row budgets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.contract.filters import EVERYTHING, NOTHING, Filter, all_of, any_of, negate, one_of
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from resolvers.assembly import Assembled
from resolvers.complaint.parts import MERGE_FIELDS
from resolvers.masking import masked
from resolvers.planner.histories import read_candidates
from resolvers.planner.plan import SourceAnswer
from resolvers.planner.planner import Planner
from resolvers.policy import Access

SECONDS = 2.5
"""For reading the candidates, and again for what others say of them, before the list is asked."""

Assemble = Callable[[Sequence[ComplaintRecord], float], Awaitable[Sequence[Assembled]]]
"""Puts complaints together out of all sources' rows, within some seconds."""


class Discrepancies(Protocol):
    """Gives the filter for what sources disagree about."""

    @property
    def answers(self) -> tuple[SourceAnswer, ...]:
        """Give how the sources took part."""
        ...

    def known(self, *, wanted: bool, negated: bool) -> Filter:
        """Give "they disagree", or the opposite; *negated* says that the filter is going to be
        turned into its opposite.
        """
        ...


@dataclass(frozen=True, slots=True)
class Uncompared:
    """Stands in while nothing is compared: the whole filter lets through all that it can."""

    answers: tuple[SourceAnswer, ...] = ()

    def known(self, *, wanted: bool, negated: bool) -> Filter:  # noqa: ARG002 - whatever it is
        """Give everything or nothing."""
        return NOTHING if negated else EVERYTHING


@dataclass(frozen=True, slots=True)
class Discrepant:
    """The complaints that sources disagree about, by source and local id, as far as was read."""

    found: Mapping[str, frozenset[str]]
    answers: tuple[SourceAnswer, ...]

    def known(self, *, wanted: bool, negated: bool) -> Filter:  # noqa: ARG002 - it is exact
        """Give "they disagree", or the opposite."""
        disagree = any_of(
            all_of((one_of("source", [source]), one_of("local_id", ids)))
            for source, ids in sorted(self.found.items())
        )
        return disagree if wanted else negate(disagree)


async def read_discrepant(
    sources: Sequence[Source],
    planner: Planner,
    access: Access,
    candidates: Filter,
    assemble: Assemble,
) -> Discrepant:
    """Compare what sources say of all *candidates* that *access* permits, within budgets."""
    now = planner.clock()
    where = all_of((candidates, access.rows))
    wanted = access.prune(MERGE_FIELDS) | access.row_fields | {"tracking_id"}
    told = await asyncio.gather(
        *(
            read_candidates(source, where, wanted, SECONDS, now)
            for source in sources
            if source.holds("complaints")
        )
    )
    rows = [row for each in told if each is not None for row in each.rows.values()]
    anchors = masked(access, [rows[place] for place in access.permitted(rows)])
    merged = await assemble(anchors, SECONDS) if anchors else []
    found: dict[str, set[str]] = {}
    for each in merged:
        if each.merged.discrepancies:
            record = each.merged.record
            found.setdefault(record.source, set()).add(record.local_id)
    read = tuple(each.answer for each in told if each is not None and each.answer is not None)
    return Discrepant(
        found={source: frozenset(ids) for source, ids in found.items()},
        answers=(*read, *(merged[0].answers if merged else ())),
    )
