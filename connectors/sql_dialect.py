"""What databases write differently: the pieces out of which every expression is put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from connectors.words import BLANKS


class Dialect(Protocol):
    """One database's way to write things; all texts are compared byte by byte."""

    def name(self, identifier: str) -> str:
        """Quote an identifier."""
        ...

    def literal(self, text: str) -> str:
        """Write a text as a literal, whatever stands in it."""
        ...

    def param(self, number: int, kind: str) -> str:
        """Give the place of parameter *number*, from 1, with its *kind* where that is told."""
        ...

    def text(self, column: str, kind: str) -> str:
        """Give a column of type *kind* as a text."""
        ...

    def as_it_stands(self, column: str, kind: str) -> str:
        """Give a column as a text, unconverted where it is one: an index of it serves."""
        ...

    def bytewise(self, text: str) -> str:
        """Give *text* as something that is compared byte by byte."""
        ...

    def without(self, text: str, characters: str) -> str:
        """Drop *characters* from *text*."""
        ...

    def trimmed(self, text: str, characters: str) -> str:
        """Drop *characters* from both ends of *text*."""
        ...

    def spaced(self, text: str) -> str:
        """Give runs of blanks in *text* as one space."""
        ...

    def lowered(self, text: str) -> str:
        """Lower the letters of ASCII; no other letter becomes one of them."""
        ...

    def fits(self, text: str, pattern: str) -> str:
        """Say whether all of *text* is as *pattern*, which has its anchors, describes."""
        ...

    def fitting(self, text: str, pattern: str) -> str:
        """Give *text*, or its one group, if all of it is as *pattern* describes, else null."""
        ...

    def dotted(self, text: str) -> str:
        """Give a region's code, with or without dots, in its dotted form."""
        ...

    def below(self, value: str, param: str) -> str:
        """Say whether the code *value* lies below the code at *param*, which ends in `.%`."""
        ...

    def below_param(self, code: str) -> str:
        """Give what the parameter of `below` has to hold for *code*."""
        ...

    def same_id(self, column: str, listed: Sequence[str], *, are_ascii: bool) -> str:
        """Say whether a text column is exactly one of the *listed* parameters."""
        ...

    def earliest(self, moments: Sequence[str]) -> str:
        """Give the first of *moments*, nulls apart."""
        ...

    def latest(self, moments: Sequence[str]) -> str:
        """Give the last of *moments*, nulls apart."""
        ...

    def within_calendar(self, column: str) -> str:
        """Give a date column, null where it lies beyond Python's calendar or in none."""
        ...

    def local(self, value: str, kind: str) -> str:
        """Give a date of *kind* as a local time."""
        ...

    def absolute(self, value: str, kind: str, zone: ZoneInfo) -> str:
        """Give a date of *kind*, local to *zone* if it has none of its own, as a moment."""
        ...

    def absolute_param(self, moment: datetime) -> datetime:
        """Give a moment as it is handed over for comparison with `absolute`."""
        ...

    @property
    def no_moment(self) -> str:
        """A moment that is null."""
        ...

    @property
    def bare_dates(self) -> bool:
        """A required date is compared as it stands, so that an index on it serves."""
        ...

    @property
    def coarse_ids(self) -> bool:
        """An index of a text serves only a comparison that takes other texts for equal too."""
        ...

    def reference(self, table: str, column: str, expression: str) -> str:
        """Name *expression*, which `source_of_rows` puts into *table* as *column*."""
        ...

    def shown(self, reference: str, column: str) -> str:
        """Select what `reference` named, as *column*."""
        ...

    def source_of_rows(self, table: str, dates: Mapping[str, str], known: Mapping[str, str]) -> str:
        """Give what stands after FROM: the table as `t`, and the columns of `dates` and `known`."""
        ...


def texts(sql: Dialect, words: Iterable[str]) -> str:
    """Write texts as the list behind IN."""
    return f"({', '.join(map(sql.literal, words))})"


FIRST, LAST = "0001-01-02", "9999-12-30"
"""Dates beyond these count as missing: Python's calendar ends there."""


