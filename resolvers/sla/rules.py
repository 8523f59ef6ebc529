"""The legal time limits, as dated data, and which of them hold for one complaint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import msgspec

from connectors.contract.vocabulary import ComplaintKind
from resolvers.sla.legal_files import BadLegalFile, read, shipped


class Step(StrEnum):
    """What has a time limit."""

    VERIFICATION = "VERIFICATION"
    """Verifikasi dan penerusan."""
    FIRST_FOLLOW_UP = "FIRST_FOLLOW_UP"
    """Tindak lanjut pertama."""
    RESOLUTION = "RESOLUTION"
    """Penyelesaian."""
    AUTO_CLOSE = "AUTO_CLOSE"
    """Selesai otomatis."""
    HANDOVER = "HANDOVER"
    """Pengambilalihan oleh Ombudsman."""
    CORRECTIVE_ACTION = "CORRECTIVE_ACTION"
    """Tindakan korektif; of Ombudsman cases, never of complaints."""


class DayType(StrEnum):
    """Which days are counted."""

    WORKING = "WORKING"
    """Hari kerja."""
    CALENDAR = "CALENDAR"
    """Hari kalender."""


class ClockStart(StrEnum):
    """The event that a limit counts from; its own day is not counted."""

    SUBMITTED = "SUBMITTED"
    VERIFIED = "VERIFIED"
    DISPOSED = "DISPOSED"
    LAST_FOLLOW_UP = "LAST_FOLLOW_UP"
    FINDINGS_REPORTED = "FINDINGS_REPORTED"


_KINDS = frozenset(ComplaintKind)


class RuleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One limit as a file writes it."""

    step: Step
    counts_from: ClockStart
    days: int
    day_type: DayType
    kind: ComplaintKind | None = None
    """None: for every kind."""
    supervisory: bool | None = None
    """None: whether *berkadar pengawasan* or not."""
    provisional: bool = False


