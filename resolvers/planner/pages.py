"""Walk the pages of one answer, several at once where the source announces several."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from connectors.contract.connector import Connector
from connectors.contract.errors import Malformed
from connectors.contract.query import Page, SourceQuery, Token

TOGETHER = 8
"""Pages of one source asked for at once."""


async def walk(
    connector: Connector, query: SourceQuery, visit: Callable[[Page], bool], *, eager: bool
) -> bool:
    """Show each page of *query* to *visit*, in order, until it says no; say whether all were seen.

    *eager* asks for as many pages at once as allowed; otherwise it starts with one and doubles.
    """
    page = await connector.fetch(query)
    if not visit(page):
        return not page.next
    seen: set[Token] = set(page.next)
    waiting = list(page.next)
    width = TOGETHER if eager else 1
    while waiting:
        batch, waiting = waiting[:width], waiting[width:]
        width = min(TOGETHER, width * 2)
        for page in await _fetch_all(connector, query, batch):
            for token in page.next:
                if token in seen:
                    raise Malformed(
                        connector.name, "a page points back to an earlier one", "ENDLESS_PAGES"
                    )
                seen.add(token)
                waiting.append(token)
            if not visit(page):
                return False
    return True


async def _fetch_all(
    connector: Connector, query: SourceQuery, tokens: Sequence[Token]
) -> Sequence[Page]:
    queries = [msgspec.structs.replace(query, token=token) for token in tokens]
    if len(queries) == 1:
        return [await connector.fetch(queries[0])]
    tasks = [asyncio.ensure_future(connector.fetch(each)) for each in queries]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
