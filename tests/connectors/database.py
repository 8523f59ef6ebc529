"""A PostgreSQL of the tests' own, run by a process of its own, with tables full of odd rows."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import asyncpg

from tests.connectors.outside import ROOT

_SERVER = """
import sys
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from sandbox.embedded_postgres import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
try:
    print(cluster.socket_folder, flush=True)
    sys.stdin.read()
finally:
    cluster.stop()
"""

TEXTS = """
CREATE TABLE odd_texts (
    nomor text, lapor text, jenis char(12), status text, kategori varchar, wilayah text,
    kanal text, unit integer, rahasia text, anonim smallint, awas text,
    masuk timestamp, ubah timestamp, verifikasi date, selesai timestamptz, judul text
)
"""
NUMBERS = """
CREATE TABLE odd_numbers (
    nomor bigint, lapor bigint, status numeric, kategori text, wilayah text,
    masuk timestamp NOT NULL, ubah timestamp, selesai timestamp, rahasia boolean
)
"""

STATUSES = (
    "Proses", " proses", "PROSES\u00a0OPD", "proses \t opd", "Selesai", "SELESAI", "selesai\x07",
    "Uji Petik", "", None, "None", "\u212aonfirmasi", "Konfirmasi", "konfirmasi ", "se\u200blesai",
)  # fmt: skip
REGIONS = (
    "64", "6472", "64.72", " 64.72 ", "647201", "64.72.01.1001", "6400", "00", "1", "31.71",
    "64.7", "64..72", "Samarinda", "64\n", None, "", "None", "99.99",
)  # fmt: skip
NUMBERS_OF_LAPOR = (
    "9165816", "#9165817", " 916 5818 ", "LAPOR-1", "", None, "#", "9" * 21, "9165819\n", "٣",
)  # fmt: skip
MOMENTS = (
    "2026-01-02 03:04:05", "2026-01-02 03:04:05.000001", "2026-03-29 02:30:00",
    "2021-03-14 02:30:00", "2021-11-07 01:30:00", "1970-01-01 07:00:00", "0001-01-01 00:00:00",
    "9999-12-31 23:59:59", "infinity", "-infinity", "20201-05-05 00:00:00", "0044-03-15 BC",
    None, None,
)  # fmt: skip


@contextmanager
def database() -> Iterator[str]:
    """Run a server without tables; gives its address."""
    # Not below pytest's own folder, which the server's user may not enter.
    folder = Path(mkdtemp(prefix="simpul-odd-")) / "cluster"
    folder.parent.chmod(0o755)
    command = [sys.executable, "-c", _SERVER, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            socket = process.stdout.readline().strip()
            assert socket, "the server did not start"
            yield f"postgresql://postgres@/postgres?host={socket}"
        finally:
            process.stdin.close()
            process.wait(20)
            rmtree(folder.parent, ignore_errors=True)


async def fill(address: str, seed: int = 5, count: int = 300) -> None:
    """Make the tables and fill them."""
    chance = random.Random(seed)
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(TEXTS)
        await connection.execute(NUMBERS)
        for at in range(count):
            await connection.execute(_text_row(chance, at))
            await connection.execute(_number_row(chance, at))
    finally:
        await connection.close()


def _text_row(chance: random.Random, at: int) -> str:
    values = (
        chance.choice(("a", "B", "é", "z", "A b", "%_")) + str(at) if at % 50 else "",
        chance.choice(NUMBERS_OF_LAPOR),
        chance.choice(("P", "p ", "A", None, "X")),
        chance.choice(STATUSES),
        chance.choice(("15", " 15 ", "15.2", "N/A", "n/a", "none", None, "%", "15\u00a0")),
        chance.choice(REGIONS),
        chance.choice(("web", "WEB", " web", "sms", None)),
        chance.choice((10, 20, 30, None)),
        chance.choice(("Ya", "tidak", "1", "0", "mungkin", None, "", "T")),
        chance.choice((0, 1, 2, None)),
        chance.choice(("true", "FALSE", None, "-")),
        chance.choice(MOMENTS),
        chance.choice(MOMENTS),
        chance.choice(("2026-01-02", "infinity", "10000-01-01", None)),
        _at_utc(chance.choice(MOMENTS)),
        f"Judul {at}",
    )
    return f"INSERT INTO odd_texts VALUES ({', '.join(map(_written, values))})"  # noqa: S608 - ours


def _number_row(chance: random.Random, at: int) -> str:
    values = (
        str(at * 7 - 50),
        chance.choice(("9165816", "0", "-5", None)),
        chance.choice(("10", "20", "10.5", None)),
        chance.choice(("1", "2", None)),
        chance.choice(REGIONS),
        chance.choice([each for each in MOMENTS if each and "BC" not in each][:6]),
        chance.choice(MOMENTS),
        chance.choice(MOMENTS),
        chance.choice(("true", "false", None)),
    )
    return f"INSERT INTO odd_numbers VALUES ({', '.join(map(_written, values))})"  # noqa: S608 - ours


def _at_utc(moment: str | None) -> str | None:
    if moment is None or "infinity" in moment or "BC" in moment:
        return moment
    return f"{moment}+00"


def _written(value: object) -> str:
    if value is None:
        return "NULL"
    return "'" + str(value).replace("'", "''") + "'"


SETTINGS = """
[sources.{name}]
kind = "postgres"
dsn = "env:DSN"
time_zone = "{zone}"
nulls = ["N/A", "None"]
regions = ["64", "31.71"]

[sources.{name}.codes.status]
version = "1"
[sources.{name}.codes.status.words]
"Proses" = "IN_PROGRESS"
"Proses OPD" = "IN_PROGRESS"
"Selesai" = "CLOSED_BY_ADMIN"
"Konfirmasi" = "REPLIED"
"10" = "SUBMITTED"
"20" = "DISPOSED"

[sources.{name}.codes.kind]
version = "1"
words = {{ P = "COMPLAINT", A = "ASPIRATION" }}

[sources.{name}.codes.channel]
version = "1"
compare = "exact"
words = {{ web = "web", WEB = "web-besar" }}

[sources.{name}.codes.agency]
version = "1"
words = {{ 10 = "kemenpu", 20 = "kemenpu-sda" }}

[sources.{name}.collections.complaints]
table = "{table}"
page_max = 90
[sources.{name}.collections.complaints.mapping]
{mapping}
"""
TEXT_MAPPING = """
local_id = "nomor"
tracking_id = "lapor"
kind = { path = "jenis", codes = "kind" }
status = { path = "status", codes = "status" }
category = "kategori"
region = { path = "wilayah", form = "region" }
channel = { path = "kanal", codes = "channel" }
agency = { path = "unit", codes = "agency" }
secret = "rahasia"
anonymous = "anonim"
supervisory = { path = "awas", true = ["true", "-"], false = ["False"] }
submitted_at = "masuk"
updated_at = "ubah"
verified_at = "verifikasi"
closed_at = "selesai"
title = "judul"
"""
NUMBER_MAPPING = """
local_id = "nomor"
tracking_id = "lapor"
kind = { value = "COMPLAINT" }
status = { path = "status", codes = "status" }
category = "kategori"
region = "wilayah"
secret = "rahasia"
submitted_at = { path = "masuk", required = true }
updated_at = "ubah"
closed_at = "selesai"
"""
