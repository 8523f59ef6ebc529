"""Read what a filter asks of other systems: who handles, how often handed back, which cases."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from connectors.contract.filters import NOTHING, Filter
from resolvers.asked import ComplaintFilter
from resolvers.beforehand import (
    NOTHING_READ,
    READ_BEFOREHAND,
    Beforehand,
    apart,
    asks_for,
    insist_on_the_whole,
    names_bounces,
    names_cases,
    names_discrepancies,
    names_overlaps,
    overlaps_named,
)
from resolvers.bodies import Bodies
from resolvers.bounced import Unread, read_bounced
from resolvers.candidates import Reach
from resolvers.discrepant import Uncompared, read_discrepant
from resolvers.ombudsman.linked import UNLINKED, insist_on_seeing_cases, read_linked
from resolvers.overlapping import Unpaired, read_overlapping
from resolvers.planner.first_read import FirstRead
from resolvers.planner.gathering import holds_numbers
from resolvers.planner.pushdown import fold
from resolvers.policy import Access
from resolvers.semi_joins import names_handlers, nothing_handled, read_handled

Translate = Callable[[ComplaintFilter, Beforehand], Filter]


async def read_beforehand(
    asked: ComplaintFilter, access: Access, bodies: Bodies, translate: Translate, reach: Reach
) -> Beforehand:
    """Read what *asked* needs out of the sources in *reach*, as far as *access* goes.

    What is wrong with the filter is told before anybody is asked.
    """
    if not any(asks_for(asked, names) for names in READ_BEFOREHAND):
        return NOTHING_READ
    if asks_for(asked, names_cases):
        insist_on_seeing_cases(access)
    sources, planner = reach.sources, reach.planner
    read = Beforehand(
        handled=nothing_handled(bodies),
        bounced=Unread(),
        linked=UNLINKED,
        discrepant=Uncompared(),
        overlapping=Unpaired(),
    )
    unread = translate(asked, read)
    for part in apart(asked):
        access.insist(translate(part, read))
    _note(asked, unread, reach)
    read = replace(read, decides=unread != NOTHING)
    if asks_for(asked, names_handlers):
        read = replace(read, handled=await read_handled(sources, planner, access, bodies))
    if asks_for(asked, names_cases):
        read = replace(read, linked=await read_linked(sources, planner, access))
    # Whatever the rest says, nothing but what the filter lets through so far can be in the list.
    if asks_for(asked, names_overlaps):
        candidates = translate(asked, read)
        named = overlaps_named(asked)
        paired = await read_overlapping(reach, access, candidates, named)
        read = replace(read, overlapping=paired)
    if asks_for(asked, names_discrepancies):
        candidates = translate(asked, read)
        read = replace(read, discrepant=await read_discrepant(reach, access, candidates))
    if asks_for(asked, names_bounces):
        candidates = translate(asked, read)
        read = replace(read, bounced=await read_bounced(sources, planner, access, candidates))
    insist_on_the_whole(asked, read)
    return read


_LEFT = "what the rest of the filter leaves"


def _note(asked: ComplaintFilter, unread: Filter, reach: Reach) -> None:
    """Tell what is read, and of whom, as a part of the plan."""
    numbered = [each for each in reach.sources if holds_numbers(each)]
    complaints = [
        each for each in reach.sources if each.holds("complaints") and fold(unread, each) != NOTHING
    ]
    cases = [each for each in reach.sources if each.holds("ombudsman_cases")]
    histories = [each for each in complaints if each.holds("events")]
    for names, told in (
        (names_handlers, FirstRead("rows with a national number", "who handles it", numbered)),
        (names_cases, FirstRead("cases with a national number", "hasOmbudsmanCase", cases)),
        (names_overlaps, FirstRead(_LEFT, "overlapsSources", complaints)),
        (names_discrepancies, FirstRead(_LEFT, "hasDiscrepancy", complaints)),
        (names_bounces, FirstRead(f"histories of {_LEFT}", "bouncedAtLeast", histories)),
    ):
        if asks_for(asked, names):
            reach.planner.note(told)
