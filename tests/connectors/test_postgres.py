"""PostgreSQL: what SQL compares is what the mapping reads, also of the oddest rows."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from connectors.contract.connector import Connector
from connectors.contract.errors import Malformed, Refused, SourceError, TimedOut, Unavailable
from connectors.contract.filters import Op, Term
from connectors.contract.query import Order, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.postgres import translated
from connectors.problems import ConfigurationError
from connectors.registry import load
from tests.connectors.database import NUMBER_MAPPING, SETTINGS, TEXT_MAPPING, database, fill
from tests.connectors.suite import Subject, conform


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with database() as started:
        asyncio.run(fill(started))
        yield started


@asynccontextmanager
async def asking(
    address: str, table: str, mapping: str, zone: str = "Asia/Jakarta"
) -> AsyncIterator[Connector]:
    text = SETTINGS.format(name="odd", table=table, mapping=mapping, zone=zone)
    (source,) = load(text, {"DSN": address})
    try:
        yield source.connector
    finally:
        await source.connector.aclose()


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "America/New_York"])
def test_odd_texts_keep_every_promise(address: str, zone: str) -> None:
    """Words in every spelling, dates beyond the calendar, flags as texts: SQL and mapping agree."""

    async def check() -> None:
        async with asking(address, "odd_texts", TEXT_MAPPING, zone) as connector:
            await conform(Subject(connector=connector, samples=12))

    asyncio.run(check())


@pytest.mark.parametrize("zone", ["Asia/Makassar", "America/New_York"])
def test_odd_numbers_keep_every_promise(address: str, zone: str) -> None:
    """Ids and codes that are numbers, clocks with and without summer time."""

    async def check() -> None:
        async with asking(address, "odd_numbers", NUMBER_MAPPING, zone) as connector:
            await conform(Subject(connector=connector, samples=12))

    asyncio.run(check())


def test_odd_rows_are_as_the_mapping_promises(address: str) -> None:
    """Out of the calendar is missing; without an id, rejected; what no table knows, counted."""

    async def read() -> None:
        async with asking(address, "odd_texts", TEXT_MAPPING) as connector:
            page = await connector.fetch(SourceQuery())
            rows = [row for row in page.rows if isinstance(row, ComplaintRecord)]

            assert page.rejected["MISSING:local_id"] >= 1
            assert page.rejected["BAD_TRACKING_ID"] >= 1
            assert {row.region for row in rows} <= {
                None, "64", "64.72", "64.72.01", "64.72.01.1001", "31.71",
            }  # fmt: skip
            assert page.unknown["status: Uji Petik"] >= 1
            assert page.unknown["status: \u212aonfirmasi"] >= 1
            assert {row.tracking_id for row in rows} == {
                None, "9165816", "9165817", "9165818", "9165819",
            }  # fmt: skip
            assert max(row.submitted_at.year for row in rows) < 9999

    asyncio.run(read())


HOSTILE = ("1_", "'; DROP TABLE odd_texts; --", "\\", "%", "a\0b", "\ud800", '"', "$1", "é" * 500)


def test_no_value_becomes_part_of_a_statement(address: str) -> None:
    """Whatever a client asks for is a parameter, or cannot be there at all."""

    async def ask() -> None:
        async with asking(address, "odd_texts", TEXT_MAPPING) as connector:
            for field in ("local_id", "tracking_id", "category", "region", "channel", "agency"):
                for op in (Op.IN, Op.UNDER):
                    if op is Op.UNDER and field in ("local_id", "tracking_id"):
                        continue
                    page = await connector.fetch(SourceQuery(where=Term(field, op, HOSTILE)))
                    assert {getattr(row, field) for row in page.rows} <= {"%"}
            assert await connector.get(HOSTILE) == [None] * len(HOSTILE)
            assert len((await connector.fetch(SourceQuery())).rows) > 40

    asyncio.run(ask())


def test_names_of_tables_and_columns_are_quoted(address: str) -> None:
    """A column that looks like SQL is a column that is not there."""
    mapping = TEXT_MAPPING.replace('title = "judul"', "title = 'judul\"; DROP TABLE odd_texts; --'")

    async def ask() -> None:
        async with asking(address, "odd_texts", mapping) as connector:
            with pytest.raises(Refused, match="no column"):
                await connector.fetch(SourceQuery())
        with pytest.raises(ConfigurationError):
            load(
                SETTINGS.format(name="odd", table='x" y', mapping=mapping, zone="UTC").replace(
                    '"x" y"', "'x\" y'"
                ),
                {"DSN": address},
            )

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        (
            "odd_texts",
            ('"judul"', '"judl"'),
            "no column `judl` for title; hint: did you mean `judul`?",
        ),
        ("odd_texts", ('"masuk"', '"status"'), "column `status` is text, no date"),
        ("no_such_table", ("", ""), "UndefinedTableError"),
    ],
)
def test_a_mapping_that_does_not_fit_the_table_is_told(
    address: str, table: str, change: tuple[str, str], told: str
) -> None:
    """At the first question, with the column and what was probably meant."""

    async def ask() -> None:
        async with asking(address, table, TEXT_MAPPING.replace(*change)) as connector:
            with pytest.raises(Refused) as raised:
                await connector.fetch(SourceQuery())
            assert told in raised.value.message

    asyncio.run(ask())


def test_only_wanted_columns_are_asked_for(address: str) -> None:
    """The select list holds what the fields need, and the dates that may stand in."""

    async def ask() -> None:
        async with asking(address, "odd_texts", TEXT_MAPPING) as connector:
            observer = await asyncpg.connect(address)
            query = SourceQuery(fields=frozenset({"region"}), order=Order("submitted_at"))
            await connector.fetch(query)
            statement = await observer.fetchval(
                "SELECT query FROM pg_stat_activity WHERE application_name = 'simpul'"
                " ORDER BY query_start DESC LIMIT 1"
            )
            await observer.close()
            shown = statement.partition(" FROM ")[0]

            assert '"wilayah"' in shown
            assert '"judul"' not in statement
            assert '"rahasia"' not in statement

    asyncio.run(ask())


def test_a_source_can_only_be_read(address: str) -> None:
    """Sessions are read only, whatever the role may do."""

    async def ask() -> None:
        async with asking(address, "odd_texts", TEXT_MAPPING) as connector:
            await connector.fetch(SourceQuery())
            inner = connector.inner  # type: ignore[attr-defined] # guarded, as every source
            pool = await inner._opened()
            async with pool.acquire() as connection:
                with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                    await connection.execute("DELETE FROM odd_texts")

    asyncio.run(ask())


FOREIGN = sorted(
    {
        each
        for each in vars(asyncpg).values()
        if isinstance(each, type) and issubclass(each, Exception)
    },
    key=lambda each: each.__name__,
)


@pytest.mark.parametrize("error", FOREIGN, ids=[each.__name__ for each in FOREIGN])
def test_no_foreign_exception_is_missed(error: type[Exception]) -> None:
    """Each exception class of the driver becomes one of the contract's, without its message."""
    found = translated("s", error.__new__(error, "row of Budi"))

    assert type(found) in {Unavailable, TimedOut, Refused, Malformed}
    assert "Budi" not in found.message


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (asyncpg.InvalidPasswordError("x"), Refused),
        (asyncpg.InsufficientPrivilegeError("x"), Refused),
        (asyncpg.UndefinedColumnError("x"), Refused),
        (asyncpg.QueryCanceledError("x"), TimedOut),
        (asyncpg.TooManyConnectionsError("x"), Unavailable),
        (asyncpg.CannotConnectNowError("x"), Unavailable),
        (ConnectionRefusedError(), Unavailable),
        (TimeoutError(), TimedOut),
        (OverflowError(), Malformed),
    ],
)
def test_failures_are_told_apart(error: Exception, kind: type[SourceError]) -> None:
    """By what the server or the network said."""
    assert type(translated("s", error)) is kind


