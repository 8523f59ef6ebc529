"""A limit on the time that some work may take, cheap enough for every call on a request's path.

It means what `asyncio.timeout` means, to the tick, and is entered and left without awaiting: a
request passes several, and the standard library's costs many times as much.
"""

from __future__ import annotations

from asyncio import CancelledError, current_task, get_running_loop
from types import TracebackType

from connectors.contract.ticks import end_after


class TimeLimit:
    """Cancels the work inside once *seconds* are over, which then raises `TimeoutError`.

    Used once, as `with TimeLimit(2.0):` inside a task.  A cancellation that comes from elsewhere
    stays one.
    """

    __slots__ = ("_asked_before", "_bucket", "_is_over", "_seconds", "_task")

    def __init__(self, seconds: float) -> None:
        """Allow *seconds*; none at all end the work at its first wait."""
        self._seconds = seconds
        self._is_over = False

    def __enter__(self) -> None:
        """Begin to count."""
        loop = get_running_loop()
        task = current_task(loop)
        if task is None:
            raise RuntimeError("a time limit needs a task to cancel; hint: use it in a coroutine")
        self._task = task
        self._asked_before = task.cancelling()
        self._bucket = end_after(loop, self._seconds, self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop counting; turn our own cancellation into `TimeoutError`."""
        self._bucket.discard(self)
        if not self._is_over:
            return
        # As long as somebody else asked for the end too, it is not ours to swallow.
        alone = self._task.uncancel() <= self._asked_before
        if alone and kind is CancelledError:
            raise TimeoutError from error

    def end(self) -> None:
        """Cancel the work: its time is over."""
        self._is_over = True
        self._task.cancel()
