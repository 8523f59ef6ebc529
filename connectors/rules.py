"""How one collection's rows become records: one rule a field, as the settings state them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connectors.codes import CodeTable
from connectors.contract.filters import Value
from connectors.contract.records import RECORDS, Record
from connectors.fields import FIELDS, MISSING_FLAGS, Shape
from connectors.words import FALSE_WORDS, TRUE_WORDS

_WARNED_OF = frozenset({Shape.FLAG, Shape.NUMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where one record field comes from, and how it is read."""

    field: str
    shape: Shape
    path: str | None = None
    """Where it stands in a row; None if it is the same for all rows."""
    constant: Value | None = None
    codes: CodeTable | None = None
    region: bool = False
    """The code is a Kemendagri code, with or without dots."""
    form: str = "iso"
    """How a moment or day is written."""
    zone: ZoneInfo = dataclasses.field(default_factory=lambda: ZoneInfo("UTC"))
    nulls: frozenset[str] = frozenset()
    """Words that stand for null, folded."""
    required: bool = False
    """A row without it is rejected."""
    separator: str = ";"
    true_words: tuple[str, ...] = TRUE_WORDS
    """Of flags: what stands for true, folded."""
    false_words: tuple[str, ...] = FALSE_WORDS
    period: tuple[str, str, str] = ("what", "from", "until")
    """Of a stretch of time: where its word, its beginning and its end stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything that is known of how one collection of one source is read."""

    source: str
    collection: str
    rules: Mapping[str, Rule]
    nested: bool = False
    """Paths lead through nested objects, level by level, with dots."""
    regions: tuple[str, ...] = ()
    public_only: bool = False

    @property
    def record(self) -> type[Record]:
        """The record that rows become."""
        return RECORDS[self.collection]

    @property
    def version(self) -> str:
        """Name the editions of its code tables: one word if all are of one edition."""
        editions = {
            name: rule.codes.version for name, rule in self.rules.items() if rule.codes is not None
        }
        if len(set(editions.values())) <= 1:
            return next(iter(editions.values()), "")
        return " ".join(f"{name}={editions[name]}" for name in sorted(editions))

    def missing_flag(self, name: str) -> bool | None:
        """Give what a missing flag counts as."""
        if name == "secret" and self.public_only:
            return False
        return MISSING_FLAGS.get(name)

    def moments(self) -> list[Rule]:
        """Give the rules of all mapped moments."""
        return [rule for rule in self.rules.values() if rule.shape is Shape.MOMENT]

    def columns(self, wanted: frozenset[str] | None) -> list[str]:
        """List the paths that have to be read for the *wanted* fields, each once.

        The dates of a complaint are always among them: each may have to stand in for another.
        """
        needed = expand(self, wanted)
        found: dict[str, None] = {}
        for name, rule in self.rules.items():
            stands_in = self.collection == "complaints" and rule.shape is Shape.MOMENT
            if rule.path is not None and (name in needed or stands_in):
                found[rule.path] = None
        return list(found)


def expand(rules: Rules, wanted: frozenset[str] | None) -> frozenset[str]:
    """Give the mapped fields that have to be read so that the *wanted* ones can be answered."""
    mapped = frozenset(rules.rules)
    if wanted is None or rules.collection != "complaints":
        return mapped
    needed = wanted | {"local_id", "tracking_id", "submitted_at", "updated_at"}
    if "warnings" in wanted:
        # A value that cannot be read is told of, whether it is wanted or not.
        needed |= {name for name, rule in rules.rules.items() if rule.shape in _WARNED_OF}
    if "source_status" in wanted:
        needed |= {"status"}
    if "source_agency" in wanted:
        needed |= {"agency"}
    return needed & mapped


def known_fields(collection: str) -> frozenset[str]:
    """Give the names that a mapping may use."""
    return frozenset(FIELDS[collection])