def test_a_table_that_changes_is_looked_at_again(address: str) -> None:
    """A column that was renamed and came back is found without a restart."""
    rename = "ALTER TABLE odd_numbers RENAME COLUMN {} TO {}"

    async def ask() -> None:
        owner = await asyncpg.connect(address)
        async with asking(address, "odd_numbers", NUMBER_MAPPING) as connector:
            await connector.check()
            await owner.execute(rename.format("selesai", "tutup"))
            try:
                for _ in range(2):
                    with pytest.raises(Refused):
                        await connector.check()
            finally:
                await owner.execute(rename.format("tutup", "selesai"))
                await owner.close()
            await connector.check()

    asyncio.run(ask())


def test_a_closed_connector_opens_again(address: str) -> None:
    """Closing gives back connections; it is no end."""

    async def ask() -> None:
        async with asking(address, "odd_texts", TEXT_MAPPING) as connector:
            await connector.check()
            await connector.aclose()
            await connector.aclose()
            await connector.check()

    asyncio.run(ask())


async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take a connection and say nothing on it."""
    writer.close()


def test_a_connection_given_up_while_it_is_opened_leaves_nothing_behind() -> None:
    """Cancelled at whichever step: no failure that nobody looks at, which would be logged."""
    unseen: list[object] = []

    async def give_up() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: unseen.append(told))
        async with await asyncio.start_server(hang_up, "127.0.0.1") as server:
            host, port = server.sockets[0].getsockname()[:2]
            for steps in range(60):
                async with asking(
                    f"postgresql://u:p@{host}:{port}/d", "odd_texts", TEXT_MAPPING
                ) as connector:
                    fetching = asyncio.ensure_future(connector.fetch(SourceQuery()))
                    for _ in range(steps):
                        await asyncio.sleep(0)
                    fetching.cancel()
                    await asyncio.wait({fetching})
                gc.collect()

    asyncio.run(give_up())
    gc.collect()

    assert unseen == []


def test_a_connection_that_is_there_after_it_was_given_up_is_closed(address: str) -> None:
    """Nobody waits for it any more, and the server is not left with it."""

    async def give_up() -> int:
        for steps in range(1, 60, 3):
            async with asking(address, "odd_texts", TEXT_MAPPING) as connector:
                fetching = asyncio.ensure_future(connector.fetch(SourceQuery()))
                for _ in range(steps):
                    await asyncio.sleep(0)
                fetching.cancel()
                await asyncio.wait({fetching})
        looking = await asyncpg.connect(address)
        try:
            query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'simpul'"
            for _ in range(200):
                if not (left := await looking.fetchval(query)):
                    break
                await asyncio.sleep(0.05)
            return int(left)
        finally:
            await looking.close()

    assert asyncio.run(give_up()) == 0
