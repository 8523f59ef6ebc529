"""The statement for reference data that a database holds: small, read whole."""

from __future__ import annotations

from connectors.contract.records import RECORDS
from connectors.rules import Rules
from connectors.sql import Statement
from connectors.sql_dialect import Dialect

MOST_ROWS = 50_000
"""Rows that one collection of reference data may have."""

NOT_REFERENCE = frozenset({"complaints", "events", "ombudsman_cases"})
REFERENCE = frozenset(RECORDS) - NOT_REFERENCE
"""The collections of reference data."""


def reference_statement(table: str, rules: Rules, dialect: Dialect) -> Statement:
    """Write the statement for all rows of *table* (quoted), always in the same order."""
    columns = dict.fromkeys(
        f"t.{dialect.name(rule.path)}" for rule in rules.rules.values() if rule.path
    )
    order = ", ".join(str(number) for number in range(1, len(columns) + 1))
    text = (
        f"SELECT {', '.join(columns)} FROM {table} AS t "  # noqa: S608 - names are quoted
        f"ORDER BY {order} LIMIT {MOST_ROWS + 1}"
    )
    return Statement(text, ())
