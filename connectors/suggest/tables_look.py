"""Choose the table that complaints most likely stand in, and which of its columns are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.suggest import toml_text as toml
from connectors.suggest.asked import Asked
from connectors.suggest.column import Column
from connectors.suggest.found import CannotLook, Found
from connectors.suggest.personal import personal
from connectors.suggest.wanted import by_name

ROWS = 500
"""Rows that are looked at."""
_TOLD = 20

Tables = Mapping[str, Sequence[Column]]
"""Name to columns, without values."""


def choose(tables: Tables, asked: Asked) -> str:
    """Give the table to look at: the one named, else the one whose columns say most."""
    if not tables:
        raise CannotLook("there is no table that may be read", "grant SELECT on one to this user")
    if asked.table is None:
        return max(tables, key=lambda name: _score(tables[name]))
    found = [name for name in tables if asked.table in (name, name.rpartition(".")[2])]
    if len(found) != 1:
        told = ", ".join(sorted(tables)[:_TOLD])
        raise CannotLook(f"there is no single table `{asked.table}`", f"there are: {told}")
    return found[0]


def readable(columns: Sequence[Column]) -> list[Column]:
    """Leave out what is of a person by its name: it is not even read."""
    return [each for each in columns if personal(each) is None]


def found_table(
    asked: Asked, kind: str, name: str, columns: Sequence[Column], others: int, rows: int
) -> Found:
    """Say what was found in the table called *name*."""
    why = ""
    if asked.table is None and others:
        why = f"likely: of {others + 1} tables its columns say most; another: --table"
    dsn = asked.where if asked.where.startswith(("env:", "file:")) else "env:" + _variable(asked)
    return Found(
        kind=kind,
        looked_at=f"{name}, {rows} of its rows; columns that are of persons were not read",
        title=asked.source.replace("-", " ").title(),
        columns=columns,
        rows=rows,
        source=[toml.line("dsn", toml.text(dsn), "its address and a user who may only read")],
        collection=[toml.line("table", toml.text(name), why)],
    )


def _variable(asked: Asked) -> str:
    return f"SIMPUL_{asked.source.upper().replace('-', '_')}_DSN"


def _score(columns: Sequence[Column]) -> float:
    fields: dict[str, float] = {}
    for column in columns:
        for field, sure in by_name(column.path).items():
            fields[field] = max(fields.get(field, 0.0), sure)
    return sum(fields.values())
