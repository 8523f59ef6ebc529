"""What each kind of source costs per row: CPU of this process, from its answer to our records.

    python -m bench.connectors [--rounds 7] [--rows 5000] [--save]

Every kind reads the same complaints, in the same twelve fields, over a real socket of a server that
runs as a process of its own and answers prepared bytes (`bench/connectors_stub.py`; a database and
a file hold them too).  Each round runs every kind once, in turning order.  The figure is the
connector alone, guarded as in life: pages followed, JSON, XML, CSV or XLSX read, words translated,
dates read, records built.  `floor` is aiohttp and msgspec over the REST pages, with nothing made of
the rows.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gc
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
import asyncmy
import asyncpg
import msgspec
import xlsxwriter  # type: ignore[import-untyped] # it carries no types

from bench.baseline import machine, save
from bench.connectors_stub import FIELDS, PAGE, START, rows
from connectors.contract.query import SourceQuery
from connectors.contract.source import Source
from connectors.registry import load
from sandbox.embedded_mariadb import find_server
from tests.connectors import maria
from tests.connectors.database import database

MAPPING = """
local_id = "nomor"
tracking_id = "lapor"
kind = { path = "jenis", codes = "kind" }
title = "judul"
body = "isi"
category = { path = "kategori", codes = "category" }
region = { path = "wilayah", form = "region" }
status = { path = "status", codes = "status" }
submitted_at = { path = "masuk", required = true }
updated_at = { path = "diubah", required = true }
closed_at = "selesai"
secret = "rahasia"
"""
REQUEST = {
    '"nomor"': '"service_request_id"',
    '"lapor"': '"extended_attributes.lapor"',
    '"jenis"': '"extended_attributes.jenis"',
    '"judul"': '"extended_attributes.judul"',
    '"isi"': '"description"',
    '"kategori"': '"service_code"',
    '"wilayah"': '"extended_attributes.wilayah"',
    'path = "status"': 'path = "status_notes"',
    '"masuk"': '"requested_datetime"',
    '"diubah"': '"updated_datetime"',
    '"selesai"': '"extended_attributes.selesai"',
    '"rahasia"': '"extended_attributes.rahasia"',
}
CODES = """
[sources.s.codes.kind]
version = "1"
words = { P = "COMPLAINT" }
[sources.s.codes.category]
version = "1"
words = { JLN = "1501", LMP = "1504", AIR = "1517" }
[sources.s.codes.status]
version = "1"
words = { Baru = "SUBMITTED", Proses = "IN_PROGRESS", Selesai = "CLOSED_BY_ADMIN" }
"""
QUERY = f"""query ($first: Int!, $after: String) {{
  aduan(first: $first, after: $after) {{
    edges {{ node {{ {" ".join(FIELDS)} }} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}"""


def settings(kind: str, head: str, collection: str, mapping: str = MAPPING) -> str:
    """Write the settings of one source."""
    return (
        f'[sources.s]\nkind = "{kind}"\n{head}\n'
        f"[sources.s.collections.complaints]\n{collection}\n"
        f"[sources.s.collections.complaints.mapping]\n{mapping}\n{CODES}"
    )


def contenders(address: str, folder: Path) -> dict[str, str]:
    """Give the settings of every kind."""
    head = f'base_url = "{address}"'
    request = MAPPING
    for ours, theirs in REQUEST.items():
        request = request.replace(ours, theirs)
    windows = f'base_url = "{address}/open311"\nsince = "{START.date()}"\nanswers_at_most = 1000000'
    pages = {
        "rest, page numbers": ("number", 'style = "number", param = "page"', True),
        "rest, offsets": ("offset", 'style = "offset", param = "offset"', True),
        "rest, cursors": ("cursor", 'style = "cursor", param = "cursor", next = "next"', False),
        "rest, links": ("link", 'style = "link"', False),
    }
    rest = {
        name: settings(
            "rest",
            head,
            f'path = "/{path}"\nrows = "data"\npage = {{ {style}, max_size = {PAGE} }}\n'
            + ('total = "total"\n' if counted else ""),
        )
        for name, (path, style, counted) in pages.items()
    }
    return rest | {
        "graphql": settings(
            "graphql",
            f'base_url = "{address}/graphql"',
            f'query = """{QUERY}"""\nrows = "aduan.edges"\nrow = "node"\n'
            'page = { size = "first", max_size = 500, cursor = "after", '
            'next = "aduan.pageInfo.endCursor", more = "aduan.pageInfo.hasNextPage" }',
        ),
        "open311, JSON": settings("open311", windows, "", request),
        "open311, XML": settings("open311", windows + '\nformat = "xml"', "", request),
        "postgres": settings("postgres", 'dsn = "env:DSN"', 'table = "public.aduan"'),
        "postgres, clean": settings(
            "postgres", 'dsn = "env:DSN"', 'table = "public.aduan"\nclean = true'
        ),
        "sheet, CSV": settings("sheet", f'path = "{folder}"', 'files = "aduan.csv"'),
        "sheet, XLSX": settings("sheet", f'path = "{folder}"', 'files = "aduan.xlsx"'),
    }


@dataclass
class Contender:
    """One kind, ready to be asked."""

    source: Source
    folder: Path

    async def read(self) -> int:
        """Read everything; a sheet's file has changed meanwhile."""
        for path in self.folder.glob("aduan.*") if self.source.kind == "sheet" else ():
            path.touch()
        waiting = [SourceQuery(limit=1_000_000)]
        seen = 0
        while waiting:
            page = await self.source.connector.fetch(waiting.pop())
            seen += len(page.rows)
            waiting += [msgspec.structs.replace(SourceQuery(), token=token) for token in page.next]
        return seen


async def floor(session: aiohttp.ClientSession, address: str, count: int) -> int:
    """Fetch and decode the pages, and make nothing of the rows."""
    seen = 0
    for page in range(1, -(-count // PAGE) + 1):
        async with session.get(f"{address}/number?page={page}&n={PAGE}") as answer:
            seen += len(msgspec.json.decode(await answer.read())["data"])
    return seen


async def fill(dsn: str, count: int) -> None:
    """Put the rows into a table."""
    connection = await asyncpg.connect(dsn)
    kinds = dict.fromkeys(FIELDS, "text")
    kinds |= dict.fromkeys(("masuk", "diubah", "selesai"), "timestamptz") | {"rahasia": "boolean"}
    columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    await connection.execute(f"CREATE TABLE aduan ({columns})")
    moments = {"masuk", "diubah", "selesai"}
    records = [
        tuple(
            datetime.fromisoformat(str(row[name])) if name in moments and row[name] else row[name]
            for name in FIELDS
        )
        for row in rows(count)
    ]
    await connection.copy_records_to_table("aduan", records=records, columns=FIELDS)
    await connection.execute('CREATE INDEX ON aduan (nomor COLLATE "C"); ANALYZE aduan')
    await connection.close()


async def fill_mariadb(address: str, count: int) -> None:
    """Put the rows into a table, with local times as such a database has them."""
    host, _, port = address.partition(":")
    connection = await asyncmy.connect(
        host=host, port=int(port), user="root", charset="utf8mb4", autocommit=True
    )
    moments = ("masuk", "diubah", "selesai")
    kinds = dict.fromkeys(FIELDS, "varchar(250)") | dict.fromkeys(moments, "datetime")
    kinds["isi"] = "text"
    async with connection.cursor() as cursor:
        await cursor.execute("CREATE DATABASE bench CHARACTER SET latin1")
        columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
        await cursor.execute(f"CREATE TABLE bench.aduan ({columns}, KEY (nomor))")
        marks = ", ".join(["%s"] * len(FIELDS))
        records = [
            tuple(
                str(row[name])[:19] if name in moments and row[name] else row[name]
                for name in FIELDS
            )
            for row in rows(count)
        ]
        statement = f"INSERT INTO bench.aduan VALUES ({marks})"  # noqa: S608 - ours
        await cursor.executemany(statement, records)
    await connection.ensure_closed()


async def measure(
    address: str, dsn: str, mariadb: str | None, folder: Path, count: int, rounds: int
) -> dict[str, list[float]]:
    """Give the CPU time a row of every kind, in microseconds, round by round."""
    await fill(dsn, count)
    session = aiohttp.ClientSession()
    runs: dict[str, Callable[[], Awaitable[int]]] = {
        "floor": lambda: floor(session, address, count)
    }
    sources = []
    texts = contenders(address, folder)
    if mariadb is not None:
        await fill_mariadb(mariadb, count)
        texts["mysql"] = settings("mysql", 'dsn = "env:MARIADB"', 'table = "aduan"')
    environ = {"DSN": dsn, "MARIADB": f"mysql://root@{mariadb}/bench"}
    for name, text in texts.items():
        (source,) = load(text, environ)
        sources.append(source)
        runs[name] = Contender(source, folder).read
    for name, run in runs.items():
        seen = await run()
        if seen != count:
            raise SystemExit(f"{name} gave {seen} rows of {count}")
    found: dict[str, list[float]] = {name: [] for name in runs}
    names = list(runs)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            gc.collect()
            began = time.process_time()
            await runs[name]()
            found[name].append((time.process_time() - began) * 1e6 / count)
    await session.close()
    for source in sources:
        await source.connector.aclose()
    return found


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--save", action="store_true")
    chosen = parser.parse_args()
    command = [sys.executable, "-m", "bench.connectors_stub", str(chosen.rows)]
    with (
        tempfile.TemporaryDirectory() as name,
        database() as dsn,
        maria.database() if find_server() else nullcontext() as mariadb,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
    ):
        folder = Path(name)
        text = io.StringIO()
        table = csv.DictWriter(text, FIELDS)
        table.writeheader()
        table.writerows(rows(chosen.rows))
        (folder / "aduan.csv").write_text(text.getvalue(), encoding="utf-8")
        with xlsxwriter.Workbook(folder / "aduan.xlsx") as book:
            sheet = book.add_worksheet()
            for at, line in enumerate(csv.reader(text.getvalue().splitlines())):
                sheet.write_row(at, 0, line)
        assert server.stdout is not None  # noqa: S101 - asked for above
        address = f"http://127.0.0.1:{int(server.stdout.readline())}"
        try:
            found = asyncio.run(measure(address, dsn, mariadb, folder, chosen.rows, chosen.rounds))
        finally:
            server.terminate()
    base = found["floor"]
    figures = {}
    print(f"{chosen.rows} rows of {len(FIELDS)} fields, {chosen.rounds} rounds; {machine()}\n")
    print("| kind | µs CPU a row | of floor |\n|---|---|---|")
    for kind, times in found.items():
        ratio = statistics.median(a / b for a, b in zip(times, base, strict=True))
        figures[kind] = {
            "us_a_row": round(statistics.median(times), 2),
            "of_floor": round(ratio, 2),
        }
        print(f"| {kind} | {figures[kind]['us_a_row']:.1f} | {ratio:.1f} |")
    if chosen.save:
        save("connectors", figures)


if __name__ == "__main__":
    main()