class Regulation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A regulation with its limits and the time in which it is in force."""

    id: str
    title: str
    valid_from: date
    rules: tuple[RuleEntry, ...]
    valid_to: date | None = None
    """The last day on which it is in force."""
    provisional: bool = False
    """Its figures are not known for sure."""


class RulesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file of rules."""

    due_soon_working_days: int | None = None
    regulations: tuple[Regulation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One limit of one regulation."""

    id: str
    regulation: str
    step: Step
    counts_from: ClockStart
    days: int
    day_type: DayType
    kind: ComplaintKind | None
    supervisory: bool | None
    valid_from: date
    valid_to: date | None
    provisional: bool


class Length(NamedTuple):
    """How long a limit is."""

    days: int
    day_type: DayType


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of submission days in which the same limits hold."""

    since: int
    """The first day."""
    until: int | None
    """The first day after it; None: no end."""
    candidates: tuple[Rule, ...]
    """The limit, or all that may be it while kind or *supervisory* is unknown: the shortest holds.
    They count from the same event."""
    lengths: tuple[Length, ...]
    """How long each of the candidates is."""
    in_doubt: bool
    """Kind or *supervisory* is unknown and would matter."""


class Rules:
    """All limits, ready to be asked for the one that holds."""

    def __init__(self, regulations: Iterable[Regulation], due_soon_working_days: int) -> None:
        """Take *regulations* that were checked by `load_rules`."""
        self.due_soon_working_days = due_soon_working_days
        self.rules = tuple(rule for each in regulations for rule in _rules(each))
        self._segments: dict[tuple[Step, str | None, bool | None], tuple[Segment, ...]] = {}

    def segments(
        self, step: Step, kind: str | None, supervisory: bool | None
    ) -> tuple[Segment, ...]:
        """Give the stretches in which *step* has a limit, in order of time."""
        found = self._segments.get((step, kind, supervisory))
        if found is None:
            known = kind if kind in _KINDS else None
            mine = [
                rule
                for rule in self.rules
                if rule.step is step and _may_hold(rule, known, supervisory)
            ]
            found = tuple(_stretches(mine, known, supervisory))
            self._segments[step, known, supervisory] = found
        return found


def load_rules(*overrides: Path) -> Rules:
    """Read the rules that are shipped, then each of *overrides*; raises `BadLegalFile`."""
    layers = [("rules.toml", shipped("rules.toml", RulesFile))]
    layers.extend((str(path), read(path, RulesFile)) for path in overrides)
    due_soon = 0
    regulations: dict[str, Regulation] = {}
    for where, layer in layers:
        problems = _problems(layer)
        if layer.due_soon_working_days is not None:
            due_soon = layer.due_soon_working_days
        regulations.update({each.id: each for each in layer.regulations})
        rules = Rules(regulations.values(), due_soon)
        problems = problems or _contradictions(rules)
        if problems:
            raise BadLegalFile(where, problems)
    return rules


def _rules(regulation: Regulation) -> Iterable[Rule]:
    for entry in regulation.rules:
        parts = [regulation.id, entry.step.value.lower()]
        if entry.kind is not None:
            parts.append(entry.kind.value.lower())
        if entry.supervisory is not None:
            parts.append("supervisory" if entry.supervisory else "ordinary")
        yield Rule(
            id="/".join(parts),
            regulation=regulation.title,
            step=entry.step,
            counts_from=entry.counts_from,
            days=entry.days,
            day_type=entry.day_type,
            kind=entry.kind,
            supervisory=entry.supervisory,
            valid_from=regulation.valid_from,
            valid_to=regulation.valid_to,
            provisional=regulation.provisional or entry.provisional,
        )


def _may_hold(rule: Rule, kind: str | None, supervisory: bool | None) -> bool:
    return (rule.kind is None or kind is None or rule.kind == kind) and (
        rule.supervisory is None or supervisory is None or rule.supervisory == supervisory
    )


def _stretches(rules: list[Rule], kind: str | None, supervisory: bool | None) -> Iterable[Segment]:
    edges: set[int] = set()
    for rule in rules:
        edges.add(rule.valid_from.toordinal())
        if rule.valid_to is not None:
            edges.add(rule.valid_to.toordinal() + 1)
    ordered = sorted(edges)
    for since, until in zip_longest(ordered, ordered[1:]):
        held = tuple(
            rule
            for rule in rules
            if rule.valid_from.toordinal() <= since
            and (rule.valid_to is None or since <= rule.valid_to.toordinal())
        )
        if held:
            in_doubt = any(
                (rule.kind is not None and kind is None)
                or (rule.supervisory is not None and supervisory is None)
                for rule in held
            )
            yield Segment(
                since=since,
                until=until,
                candidates=held,
                lengths=tuple(Length(rule.days, rule.day_type) for rule in held),
                in_doubt=in_doubt,
            )


def _problems(layer: RulesFile) -> list[str]:
    problems = []
    if layer.due_soon_working_days is not None and layer.due_soon_working_days < 0:
        problems.append("due_soon_working_days is negative")
    ids = [each.id for each in layer.regulations]
    problems.extend(f"{name} stands here twice" for name in sorted(set(ids)) if ids.count(name) > 1)
    for each in layer.regulations:
        if each.valid_to is not None and each.valid_to < each.valid_from:
            problems.append(f"{each.id}: valid_to is before valid_from")
        problems.extend(
            f"{each.id}: {entry.step} has {entry.days} days, a limit has 1 to 1000"
            for entry in each.rules
            if not 1 <= entry.days <= 1000
        )
    return problems


def _contradictions(rules: Rules) -> list[str]:
    problems: dict[str, None] = {}
    for step in Step:
        for kind in ComplaintKind:
            for supervisory in (False, True):
                for segment in rules.segments(step, kind, supervisory):
                    if len(segment.candidates) > 1:
                        names = " and ".join(rule.id for rule in segment.candidates)
                        problems[f"{names} hold at the same time"] = None
        for segment in rules.segments(step, None, None):
            if len({rule.counts_from for rule in segment.candidates}) > 1:
                names = " and ".join(rule.id for rule in segment.candidates)
                problems[f"{names} count from different events at the same time"] = None
    return list(problems)
