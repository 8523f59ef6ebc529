import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.sandbox.running import System

Connection = Any
COUNT = "SELECT count(*) FROM layanan.tiket"


def connected(pu: System, question: Callable[[Connection], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(pu.settings["dsn"], timeout=5)
        try:
            return await question(connection)
        finally:
            connection.terminate()
            await asyncio.sleep(0.01)

    return asyncio.run(run())


async def order(pu: System, mode: str, **numbers: object) -> None:
    await asyncio.to_thread(lambda: pu.fault(mode, **numbers))


async def inflight(pu: System) -> dict[str, int]:
    counts: dict[str, int] = await asyncio.to_thread(lambda: pu.control("GET", "/inflight"))
    return counts


def test_slow_delays_each_statement(pu: System) -> None:
    """`slow` delays statements on a connection that was there before."""

    async def question(connection: Connection) -> tuple[float, int]:
        await order(pu, "slow", delay_ms=200)
        began = time.monotonic()
        count = await connection.fetchval(COUNT)
        return time.monotonic() - began, count

    took, count = connected(pu, question)
    assert took >= 0.2
    assert count > 100


def test_hanging_statements_can_be_cancelled(pu: System) -> None:
    """A statement hangs until the client cancels; the connection lives on; both are counted."""

    async def question(connection: Connection) -> int:
        await order(pu, "hang")
        waiting = asyncio.create_task(connection.fetchval(COUNT))
        async with asyncio.timeout(5):
            while (await inflight(pu))["inflight"] == 0:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        # The cancelling goes over a connection of its own: lifted before, nothing would hang.
        async with asyncio.timeout(5):
            while (await inflight(pu))["cancelled"] == 0:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
        await order(pu, "none")
        return int(await connection.fetchval(COUNT))

    assert connected(pu, question) > 100
    assert pu.control("GET", "/inflight")["cancelled"] == 1


def test_hanging_statements_go_on_when_lifted(pu: System) -> None:
    """Whoever hangs is counted as in flight, and gets its answer once the order is lifted."""

    async def question(connection: Connection) -> tuple[int, int]:
        await order(pu, "hang")
        waiting = asyncio.create_task(connection.fetchval(COUNT))
        await asyncio.sleep(0.15)
        during = await inflight(pu)
        await order(pu, "none")
        return during["inflight"], await waiting

    during, count = connected(pu, question)
    assert during == 1
    assert count > 100


def test_clients_hang_at_the_door_and_may_leave(pu: System) -> None:
    """Under `hang` nobody comes in, and whoever gives up is counted."""
    pu.fault("hang")

    async def knock() -> None:
        with pytest.raises(TimeoutError):
            await asyncpg.connect(pu.settings["dsn"], timeout=0.3)

    asyncio.run(knock())
    time.sleep(0.05)
    assert pu.control("GET", "/inflight")["cancelled"] >= 1


def test_really_running_statements_are_cancelled_in_the_server(pu: System) -> None:
    """Without any fault a cancelled statement is ended by PostgreSQL itself, which says so."""

    async def question(connection: Connection) -> dict[str, int]:
        sleeping = asyncio.create_task(connection.fetchval("SELECT pg_sleep(30)"))
        await asyncio.sleep(0.15)
        during = await inflight(pu)
        sleeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeping
        await connection.fetchval(COUNT)
        return during

    during = connected(pu, question)
    after = pu.control("GET", "/inflight")
    assert during["active_statements"] == during["inflight"] == 1
    assert (after["inflight"], after["cancelled"], after["cancelled_statements"]) == (0, 1, 1)


def test_leaving_in_the_middle_ends_the_statement(pu: System) -> None:
    """A client that drops its connection is counted, and the server stops working for it."""

    async def question(connection: Connection) -> None:
        asyncio.get_running_loop().call_later(0.15, connection.terminate)
        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError)):
            await connection.fetchval("SELECT pg_sleep(30)")

    connected(pu, question)
    for _ in range(100):
        counts = pu.control("GET", "/inflight")
        if not counts["active_statements"]:
            break
        time.sleep(0.02)
    assert counts["active_statements"] == 0
    assert counts["cancelled"] == 1


def test_fail_and_refuse_speak_as_a_server_would(pu: System) -> None:
    """`fail` and `refuse` answer with fitting SQLSTATEs, for statements and at the door."""

    async def question(connection: Connection) -> int:
        await order(pu, "fail", times=1)
        with pytest.raises(asyncpg.PostgresSystemError):
            await connection.fetchval(COUNT)
        await order(pu, "refuse", times=1)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetchval(COUNT)
        return int(await connection.fetchval(COUNT))

    async def knock() -> None:
        await asyncpg.connect(pu.settings["dsn"], timeout=5)

    assert connected(pu, question) > 100
    pu.fault("fail")
    with pytest.raises(asyncpg.CannotConnectNowError):
        asyncio.run(knock())
    pu.fault("refuse")
    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(knock())


def test_garbage_breaks_the_protocol(pu: System) -> None:
    """`garbage` ends a statement with bytes that no driver can read."""

    async def question(connection: Connection) -> None:
        await order(pu, "garbage", times=1)
        with pytest.raises((asyncpg.InterfaceError, asyncpg.PostgresError, OSError)):
            await connection.fetchval(COUNT, timeout=5)

    connected(pu, question)


def test_down_refuses_and_drops_connections(pu: System) -> None:
    """`down` drops who is there and refuses who comes; lifting opens the same address."""

    async def question(connection: Connection) -> None:
        await order(pu, "down")
        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError)):
            await connection.fetchval(COUNT)
        with pytest.raises(ConnectionRefusedError):
            await asyncpg.connect(pu.settings["dsn"], timeout=5)

    connected(pu, question)
    pu.fault("none")
    assert connected(pu, lambda it: it.fetchval(COUNT)) > 100


def test_lose_leaves_out_tickets_and_their_follow_ups(pu: System) -> None:
    """`lose` hides the same share of tickets from everything the reader sees."""
    whole = connected(pu, lambda it: it.fetchval(COUNT))
    pu.fault("lose", share=0.4)
    tickets = connected(pu, lambda it: it.fetch("SELECT no_tiket FROM layanan.tiket"))
    again = connected(pu, lambda it: it.fetch("SELECT no_tiket FROM layanan.tiket"))
    steps = connected(pu, lambda it: it.fetch("SELECT DISTINCT no_tiket FROM tindak_lanjut"))

    shown = {row["no_tiket"] for row in tickets}
    assert shown == {row["no_tiket"] for row in again}
    assert 0.45 < len(shown) / whole < 0.75
    assert {row["no_tiket"] for row in steps} <= shown
    assert "error" in pu.fault("lose", times=1)