class PostgresDialect:
    """As PostgreSQL has it."""

    no_moment = "NULL::timestamptz"
    bare_dates = True
    coarse_ids = False

    def name(self, identifier: str) -> str:
        """Quote an identifier."""
        return '"' + identifier.replace('"', '""') + '"'

    def literal(self, text: str) -> str:
        """Write a text as a literal, whatever stands in it."""
        escaped = text.replace("\\", "\\\\").replace("'", "''")
        return "E'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + "'"

    def param(self, number: int, kind: str) -> str:
        """Give a numbered parameter with its type."""
        return f"${number}::{kind}"

    def text(self, column: str, kind: str) -> str:  # noqa: ARG002 - all types alike
        """Give a column as a text."""
        return f"({column})::text"

    def as_it_stands(self, column: str, kind: str) -> str:
        """Give a column as a text."""
        return column if kind in ("text", "varchar") else f"({column})::text"

    def bytewise(self, text: str) -> str:
        """Compare in the collation of bytes."""
        return f'{text} COLLATE "C"'

    def without(self, text: str, characters: str) -> str:
        """Drop characters."""
        return f"translate({text}, {self.literal(characters)}, '')"

    def trimmed(self, text: str, characters: str) -> str:
        """Trim characters."""
        return f"btrim({text}, {self.literal(characters)})"

    def spaced(self, text: str) -> str:
        """Give runs of blanks as one space."""
        return f"regexp_replace({text}, {self.literal('[' + BLANKS + ']+')}, ' ', 'g')"

    def lowered(self, text: str) -> str:
        """Lower as the collation of bytes does."""
        return f'lower({text} COLLATE "C")'

    def fits(self, text: str, pattern: str) -> str:
        """Match a regular expression."""
        return f"{text} ~ {self.literal(pattern)}"

    def fitting(self, text: str, pattern: str) -> str:
        """Give what matches."""
        return f"substring({text} from '{pattern}')"

    def dotted(self, text: str) -> str:
        """Put dots between the levels."""
        pairs = r"^([0-9]{2})\.?([0-9]{2})?\.?([0-9]{2})?\.?([0-9]{4})?$"
        return f"rtrim(regexp_replace({text}, '{pairs}', '\\1.\\2.\\3.\\4'), '.')"

    def below(self, value: str, param: str) -> str:
        """Compare with a pattern, for which an index may serve."""
        return f"({value}) LIKE {param}"

    def below_param(self, code: str) -> str:
        """Escape the signs of patterns."""
        escaped = code.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return escaped + ".%"

    def same_id(self, column: str, listed: Sequence[str], *, are_ascii: bool) -> str:  # noqa: ARG002 - any
        """Compare as it stands: PostgreSQL's equality is of bytes."""
        return f"{column} IN ({', '.join(listed)})"

    def earliest(self, moments: Sequence[str]) -> str:
        """Leave nulls out, as LEAST does."""
        return f"LEAST({', '.join(moments)})"

    def latest(self, moments: Sequence[str]) -> str:
        """Leave nulls out, as GREATEST does."""
        return f"GREATEST({', '.join(moments)})"

    def within_calendar(self, column: str) -> str:
        """Drop what Python cannot hold."""
        return f"CASE WHEN {column} BETWEEN '{FIRST}' AND '{LAST}' THEN {column} END"

    def local(self, value: str, kind: str) -> str:
        """Give a local time."""
        return value if kind == "timestamp" else f"({value})::timestamp"

    def absolute(self, value: str, kind: str, zone: ZoneInfo) -> str:
        """Give a moment."""
        if kind == "timestamptz":
            return value
        return f"(({value})::timestamp AT TIME ZONE {self.literal(zone.key)})"

    def absolute_param(self, moment: datetime) -> datetime:
        """Hand it over with its zone."""
        return moment

    def reference(self, table: str, column: str, expression: str) -> str:  # noqa: ARG002 - by name
        """Name a column of a lateral table."""
        return f"{table}.{self.name(column)}"

    def shown(self, reference: str, column: str) -> str:  # noqa: ARG002 - named so already
        """Select it by its name."""
        return reference

    def source_of_rows(self, table: str, dates: Mapping[str, str], known: Mapping[str, str]) -> str:
        """Compute dates once for each row, beside it."""
        parts = [f"{table} AS t"]
        for alias, columns in (("dates", dates), ("known", known)):
            listed = ", ".join(f"{value} AS {self.name(key)}" for key, value in columns.items())
            parts.append(f"LATERAL (SELECT {listed}) AS {alias}")
        return ", ".join(parts)


POSTGRES = PostgresDialect()
