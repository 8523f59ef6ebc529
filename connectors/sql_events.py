"""The statement for what happened to complaints that a database holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.contract.capabilities import Collection
from connectors.contract.filters import Op, Term
from connectors.contract.query import SourceQuery
from connectors.rules import Rules
from connectors.sql import Statement
from connectors.sql_dialect import POSTGRES, Dialect

MOST_COMPLAINTS = 256
"""Complaints whose steps are asked for at once."""
MOST_STEPS = 20_000
"""Steps that one answer may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlEvents:
    """The steps of a database's complaints: a table or view."""

    table: str
    """Quoted, with its schema."""
    rules: Rules
    can: Collection


def asked_for(query: SourceQuery) -> list[str] | None:
    """Give the complaints whose steps *query* asks for, None if it asks anything else."""
    match query.where:
        case Term("complaint", Op.IN, ids, False) if query.order is None:
            return [str(each) for each in ids]
    return None


def event_statement(
    events: SqlEvents,
    complaints: Sequence[str],
    wanted: frozenset[str] | None,
    sql: Dialect = POSTGRES,
) -> Statement:
    """Write the statement for the steps of *complaints* with the columns of the *wanted* fields.

    The list is filled up to a power of two, so that few different statements have to be prepared.
    """
    listed = [*complaints]
    listed += [listed[-1]] * ((1 << (len(listed) - 1).bit_length()) - len(listed))
    rules = events.rules.rules
    needed = (
        frozenset(rules) if wanted is None else wanted | {"complaint", "at", "kind", "local_id"}
    )
    if wanted is not None and wanted & {"agency", "source_agency"}:
        needed |= {"agency", "from_agency"}
    columns = dict.fromkeys(
        f"t.{sql.name(rule.path)}" for key, rule in rules.items() if rule.path and key in needed
    )
    of = f"t.{sql.name(str(rules['complaint'].path))}"
    listed_params = [sql.param(number, "text") for number in range(1, len(listed) + 1)]
    same = sql.same_id(of, listed_params, are_ascii=all(map(str.isascii, listed)))
    params: tuple[Any, ...] = tuple(listed)
    text = (
        f"SELECT {', '.join(columns)} FROM {events.table} AS t "  # noqa: S608 - names are quoted
        f"WHERE {same} LIMIT {MOST_STEPS + 1}"
    )
    return Statement(text, params)
