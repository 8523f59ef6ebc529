"""The filter "its sources disagree": what the rest of the filter leaves is read and put together.

No source knows of another's word; what a page would show as `discrepancies` is worked out for every
candidate, within the sources' row budgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from connectors.contract.filters import EVERYTHING, NOTHING, Filter, all_of, any_of, negate, one_of
from resolvers.candidates import SECONDS, Reach, read_all_candidates
from resolvers.complaint.parts import MERGE_FIELDS
from resolvers.planner.plan import SourceAnswer
from resolvers.policy import Access


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


async def read_discrepant(reach: Reach, access: Access, where: Filter) -> Discrepant:
    """Compare what sources say of all that matches *where* and that *access* permits, within
    budgets.
    """
    candidates = await read_all_candidates(reach, access, where, MERGE_FIELDS)
    merged = await reach.assemble(candidates.records, SECONDS) if candidates.records else []
    found: dict[str, set[str]] = {}
    for each in merged:
        if each.merged.discrepancies:
            record = each.merged.record
            found.setdefault(record.source, set()).add(record.local_id)
    return Discrepant(
        found={source: frozenset(ids) for source, ids in found.items()},
        answers=(*candidates.answers, *(merged[0].answers if merged else ())),
    )
