"""Fill a system's database and give out a role that may read what is published."""

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from sandbox.embedded_postgres import SUPERUSER, Cluster

READER = "simpul_baca"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one system's database is made of."""

    system: str
    database: str
    published: str
    """The schema that the reading role may see."""
    folder: Path
    """Where `schema.sql` stands, and `indexes.sql`, if there are any."""
    tables: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Schema, table and columns of each file to copy in."""


async def create(cluster: Cluster, password: str, plan: Plan) -> None:
    """Create the database, its schema and the reading role."""
    first = await asyncpg.connect(host=cluster.socket_folder, user=SUPERUSER, database="postgres")
    try:
        await first.execute(f"CREATE DATABASE {plan.database}")
    finally:
        await first.close()
    connection = await connect(cluster, plan)
    try:
        await connection.execute((plan.folder / "schema.sql").read_text(encoding="utf-8"))
        await connection.execute(
            f"""
            CREATE ROLE {READER} LOGIN PASSWORD '{password}';
            REVOKE ALL ON DATABASE {plan.database} FROM PUBLIC;
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            GRANT CONNECT ON DATABASE {plan.database} TO {READER};
            GRANT USAGE ON SCHEMA {plan.published} TO {READER};
            GRANT SELECT ON ALL TABLES IN SCHEMA {plan.published} TO {READER};
            ALTER ROLE {READER} SET default_transaction_read_only = on;
            ALTER ROLE {READER} SET search_path = {plan.published};
            ALTER ROLE {READER} SET log_statement = 'all';
            """
        )
    finally:
        await connection.close()


async def fill(cluster: Cluster, folder: Path, plan: Plan) -> None:
    """Copy the published files in."""
    connection = await connect(cluster, plan)
    try:
        for schema, table, columns in plan.tables:
            await connection.copy_to_table(
                table,
                source=folder / f"{plan.system}-{table}.copy",
                columns=list(columns),
                schema_name=schema,
            )
        indexes = plan.folder / "indexes.sql"
        if indexes.exists():
            await connection.execute(indexes.read_text(encoding="utf-8"))
    finally:
        await connection.close()


async def connect(cluster: Cluster, plan: Plan) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect as the superuser, past the proxy."""
    return await asyncpg.connect(host=cluster.socket_folder, user=SUPERUSER, database=plan.database)
