"""A client that leaves ends the work that was done for it."""

from __future__ import annotations

import asyncio
from types import TracebackType

from starlette.types import Receive

from connectors.contract.ticks import end_after

FIRST_LOOK = 0.02
"""Seconds after which somebody begins to watch: most answers are there before, and need nobody."""


class ClientLeft(Exception):
    """Nobody is there any more to read the answer."""


class Departure:
    """Cancels the work inside if the client leaves, which then raises `ClientLeft`.

    Used once, as `with Departure(receive):` inside a task, when the request has been read whole.
    """

    __slots__ = ("_asked_before", "_bucket", "_has_left", "_receive", "_task", "_watch")

    def __init__(self, receive: Receive) -> None:
        """Learn from *receive* that the client has left."""
        self._receive = receive
        self._watch: asyncio.Task[None] | None = None
        self._has_left = False

    def __enter__(self) -> None:
        """Begin, in a moment, to watch."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a departure needs a task to cancel; hint: use it in a coroutine")
        self._task = task
        self._asked_before = task.cancelling()
        self._bucket = end_after(loop, FIRST_LOOK, self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching; turn our own cancellation into `ClientLeft`."""
        self._bucket.discard(self)
        if self._watch is not None:
            self._watch.cancel()
        if not self._has_left:
            return
        # As long as somebody else asked for the end too, it is not ours to swallow.
        alone = self._task.uncancel() <= self._asked_before
        if alone and kind is asyncio.CancelledError:
            raise ClientLeft from error

    def end(self) -> None:
        """End the time in which nobody watches."""
        self._watch = asyncio.ensure_future(self._wait())

    async def _wait(self) -> None:
        await left(self._receive)
        self._has_left = True
        self._task.cancel()


async def left(receive: Receive) -> None:
    """Return when the client is gone; what it still sends is thrown away, piece by piece."""
    while (await receive())["type"] != "http.disconnect":
        pass
