"""A MariaDB of the tests' own, where a server is installed, with tables full of odd rows."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import asyncmy
import pytest
import trustme

from sandbox.embedded_mariadb import find_server
from tests.connectors.database import NUMBERS_OF_LAPOR, REGIONS, STATUSES
from tests.connectors.outside import ROOT

needs_mariadb = pytest.mark.skipif(
    find_server() is None, reason="no MariaDB server is installed (Debian: mariadb-server)"
)

_SERVER = """
import sys
from pathlib import Path
from sandbox.embedded_mariadb import Server
server = Server(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
server.start()
try:
    print(server.port, flush=True)
    sys.stdin.read()
finally:
    server.stop()
"""

READER, PASSWORD = "simpul_baca", "rahasia sekali"
MOMENTS = (
    "2026-01-02 03:04:05", "2026-01-02 03:04:05.000001", "2026-03-29 02:30:00",
    "1970-01-02 07:00:00", "0000-00-00 00:00:00", "2026-02-00 00:00:00", "2026-00-00 00:00:00",
    "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2021-03-14 02:30:00", None, None,
)  # fmt: skip
TABLES = {
    "odd_utf8": """
        nomor varchar(40), lapor varchar(60), jenis char(12), status varchar(60),
        kategori varchar(40), wilayah varchar(40), kanal varchar(20), unit int, rahasia text,
        anonim tinyint(1), awas varchar(10), masuk datetime(6), ubah datetime(6), verifikasi date,
        selesai datetime(6), judul text) DEFAULT CHARSET utf8mb4""",
    "odd_latin1": """
        nomor varchar(40), lapor varchar(60), jenis enum('P','A','X'), status varchar(60),
        kategori varchar(40), wilayah varchar(40), kanal varchar(20), unit int, rahasia text,
        anonim tinyint(1), awas varchar(10), masuk datetime(6), ubah datetime(6), verifikasi date,
        selesai timestamp(6) NULL, judul text) DEFAULT CHARSET latin1""",
}
STEPS = "CREATE TABLE steps (nomor varchar(9), waktu timestamp NULL, jenis char(1))"


@contextmanager
def database(certificate: trustme.LeafCert | None = None) -> Iterator[str]:
    """Run a server, which shows *certificate* if it has one; gives its address, without user."""
    folder = Path(mkdtemp(prefix="simpul-odd-")) / "server"
    folder.parent.chmod(0o755)
    command = [sys.executable, "-c", _SERVER, str(folder), "-1"]
    if certificate is not None:
        # It runs as somebody else, who has to be able to read them.
        shown, key = folder.parent / "server.pem", folder.parent / "server.key"
        certificate.cert_chain_pems[0].write_to_path(shown)
        certificate.private_key_pem.write_to_path(key)
        key.chmod(0o644)
        command += [f"--ssl-cert={shown}", f"--ssl-key={key}"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = process.stdout.readline().strip()
            assert port, "the server did not start"
            yield f"127.0.0.1:{port}"
        finally:
            process.stdin.close()
            process.wait(20)
            rmtree(folder.parent, ignore_errors=True)


async def fill(address: str, seed: int = 5, count: int = 110) -> None:
    """Make the tables, fill them, and let a reader in."""
    host, _, port = address.partition(":")
    connection = await asyncmy.connect(
        host=host, port=int(port), user="root", charset="utf8mb4", autocommit=True
    )
    chance = random.Random(seed)
    async with connection.cursor() as cursor:
        await cursor.execute("CREATE DATABASE odd CHARACTER SET latin1")
        await cursor.execute("USE odd")
        for table, columns in TABLES.items():
            await cursor.execute(f"CREATE TABLE {table} ({columns}")
            rows = [_row(chance, at, latin=table.endswith("1")) for at in range(count)]
            marks = ", ".join(["%s"] * len(rows[0]))
            for row in rows:
                await cursor.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608 - ours
        await cursor.execute("CREATE TABLE indexed LIKE odd_latin1")
        await cursor.execute("ALTER TABLE indexed ADD KEY (nomor)")
        await cursor.execute("INSERT INTO indexed SELECT * FROM odd_latin1")
        await cursor.execute("ANALYZE TABLE indexed")
        await cursor.execute(STEPS)
        await cursor.execute("INSERT INTO steps VALUES ('a1', '2026-01-02 03:04:05', 'm')")
        await cursor.execute("INSERT INTO steps VALUES ('A1', '2026-01-02 03:04:06', 'm')")
        # Whoever reads a row of it waits.
        await cursor.execute(
            "CREATE VIEW slow AS SELECT *, SLEEP(0.2) AS lama FROM odd_utf8 WHERE SLEEP(0.2) = 0"
        )
        await cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (READER, PASSWORD))
        await cursor.execute("GRANT SELECT ON odd.* TO %s@'%%'", (READER,))
    await connection.ensure_closed()


def _row(chance: random.Random, at: int, *, latin: bool) -> tuple[Any, ...]:
    def one(values: Any) -> Any:
        value = chance.choice(values)
        if latin and isinstance(value, str):
            value = value.encode("cp1252", "ignore").decode("cp1252")
        return value

    stamps = [each for each in MOMENTS if each is None or each.startswith("20")]
    stamps = [each for each in stamps if each is None or "-00" not in each]
    return (
        one(("a", "B", "é", "z", "A b", "%_", "b", "x\\y", "q'\"")) + str(at) if at % 50 else "",
        one(NUMBERS_OF_LAPOR),
        one(("P", "A", None, "X") if latin else ("P", "p ", "A", None, "X")),
        one((*STATUSES, "pro\0ses", "Proses ", "Selesaí")),
        one(("15", " 15 ", "15.2", "N/A", "n/a", "none", None, "%", "15\u00a0", "15 ", "É")),
        one(REGIONS),
        one(("web", "WEB", " web", "sms", None, "web ")),
        one((10, 20, 30, None)),
        one(("Ya", "tidak", "1", "0", "mungkin", None, "", "T")),
        one((0, 1, 2, None)),
        one(("true", "FALSE", None, "-")),
        one(MOMENTS),
        one(MOMENTS),
        one(("2026-01-02", "0000-00-00", "2026-02-00", None)),
        one(stamps if latin else MOMENTS),
        f"Judul {at}",
    )
