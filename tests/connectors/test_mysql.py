"""MariaDB: what SQL compares is what the mapping reads, also of the oddest rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncmy
import pytest

from connectors.contract.connector import Connector
from connectors.contract.errors import Malformed, Refused, SourceError, TimedOut, Unavailable
from connectors.contract.filters import Op, Term
from connectors.contract.query import Order, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.mysql import translated
from connectors.mysql_dialect import MysqlDialect
from connectors.mysql_pool import BadAddress, address_of
from connectors.problems import ConfigurationError
from connectors.registry import load
from connectors.sql import get_statement
from tests.connectors.database import SETTINGS, TEXT_MAPPING
from tests.connectors.maria import PASSWORD, READER, TABLES, database, fill, needs_mariadb
from tests.connectors.suite import Broken, Subject, conform, read_pages

MYSQL = SETTINGS.replace('kind = "postgres"', 'kind = "mysql"')


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with database() as started:
        asyncio.run(fill(started))
        yield started


def dsn(address: str, user: str = READER, password: str = PASSWORD) -> str:
    return f"mysql://{user}:{password.replace(' ', '%20')}@{address}/odd"


@asynccontextmanager
async def asking(
    address: str, table: str, zone: str = "Asia/Jakarta", mapping: str = TEXT_MAPPING
) -> AsyncIterator[Connector]:
    text = MYSQL.format(name="odd", table=table, mapping=mapping, zone=zone)
    (source,) = load(text, {"DSN": dsn(address)})
    try:
        yield source.connector
    finally:
        await source.connector.aclose()


@needs_mariadb
@pytest.mark.parametrize("table", TABLES)
def test_sql_and_the_mapping_agree_on_odd_rows(table: str, address: str) -> None:
    """Zero dates, blanks, case, controls, collations that take other words for equal."""

    async def check() -> None:
        async with asking(address, table) as connector:
            await conform(Subject(connector=connector, samples=2), seed=1)

    asyncio.run(check())


class Collates(MysqlDialect):
    """Believes a column's own collation, which takes other words for equal."""

    def text(self, column: str, kind: str) -> str:
        return column if kind == "text" else super().text(column, kind)

    def bytewise(self, text: str) -> str:
        return text


class CountsZeroDates(MysqlDialect):
    """Takes zero dates for dates."""

    def within_calendar(self, column: str) -> str:
        return column


