"""A connector around a connector: time limit, concurrency limit, one retry, health, events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import TypeVar

from connectors.contract import events
from connectors.contract.capabilities import Capabilities
from connectors.contract.connector import Connector
from connectors.contract.errors import Malformed, SourceError, TimedOut
from connectors.contract.events import SourceCalled
from connectors.contract.health import Health
from connectors.contract.query import Change, Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.time_limit import TimeLimit
from connectors.resilience.retry import RetryBudget, wait_before_retry
from connectors.resilience.window import Window
from connectors.turns import Turns

T = TypeVar("T")

_NO_PAGE = Page(rows=())

_NEARLY = 0.05
"""The share of the time limit in which a cancelled call counts as one that ran out of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one source may cost."""

    time_limit: float = 4.0
    """Seconds for one call, waiting for a place and the second try included."""
    concurrency: int = 8
    """Calls at once."""
    tries: int = 2
    """How often one question may be asked."""


class Guarded:
    """Asks another connector, within limits; it is a connector itself.

    A call that its caller cancels is neither tried again nor counted, unless its own time was all
    but over: whoever asked gives the source the same time, and began to count it a little earlier.
    """

    def __init__(
        self,
        inner: Connector,
        limits: Limits | None = None,
        listener: events.Listener = events.ignore,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Guard *inner*, telling *listener* of every call."""
        self._inner = inner
        self._limits = limits or Limits()
        self._listener = listener
        self._turns = Turns(self._limits.concurrency)
        self._budget = RetryBudget()
        self._window = Window(clock)

    @property
    def name(self) -> str:
        """The source's id."""
        return self._inner.name

    @property
    def capabilities(self) -> Capabilities:
        """What the guarded connector may be asked."""
        return self._inner.capabilities

    @property
    def inner(self) -> Connector:
        """The guarded connector."""
        return self._inner

    def asking_once(self) -> Guarded:
        """Give the same guard without second tries, for whoever counts every question."""
        return Guarded(self._inner, replace(self._limits, tries=1), self._listener)

    def health(self) -> Health:
        """Give the source's health now."""
        return self._window.health()

    def fetch(self, query: SourceQuery) -> Coroutine[None, None, Page]:
        """Answer *query* with one page."""
        return self._call("fetch", query.collection, lambda: self._inner.fetch(query))

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Look up complaints by id."""
        return await self._call("get", "complaints", lambda: self._inner.get(local_ids, fields))

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*."""
        return await self._call("count", query.collection, lambda: self._inner.count(query))

    def changes(self, since: datetime | None) -> AsyncIterator[Change]:
        """Yield what changed, as the guarded connector does: a feed has no time limit."""
        return self._inner.changes(since)

    async def check(self) -> None:
        """Return if the source answers."""
        await self._call("check", "", self._inner.check)

    async def aclose(self) -> None:
        """Close the guarded connector."""
        await self._inner.aclose()

    async def _call(self, operation: str, collection: str, ask: Callable[[], Awaitable[T]]) -> T:
        limit = self._limits.time_limit
        turns = self._turns
        until = perf_counter() + limit
        self._budget.earn()
        attempt = 1
        while True:
            began = perf_counter()
            error: SourceError
            try:
                with TimeLimit(max(0.001, until - began)):
                    if not turns.taken():
                        await turns.wait()
                        began = perf_counter()
                    try:
                        answer = await ask()
                    finally:
                        turns.leave()
            except TimeoutError:
                error = TimedOut(self.name, f"no answer within {limit:g} s")
            except asyncio.CancelledError:
                if until - perf_counter() < limit * _NEARLY:
                    late = TimedOut(self.name, f"no answer within {limit:g} s")
                    self._failed(operation, collection, attempt, perf_counter() - began, late)
                raise
            except SourceError as found:
                error = found
            except Exception as found:  # noqa: BLE001 - it costs this source, never the answer
                # An adapter must raise nothing else; what its data made it trip over is its answer.
                error = Malformed(self.name, f"its answer cannot be read ({type(found).__name__})")
            else:
                self._succeeded(operation, collection, attempt, perf_counter() - began, answer)
                return answer
            self._failed(operation, collection, attempt, perf_counter() - began, error)
            again = attempt < self._limits.tries
            wait = wait_before_retry(error, until - perf_counter()) if again else None
            if wait is None or not self._budget.spend():
                raise error
            await asyncio.sleep(wait)
            attempt += 1

    def _succeeded(
        self, operation: str, collection: str, attempt: int, seconds: float, answer: object
    ) -> None:
        page = answer if isinstance(answer, Page) else _NO_PAGE
        bad = sum(page.rejected.values()) if page.rejected else 0
        unknown = sum(page.unknown.values()) if page.unknown else 0
        self._window.succeeded(seconds, bad, unknown)
        self._listener(
            SourceCalled(
                source=self.name,
                operation=operation,
                collection=collection,
                seconds=seconds,
                attempt=attempt,
                rows=page.received,
                rejected=page.rejected,
                unknown=page.unknown,
            )
        )

    def _failed(
        self, operation: str, collection: str, attempt: int, seconds: float, error: SourceError
    ) -> None:
        self._window.failed(seconds, error.message)
        self._listener(
            SourceCalled(
                source=self.name,
                operation=operation,
                collection=collection,
                seconds=seconds,
                attempt=attempt,
                error=error.code,
            )
        )
