"""Limits that end on the next tick of a shared clock: setting and dropping one costs little.

A request sets several limits and drops nearly all of them; a timer of the loop for each would cost
more than the rest of them.  Here all that end within one tick share a timer, which is left to run
out when nobody needs it any more.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol
from weakref import WeakKeyDictionary, ref

TICK = 0.01
"""Seconds: how much later than asked for a limit may end."""


class Ends(Protocol):
    """Something that ends when its time is over."""

    def end(self) -> None:
        """Come to an end; called once, by the loop."""


Bucket = set[Ends]
"""All that end on one tick."""

_Buckets = dict[int, Bucket]

_of_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Buckets] = WeakKeyDictionary()


class _Latest(threading.local):
    """The loop that was asked for last, which in a server is the only one."""

    def __init__(self) -> None:
        self.loop: Callable[[], asyncio.AbstractEventLoop | None] = lambda: None
        self.buckets: _Buckets = {}

    def change(self, loop: asyncio.AbstractEventLoop) -> _Buckets:
        buckets = _of_loops.get(loop)
        if buckets is None:
            buckets = _of_loops[loop] = {}
        self.loop, self.buckets = ref(loop), buckets
        return buckets


_latest = _Latest()


def end_after(loop: asyncio.AbstractEventLoop, seconds: float, limit: Ends) -> Bucket:
    """End *limit* after *seconds*, on the tick that follows; discard it from the result to drop it.

    It is not ended before the caller has given way to the loop, also if no seconds are left.
    """
    latest = _latest
    buckets = latest.buckets if latest.loop() is loop else latest.change(loop)
    tick = int((loop.time() + seconds) / TICK) + 1
    bucket = buckets.get(tick)
    if bucket is None:
        bucket = buckets[tick] = set()
        loop.call_at(tick * TICK, partial(_end_all, buckets, tick))
    bucket.add(limit)
    return bucket


def _end_all(buckets: _Buckets, tick: int) -> None:
    for limit in tuple(buckets.pop(tick)):
        limit.end()
