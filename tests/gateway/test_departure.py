"""A client that leaves ends the work done for it; one that stays is not disturbed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.departure import FIRST_LOOK, ClientLeft, Departure


def test_work_ends_with_the_client() -> None:
    """It is cancelled when the client goes, and told so; the task itself goes on."""

    async def ask() -> list[str]:
        seen: list[str] = []
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        asyncio.get_running_loop().call_later(2 * FIRST_LOOK, gone.set)

        async def work() -> None:
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise

        with pytest.raises(ClientLeft), Departure(receive):
            await work()
        await asyncio.sleep(0)
        return seen

    assert asyncio.run(ask()) == ["cancelled"]


def test_a_client_that_was_gone_before_is_noticed_too() -> None:
    """Nobody watches in the first moment, and nothing is missed by it."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def ask() -> None:
        with pytest.raises(ClientLeft), Departure(receive):
            await asyncio.sleep(5)

    asyncio.run(ask())


def test_quick_work_needs_nobody_who_watches() -> None:
    """What is done before the first look asks for no message, and leaves nothing behind."""
    asked: list[str] = []

    async def receive() -> dict[str, Any]:
        asked.append("asked")
        return {"type": "http.disconnect"}

    async def ask() -> int:
        with Departure(receive):
            await asyncio.sleep(0)
        await asyncio.sleep(2 * FIRST_LOOK)
        return len(asyncio.all_tasks())

    assert asyncio.run(ask()) == 1
    assert asked == []


def test_a_cancellation_from_elsewhere_stays_one() -> None:
    """A server that stops cancels; that is no departure."""

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        raise AssertionError

    async def work() -> None:
        with Departure(receive):
            await asyncio.sleep(5)

    async def ask() -> None:
        task = asyncio.ensure_future(work())
        await asyncio.sleep(2 * FIRST_LOOK)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(ask())
