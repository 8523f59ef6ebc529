"""`sources check` looks through steps and the Ombudsman's cases as it does through complaints."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import asyncmy
import asyncpg
import pytest
from aiohttp import web

from connectors.check import Checked, check_sources
from connectors.registry import load
from tests.connectors.database import database
from tests.connectors.maria import database as mariadb
from tests.connectors.maria import needs_mariadb
from tests.connectors.serving import Handler, serving
from tests.connectors.test_survey import ZONELESS, about

COMPLAINTS = """
[sources.a]
kind = "rest"
base_url = "{address}"
[sources.a.collections.complaints]
path = "/aduan"
rows = "data"
[sources.a.collections.complaints.mapping]
local_id = "id"
submitted_at = {{ path = "masuk", time_zone = "Asia/Jakarta" }}
"""
STEPS = """
[sources.a.collections.events.mapping]
at = "waktu"
kind = {{ value = "NOTE" }}
text = "kata"
"""
AT_ONCE = (
    COMPLAINTS
    + """
[sources.a.collections.events]
path = "/langkah"
rows = "data"
by_complaint = {{ param = "aduan", max = 4, complaint = "id", rows = "langkah" }}
"""
    + STEPS
)
ONE_BY_ONE = (
    COMPLAINTS
    + """
[sources.a.collections.events]
path = "/aduan/{{id}}/langkah"
rows = "langkah"
"""
    + STEPS
)


def step(**more: Any) -> dict[str, Any]:
    return {"waktu": "2026-11-20T09:15:00", "teks": "sudah"} | more


def told(text: str, answer: Handler, collection: str) -> Checked:
    """Check the one source of *text* against *answer*; gives what was told of *collection*."""

    async def run() -> Sequence[Checked]:
        async with serving(answer) as address:
            (source,) = load(text.format(address=address), {})
            found = await check_sources([source])
            await source.connector.aclose()
        return found

    return next(each for each in asyncio.run(run()) if each.collection == collection)


def complaints(count: int) -> list[dict[str, str]]:
    return [{"id": f"A-{n}", "masuk": "2026-11-20T09:15:00"} for n in range(count)]


@pytest.mark.parametrize(("text", "asked"), [(AT_ONCE, 4), (ONE_BY_ONE, 10)])
def test_steps_of_complaints_that_are_there_are_looked_through(text: str, asked: int) -> None:
    """Of ten of them, or as many as may be asked at once: dates without a zone, and paths."""
    heard: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/aduan":
            return web.json_response({"data": complaints(30)})
        if request.path == "/langkah":
            ids = request.query["aduan"].split(",")
            heard.extend(ids)
            return web.json_response({"data": [{"id": id_, "langkah": [step()]} for id_ in ids]})
        heard.append(request.path.split("/")[2])
        return web.json_response({"langkah": [step()]})

    found = told(text, answer, "events")

    assert (found.error, found.rows) == (None, asked)
    assert sorted(heard) == [f"A-{n}" for n in range(asked)]
    assert about(found, "zone") == [f"{asked} {ZONELESS}"]
    assert about(found, f"`kata` (text) is in none of {asked} rows; hint: ")


@pytest.mark.parametrize("fails", [True, False])
def test_without_complaints_steps_are_asked_for_all_the_same(fails: bool) -> None:
    """Whether it answers shows by a complaint that there cannot be."""
    heard: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/aduan":
            return web.json_response({"data": []}, status=403 if fails else 200)
        heard.append(request.path)
        return web.json_response({"langkah": []})

    found = told(ONE_BY_ONE, answer, "events")

    assert (found.error, found.notes, heard) == (None, (), ["/aduan/0/langkah"])


GRAPHQL = """
[sources.a]
kind = "graphql"
base_url = "{address}"
[sources.a.collections.complaints]
query = "query {{ aduan {{ id masuk }} }}"
rows = "aduan"
[sources.a.collections.complaints.mapping]
local_id = "id"
submitted_at = {{ path = "masuk", time_zone = "Asia/Jakarta" }}
[sources.a.collections.events]
query = "query($ids: [String!]) {{ langkah(ids: $ids) {{ id langkah {{ waktu teks }} }} }}"
rows = "langkah"
variable = "ids"
complaint = "id"
steps = "langkah"
"""


def test_steps_told_by_graphql_are_looked_through() -> None:
    """With the same notes."""

    async def answer(request: web.Request) -> web.Response:
        asked = json.loads(await request.text())
        if "langkah" not in asked["query"]:
            return web.json_response({"data": {"aduan": complaints(3)}})
        entries = [{"id": id_, "langkah": [step()]} for id_ in asked["variables"]["ids"]]
        return web.json_response({"data": {"langkah": entries}})

    found = told(GRAPHQL + STEPS, answer, "events")

    assert (found.error, found.rows) == (None, 3)
    assert about(found, "zone") == [f"3 {ZONELESS}"]
    assert about(found, "`kata` (text) is in none of 3 rows; hint: ")


SQL = """
[sources.a]
kind = "{kind}"
dsn = "env:DSN"
[sources.a.collections.complaints]
table = "aduan"
[sources.a.collections.complaints.mapping]
local_id = "nomor"
submitted_at = "masuk"
[sources.a.collections.events]
table = "{table}"
[sources.a.collections.events.mapping]
complaint = "nomor"
at = "waktu"
kind = {{ value = "NOTE" }}
"""
ROWS = "VALUES ('1', '2026-11-20'), ('2', '2026-11-20')"


def of_a_database(kind: str, dsn: str) -> list[tuple[int, Sequence[str]]]:
    """Check the two tables of steps; gives for each the rows and notes."""

    async def run(table: str) -> tuple[int, Sequence[str]]:
        (source,) = load(SQL.format(kind=kind, table=table), {"DSN": dsn})
        (_, found) = await check_sources([source])
        await source.connector.aclose()
        assert (found.collection, found.error) == ("events", None)
        return found.rows, found.notes

    return [asyncio.run(run(table)) for table in ("lokal", "saat")]


def test_steps_in_postgresql_are_looked_through() -> None:
    """A `timestamp` follows some clock, a `timestamptz` is a moment."""

    async def fill(address: str) -> None:
        connection = await asyncpg.connect(address)
        await connection.execute(
            "CREATE TABLE aduan (nomor text, masuk timestamptz);"
            "CREATE TABLE lokal (nomor text, waktu timestamp);"
            "CREATE TABLE saat (nomor text, waktu timestamptz);"
            + "".join(f"INSERT INTO {each} {ROWS};" for each in ("aduan", "lokal", "saat"))
        )
        await connection.close()

    with database() as started:
        asyncio.run(fill(started))
        found = of_a_database("postgres", started)

    assert found == [(2, (f"2 {ZONELESS}",)), (2, ())]


@needs_mariadb
def test_steps_in_mariadb_are_looked_through() -> None:
    """A `datetime` follows some clock, a `timestamp` is a moment."""

    async def fill(address: str) -> None:
        host, _, port = address.partition(":")
        connection = await asyncmy.connect(host=host, port=int(port), user="root", autocommit=True)
        async with connection.cursor() as cursor:
            await cursor.execute("CREATE DATABASE d")
            await cursor.execute("USE d")
            for table, kind in (
                ("aduan", "timestamp"),
                ("lokal", "datetime"),
                ("saat", "timestamp"),
            ):
                name = "masuk" if table == "aduan" else "waktu"
                await cursor.execute(f"CREATE TABLE {table} (nomor varchar(9), {name} {kind} NULL)")
                await cursor.execute(f"INSERT INTO {table} {ROWS}")
        await connection.ensure_closed()

    with mariadb() as started:
        asyncio.run(fill(started))
        found = of_a_database("mysql", f"mysql://root@{started}/d")

    assert found == [(2, (f"2 {ZONELESS}",)), (2, ())]


CASES = """
[sources.a]
kind = "rest"
base_url = "{{address}}"
[sources.a.collections.ombudsman_cases]
path = "/laporan"
rows = "data"
[sources.a.collections.ombudsman_cases.mapping]
local_id = "nomor"
case_number = "nomor"
received_at = "terima"
stages = {{{{ path = "riwayat", what = "tahap", from = "mulai", until = "{until}"{more} }}}}
"""


def case(mulai: str, terima: str = "2026-11-20T09:15:00+07:00") -> dict[str, Any]:
    began = {"tahap": "Pemeriksaan", "mulai": mulai, "selesai": mulai}
    return {"nomor": "1", "terima": terima, "riwayat": [began, began | {"selesai": None}]}


def checked_case(row: dict[str, Any], *, until: str = "selesai", more: str = "") -> Checked:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"data": [row]})

    return told(CASES.format(until=until, more=more), answer, "ombudsman_cases")


@pytest.mark.parametrize(
    ("mulai", "more", "dates"),
    [
        ("2026-11-20T09:15:00", "", 3),
        ("2026-11-20T09:15:00+07:00", "", 0),
        ("2026-11-20T09:15:00", ', time_zone = "Asia/Jakarta"', 0),
        ("kemarin", "", 0),
    ],
)
def test_the_dates_of_what_held_when_are_looked_through(mulai: str, more: str, dates: int) -> None:
    """Beginnings and ends count as all other dates do."""
    found = checked_case(case(mulai), more=more)

    assert about(found, "zone") == ([f"{dates} {ZONELESS}"] if dates else [])


def test_a_part_that_no_stretch_of_time_has_is_noted() -> None:
    """An end that is never found would leave every stage open."""
    row = case("2026-11-20T09:15:00+07:00")

    (note,) = checked_case(row, until="selesei").notes

    assert note.startswith("`riwayat.selesei` (stages.until) is in none of 1 rows; hint: ")
    assert note.endswith("did you mean `riwayat.selesai`?")
    assert checked_case(row).notes == ()
    assert checked_case(row | {"riwayat": []}, until="selesei").notes == ()
