"""What settings can silently get wrong is noted by `sources check`, beside a state that is fine."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiohttp import web

from connectors.check import Checked, check_sources
from connectors.conformance.probe import Bounds, probe
from connectors.conformance.report import written
from connectors.registry import load
from gateway.source_tables import why_hidden
from tests.connectors.database import database
from tests.connectors.serving import serving

REST = """
[sources.a]
kind = "rest"
base_url = "{address}"
{source}
[sources.a.collections.complaints]
path = "/aduan"
rows = "data"
{collection}
[sources.a.collections.complaints.mapping]
local_id = "id"
title = "judul"
submitted_at = "masuk"
{mapping}
"""
ZONELESS = "dates without a zone read as UTC; hint: set time_zone"


def rows(masuk: str = "2026-11-20T09:15:00", count: int = 10, **more: Any) -> list[dict[str, Any]]:
    """Rows as a newcomer's system gives them."""
    return [{"id": str(n), "judul": f"Aduan {n}", "masuk": masuk, **more} for n in range(count)]


def checked(
    found: list[dict[str, Any]],
    *,
    source: str = "",
    collection: str = "",
    mapping: str = "",
) -> Checked:
    """Check a REST source that has the rows *found*."""

    async def answer(request: web.Request) -> web.Response:
        counted = {"hitungan": len(found)} if "hitung" in request.query else {}
        return web.json_response({"data": found, "meta": {"total": len(found)} | counted})

    async def run() -> Checked:
        async with serving(answer) as address:
            mapped = mapping.replace("{address}", address)
            text = REST.format(
                address=address, source=source, collection=collection, mapping=mapped
            )
            sources = load(text, {})
            told, *_ = await check_sources(sources, why_hidden=why_hidden)
            for each in sources:
                await each.connector.aclose()
        return told

    return asyncio.run(run())


def about(found: Checked, words: str) -> list[str]:
    """Give the notes that hold *words*."""
    return [each for each in found.notes if words in each]


@pytest.mark.parametrize(
    ("masuk", "source", "mapping", "dates"),
    [
        ("2026-11-20T09:15:00", "", "", 10),
        ("2026-11-20", "", 'closed_at = { path = "masuk", format = "%Y-%m-%d" }', 20),
        ("2026-11-20T09:15:00+07:00", "", "", 0),
        ("2026-11-20T09:15:00", 'time_zone = "Asia/Jakarta"', "", 0),
        ("2026-11-20T09:15:00", 'time_zone = "UTC"', "", 0),
    ],
)
def test_dates_whose_clock_nobody_named_are_noted(
    masuk: str, source: str, mapping: str, dates: int
) -> None:
    """Where rows name no zone and the settings no clock; one that somebody wrote is believed."""
    found = checked(rows(masuk), source=source, mapping=mapping)

    assert found.fine
    assert about(found, "zone") == ([f"{dates} {ZONELESS}"] if dates else [])


def test_dates_of_a_sheet_are_noted(tmp_path: Path) -> None:
    """Of all its rows: it is read whole, and one of its files may have what another has not."""
    lines = [f"{n},20/11/2026" for n in range(150)]
    (tmp_path / "a.csv").write_text("\n".join(["id,tanggal", *lines]), "utf-8")
    text = """
[sources.a]
kind = "sheet"
path = "a.csv"
[sources.a.collections.complaints.mapping]
local_id = "id"
submitted_at = { path = "tanggal", format = "%d/%m/%Y" }
"""
    (found,) = asyncio.run(check_sources(load(text, {}, folder=tmp_path)))

    assert found.fine
    assert found.notes == (f"150 {ZONELESS}",)


def test_of_a_database_only_columns_without_a_zone_are_noted() -> None:
    """A `timestamp` follows some clock, a `timestamptz` is a moment."""
    text = """
[sources.a]
kind = "postgres"
dsn = "env:DSN"
[sources.a.collections.complaints]
table = "jam"
[sources.a.collections.complaints.mapping]
local_id = "nomor"
submitted_at = "masuk"
updated_at = "ubah"
"""

    async def run(address: str) -> Checked:
        connection = await asyncpg.connect(address)
        await connection.execute(
            "CREATE TABLE jam (nomor text, masuk timestamp, ubah timestamptz);"
            "INSERT INTO jam VALUES ('1', '2026-11-20', '2026-11-21'), ('2', '2026-11-20', NULL)"
        )
        await connection.close()
        (of,) = load(text, {"DSN": address})
        (told,) = await check_sources([of])
        await of.connector.aclose()
        return told

    with database() as started:
        found = asyncio.run(run(started))

    assert (found.error, found.notes) == (None, (f"2 {ZONELESS}",))


