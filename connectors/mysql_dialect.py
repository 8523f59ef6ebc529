"""As MariaDB and MySQL write it: texts in a collation of bytes, dates without a zone.

The session quotes names with `"` (ANSI_QUOTES), is in UTC, and fills parameters in by name.
Columns are converted to UTF-8 before anything is compared, whatever their character set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.moments import steady_offset
from connectors.sql_dialect import FIRST, LAST
from connectors.words import BLANKS

MARIADB_BYTES = "utf8mb4_nopad_bin"
MYSQL_BYTES = "utf8mb4_0900_bin"
"""Collations in which texts are equal only if their bytes are, blanks at the end included."""

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-")


@dataclass(frozen=True, slots=True)
class MysqlDialect:
    """MariaDB's way, or MySQL's, which differ in the name of a *collation*."""

    collation: str = MARIADB_BYTES
    no_moment: str = "CAST(NULL AS DATETIME(6))"
    bare_dates: bool = False
    """A column that may hold zero dates cannot be compared as it stands."""
    coarse_ids: bool = True

    def name(self, identifier: str) -> str:
        """Quote an identifier; a `%` would be taken for a parameter."""
        return '"' + identifier.replace('"', '""').replace("%", "%%") + '"'

    def literal(self, text: str) -> str:
        """Write a text as a literal: by its bytes, if anything odd is in it."""
        if _SAFE.issuperset(text):
            return f"'{text}'"
        return f"_utf8mb4 X'{text.encode('utf-8', 'replace').hex()}'"

    def param(self, number: int, kind: str) -> str:
        """Give a named parameter."""
        if kind in ("timestamp", "timestamptz"):
            return f"CAST(%(p{number})s AS DATETIME(6))"
        return f"%(p{number})s"

    def text(self, column: str, kind: str) -> str:
        """Give a column as a text in UTF-8."""
        if kind == "text":
            return f"CONVERT({column} USING utf8mb4) COLLATE {self.collation}"
        return f"CAST({column} AS CHAR CHARACTER SET utf8mb4) COLLATE {self.collation}"

    def as_it_stands(self, column: str, kind: str) -> str:
        """Convert all the same: its own collation may take other words for equal."""
        return self.text(column, kind)

    def bytewise(self, text: str) -> str:
        """Compare in the collation of bytes."""
        return f"({text}) COLLATE {self.collation}"

    def without(self, text: str, characters: str) -> str:
        """Drop characters, and NUL with the control characters."""
        if "\x01" in characters:
            characters += "\0"
        return f"REGEXP_REPLACE({text}, {self._any_of(characters)}, '')"

    def trimmed(self, text: str, characters: str) -> str:
        """Trim characters."""
        some = f"[{_listed(characters)}]+"
        return f"REGEXP_REPLACE({text}, {self.literal(f'^{some}|{some}$')}, '')"

    def spaced(self, text: str) -> str:
        """Give runs of blanks as one space."""
        return f"REGEXP_REPLACE({text}, {self.literal(f'[{_listed(BLANKS)}]+')}, ' ')"

    def lowered(self, text: str) -> str:
        """Lower what is ASCII alone: no other letter may become one of its letters."""
        ascii_only = self.literal("^[\\x00-\\x7f]*$")
        return f"CASE WHEN {text} REGEXP {ascii_only} THEN LOWER({text}) ELSE {text} END"

    def fits(self, text: str, pattern: str) -> str:
        """Match a regular expression."""
        return f"{text} REGEXP {self.literal(pattern)}"

    def fitting(self, text: str, pattern: str) -> str:
        """Give it if it matches; patterns here have no group."""
        return f"CASE WHEN {self.fits(text, pattern)} THEN {text} END"

    def dotted(self, text: str) -> str:
        """Leave it: no column is taken as clean here."""
        return text

    def below(self, value: str, param: str) -> str:
        """Compare the beginning."""
        return f"LEFT({value}, CHAR_LENGTH({param})) = {param}"

    def below_param(self, code: str) -> str:
        """Give the code with its dot."""
        return f"{code}."

    def same_id(self, column: str, listed: Sequence[str], *, are_ascii: bool) -> str:
        """Compare byte by byte, for the truth, and as it stands, for the index.

        Only ASCII can be compared as it stands with a column of any character set.
        """
        among = f"IN ({', '.join(listed)})"
        exact = f"{self.text(column, 'text')} {among}"
        return f"({column} {among} AND {exact})" if are_ascii else exact

    def earliest(self, moments: Sequence[str]) -> str:
        """Leave nulls out, which LEAST does not."""
        return self._extreme("LEAST", moments, "9999-12-31 23:59:59")

    def latest(self, moments: Sequence[str]) -> str:
        """Leave nulls out, which GREATEST does not."""
        return self._extreme("GREATEST", moments, "0001-01-01 00:00:00")

    def within_calendar(self, column: str) -> str:
        """Drop zero dates, in whole or in part, and what Python cannot hold."""
        return (
            f"CASE WHEN {column} BETWEEN '{FIRST}' AND '{LAST}' AND MONTH({column}) > 0 "
            f"AND DAYOFMONTH({column}) > 0 THEN {column} END"
        )

    def local(self, value: str, kind: str) -> str:  # noqa: ARG002 - both alike
        """Give a local time."""
        return f"CAST({value} AS DATETIME(6))"

    def absolute(self, value: str, kind: str, zone: ZoneInfo) -> str:
        """Give a moment in UTC; the zone's clock was never changed, the settings saw to it."""
        moment = f"CAST({value} AS DATETIME(6))"
        if kind == "timestamptz":
            return moment
        offset = steady_offset(zone) or timedelta()
        return f"({moment} - INTERVAL {int(offset.total_seconds())} SECOND)"

    def absolute_param(self, moment: datetime) -> datetime:
        """Hand it over in UTC, without a zone."""
        return moment.astimezone(UTC).replace(tzinfo=None)

    def reference(self, table: str, column: str, expression: str) -> str:  # noqa: ARG002 - in place
        """Write the expression where it is wanted: there are no lateral tables."""
        return expression

    def shown(self, reference: str, column: str) -> str:
        """Select it under a name."""
        return f"{reference} AS {self.name(column)}"

    def source_of_rows(
        self,
        table: str,
        dates: Mapping[str, str],  # noqa: ARG002 - written in place
        known: Mapping[str, str],  # noqa: ARG002 - same
    ) -> str:
        """Give the table."""
        return f"{table} AS t"

    def _any_of(self, characters: str) -> str:
        return self.literal(f"[{_listed(characters)}]")

    def _extreme(self, choose: str, moments: Sequence[str], nothing: str) -> str:
        if len(moments) == 1:
            return moments[0]
        beyond = f"CAST('{nothing}' AS DATETIME(6))"
        filled = ", ".join(f"COALESCE({each}, {beyond})" for each in moments)
        return f"NULLIF({choose}({filled}), {beyond})"


def _listed(characters: str) -> str:
    return "".join(f"\\x{{{ord(each):x}}}" for each in characters)
