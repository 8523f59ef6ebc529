"""Ask a MariaDB or MySQL source: read only, whatever the character set of its columns."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncmy import errors

from connectors.contract.errors import Malformed, Refused, SourceError, TimedOut, Unavailable
from connectors.mysql_dialect import MARIADB_BYTES, MYSQL_BYTES, MysqlDialect
from connectors.mysql_pool import BadAddress, MysqlPool, NotEncrypted
from connectors.references import Secret
from connectors.sql import Statement
from connectors.sql_dialect import Dialect
from connectors.sql_events import SqlEvents
from connectors.sql_source import SqlCollection, SqlSource
from connectors.sql_values import Columns

_WHOLE = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint", "year"})
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"})
_TYPES = {"date": "date", "datetime": "timestamp", "timestamp": "timestamptz"}
_WORD = re.compile(r"[a-z]+")
_UNREADABLE = frozenset(
    {"bit", "binary", "varbinary", "blob", "tinyblob", "mediumblob", "longblob", "geometry"}
)

_TIMED_OUT = {1205, 1317, 1969, 3024}
_REFUSED = {1044, 1045, 1054, 1064, 1142, 1143, 1146, 1227, 1251, 1290, 1698, 1792, 1049}
_UNKNOWN = re.compile("issuer|self.signed").search
_LOG_IN = "hint: let it be IDENTIFIED VIA mysql_native_password"
_NO_CONNECTION = {1040, 1053, 1129, 1130, 1203, 1226, 2003, 2006, 2013}


@dataclass(frozen=True, slots=True, kw_only=True)
class MysqlSettings:
    """A MariaDB or MySQL source."""

    name: str
    dsn: Secret
    collections: Mapping[str, SqlCollection]
    events: SqlEvents | None = None
    time_limit: float = 4.0
    connections: int = 8
    connect_limit: float = 2.0
    tls: bool = False
    ca: Path | None = None


class Mysql(SqlSource):
    """A source that is a MariaDB or MySQL database."""

    def __init__(self, settings: MysqlSettings) -> None:
        """Ask as *settings* say; nothing is opened yet."""
        super().__init__(settings.name, settings.collections, settings.events)
        self._pool = MysqlPool(
            settings.dsn,
            most=settings.connections,
            time_limit=settings.time_limit,
            connect_limit=settings.connect_limit,
            tls=settings.tls,
            ca=settings.ca,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        self._columns.clear()
        await self._pool.aclose()

    def _dialect(self) -> Dialect:
        return MysqlDialect(MYSQL_BYTES if self._pool.is_mariadb is False else MARIADB_BYTES)

    async def _run(self, statement: Statement) -> Sequence[Any]:
        params = {f"p{number}": value for number, value in enumerate(statement.params, 1)}
        try:
            names, rows = await self._pool.rows(statement.text, params)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's failure
            if isinstance(error, errors.ProgrammingError | errors.InternalError):
                # The table may have changed: look at it again next time.
                self._columns.clear()
            raise translated(self.name, error) from None
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _told(self, rows: Sequence[Any], columns: Columns) -> Sequence[Any]:
        if columns.naive:
            return rows
        dates = [str(rule.path) for rule in columns.rules.moments()]
        return [
            row | {each: _in_utc(row.get(each)) for each in dates if each in row} for row in rows
        ]

    async def _types(self, table: str) -> Mapping[str, str]:
        try:
            _, rows = await self._pool.rows(f"SHOW COLUMNS FROM {table}", {})
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's failure
            raise translated(self.name, error) from None
        return {str(row[0]): _kind(str(row[1])) for row in rows}


def _kind(declared: str) -> str:
    """Give a column's type by PostgreSQL's name, as far as it matters to statements."""
    found = _WORD.match(declared.casefold())
    word = found[0] if found else ""
    if word in _WHOLE:
        return "int8"
    if word in _TEXTS:
        return "text"
    return _TYPES.get(word, "unreadable" if word in _UNREADABLE else word)


def translated(source: str, error: BaseException) -> SourceError:
    """Give a foreign exception in the contract's words; it is the one place that does.

    The database's own message may hold a row's contents, and is left out.
    """
    kind = type(error).__name__
    match error:
        case SourceError():
            return error
        case errors.MySQLError() if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            said = error.__cause__.verify_message
            hint = "; hint: `ca` names the authority that signed it" if _UNKNOWN(said) else ""
            return Refused(source, f"its certificate is not accepted ({said}){hint}")
        case errors.MySQLError() if isinstance(error.__cause__, ssl.SSLError):
            return Refused(source, "does not encrypt, or not in a way that can be accepted")
        case errors.MySQLError():
            number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
            return _refusal(source, number, kind)
        case RuntimeError() if "nacl" in str(error):
            return Refused(source, f"its user logs in by ed25519, which is not spoken; {_LOG_IN}")
        case BadAddress():
            return Refused(source, "its address cannot be used")
        case NotEncrypted():
            return Refused(source, "does not encrypt; hint: set tls = false, or let it offer TLS")
        case TimeoutError():
            return TimedOut(source, f"no answer in time ({kind})")
        case UnicodeDecodeError() | OverflowError() | ValueError() | IndexError():
            return Malformed(source, f"its answer cannot be read ({kind})")
        case _:
            return Unavailable(source, f"could not be reached ({kind})")


def _refusal(source: str, number: int, kind: str) -> SourceError:
    told = f"answered {kind} ({number})"
    if number in _TIMED_OUT:
        return TimedOut(source, told)
    if number in _REFUSED:
        return Refused(source, told)
    return Unavailable(source, told)


def _in_utc(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
