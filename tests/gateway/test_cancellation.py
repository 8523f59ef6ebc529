"""A client that leaves, or a deadline that passes, ends the work at the sources and in SQL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gateway import app as root
from gateway.demo import CONFIGS
from tests.connectors.database import NUMBER_MAPPING, SETTINGS, database, fill
from tests.gateway.serving import Client, serving_app
from tests.living.systems import Systems

LIST = "{ complaints(first: 5) { nodes { title } complete answers { source { id } state } } }"
ALIASED = "{ a: complaints(first: 5) { complete } b: complaints(last: 5) { complete } }"
SYSTEMS = ("sp4n", "pu", "kaltim", "ombudsman")


async def until(test: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Wait until *test* holds."""
    async with asyncio.timeout(seconds):
        while not await test():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)


async def asked(client: Client, query: str) -> asyncio.StreamWriter:
    """Send *query* over a connection of its own, and read nothing."""
    _, writer = await asyncio.open_connection("127.0.0.1", int(client.url.split(":")[-1]))
    body = json.dumps({"query": query}).encode()
    head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\n" + head.encode() + body)
    await writer.drain()
    return writer


@pytest.mark.parametrize("query", [LIST, ALIASED])
def test_a_client_that_leaves_is_left_by_every_source(systems: Systems, query: str) -> None:
    """Systems that hang see their requests given up as soon as the client closes its connection."""
    for name in SYSTEMS:
        systems[name].fault("hang")

    async def counts(key: str) -> dict[str, int]:
        told = [await asyncio.to_thread(systems[name].inflight) for name in SYSTEMS]
        return {name: each[key] for name, each in zip(SYSTEMS, told, strict=True)}

    async def waiting() -> bool:
        # The ministry's database hangs at its door, where connections are counted.
        busy, connected = await counts("inflight"), await counts("connections")
        return bool(busy["sp4n"] and busy["kaltim"] and connected["pu"])

    async def run() -> None:
        configuration = root.load(CONFIGS, systems.environ)
        settings = replace(configuration.gateway, deadline=30.0)
        app = root.build_app(configuration.sources, settings)
        async with serving_app(app, settings) as client:
            writer = await asked(client, query)
            await until(waiting)
            before = await counts("cancelled")

            async def given_up() -> bool:
                busy, after = await counts("inflight"), await counts("cancelled")
                left = all(after[name] > before[name] for name in ("sp4n", "kaltim", "pu"))
                return left and not any(busy.values())

            writer.close()

            # Before two seconds are over, for then the ministry's database is given up anyway.
            await until(given_up, 1.5)

    asyncio.run(run())


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A database of our own with a table of complaints."""
    with database() as started:
        asyncio.run(fill(started))
        yield started


async def over_locked(
    address: str,
    folder: Path,
    conversation: Callable[[Client, Callable[[], Awaitable[int]]], Awaitable[None]],
    deadline: float,
) -> None:
    """Serve a table that is locked; *conversation* can count the statements that run."""
    file = folder / "source.toml"
    file.write_text(
        SETTINGS.format(
            name="odd", table="odd_numbers", mapping=NUMBER_MAPPING, zone="Asia/Jakarta"
        )
    )
    configuration = root.load([file], {"DSN": address})
    settings = replace(configuration.gateway, deadline=deadline)
    app = root.build_app(configuration.sources, settings)
    locking = await asyncpg.connect(address)
    looking = await asyncpg.connect(address)

    async def running() -> int:
        found: int = await looking.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
            "AND pid <> pg_backend_pid() AND query ILIKE '%odd_numbers%'"
        )
        return found

    try:
        async with serving_app(app, settings) as client, locking.transaction():
            await locking.execute("LOCK TABLE odd_numbers IN ACCESS EXCLUSIVE MODE")
            await conversation(client, running)
    finally:
        await locking.close()
        await looking.close()


def test_a_client_that_leaves_ends_its_statement(address: str, tmp_path: Path) -> None:
    """PostgreSQL itself, still busy with the statement before, has none after the client left."""

    async def conversation(client: Client, running: Callable[[], Awaitable[int]]) -> None:
        async def busy() -> bool:
            return await running() == 1

        async def idle() -> bool:
            return await running() == 0

        writer = await asked(client, LIST)
        await until(busy)
        writer.close()
        await until(idle, 3.0)

    asyncio.run(over_locked(address, tmp_path, conversation, 30.0))


def test_the_deadline_ends_the_statement(address: str, tmp_path: Path) -> None:
    """An answer comes within the deadline, says that the source was late, and leaves nothing."""

    async def conversation(client: Client, running: Callable[[], Awaitable[int]]) -> None:
        async def idle() -> bool:
            return await running() == 0

        async def busy() -> bool:
            return await running() == 1

        answering: asyncio.Task[dict[str, Any]] = asyncio.create_task(client.data(LIST))
        await until(busy)
        async with asyncio.timeout(2.0):
            found = (await answering)["complaints"]

        assert not found["complete"]
        assert [each["state"] for each in found["answers"]] == ["TIMED_OUT"]
        await until(idle, 3.0)

    asyncio.run(over_locked(address, tmp_path, conversation, 1.0))
