"""One page of cases with the complaints they are about, read before the page is answered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from resolvers.complaint.parts import Parts
from resolvers.errors import NotAnswering
from resolvers.ombudsman.asked import CasesAsked
from resolvers.ombudsman.cases import CasePage, carry
from resolvers.sources import joined, took

if TYPE_CHECKING:
    from resolvers.context import Context


async def page_of_cases(
    context: Context,
    asked: CasesAsked,
    wanted: frozenset[str] | None,
    parts: Parts = frozenset(),
) -> CasePage:
    """Give one page of the Ombudsman's cases as the viewer of *context* is shown it.

    *wanted* names the record fields of their complaints, None if those are not asked for.
    Only with its complaints read can the page say which sources took part.
    """
    reader, viewer = context.reader, context.viewer
    directory = await reader.reference.directory(wait=asked.where.needs_reference)
    names = reader.translator(directory)
    page = await reader.cases.listed(viewer, asked, names, directory, context.today())
    if wanted is not None and page.edges:
        page = await _with_complaints(context, page, wanted, parts)
    context.answers.extend(took(page.answers))
    return page


async def _with_complaints(
    context: Context, page: CasePage, wanted: frozenset[str], parts: Parts
) -> CasePage:
    try:
        found = await asyncio.gather(
            *(context.complaints_of(case, wanted, parts) for case in page.nodes)
        )
    except NotAnswering:
        found = [[] for _ in page.edges]
        page = replace(
            page,
            complete=False,
            answers=joined(page.answers, context.reader.national_silent(context.viewer)),
        )
    edges = tuple(
        replace(edge, node=carry(edge.node, complaints))
        for edge, complaints in zip(page.edges, found, strict=True)
    )
    return replace(page, edges=edges)
