"""The filter "has a case at the Ombudsman": numbers from the cases, then anchors by them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.contract.filters import (
    NOTHING,
    Filter,
    all_of,
    negate,
    one_of,
    predicate,
)
from connectors.contract.source import Source
from resolvers.errors import not_to_be_filtered_by
from resolvers.planner.gathering import survey_cases
from resolvers.planner.plan import SourceAnswer
from resolvers.planner.planner import Planner
from resolvers.policy import Access

SECONDS = 2.5
"""For reading the cases, before the anchors are asked."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Which national numbers cases are about."""

    numbers: frozenset[str]
    answers: tuple[SourceAnswer, ...]
    national: str | None

    def has_case(self, *, wanted: bool) -> Filter:
        """Give "there is a case about it", or the opposite."""
        known: Filter = NOTHING
        if self.national is not None:
            own = one_of("source", [self.national])
            known = all_of((own, one_of("tracking_id", self.numbers)))
        return known if wanted else negate(known)


UNLINKED = Linked(frozenset(), (), None)
"""What is known before anybody was asked."""


def insist_on_seeing_cases(access: Access) -> None:
    """Raise `BadFilter` for a viewer who may see no cases: the list would tell of them."""
    if access.cases == NOTHING:
        raise not_to_be_filtered_by("hasOmbudsmanCase")


async def read_linked(sources: Sequence[Source], planner: Planner, access: Access) -> Linked:
    """Read the number of every case that *access* permits, as far as budgets allow."""
    permits = predicate(access.cases)
    now = planner.clock()
    national = planner.national()
    told = await asyncio.gather(
        *(
            survey_cases(source, SECONDS, now)
            for source in sources
            if source.holds("ombudsman_cases")
        )
    )
    return Linked(
        numbers=frozenset(
            number
            for each in told
            for case in each.cases.values()
            if permits(case)
            for number in case.tracking_ids
        ),
        answers=tuple(each.answer for each in told if each.answer is not None),
        national=None if national is None else national.name,
    )
