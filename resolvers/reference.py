"""The reference data of the registry sources: read once, kept, and read again when it changed.

Nothing waits for it at start.  While it was never read, whoever needs it waits a short time;
afterwards the last known data serve, and are renewed behind the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connectors.contract.errors import SourceError
from connectors.contract.query import Page, SourceQuery, Token
from connectors.contract.records import Record
from connectors.contract.source import Source
from resolvers.directory import COLLECTIONS, Directory, index
from resolvers.errors import NotAnswering, no_source_of

JAKARTA = ZoneInfo("Asia/Jakarta")
_MOST_PAGES = 1000

LATER = frozenset({"programmes", "programme_categories"})
"""What few questions need: read after all the rest, and waited for by those questions alone."""

_Part = tuple[str, str]
"""Source and collection."""


class Reference:
    """Keeps the directory of *sources* in step with them."""

    def __init__(
        self,
        sources: Sequence[Source],
        clock: Callable[[], datetime],
        *,
        look_again: float = 30.0,
        reread: float = 600.0,
        retry: float = 5.0,
        patience: float = 3.0,
    ) -> None:
        """Look for changes every *look_again* seconds, read all anew every *reread* seconds,
        ask a source that failed again after *retry*, let a request wait *patience* at most.
        """
        self._clock = clock
        self._parts: tuple[tuple[Source, str], ...] = tuple(
            (source, collection)
            for collection in COLLECTIONS
            for source in sources
            if source.holds(collection)
        )
        self.configured = frozenset(collection for _, collection in self._parts)
        """The collections that some source holds."""
        self._first = self.configured - LATER
        self._first_read: asyncio.Future[None] | None = None
        self._look_again, self._reread, self._retry = look_again, reread, retry
        self._patience = patience
        self._rows: dict[_Part, tuple[Record, ...]] = {}
        self._marks: dict[_Part, tuple[object, ...]] = {}
        self._as_of: dict[_Part, datetime] = {}
        self._read_at: dict[_Part, float] = {}
        self._due = 0.0
        self._directory = Directory()
        self._indexed_on: date | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._waited_in_vain = False

    def today(self) -> date:
        """Give the day in Jakarta, as of which validity is judged."""
        return self._clock().astimezone(JAKARTA).date()

    async def directory(self, *, wait: bool = True, later: bool = False) -> Directory:
        """Give the directory as it is known; waits only while a collection was never read, for
        those in `LATER` only if *later* says so.
        """
        if self._due <= asyncio.get_running_loop().time():
            self._renew()
        if later and self._renewal is not None and not self._known(self.configured):
            await asyncio.wait({self._renewal}, timeout=self._patience)
        whole = self._known(self._first)
        if wait and self._first_read is not None and not whole and not self._waited_in_vain:
            _, hanging = await asyncio.wait({self._first_read}, timeout=self._patience)
            # Once a request has waited in vain, others do not, until all has been read.
            self._waited_in_vain = bool(hanging)
        return self._directory

    def at_hand(self) -> Directory | None:
        """Give the directory if nobody has to wait for it, and it is not time to look again."""
        if not self._known(self._first):
            return None
        return self._directory if asyncio.get_running_loop().time() < self._due else None

    async def needed(self, *collections: str) -> Directory:
        """Give the directory, or raise `NotAnswering` if one of *collections* was never read, and
        `NotConfigured` if no source holds it.
        """
        absent = [each for each in collections if each not in self.configured]
        if absent:
            raise no_source_of(*absent)
        directory = await self.directory(later=not LATER.isdisjoint(collections))
        if not directory.known.issuperset(collections):
            raise NotAnswering(
                "REFERENCE_UNAVAILABLE",
                f"the reference data ({', '.join(collections)}) cannot be had now",
                hint="ask again in a moment, or without agencies, levels and categories",
            )
        return directory

    async def aclose(self) -> None:
        """Stop reading.  Safe to call twice."""
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    def _renew(self) -> None:
        if self._renewal is None or self._renewal.done():
            loop = asyncio.get_running_loop()
            self._due = loop.time() + self._look_again
            self._first_read = loop.create_future()
            self._renewal = asyncio.create_task(self._read_all(self._first_read), name="reference")

    def _known(self, collections: frozenset[str]) -> bool:
        return self._directory.known.issuperset(collections)

    async def _read_all(self, first_read: asyncio.Future[None]) -> None:
        try:
            await self._read_parts([part for part in self._parts if part[1] not in LATER])
        finally:
            first_read.set_result(None)
        await self._read_parts([part for part in self._parts if part[1] in LATER])

    async def _read_parts(self, parts: Sequence[tuple[Source, str]]) -> None:
        outcomes = await asyncio.gather(*(self._read(*part) for part in parts))
        if not all(ok for ok, _ in outcomes):
            self._due = asyncio.get_running_loop().time() + self._retry
        today = self.today()
        if any(changed for _, changed in outcomes) or self._indexed_on != today:
            rows: dict[str, list[Record]] = {}
            for source, collection in self._parts:
                found = self._rows.get((source.name, collection))
                if found is not None:
                    rows.setdefault(collection, []).extend(found)
            told = ((name, at) for (name, held), at in self._as_of.items() if held == "agencies")
            self._directory = index(rows, today, dict(told))
            self._indexed_on = today
        if self._known(self._first):
            self._waited_in_vain = False

    async def _read(self, source: Source, collection: str) -> tuple[bool, bool]:
        """Read one part if it changed; say whether it answered, and whether it changed."""
        part = (source.name, collection)
        now = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(source.time_limit):
                fresh = now - self._read_at.get(part, float("-inf")) < self._reread
                if fresh and self._marks[part] == await _mark(source, collection):
                    return True, False
                rows, mark = await _rows(source, collection)
        except (SourceError, TimeoutError):
            return False, False
        as_of = mark[0] if mark and isinstance(mark[0], datetime) else self._clock()
        changed = self._rows.get(part) != rows or self._as_of.get(part) != as_of
        self._as_of[part] = as_of
        self._rows[part], self._marks[part], self._read_at[part] = rows, mark, now
        return True, changed


async def _mark(source: Source, collection: str) -> tuple[object, ...]:
    page = await source.connector.fetch(SourceQuery(collection=collection, limit=1))
    return _marked(page)


def _marked(page: Page) -> tuple[object, ...]:
    return (page.as_of, page.total)


async def _rows(source: Source, collection: str) -> tuple[tuple[Record, ...], tuple[object, ...]]:
    rows: list[Record] = []
    waiting: list[Token | None] = [None]
    mark: tuple[object, ...] = ()
    for _ in range(_MOST_PAGES):
        if not waiting:
            break
        token = waiting.pop(0)
        page = await source.connector.fetch(SourceQuery(collection=collection, token=token))
        mark = mark or _marked(page)
        rows.extend(page.rows)
        waiting.extend(page.next)
    return tuple(rows), mark
