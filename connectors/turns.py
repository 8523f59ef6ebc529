"""So many at once, and whoever comes later in turn: first come, first served.

`asyncio.Semaphore` means the same; every call to a source passes two of these, mostly without
waiting, and then they cost next to nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """Places that are taken and given back; used within one loop."""

    __slots__ = ("_queue", "free")

    def __init__(self, places: int) -> None:
        """Let *places* be taken at once."""
        self.free = places
        """How many can be taken now."""
        self._queue: deque[asyncio.Future[None]] = deque()

    def taken(self) -> bool:
        """Take a place if one is free and nobody waits; else it has to be waited for."""
        if self.free and not self._queue:
            self.free -= 1
            return True
        return False

    async def wait(self) -> None:
        """Take a place when it is our turn."""
        if self.taken():
            return
        waiting = asyncio.get_running_loop().create_future()
        self._queue.append(waiting)
        try:
            await waiting
        except BaseException:
            if waiting in self._queue:
                self._queue.remove(waiting)
            elif waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                # We were given a place and cannot take it.
                self.leave()
            raise

    def leave(self) -> None:
        """Give our place to whoever waits longest."""
        while self._queue:
            waiting = self._queue.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return
        self.free += 1

    def end(self, problem: Exception) -> None:
        """Tell *problem* to all who wait."""
        for waiting in self._queue:
            if not waiting.done():
                waiting.set_exception(problem)