@needs_mariadb
@pytest.mark.parametrize("lie", [Collates, CountsZeroDates])
def test_the_suite_rejects_a_connector_that_lies(
    lie: type[MysqlDialect], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It claims comparisons that the database makes otherwise."""

    async def check() -> None:
        async with asking(address, "odd_utf8") as connector:
            monkeypatch.setattr(connector.inner, "_dialect", lie)  # type: ignore[attr-defined] # guarded, as every source
            await conform(Subject(connector=connector, samples=2), seed=1)

    with pytest.raises((Broken, SourceError)):
        asyncio.run(check())


async def _statements(address: str) -> list[str]:
    """What the server is working on for the reader."""
    host, _, port = address.partition(":")
    connection = await asyncmy.connect(host=host, port=int(port), user="root")
    async with connection.cursor() as cursor:
        await cursor.execute("SHOW FULL PROCESSLIST")
        rows = await cursor.fetchall()
    await connection.ensure_closed()
    return [str(row[7]) for row in rows if row[1] == READER and row[7]]


async def _until(address: str, holds: Callable[[list[str]], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds(await _statements(address)):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


@needs_mariadb
def test_cancelling_stops_the_statement_there(address: str) -> None:
    """MariaDB does not notice that a client has gone: it is told, and others go on being asked."""

    async def check() -> None:
        async with asking(address, "slow") as connector:
            task = asyncio.ensure_future(connector.fetch(SourceQuery()))
            await _until(address, lambda found: any("slow" in each for each in found))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await _until(address, lambda found: not found)

    asyncio.run(check())


@needs_mariadb
def test_a_statement_that_takes_too_long_is_timed_out(address: str) -> None:
    """By the guard, within the source's time."""

    async def check() -> None:
        text = MYSQL.format(name="odd", table="slow", mapping=TEXT_MAPPING, zone="Asia/Jakarta")
        text = text.replace("nulls =", 'time_limit = "300ms"\nnulls =')
        (source,) = load(text, {"DSN": dsn(address)})
        began = time.monotonic()
        with pytest.raises(TimedOut):
            await source.connector.fetch(SourceQuery())
        assert time.monotonic() - began < 2
        await source.connector.aclose()

    asyncio.run(check())


@needs_mariadb
def test_sessions_cannot_write(address: str) -> None:
    """Whatever the user may do: the session is read only, in UTC, and has a bound on its time."""

    async def check() -> tuple[Any, ...]:
        text = MYSQL.format(name="odd", table="odd_utf8", mapping=TEXT_MAPPING, zone="Asia/Jakarta")
        (source,) = load(text, {"DSN": dsn(address, "root", "")})
        pool = source.connector.inner._pool  # type: ignore[attr-defined] # guarded, as every source
        _, rows = await pool.rows("SELECT @@tx_read_only, @@time_zone, @@max_statement_time", {})
        with pytest.raises(asyncmy.errors.Error):
            await pool.rows("DELETE FROM odd_utf8", {})
        await source.connector.aclose()
        return tuple(rows[0])

    assert asyncio.run(check()) == (1, "+00:00", 5.0)


@needs_mariadb
def test_what_has_to_be_encrypted_is_never_asked_in_the_open(address: str) -> None:
    """A server that offers no TLS is not used."""

    async def check() -> None:
        text = MYSQL.format(name="odd", table="odd_utf8", mapping=TEXT_MAPPING, zone="Asia/Jakarta")
        text = text.replace("nulls =", "tls = true\nnulls =")
        (source,) = load(text, {"DSN": dsn(address)})
        with pytest.raises(Refused, match="encrypt"):
            await source.connector.check()
        await source.connector.aclose()

    asyncio.run(check())


@needs_mariadb
def test_connections_that_were_lost_are_opened_again(address: str) -> None:
    """The server ended all that waited: the second try opens a new one, and nobody notices."""

    async def check() -> int:
        async with asking(address, "odd_utf8") as connector:
            await asyncio.gather(*(connector.fetch(SourceQuery(limit=1)) for _ in range(6)))
            host, _, port = address.partition(":")
            root = await asyncmy.connect(host=host, port=int(port), user="root")
            async with root.cursor() as cursor:
                await cursor.execute(
                    "SELECT id FROM information_schema.processlist WHERE user = %s", (READER,)
                )
                for (number,) in await cursor.fetchall():
                    await cursor.execute(f"KILL CONNECTION {number}")
            await root.ensure_closed()
            page = await connector.fetch(SourceQuery(limit=20))
            return len(page.rows)

    assert asyncio.run(check()) > 10


@needs_mariadb
def test_steps_belong_to_exactly_their_complaint(address: str) -> None:
    """Not to one that the collation takes for it; a TIMESTAMP is a moment."""
    text = """
[sources.odd]
kind = "mysql"
dsn = "env:DSN"
time_zone = "Asia/Jakarta"
[sources.odd.collections.events]
table = "steps"
[sources.odd.collections.events.mapping]
complaint = "nomor"
at = "waktu"
kind = { value = "FOLLOWED_UP" }
"""

    async def check() -> list[tuple[Any, ...]]:
        (source,) = load(text.replace("{{", "{").replace("}}", "}"), {"DSN": dsn(address)})
        where = Term("complaint", Op.IN, ("a1", "no-such", "\u4e2d"))
        page = await source.connector.fetch(SourceQuery(collection="events", where=where))
        await source.connector.aclose()
        return [(row.complaint, row.at) for row in page.rows]  # type: ignore[union-attr] # events

    assert asyncio.run(check()) == [("a1", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))]


@needs_mariadb
@pytest.mark.parametrize("table", TABLES)
def test_look_ups_use_the_index_and_stay_exact(table: str, address: str) -> None:
    """Ids that a collation takes for equal, or that the character set cannot hold, are others."""

    async def check() -> None:
        async with asking(address, table) as connector:
            pages = await read_pages(connector, SourceQuery(fields=frozenset()))
            rows = [row for page in pages for row in page.rows if isinstance(row, ComplaintRecord)]
            known = next(row.local_id for row in rows if row.local_id.startswith("a"))
            accented = next(row.local_id for row in rows if row.local_id.startswith("é"))
            asked = [known, known.upper(), f"{known} ", accented, "\u4e2d1", "\u20ac1"]
            found = [*await connector.get(asked[:3]), *await connector.get(asked[3:])]
            assert [each and each.local_id for each in found] == [
                known, None, None, accented, None, None,
            ]  # fmt: skip
            inner = connector.inner  # type: ignore[attr-defined] # guarded, as every source
            columns = await inner._described("complaints")
            statement = get_statement('"odd"."indexed"', columns, asked[:3], frozenset())
            params = {f"p{at}": value for at, value in enumerate(statement.params, 1)}
            names, plan = await inner._pool.rows(f"EXPLAIN {statement.text}", params)
            assert dict(zip(names, plan[0], strict=True))["key"] == "nomor"

    asyncio.run(check())


