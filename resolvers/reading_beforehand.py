"""Read what a filter asks of other systems: who handles, how often handed back, which cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from connectors.contract.filters import Filter
from connectors.contract.source import Source
from resolvers.asked import ComplaintFilter
from resolvers.beforehand import (
    NOTHING_READ,
    Beforehand,
    apart,
    asks_for,
    insist_on_the_whole,
    names_bounces,
    names_cases,
    names_discrepancies,
)
from resolvers.bodies import Bodies
from resolvers.bounced import Unread, read_bounced
from resolvers.discrepant import Assemble, Uncompared, read_discrepant
from resolvers.ombudsman.linked import UNLINKED, insist_on_seeing_cases, read_linked
from resolvers.planner.planner import Planner
from resolvers.policy import Access
from resolvers.semi_joins import names_handlers, nothing_handled, read_handled

Translate = Callable[[ComplaintFilter, Beforehand], Filter]


async def read_beforehand(
    asked: ComplaintFilter,
    access: Access,
    bodies: Bodies,
    translate: Translate,
    reach: tuple[Sequence[Source], Planner, Assemble],
) -> Beforehand:
    """Read what *asked* needs out of the sources in *reach*, as far as *access* goes.

    What is wrong with the filter is told before anybody is asked.
    """
    handlers, bounces = asks_for(asked, names_handlers), asks_for(asked, names_bounces)
    cases = asks_for(asked, names_cases)
    disagreeing = asks_for(asked, names_discrepancies)
    if not (handlers or bounces or cases or disagreeing):
        return NOTHING_READ
    if cases:
        insist_on_seeing_cases(access)
    sources, planner, assemble = reach
    read = Beforehand(
        handled=nothing_handled(bodies),
        bounced=Unread(),
        linked=UNLINKED,
        discrepant=Uncompared(),
    )
    translate(asked, read)
    for part in apart(asked):
        access.insist(translate(part, read))
    if handlers:
        read = replace(read, handled=await read_handled(sources, planner, access, bodies))
    if cases:
        read = replace(read, linked=await read_linked(sources, planner, access))
    if disagreeing:
        candidates = translate(asked, read)
        compared = await read_discrepant(sources, planner, access, candidates, assemble)
        read = replace(read, discrepant=compared)
    if bounces:
        # Whatever the histories say, nothing else can be in the list.
        candidates = translate(asked, read)
        read = replace(read, bounced=await read_bounced(sources, planner, access, candidates))
    insist_on_the_whole(asked, read)
    return read
