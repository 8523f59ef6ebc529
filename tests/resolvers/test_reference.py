"""Reference data are read once, kept while the registry is down, and renewed when it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.contract.records import AgencyRecord, ChannelRecord
from connectors.contract.source import Source
from connectors.contract.vocabulary import AgencyLevel
from resolvers.bodies import Bodies
from resolvers.directory import Directory, index
from resolvers.errors import NotAnswering
from resolvers.reference import Reference
from tests.gateway.world import NOW, REGISTRY, Registry, World, clock

ADDED = ChannelRecord(source="registry", id="wa", name="WhatsApp")


def run(
    talk: Callable[[World, Registry, Reference], Awaitable[None]],
    time_limit: float = 4.0,
    **times: float,
) -> None:
    """Run *talk* over a registry and the reference that reads it."""

    async def whole() -> None:
        registry = Registry()
        world = World(registry=registry, time_limit=time_limit)
        reference = Reference(world.sources, clock, **times)
        try:
            await talk(world, registry, reference)
        finally:
            await reference.aclose()

    asyncio.run(whole())


def test_it_is_read_once_for_many() -> None:
    """Requests that come together and later ones share one reading, all pages of it."""

    async def talk(world: World, _registry: Registry, reference: Reference) -> None:
        found = await asyncio.gather(*(reference.directory() for _ in range(5)))
        again = await reference.directory()

        assert all(each is again for each in found)
        assert again.known == {"agencies", "regions", "categories", "channels", "nodes"}
        assert len(again.agencies) == 8
        pages = [query for query in world.registry.queries if query.collection == "agencies"]
        assert len(pages) == 3

    run(talk)


def test_it_is_kept_while_the_registry_is_down() -> None:
    """What was read once serves on when the registry fails, and is renewed when it is back."""

    async def talk(world: World, registry: Registry, reference: Reference) -> None:
        await reference.needed("channels")
        world.registry.mode = "down"
        for _ in range(3):
            assert set((await reference.directory()).channels) == {"web", "sms"}
            await asyncio.sleep(0.02)
        registry.held["channels"] += (ADDED,)
        registry.as_of = NOW + timedelta(days=1)
        world.registry.mode = "up"
        await _until(reference, lambda found: "wa" in found)

    run(talk, look_again=0.01, retry=0.01)


def test_it_says_as_of_when_agencies_are_told() -> None:
    """The registry's own moment, or the moment of reading where it names none; renewed with it."""

    async def talk(world: World, registry: Registry, reference: Reference) -> None:
        assert (await reference.needed("agencies")).as_of == {"registry": NOW}
        later = NOW + timedelta(days=1)
        registry.as_of = later
        await _until(reference, lambda _: reference_of(reference).as_of == {"registry": later})

    def reference_of(reference: Reference) -> Directory:
        known = reference.at_hand()
        return Directory() if known is None else known

    run(talk, look_again=0.01, retry=0.01)


async def _until(reference: Reference, holds: Callable[[set[str]], bool]) -> None:
    async with asyncio.timeout(3):
        while not holds(set((await reference.directory()).channels)):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)


def test_an_unchanged_registry_is_only_looked_at() -> None:
    """While its date and size stay the same no rows are read again."""

    async def talk(world: World, _registry: Registry, reference: Reference) -> None:
        first = await reference.directory()
        before = len(world.registry.queries)
        await asyncio.sleep(0.02)
        await reference.directory()
        await asyncio.sleep(0.02)

        assert await reference.directory() is first
        looks = world.registry.queries[before:]
        assert looks
        assert all(query.limit == 1 for query in looks)

    run(talk, look_again=0.01)


def test_never_read_is_told() -> None:
    """While the registry was never read, what needs it raises, and asks again soon."""

    async def talk(world: World, _registry: Registry, reference: Reference) -> None:
        world.registry.mode = "down"
        with pytest.raises(NotAnswering) as caught:
            await reference.needed("channels")
        assert caught.value.code == "REFERENCE_UNAVAILABLE"
        world.registry.mode = "up"
        await asyncio.sleep(0.02)
        assert (await reference.needed("channels")).channels

    run(talk, retry=0.01)


def test_a_request_waits_no_longer_than_its_patience() -> None:
    """With a registry that hangs, a request goes on without it after a short time."""

    async def talk(world: World, _registry: Registry, reference: Reference) -> None:
        world.registry.mode = "hang"
        async with asyncio.timeout(1):
            assert (await reference.directory()).known == frozenset()

    run(talk, patience=0.05)


