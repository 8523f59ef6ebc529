"""How many entries a list has, by the live rule: sources are asked to count, rows are not read."""

from __future__ import annotations

import asyncio

from connectors.contract.errors import SourceError
from connectors.contract.filters import EVERYTHING
from connectors.contract.query import SourceQuery
from connectors.contract.time_limit import TimeLimit
from resolvers.planner.plan import AnswerState, Count, Listing, Plan, Step


async def count(plan: Plan, listing: Listing, time_left: float) -> Count:
    """Count the entries of *plan*'s list, of which *listing* is one page.

    Exact if the page is the whole list, or if every source could count exactly what was asked;
    else the sum of what is known is a lower bound; null where nothing is known.
    """
    question = plan.question
    whole_from_here = not plan.backward and question.after is None and not listing.has_next
    if whole_from_here and listing.complete:
        return Count(value=len(listing.rows), exact=True)
    asked = {each.source for each in listing.answers if each.state is AnswerState.ANSWERED}
    known = await asyncio.gather(
        *(
            _count_one(step, time_left) if step.source.name in asked else _unknown()
            for step in plan.steps
        )
    )
    seen: dict[str, int] = {}
    for row in listing.rows:
        seen[row.source] = seen.get(row.source, 0) + 1
    least = sum(
        seen.get(step.source.name, 0) if number is None else number
        for step, number in zip(plan.steps, known, strict=True)
    )
    if None not in known:
        return Count(value=least, exact=True)
    return Count(value=least or None, exact=False)


async def _count_one(step: Step, time_left: float) -> int | None:
    connector = step.source.connector
    can = connector.capabilities.collections["complaints"]
    if not can.counts or step.residual != EVERYTHING:
        return None
    try:
        with TimeLimit(min(step.source.time_limit, time_left)):
            return await connector.count(SourceQuery(where=step.pushed))
    except (SourceError, TimeoutError):
        return None


async def _unknown() -> int | None:
    return None
