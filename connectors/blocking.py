"""Run calls that may block for ever on threads of their own, which nobody has to wait for.

A file on a mount that hangs holds its thread until the mount answers; neither the pool that
everything else shares nor the end of the process may depend on that.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from connectors.contract.errors import Unavailable

T = TypeVar("T")

MOST_TOGETHER = 4


class Threads:
    """The threads of one source: so many at most, and none that keeps the process alive."""

    def __init__(self, source: str, most: int = MOST_TOGETHER) -> None:
        """Let *source* have at most *most* calls in hand; no thread is started yet."""
        self._source = source
        self._most = most
        self._given_up: set[threading.Thread] = set()
        self._free = asyncio.Semaphore(most)

    async def run(self, call: Callable[[], T]) -> T:
        """Give what *call* gives; cancelled, it goes on by itself, and nobody hears of it.

        Raises `Unavailable` at once where as many calls as there may be were given up and hang.
        """
        self._given_up = {each for each in self._given_up if each.is_alive()}
        if len(self._given_up) >= self._most:
            raise Unavailable(self._source, "its files do not answer: earlier reads still hang")
        async with self._free:
            return await self._run(call)

    async def _run(self, call: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        told: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, error: BaseException | None) -> None:
            if told.done():
                return
            if error is not None:
                told.set_exception(error)
            else:
                told.set_result(result)  # type: ignore[arg-type] # no error, so there is a result

        def work() -> None:
            result, failure = None, None
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001 - told to whoever waits
                failure = error
            try:
                loop.call_soon_threadsafe(settle, result, failure)
            except RuntimeError:
                return  # the loop has closed: nobody waits any more

        thread = threading.Thread(target=work, name=f"files of {self._source}", daemon=True)
        thread.start()
        try:
            return await told
        except asyncio.CancelledError:
            self._given_up.add(thread)
            raise
