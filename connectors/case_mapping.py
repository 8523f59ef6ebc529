"""From a source's rows to cases of the Ombudsman, each with what held when.

Reasons for rejecting a row: `NOT_AN_OBJECT`, `MISSING:field`, `BAD_DATE:received_at`, and
`BAD_TRACKING_ID`: whose number cannot be read is about a complaint whose secrecy is not known.
Warnings: `BAD_DATE:field`, `NEGATIVE_DURATION`, `BAD_PERIOD:field` for a stretch left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from connectors.contract.records import OmbudsmanCaseRecord, Period
from connectors.fields import SAYS_UNKNOWN, UNKNOWN_WORD, Shape
from connectors.moments import moment_reader
from connectors.readers import code_reader, codes_reader, text_reader, tracking_reader
from connectors.rules import Rule, Rules
from connectors.tally import Tally
from connectors.words import BAD, plain, word

MapCases = Callable[[Iterable[Any], Tally], list[OmbudsmanCaseRecord]]
Read = Callable[[Any, Tally, list[str]], Any]

_ALWAYS = frozenset({"local_id", "case_number", "received_at", "tracking_ids"})


def case_mapper(rules: Rules, wanted: frozenset[str] | None) -> MapCases:
    """Give the function that maps rows to cases that hold the *wanted* fields; None for all."""
    moments = frozenset(rule.field for rule in rules.moments())
    needed = None if wanted is None else wanted | _ALWAYS | moments
    readers = [
        (name, _reader(rule, rules))
        for name, rule in rules.rules.items()
        if needed is None or name in needed
    ]
    hidden = frozenset() if wanted is None else moments - wanted - {"received_at", "updated_at"}
    warns = wanted is None or "warnings" in wanted

    def build(rows: Iterable[Any], tally: Tally) -> list[OmbudsmanCaseRecord]:
        found: list[OmbudsmanCaseRecord] = []
        for row in rows:
            if not hasattr(row, "get"):
                tally.reject("NOT_AN_OBJECT")
                continue
            notes: list[str] = []
            values: dict[str, Any] = {}
            for name, read in readers:
                value = read(row, tally, notes)
                if value is not None:
                    values[name] = value
            reason = _unusable(values, notes)
            if reason is not None:
                tally.reject(reason)
                continue
            known = [values[name] for name in moments if name in values]
            values.setdefault("updated_at", max(known))
            closed = values.get("closed_at")
            if closed is not None and closed < values["received_at"]:
                notes.append("NEGATIVE_DURATION")
            for name in hidden:
                values.pop(name, None)
            if warns:
                values["warnings"] = tuple(notes)
            found.append(OmbudsmanCaseRecord(source=rules.source, **values))
        return found

    return build


def _unusable(values: dict[str, Any], notes: list[str]) -> str | None:
    if values.get("tracking_ids") is BAD:
        return "BAD_TRACKING_ID"
    for name in ("local_id", "case_number", "received_at"):
        if not values.get(name):
            bad = f"BAD_DATE:{name}"
            return bad if bad in notes else f"MISSING:{name}"
    return None


def _reader(rule: Rule, rules: Rules) -> Read:
    if rule.path is None:
        return lambda _row, _tally, _notes: rule.constant
    steps = rule.path.split(".") if rules.nested else [rule.path]

    def at(row: Any) -> Any:
        for step in steps:
            row = row.get(step) if hasattr(row, "get") else None
        return row

    match rule.shape:
        case Shape.ID:
            return lambda row, _tally, _notes: plain(at(row))
        case Shape.MOMENT:
            return _moment(rule, at)
        case Shape.CODE:
            read_code = code_reader(rule, rules)
            default = UNKNOWN_WORD if rule.field in SAYS_UNKNOWN else None
            return lambda row, tally, _notes: read_code(at(row), tally)[0] or default
        case Shape.CODES:
            read_codes = codes_reader(rule, rules)
            return lambda row, tally, _notes: read_codes(at(row), tally)
        case Shape.TRACKINGS:
            return _numbers(rule, at)
        case Shape.PERIODS:
            return _periods(rule, rules, at)
        case _:
            read_text = text_reader(rule)
            return lambda row, _tally, _notes: read_text(at(row))


def _moment(rule: Rule, at: Callable[[Any], Any]) -> Read:
    read = moment_reader(rule.form, rule.zone, rule.nulls)

    def moment(row: Any, _tally: Tally, notes: list[str]) -> datetime | None:
        found = read(at(row))
        if isinstance(found, datetime):
            return found
        if found is BAD:
            notes.append(f"BAD_DATE:{rule.field}")
        return None

    return moment


def _numbers(rule: Rule, at: Callable[[Any], Any]) -> Read:
    read = tracking_reader(rule)

    def numbers(row: Any, _tally: Tally, _notes: list[str]) -> Any:
        told = at(row)
        parts = told if isinstance(told, list) else word(told).split(rule.separator)
        found = [read(part) for part in parts]
        if BAD in found:
            return BAD
        return tuple(dict.fromkeys(number for number in found if number is not None))

    return numbers


def _periods(rule: Rule, rules: Rules, at: Callable[[Any], Any]) -> Read:
    read_code = code_reader(rule, rules)
    read_moment = moment_reader(rule.form, rule.zone, rule.nulls)
    what, since, until = rule.period

    def period(entry: Any, tally: Tally) -> Period | None:
        if not isinstance(entry, dict):
            return None
        code = read_code(entry.get(what), tally)[0]
        if code is None:
            code = UNKNOWN_WORD if rule.field == "stages" else None
        began, ended = read_moment(entry.get(since)), read_moment(entry.get(until))
        if code is None or not isinstance(began, datetime) or ended is BAD:
            return None
        return Period(code, began, ended if isinstance(ended, datetime) else None)

    def periods(row: Any, tally: Tally, notes: list[str]) -> tuple[Period, ...]:
        told = at(row)
        entries = told if isinstance(told, list) else []
        found = [period(each, tally) for each in entries]
        if None in found:
            notes.append(f"BAD_PERIOD:{rule.field}")
        kept = [each for each in found if each is not None]
        return tuple(sorted(kept, key=lambda each: each.since))

    return periods
