"""`sourceHealth`: who follows hears of a source that changes, and no source is asked for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from connectors.contract.errors import SourceError
from connectors.resilience.guarded import Guarded
from resolvers.health_watch import HealthWatch
from tests.gateway.serving import Client, talk
from tests.gateway.streaming import connect
from tests.gateway.world import World

FOLLOW = "subscription { sourceHealth { id name state stateSince reason errorRate } }"
LIST = "{ complaints(first: 3) { nodes { title } } }"


def guarded(world: World) -> World:
    """Give *world* with guards around its sources, as those of the settings have."""
    world.sources = tuple(
        replace(source, connector=Guarded(source.connector)) for source in world.sources
    )
    return world


def test_a_source_that_changes_is_told() -> None:
    """What others' questions find out reaches the follower, without what is for insiders."""
    world = guarded(World())

    async def conversation(client: Client) -> None:
        socket = await connect(client)
        await socket.ask("a", FOLLOW)
        await asyncio.sleep(0.1)
        world.kaltim.mode = "down"
        await client.ask(LIST)
        asked = len(world.asked()[1][1])
        told = {}
        # Whoever answered for the first time changed, too.
        while "kaltim" not in told:
            shown = (await socket.hear())["payload"]["data"]["sourceHealth"]
            told[shown["id"]] = shown

        assert told["kaltim"]["state"] == "DOWN"
        assert told["kaltim"]["name"] == "Kaltim"
        assert told["kaltim"]["stateSince"]
        assert (told["kaltim"]["reason"], told["kaltim"]["errorRate"]) == (None, None)
        assert len(world.asked()[1][1]) == asked

    talk(world, conversation)


def test_followers_hear_of_each_changed_source_once() -> None:
    """However often it changed, who is slow is told once of it; the watch ends with the last."""

    async def run() -> None:
        world = guarded(World())
        watch = HealthWatch(world.sources, every=0.01)
        fast, slow = watch.changes(), watch.changes()
        heard = [asyncio.ensure_future(anext(each)) for each in (fast, slow)]
        await asyncio.sleep(0.02)
        for mode in ("up", "down", "up", "down"):
            world.kaltim.mode = mode
            for _ in range(6):
                with suppress(SourceError):
                    await world.sources[1].connector.check()
            await asyncio.sleep(0.03)

        assert [await each for each in heard] == ["kaltim", "kaltim"]
        assert await anext(slow) == "kaltim"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(slow), 0.05)
        await fast.aclose()
        await slow.aclose()
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_a_source_without_a_watch_is_never_told() -> None:
    """Connectors that keep no health are left out, and do no harm."""

    async def run() -> None:
        changes = HealthWatch(World().sources, every=0.01).changes()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(changes), 0.05)

    asyncio.run(run())
