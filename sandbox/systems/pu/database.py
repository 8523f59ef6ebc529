"""Fill the ministry's database and give out a role that may read what is published."""

from pathlib import Path

import asyncpg

from sandbox.embedded_postgres import SUPERUSER, Cluster
from sandbox.systems.pu.publish import COLUMNS

DATABASE = "layanan_pu"
READER = "simpul_baca"
_HERE = Path(__file__).parent


async def create(cluster: Cluster, password: str) -> None:
    """Create the database, its schema and the reading role."""
    first = await asyncpg.connect(host=cluster.socket_folder, user=SUPERUSER, database="postgres")
    try:
        await first.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await first.close()
    connection = await connect(cluster)
    try:
        await connection.execute((_HERE / "schema.sql").read_text(encoding="utf-8"))
        await connection.execute(
            f"""
            CREATE ROLE {READER} LOGIN PASSWORD '{password}';
            REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            GRANT CONNECT ON DATABASE {DATABASE} TO {READER};
            GRANT USAGE ON SCHEMA layanan TO {READER};
            GRANT SELECT ON ALL TABLES IN SCHEMA layanan TO {READER};
            ALTER ROLE {READER} SET default_transaction_read_only = on;
            ALTER ROLE {READER} SET search_path = layanan;
            ALTER ROLE {READER} SET log_statement = 'all';
            """
        )
    finally:
        await connection.close()


async def fill(cluster: Cluster, folder: Path) -> None:
    """Copy the published files in."""
    connection = await connect(cluster)
    try:
        for schema, table, columns in (
            ("dalam", "tiket", COLUMNS),
            ("dalam", "tindak_lanjut", ("id", "no_tiket", "waktu", "unit", "teks")),
            ("layanan", "masalah", ("kode", "nama", "induk")),
            ("layanan", "status", ("kode", "nama")),
        ):
            await connection.copy_to_table(
                table,
                source=folder / f"pu-{table}.copy",
                columns=list(columns),
                schema_name=schema,
            )
        await connection.execute((_HERE / "indexes.sql").read_text(encoding="utf-8"))
    finally:
        await connection.close()


async def connect(cluster: Cluster) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect as the superuser, past the proxy."""
    return await asyncpg.connect(host=cluster.socket_folder, user=SUPERUSER, database=DATABASE)