def test_patience_is_paid_once() -> None:
    """After one request has waited in vain the others do not, until all has been read again."""

    async def talk(world: World, _registry: Registry, reference: Reference) -> None:
        world.registry.mode = "hang"
        await reference.directory()
        started = asyncio.get_running_loop().time()
        for _ in range(20):
            await reference.directory()
        assert asyncio.get_running_loop().time() - started < 0.2
        world.registry.mode = "up"
        await _until(reference, bool)
        assert not reference._waited_in_vain

    run(talk, time_limit=0.5, patience=0.2, retry=0.01, look_again=0.01)


def test_validity_is_by_the_day() -> None:
    """An agency exists from its first to its last day, both included; the latest edition rules."""
    editions = (
        AgencyRecord(
            source="r",
            code="a",
            name="old",
            level=AgencyLevel.MINISTRY,
            valid_to=date(2024, 10, 20),
        ),
        AgencyRecord(
            source="r",
            code="a",
            name="new",
            level=AgencyLevel.MINISTRY,
            valid_from=date(2024, 10, 21),
            valid_to=date(2025, 1, 1),
        ),
    )
    directory = index({"agencies": editions})

    for day, name in (
        (date(2020, 1, 1), "old"),
        (date(2024, 10, 20), "old"),
        (date(2024, 10, 21), "new"),
        (date(2026, 1, 1), "new"),
    ):
        found = directory.agency("a", day)
        assert found is not None
        assert found.name == name
    assert directory.agencies_on(date(2025, 1, 1))
    assert not directory.agencies_on(date(2025, 1, 2))
    assert directory.agency("b", date(2025, 1, 1)) is None
    assert directory.agency(None, date(2025, 1, 1)) is None


def moving(moves: date) -> tuple[AgencyRecord, ...]:
    """A unit that another ministry gets on the day *moves*, as the registry tells it ahead."""
    told = [
        AgencyRecord(source="r", code=code, name=code, level=AgencyLevel.MINISTRY)
        for code in ("before", "after")
    ]
    for parent, first, last in (
        ("before", None, moves - timedelta(days=1)),
        ("after", moves, None),
    ):
        told.append(
            AgencyRecord(
                source="r",
                code="unit",
                name=parent,
                level=AgencyLevel.UNIT,
                parent=parent,
                valid_from=first,
                valid_to=last,
            )
        )
    return tuple(told)


def test_a_move_that_is_told_ahead_counts_from_its_day() -> None:
    """Until then the unit counts for its old ministry, from then on for its new one; who was
    never there yet is told as it will be, who is no more as it was.
    """
    day = date(2027, 1, 1)

    for on, has, has_not in (
        (day - timedelta(days=1), "before", "after"),
        (day, "after", "before"),
    ):
        directory = index({"agencies": moving(day)}, on)
        bodies = Bodies(directory)
        assert directory.with_units_and_successors([has]) == {has, "unit"}
        assert directory.with_units_and_successors([has_not]) == {has_not}
        assert bodies.same("unit", has)
        assert not bodies.same("unit", has_not)
        unit = directory.agency("unit", on)
        assert unit is not None
        assert unit.parent == has

    to_come = AgencyRecord(
        source="r", code="new", name="new", level=AgencyLevel.AGENCY, valid_from=day
    )
    assert index({"agencies": [to_come]}).agency("new", date(2026, 1, 1)) is to_come


def test_a_new_day_is_a_new_directory() -> None:
    """At midnight in Jakarta units count for whom they belong to from then on, though the registry
    says nothing new.
    """
    now = [datetime(2026, 12, 31, 16, 59, tzinfo=UTC)]
    registry = Registry({"agencies": moving(date(2027, 1, 1))})
    source = Source(connector=registry, title="Registri", kind="memory")

    async def talk() -> None:
        reference = Reference([source], lambda: now[0], look_again=0.01)
        try:
            directory = await reference.needed("agencies")
            assert directory.with_units_and_successors(["before"]) == {"before", "unit"}
            now[0] += timedelta(minutes=1)
            async with asyncio.timeout(3):
                while "unit" in directory.with_units_and_successors(["before"]):
                    await asyncio.sleep(0.01)
                    directory = await reference.directory()
            assert directory.with_units_and_successors(["after"]) == {"after", "unit"}
        finally:
            await reference.aclose()

    asyncio.run(talk())


def test_a_tree_with_a_ring_ends() -> None:
    """Units, successors and branches that run in a circle are walked once."""
    rows = (
        AgencyRecord(source="r", code="a", name="a", level=AgencyLevel.UNIT, parent="b"),
        AgencyRecord(
            source="r", code="b", name="b", level=AgencyLevel.UNIT, parent="a", successors=("a",)
        ),
    )

    assert index({"agencies": rows}).with_units_and_successors(["a"]) == {"a", "b"}
    assert index(REGISTRY).branch(["3"]) == {"3", "31", "311"}