@needs_mariadb
def test_pages_follow_each_other_through_ties_and_zero_dates(address: str) -> None:
    """Small pages in an order by a date that is zero in many rows hold every row once."""

    async def check() -> tuple[list[str], list[str]]:
        async with asking(address, "odd_latin1") as connector:
            order = Order("submitted_at", descending=False)
            small = await read_pages(connector, SourceQuery(order=order, limit=7))
            whole = await read_pages(connector, SourceQuery())

            def ids(pages: list[Any]) -> list[str]:
                return [r.local_id for p in pages for r in p.rows if isinstance(r, ComplaintRecord)]

            return ids(small), ids(whole)

    small, whole = asyncio.run(check())

    assert len(small) == len(set(small)) > 20
    assert set(small) == set(whole)


@needs_mariadb
@pytest.mark.parametrize(
    ("user", "password", "table", "kind"),
    [
        (READER, "salah", "odd_utf8", Refused),
        ("nobody", "x", "odd_utf8", Refused),
        (READER, PASSWORD, "no_such", Refused),
        (READER, PASSWORD, "steps", Refused),
    ],
)
def test_who_may_not_come_in_is_refused(
    user: str, password: str, table: str, kind: type[SourceError], address: str
) -> None:
    """Wrong password, unknown user, no such table, a table without the columns."""

    async def check() -> None:
        text = MYSQL.format(name="odd", table=table, mapping=TEXT_MAPPING, zone="Asia/Jakarta")
        (source,) = load(text, {"DSN": dsn(address, user, password)})
        try:
            with pytest.raises(kind) as caught:
                await source.connector.check()
            assert password not in str(caught.value)
        finally:
            await source.connector.aclose()

    asyncio.run(check())


def test_nobody_there_is_unavailable() -> None:
    """A closed port."""

    async def check() -> None:
        text = MYSQL.format(name="odd", table="t", mapping=TEXT_MAPPING, zone="Asia/Jakarta")
        (source,) = load(text, {"DSN": dsn("127.0.0.1:1")})
        with pytest.raises(Unavailable):
            await source.connector.check()
        await source.connector.aclose()

    asyncio.run(check())


TRANSLATED: list[tuple[Exception, type[SourceError]]] = [
    (asyncmy.errors.OperationalError(1045, "Access denied for 'Budi'"), Refused),
    (asyncmy.errors.OperationalError(1969, "max_statement_time"), TimedOut),
    (asyncmy.errors.OperationalError(2013, "Lost connection"), Unavailable),
    (asyncmy.errors.InternalError("Packet sequence"), Unavailable),
    (TimeoutError(), TimedOut),
    (OSError(), Unavailable),
    (ValueError("Budi"), Malformed),
    (BadAddress(), Refused),
    (Refused("odd", "x"), Refused),
]


@pytest.mark.parametrize(("error", "kind"), TRANSLATED, ids=lambda each: str(each)[:30])
def test_foreign_errors_become_the_contracts(error: Exception, kind: type[SourceError]) -> None:
    """None is missed, and none takes its own text along."""
    found = translated("odd", error)

    assert type(found) is kind
    assert "Budi" not in str(found)


@pytest.mark.parametrize(
    "text",
    ["", "postgresql://a@b/c", "mysql://a@b", "mysql:///c", "mysql://a@b:x/c", "mysql://a@b/c?d=1"],
)
def test_what_is_no_address_is_told(text: str) -> None:
    """Before anything is opened."""
    with pytest.raises(BadAddress):
        address_of(text)


def test_an_address_is_read_with_its_signs() -> None:
    """Encoded ones in user and password; the usual port."""
    found = address_of("mariadb://u%40x:p%2Fw@db.example.go.id/simda")

    assert (found.user, found.password, found.port, found.database) == ("u@x", "p/w", 3306, "simda")


@pytest.mark.parametrize(
    ("zone", "dsn_text", "told"),
    [
        ("America/New_York", "mysql://a@b/c", "the clock of America/New_York was changed"),
        ("Asia/Jakarta", "mysql://a@b", "is no address of a database"),
    ],
)
def test_mistakes_are_told(zone: str, dsn_text: str, told: str) -> None:
    """A clock that was changed, an address that is none."""
    text = MYSQL.format(name="odd", table="t", mapping=TEXT_MAPPING, zone=zone)

    with pytest.raises(ConfigurationError, match=told):
        load(text, {"DSN": dsn_text})
