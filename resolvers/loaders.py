"""Single complaints of one request, asked for together: aliases cost one question, not many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import cached_property

from aiodataloader import DataLoader

from connectors.contract.records import ComplaintRecord, OmbudsmanCaseRecord
from resolvers.assembly import Assembled
from resolvers.complaint.parts import Parts
from resolvers.policy import Viewer
from resolvers.reader import Reader

Wanted = tuple[str, frozenset[str]]
"""A national number and the record fields wanted."""

ToAssemble = tuple[ComplaintRecord, Parts]
"""A complaint as it is shown without its merge, and what to put it together out of."""

_MOST_AT_ONCE = 50


class Loaders:
    """The loaders of one request."""

    def __init__(
        self, reader: Reader, viewer: Viewer, time_left: Callable[[], float | None]
    ) -> None:
        """Load through *reader* what *viewer* may see, within the *time_left*."""
        self._work: set[asyncio.Task[object]] = set()
        self._reader, self._viewer, self._time_left = reader, viewer, time_left

    # Most requests need none of them, so each is made when it is first needed.

    @cached_property
    def _by_number(self) -> DataLoader[Wanted, ComplaintRecord | None]:
        async def load(keys: list[Wanted]) -> Sequence[ComplaintRecord | None]:
            self._remember()
            return await self._reader.by_number(self._viewer, keys)

        return DataLoader(
            load,  # type: ignore[arg-type] # it asks for a list where any sequence does
            max_batch_size=_MOST_AT_ONCE,
        )

    @cached_property
    def _cases(self) -> DataLoader[str, OmbudsmanCaseRecord | None]:
        async def load(keys: list[str]) -> Sequence[OmbudsmanCaseRecord | None]:
            self._remember()
            return await self._reader.cases.by_number(self._viewer, keys)

        return DataLoader(load)  # type: ignore[arg-type] # it asks for a list, as above

    @cached_property
    def _assembled(self) -> DataLoader[ToAssemble, Assembled]:
        async def load(keys: list[ToAssemble]) -> Sequence[Assembled]:
            self._remember()
            parts = frozenset().union(*(parts for _, parts in keys))
            # What several deferred fields ask of one complaint is asked once.
            anchors = list(dict.fromkeys(anchor for anchor, _ in keys))
            left = self._time_left()
            found = await self._reader.assemble(self._viewer, anchors, parts, left)
            of = dict(zip(anchors, found, strict=True))
            return [of[anchor] for anchor, _ in keys]

        return DataLoader(load)  # type: ignore[arg-type] # it asks for a list, as above

    async def complaint(self, number: str, wanted: frozenset[str]) -> ComplaintRecord | None:
        """Give the complaint with the national *number*, if the viewer may see it."""
        # Waiters of one key share its future: cancelling one must not cancel the others.
        return await asyncio.shield(self._by_number.load((number, wanted)))

    async def case(self, number: str) -> OmbudsmanCaseRecord | None:
        """Give the Ombudsman's case of that *number*, if the viewer may see it."""
        return await asyncio.shield(self._cases.load(number))

    async def assembled(
        self, anchors: Sequence[ComplaintRecord], parts: Parts
    ) -> Sequence[Assembled]:
        """Put *anchors* together: all that a request asks for at once is one question a source."""
        loading = self._assembled.load_many([(anchor, parts) for anchor in anchors])
        return await asyncio.shield(loading)

    def _remember(self) -> None:
        # A loader starts a task that the request does not know: it has to end with the request.
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs has a task
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def cancel(self) -> None:
        """Stop what is still being loaded: the request is over."""
        for task in tuple(self._work):
            task.cancel()
