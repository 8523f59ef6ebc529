"""From a source's steps to events: what happened to a complaint, one row a step.

A word for a step that no code table has makes a `NOTE`, and is counted: that something happened is
never dropped.  Where only `from_agency` is told and nothing was handed on, it is who did it.  A
reason is kept where a complaint was held up or handed back, and is not repeated as a text.
Reasons for rejecting a step: `NOT_AN_OBJECT`, `MISSING:complaint`, `MISSING:at`, `MISSING:kind`,
`BAD_DATE:at`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from connectors.contract.records import EventRecord
from connectors.contract.vocabulary import EventKind
from connectors.moments import moment_reader
from connectors.readers import code_reader, text_reader
from connectors.rules import Rule, Rules
from connectors.tally import Tally
from connectors.words import BAD, plain, word

Step = tuple[str | None, Any]
"""The complaint's id where the row itself does not say it, and the row."""
MapSteps = Callable[[Iterable[Step], Tally], list[EventRecord]]
Read = Callable[[Any, Tally], Any]

_ALWAYS = frozenset({"complaint", "at", "kind", "local_id"})
_HANDED_ON = frozenset({EventKind.DISPOSED, EventKind.BOUNCED})
_REASONED = frozenset({EventKind.BOUNCED, EventKind.DEFERRED, EventKind.ARCHIVED})


def event_mapper(rules: Rules, wanted: frozenset[str] | None) -> MapSteps:
    """Give the function that maps steps to events that hold the *wanted* fields; None for all."""
    needed = frozenset(rules.rules) if wanted is None else wanted | _ALWAYS
    if wanted is not None and wanted & {"agency", "source_agency"}:
        needed |= {"agency", "from_agency"}
    readers = {name: _reader(rule, rules) for name, rule in rules.rules.items() if name in needed}
    raw_agency = wanted is None or "source_agency" in wanted
    plain_agency = wanted is None or "agency" in wanted
    at = readers.pop("at")
    kind = readers.pop("kind")
    agency = readers.pop("agency", None)
    source = rules.source

    def build(steps: Iterable[Step], tally: Tally) -> list[EventRecord]:
        found: list[EventRecord] = []
        for complaint, row in steps:
            if rules.nested and not isinstance(row, dict):
                tally.reject("NOT_AN_OBJECT")
                continue
            values: dict[str, Any] = {"complaint": complaint}
            for name, read in readers.items():
                value = read(row, tally)
                if value is not None:
                    values[name] = value
            moment, what = at(row, tally), kind(row, tally)
            if not values["complaint"]:
                tally.reject("MISSING:complaint")
            elif moment is None or moment is BAD:
                tally.reject("MISSING:at" if moment is None else "BAD_DATE:at")
            elif what is None:
                tally.reject("MISSING:kind")
            else:
                if agency is not None:
                    code, raw = agency(row, tally)
                    values |= {"agency": code} if plain_agency else {}
                    values |= {"source_agency": raw} if raw_agency else {}
                _settle(what, values)
                found.append(EventRecord(source=source, at=moment, kind=what, **values))
        return found

    return build


def _settle(kind: EventKind, values: dict[str, Any]) -> None:
    if kind not in _HANDED_ON:
        did = values.pop("from_agency", None)
        if values.get("agency") is None and did is not None:
            values["agency"] = did
    if kind not in _REASONED:
        values.pop("reason", None)
    elif values.get("reason") is not None and values.get("text") == values["reason"]:
        del values["text"]


def _reader(rule: Rule, rules: Rules) -> Read:
    if rule.path is None:
        return _constant(rule)
    steps = rule.path.split(".") if rules.nested else [rule.path]

    def at(row: Any) -> Any:
        for step in steps:
            row = row.get(step) if hasattr(row, "get") else None
        return row

    match rule.field:
        case "complaint" | "local_id":
            return lambda row, _: plain(at(row))
        case "at":
            moment = moment_reader(rule.form, rule.zone, rule.nulls)
            return lambda row, _: moment(at(row))
        case "kind":
            return _kind(rule, rules, at)
        case "agency":
            read = code_reader(rule, rules)
            return lambda row, tally: read(at(row), tally)
        case "from_agency":
            read_code = code_reader(rule, rules)
            return lambda row, tally: read_code(at(row), tally)[0]
        case _:
            text = text_reader(rule)
            return lambda row, _: text(at(row))


def _constant(rule: Rule) -> Read:
    value: object = rule.constant
    if rule.field == "kind":
        value = EventKind(str(value))
    elif rule.field == "agency":
        value = (value, None)
    return lambda _row, _tally: value


def _kind(rule: Rule, rules: Rules, at: Callable[[Any], Any]) -> Read:
    members = {member.value: member for member in EventKind}
    read = code_reader(rule, rules)

    def kind(row: Any, tally: Tally) -> EventKind | None:
        told = at(row)
        code = read(told, tally)[0]
        if code is not None:
            return members[code]
        return EventKind.NOTE if word(told) else None

    return kind
