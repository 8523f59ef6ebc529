"""Single complaints of one request, asked for together: aliases cost one question, not many."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiodataloader import DataLoader

from connectors.contract.records import ComplaintRecord
from resolvers.policy import Viewer
from resolvers.reader import Reader

Wanted = tuple[str, frozenset[str]]
"""A national number and the record fields wanted."""

_MOST_AT_ONCE = 50


class Loaders:
    """The loaders of one request."""

    def __init__(self, reader: Reader, viewer: Viewer) -> None:
        """Load through *reader* what *viewer* may see."""
        self._work: set[asyncio.Task[object]] = set()

        async def load(keys: list[Wanted]) -> Sequence[ComplaintRecord | None]:
            # The loader starts a task that the request does not know: remember it, so that it
            # ends with the request.
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - a coroutine that runs has a task
            self._work.add(task)
            task.add_done_callback(self._work.discard)
            return await reader.by_number(viewer, keys)

        self._by_number: DataLoader[Wanted, ComplaintRecord | None] = DataLoader(
            load,  # type: ignore[arg-type] # it asks for a list where any sequence does
            max_batch_size=_MOST_AT_ONCE,
        )

    async def complaint(self, number: str, wanted: frozenset[str]) -> ComplaintRecord | None:
        """Give the complaint with the national *number*, if the viewer may see it."""
        # Waiters of one key share its future: cancelling one must not cancel the others.
        return await asyncio.shield(self._by_number.load((number, wanted)))

    def cancel(self) -> None:
        """Stop what is still being loaded: the request is over."""
        for task in tuple(self._work):
            task.cancel()
