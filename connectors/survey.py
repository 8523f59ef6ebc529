"""Look through rows as they stood before they were mapped: what settings can silently get wrong.

Read for people who write settings (`simpul sources check`), never on the way of a request.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.contract.query import SourceQuery, Survey, UnreadDates
from connectors.fields import Shape
from connectors.moments import UNSAID, moment_reader
from connectors.rules import Rule, Rules
from connectors.survey_dates import unread_dates
from connectors.told_words import is_key

_ELSEWHERE: Final = ZoneInfo("Asia/Jakarta")
_NOWHERE: Final = object()
_MOST_DEEP: Final = 3
_MOST_PATHS: Final = 500
_DATED: Final = (Shape.MOMENT, Shape.PERIODS)
_PERIOD: Final = ("what", "from", "until")


def surveyed(
    query: SourceQuery,
    rules: Rules,
    rows: Iterable[Any],
    types: Mapping[str, str] = MappingProxyType({}),
    *,
    untold: str | None = None,
    told_if_counted: bool = False,
) -> Survey | None:
    """Give what stands in the *rows* that *rules* map, None if *query* does not want to know.

    *types* are those of a database's columns; *untold* is where a total was looked for in vain,
    which may be *told if counted*.
    """
    if not query.survey:
        return None
    seen = list(rows)
    count = 0
    unread: dict[str, UnreadDates] = {}
    absent: dict[str, str] = {}
    within: list[str] = []
    for name, rule in rules.rules.items():
        if rule.path is None:
            continue
        steps = rule.path.split(".") if rules.nested else [rule.path]
        values = [value for row in seen if (value := _at(row, steps)) is not _NOWHERE]
        if seen and not values:
            absent[name] = rule.path
        if rule.shape is Shape.PERIODS:
            entries = _entries(values)
            keys = {key for entry in entries for key in entry}
            within += [f"{rule.path}.{key}" for key in sorted(filter(is_key, keys))]
            if entries:
                absent |= _absent_parts(rule, keys)
            values = [entry.get(key) for entry in entries for key in rule.period[1:]]
        if rule.shape in _DATED and (found := unread_dates(rule, values)) is not None:
            unread[name] = found
        if rule.shape in _DATED and rule.zone is UNSAID:
            known = [value for value in values if value is not None]
            count += _zoneless(rule, known, types.get(rule.path))
    return Survey(
        rows=len(seen),
        zoneless=count,
        unread=unread,
        absent=absent,
        paths=_named(chain(within, _paths(seen, nested=rules.nested))) if absent else frozenset(),
        untold=untold,
        told_if_counted=told_if_counted,
    )


def _entries(values: Iterable[object]) -> list[dict[str, Any]]:
    """Give the stretches of time in lists of them."""
    lists = [value for value in values if isinstance(value, list)]
    return [entry for each in lists for entry in each if isinstance(entry, dict)]


def _absent_parts(rule: Rule, keys: Container[str]) -> dict[str, str]:
    """Give what every stretch of time lacks: its word, its beginning or its end."""
    return {
        f"{rule.field}.{part}": f"{rule.path}.{key}"
        for part, key in zip(_PERIOD, rule.period, strict=True)
        if key not in keys
    }


def _zoneless(rule: Rule, values: Sequence[object], kind: str | None) -> int:
    if kind is not None:
        # What comes from a database may have been made a moment there.
        return 0 if kind == "timestamptz" else len(values)
    # A date that says its zone is the same moment by whatever clock it is read.
    here, there = (moment_reader(rule.form, zone, rule.nulls) for zone in (UNSAID, _ELSEWHERE))
    return sum(here(value) != there(value) for value in values)


def _at(row: Any, steps: Sequence[str]) -> Any:
    """Give what stands in *row* where *steps* lead, `_NOWHERE` if it has no such key.

    A null on the way may stand for anything, so it hides no key.
    """
    for step in steps:
        if row is None:
            return None
        if not hasattr(row, "get") or step not in row:
            return _NOWHERE
        row = row.get(step)
    return row


def _named(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(islice(dict.fromkeys(paths), _MOST_PATHS))


def _paths(rows: Iterable[Any], *, nested: bool, before: str = "") -> Iterator[str]:
    """Give the paths in *rows* but for those with a key that may be data."""
    for row in rows:
        for key, value in row.items() if hasattr(row, "items") else ():
            if not is_key(key):
                continue
            if nested and isinstance(value, dict) and before.count(".") < _MOST_DEEP:
                yield from _paths([value], nested=True, before=f"{before}{key}.")
            else:
                yield f"{before}{key}"
