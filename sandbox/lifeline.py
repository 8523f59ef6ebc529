"""Nobody outlives their parent: signals from the kernel, and pipes that end."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable

_SET_PARENT_DEATH_SIGNAL = 1


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """Give a function to call in a new child, so that the kernel ends it when its parent ends."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_SET_PARENT_DEATH_SIGNAL, int(with_signal), 0, 0, 0)

    return ask


class ParentWatch:
    """Tells whether the process that started this one still lives."""

    def __init__(self) -> None:
        self._parent = os.getppid()

    def is_orphan(self) -> bool:
        """Tell whether the parent has gone."""
        return self._parent > 1 and os.getppid() != self._parent


async def standard_input() -> asyncio.StreamReader:
    """Read the pipe that the supervisor holds; its end means that the supervisor is gone."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader
