"""From a source's rows to records: one function for each collection and set of wanted fields.

Warnings, in stable words: `SUBMITTED_AT_MISSING`, `NEGATIVE_DURATION`, `BAD_DATE:field`,
`BAD_FLAG:field`, `BAD_NUMBER:field`.  Reasons for rejecting a row:
`NOT_AN_OBJECT`, `MISSING:field`, `BAD_DATE:field` (of a required one), `NO_DATE`,
`BAD_TRACKING_ID`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from connectors.case_mapping import case_mapper
from connectors.contract.records import ComplaintRecord, Record
from connectors.fields import REQUIRED, VOCABULARIES, Shape
from connectors.mapping_code import complaint_mapper
from connectors.moments import moment_reader
from connectors.readers import code_reader, codes_reader, day_reader, flag_reader, text_reader
from connectors.rules import Rule, Rules
from connectors.tally import Tally
from connectors.words import BAD

MapRows = Callable[[Iterable[Any], Tally], list[Record]]

_REMEMBERED = 256


class Mapper:
    """Maps rows of one collection; its functions are compiled once for each set of fields."""

    def __init__(self, rules: Rules) -> None:
        """Map by *rules*."""
        self.rules = rules
        self._compiled: dict[frozenset[str] | None, MapRows] = {}

    def mapper(self, wanted: frozenset[str] | None) -> MapRows:
        """Give the function that maps rows to records that hold the *wanted* fields."""
        known = self._compiled.get(wanted)
        if known is None:
            known = compile_rules(self.rules, wanted)
            if len(self._compiled) >= _REMEMBERED:
                self._compiled.clear()
            self._compiled[wanted] = known
        return known

    def complaints(
        self, rows: Iterable[Any], wanted: frozenset[str] | None, tally: Tally
    ) -> list[ComplaintRecord]:
        """Map *rows* of complaints."""
        return cast("list[ComplaintRecord]", self.mapper(wanted)(rows, tally))


def compile_rules(rules: Rules, wanted: frozenset[str] | None) -> MapRows:
    """Compile *rules* for the *wanted* fields; None for all."""
    if rules.collection == "complaints":
        return cast("MapRows", complaint_mapper(rules, wanted))
    if rules.collection == "ombudsman_cases":
        return cast("MapRows", case_mapper(rules, wanted))
    return _reference_mapper(rules)


def _reference_mapper(rules: Rules) -> MapRows:
    # Reference data are small and read once: plain closures will do.
    readers = [(name, rule, _reader(rule, rules)) for name, rule in rules.rules.items()]
    required = REQUIRED[rules.collection]
    make = rules.record
    source = rules.source

    def build(rows: Iterable[Any], tally: Tally) -> list[Record]:
        found: list[Record] = []
        for row in rows:
            if not isinstance(row, dict):
                tally.reject("NOT_AN_OBJECT")
                continue
            values: dict[str, Any] = {"source": source}
            for name, rule, read in readers:
                value = rule.constant if rule.path is None else read(_at(row, rule, rules), tally)
                if value is not None and value is not BAD:
                    values[name] = value
            missing = sorted(required.difference(values))
            if missing:
                tally.reject(f"MISSING:{missing[0]}")
                continue
            found.append(make(**values))
        return found

    return build


def _reader(rule: Rule, rules: Rules) -> Callable[[object, Tally], object]:
    match rule.shape:
        case Shape.CODE:
            read_code = code_reader(rule, rules)
            vocabulary = VOCABULARIES.get((rules.collection, rule.field))
            if vocabulary is None:
                return lambda value, tally: read_code(value, tally)[0]
            members = {member.value: member for member in vocabulary}
            return lambda value, tally: members.get(read_code(value, tally)[0] or "")
        case Shape.CODES:
            return codes_reader(rule, rules)
        case Shape.FLAG:
            read_flag = flag_reader(rule)
            return lambda value, _: read_flag(value)
        case Shape.DAY:
            read_day = day_reader(rule)
            return lambda value, _: read_day(value)
        case Shape.MOMENT:
            read_moment = moment_reader(rule.form, rule.zone, rule.nulls)
            return lambda value, _: read_moment(value)
        case _:
            read_text = text_reader(rule)
            return lambda value, _: read_text(value)


def _at(row: dict[str, Any], rule: Rule, rules: Rules) -> object:
    path = rule.path or ""
    if not rules.nested:
        return row.get(path)
    value: object = row
    for step in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value
