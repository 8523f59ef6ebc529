"""`simpul sources suggest` of a MariaDB: which of its dates need somebody to name a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import asyncmy
import pytest

from connectors.problems import ConfigurationError
from connectors.registry import load
from tests.connectors.maria import database, needs_mariadb
from tests.connectors.suggesting import listed, suggestion

pytestmark = needs_mariadb

TABLES = {
    "moments": ("timestamp NULL", "timestamp NULL"),
    "local": ("datetime", "datetime"),
    "mixed": ("timestamp NULL", "datetime"),
    "days": ("timestamp NULL", "date"),
}
"""Name to the types of its two dates; each stands twice, the second time without a row."""


async def fill(address: str) -> None:
    """Make each table, by a session in Jakarta."""
    host, _, port = address.partition(":")
    connection = await asyncmy.connect(host=host, port=int(port), user="root", autocommit=True)
    async with connection.cursor() as cursor:
        await cursor.execute("CREATE DATABASE jam")
        await cursor.execute("USE jam")
        await cursor.execute("SET SESSION time_zone = '+07:00'")
        for name, (created, updated) in TABLES.items():
            for table in (name, f"{name}_empty"):
                await cursor.execute(
                    f"CREATE TABLE {table} (nomor int, judul text, status varchar(9), "
                    f"created_at {created}, updated_at {updated})"
                )
            await cursor.executemany(
                f"INSERT INTO {name} VALUES (%s, 'Jalan', 'baru', %s, %s)",  # noqa: S608 - ours
                [(n, "2026-01-20 09:15:00", "2026-01-21 09:15:00") for n in range(1, 26)],
            )
    await connection.ensure_closed()


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    with database() as address:
        asyncio.run(fill(address))
        yield f"mysql://root@{address}/jam"


def clock(text: str) -> list[str]:
    """Give what the draft asks about clocks."""
    return [
        line.partition("left to you: ")[2].partition("?")[0]
        for line in text.splitlines()
        if line.startswith("time_zone")
    ]


@pytest.mark.parametrize("rows", ["", "_empty"])
@pytest.mark.parametrize(
    ("table", "asked"),
    [
        ("moments", []),
        ("local", ["whose clock do its dates follow"]),
        ("mixed", ["whose clock do the dates of updated_at follow"]),
        ("days", ["whose clock do the dates of updated_at follow"]),
    ],
)
def test_a_clock_is_asked_for_only_where_a_column_has_none(
    table: str, asked: list[str], rows: str, dsn: str
) -> None:
    """A `timestamp` is a moment, whether rows were seen or not; a `datetime` follows some clock."""
    text = suggestion("env:DSN", {"DSN": dsn}, table=table + rows)

    assert 'submitted_at = "created_at"' in text
    assert clock(text) == asked


def test_without_a_clock_the_moments_are_those_that_were_meant(dsn: str) -> None:
    """Written at a quarter past nine in Jakarta; nothing of it is left to say or to note."""
    environ = {"DSN": dsn}
    text = suggestion("env:DSN", environ, table="moments")
    found = listed(text, environ)

    assert {row.submitted_at for row in found.rows} == {datetime(2026, 1, 20, 2, 15, tzinfo=UTC)}
    assert not [note for each in found.checked for note in each.notes if "zone" in note]
    with pytest.raises(ConfigurationError, match="time_zone"):
        load(suggestion("env:DSN", environ, table="mixed"), environ)
