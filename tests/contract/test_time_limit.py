"""A limit on time ends work as `asyncio.timeout` does, and nothing but its own work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import pytest

from connectors.contract.time_limit import TimeLimit


def test_work_that_takes_too_long_is_cancelled() -> None:
    """It raises `TimeoutError`, the work inside sees the cancellation, and the task goes on."""
    seen: list[str] = []

    async def ask() -> None:
        async def work() -> None:
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise

        with pytest.raises(TimeoutError), TimeLimit(0.01):
            await work()
        await asyncio.sleep(0)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    asyncio.run(ask())
    assert seen == ["cancelled"]


def test_work_in_time_is_left_alone() -> None:
    """Nothing of the limit is left behind: what comes after it may take longer."""

    async def ask() -> None:
        with TimeLimit(0.02):
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)

    asyncio.run(ask())


def test_no_time_at_all_ends_the_work_at_its_first_wait() -> None:
    """Also below nought: a budget that is used up is no permission to go on for ever."""

    async def ask() -> None:
        for seconds in (0.0, -1.0):
            with pytest.raises(TimeoutError), TimeLimit(seconds):
                await asyncio.sleep(5)

    asyncio.run(ask())


def test_a_cancellation_from_elsewhere_stays_one() -> None:
    """Whoever cancels the task meets `CancelledError`, also if the time is over at that moment."""

    async def ask(together: Callable[[asyncio.Task[None]], None]) -> BaseException | None:
        async def work() -> None:
            with TimeLimit(0.01):
                await asyncio.sleep(5)

        task = asyncio.ensure_future(work())
        await asyncio.sleep(0)
        together(task)
        with suppress(asyncio.CancelledError, TimeoutError):
            await task
        return asyncio.CancelledError() if task.cancelled() else task.exception()

    def at_once(task: asyncio.Task[None]) -> None:
        task.cancel()

    def together(task: asyncio.Task[None]) -> None:
        asyncio.get_running_loop().call_later(0.01, task.cancel)

    assert isinstance(asyncio.run(ask(at_once)), asyncio.CancelledError)
    assert isinstance(asyncio.run(ask(together)), asyncio.CancelledError | TimeoutError)


def test_the_outer_limit_ends_what_the_inner_one_allows() -> None:
    """Limits nest: each turns only its own end into `TimeoutError`, as the standard one does."""

    async def ask(inner: Callable[[], AbstractContextManager[None]]) -> str:
        try:
            with TimeLimit(0.01):
                try:
                    with inner():
                        await asyncio.sleep(5)
                except TimeoutError:
                    return "inner"
        except TimeoutError:
            return "outer"
        return "neither"

    assert asyncio.run(ask(lambda: TimeLimit(1.0))) == "outer"
    assert asyncio.run(ask(lambda: TimeLimit(0.001))) == "inner"


def test_it_needs_a_task() -> None:
    """Outside of one there is nothing to cancel, and it says so at once."""

    async def ask() -> None:
        found: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

        def enter() -> None:
            try:
                with TimeLimit(1.0):
                    found.set_result(None)
            except RuntimeError as error:
                found.set_result(error)

        asyncio.get_running_loop().call_soon(enter)
        assert isinstance(await found, RuntimeError)

    asyncio.run(ask())
