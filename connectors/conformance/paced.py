"""A connector around a connector: it asks slowly, counts what it asks, and stops at a bound.

Second tries are its own, for they are questions too: a guard's would be neither slow nor counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from time import perf_counter
from typing import TypeVar

from connectors.contract.capabilities import Capabilities
from connectors.contract.connector import Connector
from connectors.contract.errors import SourceError
from connectors.contract.filters import EVERYTHING, Filter, terms
from connectors.contract.query import Change, Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.resilience.guarded import Guarded
from connectors.resilience.retry import RetryBudget, wait_before_retry

T = TypeVar("T")

_PATIENCE = 4.0
"""Seconds that a source may ask us to wait for, before a second try."""


class Spent(Exception):
    """So many questions were asked as may be."""


class Paced:
    """Asks one question at a time, with a pause before each, and no more than it may."""

    def __init__(
        self,
        inner: Connector,
        *,
        questions: int,
        pause: float,
        told: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Ask *inner* at most so many *questions*, *pause* seconds apart; *told* hears of each."""
        self._inner = inner.asking_once() if isinstance(inner, Guarded) else inner
        self._left, self._pause, self._told = questions, pause, told
        self._one = asyncio.Lock()
        self._budget = RetryBudget()
        self.milliseconds: list[float] = []
        self.pages: list[int] = []
        self.last = ""
        """The last question, without the values in it."""

    @property
    def name(self) -> str:
        """The source's id."""
        return self._inner.name

    @property
    def capabilities(self) -> Capabilities:
        """What may be asked."""
        return self._inner.capabilities

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        page = await self._ask(described(query), lambda: self._inner.fetch(query))
        self.pages.append(page.received or len(page.rows))
        return page

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Look up complaints by id."""
        what = f"look up {len(local_ids)} complaints by id"
        return await self._ask(what, lambda: self._inner.get(local_ids, fields))

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*."""
        return await self._ask(f"count {described(query)}", lambda: self._inner.count(query))

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:
        """Give the feed as it is."""
        return self._inner.changes(since)

    async def check(self) -> None:
        """Return if the source answers."""
        await self._ask("check", self._inner.check)

    async def aclose(self) -> None:
        """Close the connector."""
        await self._inner.aclose()

    async def _ask(self, what: str, ask: Callable[[], Awaitable[T]]) -> T:
        async with self._one:
            self._budget.earn()
            try:
                return await self._asked(what, ask)
            except SourceError as error:
                wait = wait_before_retry(error, _PATIENCE) if self._left else None
                if wait is None or not self._budget.spend():
                    raise
            await asyncio.sleep(wait)
            return await self._asked(what, ask)

    async def _asked(self, what: str, ask: Callable[[], Awaitable[T]]) -> T:
        if not self._left:
            raise Spent
        self._left -= 1
        self.last = what
        await asyncio.sleep(self._pause)
        began = perf_counter()
        try:
            return await ask()
        finally:
            self.milliseconds.append((perf_counter() - began) * 1000)
            self._told(len(self.milliseconds))


def described(query: SourceQuery) -> str:
    """Write *query* without the values in it: they may be those of rows."""
    parts = ["complaints", shape_of(query.where)]
    if query.order is not None:
        direction = "descending" if query.order.descending else "ascending"
        parts.append(f"ordered by {query.order.field} {direction}")
    if query.fields is not None:
        parts.append(f"{len(query.fields)} fields")
    if query.limit is not None:
        parts.append(f"limit {query.limit}")
    if query.token is not None:
        parts.append("a further page")
    return ", ".join(part for part in parts if part)


def shape_of(where: Filter | None) -> str:
    """Write which fields *where* compares, and how, without the values."""
    if where is None or where == EVERYTHING:
        return ""
    told = [
        f"{term.field} {'not ' if term.negated else ''}{term.op.value}"
        + (f" ({len(term.values)} of its values)" if term.values else "")
        for term in terms(where)
    ]
    return "where " + " / ".join(told) if told else "where nothing may match"