def test_a_probe_tells_its_reader_too() -> None:
    """In the report, and without a value of a row."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"data": rows()})

    async def run() -> str:
        async with serving(answer) as address:
            (of,) = load(REST.format(address=address, source="", collection="", mapping=""), {})
            found = await probe(of, Bounds(questions=50, rows=100, pause=0))
            await of.connector.aclose()
        return written(found, datetime(2026, 11, 24, tzinfo=UTC))

    report = asyncio.run(run())

    assert f"* 10 {ZONELESS}." in report
    assert "2026-11-20" not in report


def test_a_path_that_no_row_has_is_noted() -> None:
    """With what was probably meant; a null, on the way or at its end, is no reason."""
    mapping = """
closed_at = "selesai"
category = { path = "jenis.kod" }
place = "lokasi.jalan"
channel = "kanal.kode"
agency = "pemkot-64.72"
"""
    more: dict[str, Any] = {"selesai": None, "jenis": {"kode": "15"}, "kanal": None}
    found = checked(rows(**more), source='time_zone = "Asia/Jakarta"', mapping=mapping)

    assert found.fine
    told = {
        each.partition(" ")[0]: each for each in about(found, ") is in none of 10 rows; hint: ")
    }
    known = "known here: `id`, `jenis.kode`, `judul`, `kanal`, `masuk`, `selesai`"
    assert list(told) == ["`jenis.kod`", "`lokasi.jalan`", "`pemkot-64.72`"]
    assert told["`jenis.kod`"].startswith("`jenis.kod` (category) is")
    assert told["`jenis.kod`"].endswith("did you mean `jenis.kode`?")
    assert told["`lokasi.jalan`"].endswith(known)
    assert told["`pemkot-64.72`"].endswith('for all rows is written { value = "pemkot-64.72" }')


def test_a_path_that_one_row_has_is_not_noted() -> None:
    """Systems leave out what is null."""
    last = {"id": "x", "masuk": "2026-11-20", "selesai": "2026-11-21"}
    found = checked([*rows(), last], mapping='closed_at = "selesai"')

    assert about(found, "is in none") == []


def test_a_column_that_one_of_many_files_has_is_not_noted(tmp_path: Path) -> None:
    """Though the files before it would have filled the page."""
    old = [f"{n},2026-11-20" for n in range(150)]
    (tmp_path / "a.csv").write_text("\n".join(["id,tanggal", *old]), "utf-8")
    (tmp_path / "b.csv").write_text("id,tanggal,judul\nx,2026-11-21,Jalan\n", "utf-8")
    text = """
