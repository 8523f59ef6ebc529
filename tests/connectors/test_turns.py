"""Places are never lost, never too many, and given in order."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from connectors.turns import Turns


def test_who_came_first_is_served_first() -> None:
    """Also before one who finds a place that was just given back."""

    async def run() -> list[int]:
        turns, served = Turns(1), list[int]()

        async def one(number: int) -> None:
            if not turns.taken():
                await turns.wait()
            served.append(number)
            await asyncio.sleep(0)
            turns.leave()

        await asyncio.gather(*map(one, range(5)))
        return served

    assert asyncio.run(run()) == list(range(5))


@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 6)), max_size=12),
)
def test_no_place_is_lost(places: int, work: list[tuple[int, int | None]]) -> None:
    """Whoever is cancelled, and whenever: waiting, just served, or at work."""

    async def run() -> None:
        turns, inside = Turns(places), 0

        async def one(steps: int) -> None:
            nonlocal inside
            if not turns.taken():
                await turns.wait()
            try:
                inside += 1
                assert inside <= places
                for _ in range(steps):
                    await asyncio.sleep(0)
            finally:
                inside -= 1
                turns.leave()

        tasks = [asyncio.create_task(one(steps)) for steps, _ in work]
        for step in range(8):
            for task, (_, ends) in zip(tasks, work, strict=True):
                if ends == step:
                    task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert all(turns.taken() for _ in range(places))
        assert not turns.taken()

    asyncio.run(run())


def test_all_who_wait_can_be_told() -> None:
    """Of an end that concerns them all; places stay what they were."""

    async def run() -> None:
        turns = Turns(1)
        assert turns.taken()
        waiting = [asyncio.create_task(turns.wait()) for _ in range(2)]
        await asyncio.sleep(0)
        turns.end(OSError("over"))
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert list(map(type, told)) == [OSError, OSError]
        turns.leave()
        assert turns.taken()
        assert not turns.taken()

    asyncio.run(run())


def test_a_place_that_was_given_to_who_gives_up_goes_to_the_next() -> None:
    """Cancelled in the very turn in which it was to go on."""

    async def run() -> None:
        turns = Turns(1)
        assert turns.taken()
        first, second = (asyncio.create_task(turns.wait()) for _ in range(2))
        await asyncio.sleep(0)
        turns.leave()
        first.cancel()
        await second
        assert first.cancelled()
        turns.leave()
        assert turns.free == 1

    asyncio.run(run())
