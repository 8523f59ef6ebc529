"""Look at a MariaDB or MySQL database: its tables and views, and a sample of one, read only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from connectors.mysql import translated
from connectors.mysql_pool import MysqlPool
from connectors.references import Secret
from connectors.suggest.asked import Asked
from connectors.suggest.column import Column, Declared
from connectors.suggest.found import CannotLook, Found
from connectors.suggest.tables_look import ROWS, choose, found_table, readable

_COLUMNS = """
SELECT table_name, column_name, column_type FROM information_schema.columns
WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position LIMIT 20000
"""
_TYPES: Mapping[str, Declared] = {
    "datetime": "moment",
    "timestamp": "moment",
    "date": "day",
    "varchar": "text",
    "text": "text",
}
_ZONED = {"timestamp": True, "datetime": False}
"""A `timestamp` is stored in UTC, which the session's clock is set to; a `datetime` as written."""
_WORD = re.compile(r"[a-z]+")
_ENUM = re.compile(r"'((?:[^']|'')*)'")
_SECONDS = 10.0


async def look_at_mysql(asked: Asked) -> Found:
    """Read the catalogue and a sample of rows: two statements."""
    pool = MysqlPool(
        Secret(asked.resolved(), asked.where if asked.where.startswith("env:") else "given"),
        most=1,
        time_limit=_SECONDS,
        connect_limit=5.0,
        tls=False,
        ca=None,
    )
    try:
        return await _look(pool, asked)
    except CannotLook:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the driver raises is the source's failure
        raise translated(asked.source, error) from None
    finally:
        await pool.aclose()


async def _look(pool: MysqlPool, asked: Asked) -> Found:
    tables: dict[str, list[Column]] = {}
    _, described = await pool.rows(_COLUMNS, {})
    for table, column, declared in described:
        tables.setdefault(_text(table), []).append(_column(_text(column), _text(declared)))
    name = choose(tables, asked)
    wanted = readable(tables[name])
    columns = ", ".join(_quoted(each.path) for each in wanted)
    statement = f"SELECT {columns} FROM {_quoted(name)} LIMIT {ROWS}"  # noqa: S608 - quoted names of its own catalogue
    rows = (await pool.rows(statement, {}))[1] if wanted else []
    at = {each.path: number for number, each in enumerate(wanted)}
    filled = [
        replace(each, values=[row[at[each.path]] for row in rows]) if each.path in at else each
        for each in tables[name]
    ]
    return found_table(asked, "mysql", name, filled, len(tables) - 1, len(rows))


def _column(name: str, declared: str) -> Column:
    word = _WORD.match(declared.casefold())
    kind = word[0] if word else ""
    words = [each.replace("''", "'") for each in _ENUM.findall(declared)] if kind == "enum" else []
    return Column(
        path=name,
        declared=_TYPES.get(kind),
        zoned=_ZONED.get(kind),
        words=[each for each in words if each],
    )


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _quoted(name: str) -> str:
    # Sessions are opened with ANSI_QUOTES.
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'
