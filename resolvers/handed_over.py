"""What a viewer is shown of complaints handed over to it, and of no others: asked for by itself.

The list is asked for what all of its rows may show; personal data of complaints that were not
handed over are not even fetched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from connectors.contract.capabilities import Fit
from connectors.contract.errors import SourceError
from connectors.contract.filters import all_of, fields, one_of
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from resolvers.complaint.related import RelatedComplaint
from resolvers.paging import ComplaintPage
from resolvers.planner.lookup import Found
from resolvers.planner.planner import Planner
from resolvers.policy import Access
from resolvers.relations import unanswered
from resolvers.sources import joined, show_answers

Name = tuple[str, str]
"""Source and local id."""


async def in_full(
    planner: Planner, access: Access, records: Sequence[ComplaintRecord], wanted: frozenset[str]
) -> tuple[list[ComplaintRecord], tuple[SourceError, ...]]:
    """Give *records*, which the viewer was shown, with those of the *wanted* fields that only what
    was handed over shows; and which sources could not give them.
    """
    full = access.full
    extra = frozenset() if full is None else full.prune(wanted) - access.readable
    if not extra:
        return list(records), ()
    handed: dict[str, list[str]] = {}
    for record in records:
        if access.towards(record) is full:
            handed.setdefault(record.source, []).append(record.local_id)
    told = await asyncio.gather(
        *(_read(planner, access, source, ids, extra) for source, ids in handed.items())
    )
    more: dict[Name, ComplaintRecord] = {
        (each.source, each.local_id): each for found in told for each in found.records
    }
    return (
        [_with(record, more.get((record.source, record.local_id)), extra) for record in records],
        tuple(error for found in told for error in found.failed),
    )


async def page_in_full(
    planner: Planner,
    sources: Mapping[str, Source],
    access: Access,
    page: ComplaintPage,
    wanted: frozenset[str],
) -> ComplaintPage:
    """Give *page* as `in_full` gives its complaints; incomplete if a source could not."""
    nodes, failed = await in_full(planner, access, page.nodes, wanted)
    missing = show_answers([unanswered(each) for each in failed], sources, access)
    show = page.show
    return replace(
        page,
        nodes=tuple(nodes),
        complete=page.complete and not failed,
        show=(lambda: joined(show(), missing)) if missing else show,
    )


async def related_in_full(
    planner: Planner, access: Access, found: Sequence[RelatedComplaint], wanted: frozenset[str]
) -> tuple[tuple[RelatedComplaint, ...], tuple[SourceError, ...]]:
    """Give related complaints as `in_full` gives them."""
    others = [each.complaint for each in found]
    others, failed = await in_full(planner, access, others, wanted)
    pairs = zip(found, others, strict=True)
    return tuple(replace(each, complaint=other) for each, other in pairs), failed


def _with(
    record: ComplaintRecord, more: ComplaintRecord | None, extra: frozenset[str]
) -> ComplaintRecord:
    return record if more is None else replace(record, **{n: getattr(more, n) for n in extra})


async def _read(
    planner: Planner, access: Access, name: str, ids: Sequence[str], extra: frozenset[str]
) -> Found:
    source = next(each for each in planner.sources if each.name == name)
    # Tested again: it may have been taken back since the list was read.
    wanted = extra | fields(access.handed)
    named = one_of("local_id", ids)
    can = source.connector.capabilities.collections["complaints"]
    if can.fit(named) is Fit.NO and can.get_max:
        found = await asyncio.gather(
            *(planner.by_id(name, each, access.handed, wanted) for each in ids)
        )
        return Found(
            tuple(record for each in found for record in each.records),
            tuple(error for each in found for error in each.failed),
        )
    return await planner.find(all_of((named, access.handed)), wanted, (source,))
