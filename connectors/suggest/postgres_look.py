"""Look at a PostgreSQL database: its tables and views, and a sample of one, read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import asyncpg

from connectors.postgres import translated
from connectors.suggest.asked import Asked
from connectors.suggest.column import Column, Declared
from connectors.suggest.found import Found
from connectors.suggest.tables_look import ROWS, choose, found_table, readable

_COLUMNS = """
SELECT table_schema || '.' || table_name AS name, column_name, data_type
FROM information_schema.columns
WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
ORDER BY table_schema, table_name, ordinal_position
LIMIT 20000
"""
_TYPES: Mapping[str, Declared] = {
    "timestamp without time zone": "moment",
    "timestamp with time zone": "moment",
    "date": "day",
    "boolean": "flag",
    "text": "text",
    "character varying": "text",
}
_ZONED = {"timestamp with time zone": True, "timestamp without time zone": False}
_SETTINGS = {"default_transaction_read_only": "on", "statement_timeout": "10000"}
_CONNECT_SECONDS = 5.0


async def look_at_postgres(asked: Asked) -> Found:
    """Read the catalogue and a sample of rows: two statements."""
    dsn = asked.resolved()
    try:
        connection = await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS, server_settings=_SETTINGS)
        try:
            return await _look(connection, asked)
        finally:
            await connection.close(timeout=_CONNECT_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        raise translated(asked.source, error) from None


async def _look(connection: asyncpg.Connection[asyncpg.Record], asked: Asked) -> Found:
    tables: dict[str, list[Column]] = {}
    for row in await connection.fetch(_COLUMNS):
        kind = row["data_type"]
        column = Column(path=row["column_name"], declared=_TYPES.get(kind), zoned=_ZONED.get(kind))
        tables.setdefault(row["name"], []).append(column)
    name = choose(tables, asked)
    wanted = readable(tables[name])
    schema, _, table = name.partition(".")
    columns = ", ".join(_quoted(each.path) for each in wanted)
    statement = f"SELECT {columns} FROM {_quoted(schema)}.{_quoted(table)} LIMIT {ROWS}"  # noqa: S608 - quoted names of its own catalogue
    rows = await connection.fetch(statement) if wanted else []
    return found_table(
        asked, "postgres", name, _filled(tables[name], rows), len(tables) - 1, len(rows)
    )


def _filled(columns: Sequence[Column], rows: Sequence[asyncpg.Record]) -> list[Column]:
    read = set(rows[0].keys()) if rows else set()
    return [
        replace(each, values=[row[each.path] for row in rows]) if each.path in read else each
        for each in columns
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
