"""Look through rows as they stood before they were mapped: what settings can silently get wrong.

Read for people who write settings (`simpul sources check`), never on the way of a request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.contract.query import SourceQuery, Survey
from connectors.moments import UNSAID, moment_reader
from connectors.rules import Rule, Rules

_ELSEWHERE: Final = ZoneInfo("Asia/Jakarta")


def surveyed(
    query: SourceQuery,
    rules: Rules,
    rows: Iterable[Any],
    types: Mapping[str, str] = MappingProxyType({}),
) -> Survey | None:
    """Give what stands in the *rows* that *rules* map, None if *query* does not want to know.

    *types* are those of a database's columns.
    """
    if not query.survey:
        return None
    seen = list(rows)
    count = 0
    for rule in rules.moments():
        if rule.zone is UNSAID and rule.path is not None:
            steps = rule.path.split(".") if rules.nested else [rule.path]
            values = [value for row in seen if (value := _at(row, steps)) is not None]
            count += _zoneless(rule, values, types.get(rule.path))
    return Survey(zoneless=count)


def _zoneless(rule: Rule, values: Sequence[object], kind: str | None) -> int:
    if kind is not None:
        # What comes from a database may have been made a moment there.
        return 0 if kind == "timestamptz" else len(values)
    # A date that says its zone is the same moment by whatever clock it is read.
    here, there = (moment_reader(rule.form, zone, rule.nulls) for zone in (UNSAID, _ELSEWHERE))
    return sum(here(value) != there(value) for value in values)


def _at(row: Any, steps: Sequence[str]) -> Any:
    """Give what stands in *row* where *steps* lead, None if they lead nowhere."""
    for step in steps:
        if not hasattr(row, "get") or step not in row:
            return None
        row = row.get(step)
    return row
