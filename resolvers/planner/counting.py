"""How many entries a list has: what was read whole for its page is counted here, what was not is
counted by its source, and no further row is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from connectors.contract.errors import SourceError
from connectors.contract.filters import EVERYTHING
from connectors.contract.query import SourceQuery
from connectors.contract.time_limit import TimeLimit
from resolvers.planner.plan import AnswerState, Count, Listing, Plan, Step, Strategy, Tally
from resolvers.planner.reading import Reading

_FROM_THE_BEGINNING = frozenset({Strategy.WHOLE, Strategy.COMPUTED})
"""The strategies by which rows that earlier pages delivered are read again."""


async def count(plan: Plan, listing: Listing, time_left: float) -> Count:
    """Count the entries of *plan*'s list, of which *listing* is one page.

    Exact if of every source all matches were read, or it could count exactly what was asked; else
    the sum of what is known is a lower bound; null where nothing is known.
    """
    answered = {each.source for each in listing.answers if each.state is AnswerState.ANSWERED}
    told = listing.tallies()
    known = await asyncio.gather(
        *(
            _count_one(step, told[step.source.name], time_left)
            if step.source.name in answered
            else _shown(listing, step.source.name)
            for step in plan.steps
        )
    )
    value = sum(each.number for each in known)
    if all(each.whole for each in known):
        return Count(value=value, exact=True)
    return Count(value=value or None, exact=False)


def tallies(readings: Sequence[Reading]) -> Mapping[str, Tally]:
    """Tell of each source how many matches came with *readings*."""
    return {each.step.source.name: _tally(each) for each in readings}


def _tally(reading: Reading) -> Tally:
    step = reading.step
    rows, outdated = reading.rows, reading.outdated
    beside = sum(
        local_id not in rows and not (local_id in outdated and outdated[local_id] >= version)
        for local_id, version in reading.beside.items()
    )
    from_the_beginning = step.strategy in _FROM_THE_BEGINNING or step.resume == EVERYTHING
    return Tally(number=len(rows) + beside, whole=reading.exhausted and from_the_beginning)


async def _count_one(step: Step, read: Tally, time_left: float) -> Tally:
    connector = step.source.connector
    can = connector.capabilities.collections["complaints"]
    if read.whole or not can.counts or step.residual != EVERYTHING:
        return read
    try:
        with TimeLimit(min(step.source.time_limit, time_left)):
            return Tally(number=await connector.count(SourceQuery(where=step.pushed)), whole=True)
    except (SourceError, TimeoutError):
        return read


async def _shown(listing: Listing, source: str) -> Tally:
    """Of a source that did not answer whole nothing is known but what is on the page."""
    return Tally(number=sum(row.source == source for row in listing.rows), whole=False)
