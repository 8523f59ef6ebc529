import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.sandbox.running import Sandbox, System

Connection = Any


def ask(pu: System, question: Callable[[Connection], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(pu.settings["dsn"], timeout=5)
        try:
            return await question(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_rows_are_those_of_the_truth(sandbox: Sandbox, pu: System) -> None:
    """The view holds every ministry row of the truth, and the follow-ups belong to them."""
    rows = ask(pu, lambda it: it.fetch("SELECT no_tiket FROM layanan.tiket"))
    steps = ask(pu, lambda it: it.fetch("SELECT DISTINCT no_tiket FROM layanan.tindak_lanjut"))

    known = {row["id"] for it in sandbox.truth() for row in it["rows"] if row["system"] == "pu"}
    assert {row["no_tiket"] for row in rows} == known
    assert {row["no_tiket"] for row in steps} <= known


def test_some_tickets_have_no_arrival_and_a_few_no_date_but_the_last(pu: System) -> None:
    """`tgl_terima` is sometimes null, with other dates or with none but `tgl_update`."""
    rows = ask(
        pu,
        lambda it: it.fetch(
            "SELECT tgl_tindak, tgl_update FROM layanan.tiket WHERE tgl_terima IS NULL"
        ),
    )

    assert any(row["tgl_tindak"] for row in rows)
    assert any(row["tgl_tindak"] is None for row in rows)
    assert all(row["tgl_update"] for row in rows)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO layanan.status VALUES (1, 'x')",
        "UPDATE layanan.tiket SET perihal = ''",
        "DELETE FROM layanan.tiket",
        "CREATE TABLE layanan.x (a int)",
        "CREATE TABLE public.x (a int)",
        "CREATE TEMP TABLE x (a int)",
        "SELECT * FROM dalam.tiket",
        "UPDATE dalam.pengaturan SET bagian_hilang = 1",
    ],
)
def test_the_reader_cannot_write(pu: System, statement: str) -> None:
    """The reading role changes nothing and sees nothing private, even when not read-only."""

    async def try_it(connection: Connection) -> None:
        await connection.execute("SET default_transaction_read_only = off")
        await connection.execute(statement)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(pu, try_it)


def test_statements_are_listed_with_parameters_and_rows(pu: System) -> None:
    """The side door lists what was asked, with bound values, and nothing drivers add."""

    async def question(connection: Connection) -> list[asyncpg.Record]:
        async with connection.transaction():
            return await connection.fetch(
                "SELECT no_tiket FROM layanan.tiket WHERE kode_kab = $1 AND perihal <> $2",
                "64.72",
                "it's",
            )

    rows = ask(pu, question)
    listed = pu.control("GET", "/requests")

    assert len(listed) == 1
    assert "FROM layanan.tiket" in listed[0]["path"]
    assert listed[0]["query"] == [["$1", "64.72"], ["$2", "it's"]]
    assert listed[0]["rows"] == len(rows) > 0
    assert listed[0]["status"] == "00000"


def test_a_wrong_password_is_refused(pu: System) -> None:
    """Who does not know the password does not come in."""
    wrong = pu.settings["dsn"].replace("rahasia", "lain")

    async def knock() -> None:
        await asyncpg.connect(wrong, timeout=5)

    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(knock())