[sources.a]
kind = "sheet"
path = "."
[sources.a.collections.complaints]
files = "*.csv"
pick = "all"
[sources.a.collections.complaints.mapping]
local_id = "id"
title = "judul"
submitted_at = "tanggal"
"""
    (found,) = asyncio.run(check_sources(load(text, {}, folder=tmp_path)))

    assert found.notes == (f"151 {ZONELESS}",)


@pytest.mark.parametrize(("total", "told"), [("meta.totl", True), ("meta.total", False)])
def test_a_total_that_is_not_there_is_noted(total: str, told: bool) -> None:
    """The source answers all the same, and its pages are read until one is short."""
    found = checked(rows(), collection=f'total = "{total}"')

    assert found.fine
    assert [each[:34] for each in about(found, "(total)")] == (
        ["`meta.totl` (total) is not in its "] if told else []
    )


@pytest.mark.parametrize(("param", "noted"), [("hitung", 0), ("count", 1)])
def test_a_total_that_comes_when_it_is_asked_for_is_not_noted(param: str, noted: int) -> None:
    """Some count only if they are asked to."""
    count = f'total = "meta.hitungan"\ncount = {{ param = "{param}" }}'
    found = checked(rows(), collection=count)

    assert found.fine
    assert len(about(found, "(total)")) == noted


MAP_SECRET = "map `secret`, or set public_only = true if nothing in it is secret"
STATUSES = """
[sources.a.codes.status]
version = "1"
words = { Baru = "SUBMITTED", Proses = "IN_PROGRESS" }
"""


@pytest.mark.parametrize(
    ("source", "mapping", "told"),
    [
        ("", "", f"0 of 4: secret (4); hint: {MAP_SECRET}; map `status`"),
        ("", 'status = { path = "status", codes = "status" }\nsecret = "rahasia"' + STATUSES,
         "1 of 4: secret (1), status SUBMITTED (2)"),
        ("public_only = true", "", "0 of 4: status UNKNOWN (4); hint: map `status`"),
        ("public_only = true", 'status = { value = "IN_PROGRESS" }', None),
        ("public_only = true", 'status = { value = "SUBMITTED" }\ntracking_id = "lapor"', None),
    ],
)  # fmt: skip
def test_what_the_public_would_not_see_is_noted(
    source: str, mapping: str, told: str | None
) -> None:
    """How many, why, and what to map where for want of it nothing can be shown."""
    ways = [("Baru", False), ("Baru", False), ("Proses", False), ("Proses", True)]
    found = checked(
        [
            {"id": str(n), "judul": "x", "masuk": "2026-11-20", "lapor": str(9_000_000 + n)}
            | {"status": status, "rahasia": secret}
            for n, (status, secret) in enumerate(ways)
        ],
        source=source,
        mapping=mapping,
    )

    assert found.fine
    assert about(found, "public") == (
        [f"the public would be shown {told}"] if told is not None else []
    )


ANCHORS = """
[sources.b]
kind = "rest"
national = true
base_url = "{address}"
[sources.b.collections.complaints]
path = "/aduan"
rows = "data"
[sources.b.collections.complaints.mapping]
local_id = "id"
tracking_id = "lapor"
submitted_at = "masuk"
"""


WITH_IT = ": shown with the national complaint of that number, nowhere without it"


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ("", ": they are shown nowhere, for no source here is national"),
        (ANCHORS, f"{WITH_IT}; never shown: secret (1)"),
    ],
)  # fmt: skip
def test_rows_with_a_national_number_are_not_counted_as_listed(beside: str, told: str) -> None:
    """They are parts of national complaints: of three, one is secret even there."""
    found = [
        {"id": str(n), "judul": "x", "masuk": "2026-11-20", "status": status, "rahasia": secret}
        | {"lapor": number}
        for n, (status, secret, number) in enumerate(
            [
                ("Baru", False, None),
                ("Proses", False, None),
                ("Baru", False, "9000001"),
                ("Baru", True, "9000002"),
                ("Proses", False, "9000003"),
            ]
        )
    ]
    mapping = 'status = { path = "status", codes = "status" }\nsecret = "rahasia"\n'
    mapping += 'tracking_id = "lapor"' + STATUSES
    of_a = checked(found, mapping=mapping + beside)

    assert of_a.notes[-2:] == (
        "the public would be shown 1 of 2: status SUBMITTED (1)",
        f"3 of 5 rows carry a national number and are not listed by themselves{told}",
    )


GRAPHQL = """
[sources.a]
kind = "graphql"
base_url = "{address}"
[sources.a.collections.complaints]
query = "query {{ aduan {{ id judul masuk }} jumlah }}"
rows = "aduan"
total = "jumlh"
[sources.a.collections.complaints.mapping]
local_id = "id"
title = "jdul"
submitted_at = "masuk"
"""
OPEN311 = """
[sources.a]
kind = "open311"
base_url = "{address}"
since = "{since:%Y-%m-%d}"
answers_at_most = 1000
[sources.a.collections.complaints.mapping]
local_id = "id"
title = "jdul"
submitted_at = {{ path = "masuk", required = true }}
updated_at = {{ path = "masuk", required = true }}
"""


@pytest.mark.parametrize(("text", "dates", "totals"), [(GRAPHQL, 10, 1), (OPEN311, 20, 0)])
def test_other_kinds_are_looked_through_too(text: str, dates: int, totals: int) -> None:
    """GraphQL and Open311: dates, paths, and a total where there can be one."""
    yesterday = datetime.now(UTC) - timedelta(days=1)

    async def answer(request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.json_response({"data": {"aduan": rows(), "jumlah": 10}})
        return web.json_response(rows(f"{yesterday:%Y-%m-%dT%H:%M:%S}"))

    async def run() -> Checked:
        async with serving(answer) as address:
            (of,) = load(text.format(address=address, since=yesterday - timedelta(days=9)), {})
            (told,) = await check_sources([of])
            await of.connector.aclose()
        return told

    found = asyncio.run(run())

    assert found.error is None
    assert about(found, "zone") == [f"{dates} {ZONELESS}"]
    assert about(found, "`jdul` (title) is in none of 10 rows; hint: did you mean `judul`?")
    assert len(about(found, "(total)")) == totals
