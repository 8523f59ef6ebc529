"""One SQL expression for each mapped field: the value that the mapping gives.

Every expression agrees with `connectors.words`, `connectors.codes` and `connectors.moments`:
the same characters are trimmed, the same case is folded, the same dates stand in for a missing one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.contract.filters import Value
from connectors.fields import VOCABULARIES, Shape
from connectors.moments import steady_offset, to_local
from connectors.readers import bare_nulls, code_meaning
from connectors.rules import Rule, Rules
from connectors.words import (
    BLANKS,
    CONTROLS,
    FALSE_WORDS,
    REGION_PATTERN,
    TRACKING_DIGITS,
    TRUE_WORDS,
    fold,
    word,
)

WHOLE = frozenset({"int2", "int4", "int8"})
TEXTS = frozenset({"text", "varchar", "bpchar", "name", "citext"})
DATES = frozenset({"date", "timestamp", "timestamptz"})

_FIRST, _LAST = "0001-01-02", "9999-12-30"
"""Dates beyond these count as missing: Python's calendar ends there."""


def name(identifier: str) -> str:
    """Quote an identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Write a text as a literal, whatever stands in it."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return "E'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + "'"


def texts(words: Iterable[str]) -> str:
    """Write texts as the list behind IN."""
    return f"({', '.join(map(literal, words))})"


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words with a table: what is compared, and what each compared form means."""

    compared: str
    """The expression of the compared form."""
    type: str
    """The type of the compared form: `bigint` or `text`."""
    meanings: Mapping[str, str]

    def keys(self, canonical: frozenset[str]) -> Sequence[str | int]:
        """Give the compared forms that mean one of *canonical*."""
        found = sorted(key for key, meaning in self.meanings.items() if meaning in canonical)
        return found if self.type == "text" else _whole(found)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table, and the mapping that reads them."""

    rules: Rules
    types: Mapping[str, str]
    """Column name to type name."""
    clean: bool = False
    """The columns hold words as the code tables write them, regions with or without dots, and
    dates within the calendar: they are compared as they stand, so that indexes serve."""

    @property
    def naive(self) -> bool:
        """All dates are local times of clocks that never changed: compared without conversion."""
        return all(
            self.types[str(rule.path)] in ("date", "timestamp")
            and steady_offset(rule.zone) is not None
            and rule.zone.key == self.rules.moments()[0].zone.key
            for rule in self.rules.moments()
        )

    @property
    def moment_type(self) -> str:
        """The type in which dates are compared."""
        return "timestamp" if self.naive else "timestamptz"

    def moment_param(self, moment: datetime) -> datetime:
        """Give *moment* as the database compares it."""
        return to_local(moment, self.rules.moments()[0].zone) if self.naive else moment

    def column(self, rule: Rule) -> str:
        """Give the rule's column."""
        return f"t.{name(str(rule.path))}"

    def type_of(self, rule: Rule) -> str:
        """Give the type of the rule's column."""
        return self.types[str(rule.path)]

    def local_id(self) -> str:
        """Give the row's id as a text, compared byte by byte."""
        rule = self.rules.rules["local_id"]
        column = self.column(rule)
        written = column if self.type_of(rule) in ("text", "varchar") else f"({column})::text"
        return f'{written} COLLATE "C"'

    def word(self, rule: Rule) -> str:
        """Give the column as `words.word` reads it."""
        if self.clean:
            return self.as_text(rule)
        return _word(f"({self.column(rule)})::text")

    def as_text(self, rule: Rule) -> str:
        """Give the column as a text, as it stands."""
        column = self.column(rule)
        return column if self.type_of(rule) in ("text", "varchar") else f"({column})::text"

    def tracking(self, rule: Rule) -> str:
        """Give the national number as `words.tracking_number` reads it."""
        if self.clean:
            return f"substring({self.as_text(rule)} from '^#?([0-9]{{1,{TRACKING_DIGITS}}})$')"
        bare = f"translate(({self.column(rule)})::text, {literal('#' + BLANKS + CONTROLS)}, '')"
        return f"substring({bare} from '^[0-9]{{1,{TRACKING_DIGITS}}}$')"

    def untracked(self, rule: Rule) -> str:
        """Give the condition that there is no national number, not even an unreadable one."""
        text = self.as_text(rule)
        noise = "#" if self.clean else "#" + BLANKS + CONTROLS
        bare = f"translate(({self.column(rule)})::text, {literal(noise)}, '')"
        nulls = ", ".join(literal(each) for each in ("", *sorted(bare_nulls(rule))))
        return f'({text} IS NULL OR lower({bare} COLLATE "C") IN ({nulls}))'

    def plain_code(self, rule: Rule) -> str:
        """Give a code that no table maps: null if it is empty or a word for null."""
        written = self.word(rule)
        if self.clean and rule.region:
            return _dotted(written)
        if rule.region:
            written = _region(written)
        elif rule.nulls:
            nulls = texts(sorted(rule.nulls))
            written = f"CASE WHEN {_fold(written)} IN {nulls} THEN NULL ELSE {written} END"
        if rule.field == "region" and self.rules.regions:
            inside = " OR ".join(
                f"({written}) = {literal(top)} OR ({written}) LIKE {literal(top + '.%')}"
                for top in self.rules.regions
            )
            if rule.region:
                tops = {top[:2] for top in self.rules.regions}
                if all(len(top) == 2 for top in self.rules.regions):
                    inside = f"left({written}, 2) IN {texts(sorted(tops))}"
            written = f"CASE WHEN {inside} THEN {written} END"
        return f"NULLIF({written}, '') COLLATE \"C\""

    def coded(self, rule: Rule) -> Coded | None:
        """Give how a column with a code table is compared; None if it has none."""
        meanings = meanings_of(rule, self.rules, as_written=self.clean)
        if meanings is None:
            return None
        if self.type_of(rule) in WHOLE:
            return Coded(self.column(rule), "bigint", meanings)
        written = self.word(rule)
        exact = self.clean or rule.codes is None or rule.codes.exact
        return Coded(written if exact else _fold(written), "text", meanings)

    def flag(self, rule: Rule) -> str:
        """Give a flag as `words.flag` reads it, and what it counts as where it is missing."""
        column = self.column(rule)
        if self.type_of(rule) != "bool":
            folded = _fold(self.word(rule))
            column = (
                f"CASE WHEN {folded} IN {texts(TRUE_WORDS)} THEN TRUE "
                f"WHEN {folded} IN {texts(FALSE_WORDS)} THEN FALSE END"
            )
        missing = self.rules.missing_flag(rule.field)
        return column if missing is None else f"COALESCE({column}, {str(missing).upper()})"

    def moment(self, rule: Rule) -> str:
        """Give a mapped date as `source_of_rows` names it."""
        return f"dates.{name(str(rule.path))}"

    def known_moment(self, field: str) -> str:
        """Give a date as the record holds it: for the two that are never null, what stands in."""
        rule = self.rules.rules.get(field)
        if rule is not None and rule.required:
            # Bare, so that an index on the column can be used.
            return self._converted(rule, self.column(rule))
        if field in ("submitted_at", "updated_at"):
            return f"known.{name(field)}"
        return "NULL::timestamptz" if rule is None else self.moment(rule)

    def source_of_rows(self, table: str) -> str:
        """Give what stands after FROM: the table, its dates within the calendar, what stands in."""
        paths = {str(rule.path): rule for rule in self.rules.moments()}
        dates = ", ".join(
            f"{self._within_calendar(rule)} AS {name(path)}" for path, rule in paths.items()
        )
        known = ", ".join(
            f"{self._stand_in(field)} AS {name(field)}" for field in ("submitted_at", "updated_at")
        )
        return f"{table} AS t, LATERAL (SELECT {dates}) AS dates, LATERAL (SELECT {known}) AS known"

    def _within_calendar(self, rule: Rule) -> str:
        column = self.column(rule)
        if self.clean:
            return self._converted(rule, column)
        inside = f"CASE WHEN {column} BETWEEN '{_FIRST}' AND '{_LAST}' THEN {column} END"
        return self._converted(rule, inside)

    def _converted(self, rule: Rule, value: str) -> str:
        kind = self.type_of(rule)
        if self.naive:
            return value if kind == "timestamp" else f"({value})::timestamp"
        if kind == "timestamptz":
            return value
        return f"(({value})::timestamp AT TIME ZONE {literal(rule.zone.key)})"

    def _stand_in(self, field: str) -> str:
        rules = {rule.field: rule for rule in self.rules.moments()}
        others = [self.moment(each) for other, each in rules.items() if other != field]
        parts = [self.moment(rules[field])] if field in rules else []
        if others:
            choose = "LEAST" if field == "submitted_at" else "GREATEST"
            parts.append(f"{choose}({', '.join(others)})")
        return f"COALESCE({', '.join(parts)})"


def meanings_of(rule: Rule, rules: Rules, *, as_written: bool = False) -> dict[str, str] | None:
    """Give what each compared form of a coded field means; None if no table closes the field."""
    vocabulary = VOCABULARIES.get((rules.collection, rule.field))
    if rule.codes is not None and as_written:
        own = {each: each for each in rule.codes.words}
    elif rule.codes is not None:
        own = {rule.codes.key(each): each for each in rule.codes.words}
    elif vocabulary is not None:
        own = {member.value: member.value for member in vocabulary}
    else:
        return None
    meaning = code_meaning(rule, rules)
    found: dict[str, str] = {}
    for key, written in own.items():
        canonical = meaning(word(written))
        if canonical is not None and key and fold(key) not in rule.nulls:
            found[key] = canonical
    return found


def comparable(rule: Rule, rules: Rules) -> bool:
    """Say whether SQL can compare the field exactly as the mapping reads it."""
    if rule.path is None or rule.shape in (Shape.TEXT, Shape.NUMBER):
        return False
    if any(not each.isascii() for each in rule.nulls):
        return False
    meanings = meanings_of(rule, rules) if rule.shape is Shape.CODE else None
    folded = rule.codes is not None and not rule.codes.exact
    return not (folded and meanings and any(not key.isascii() for key in meanings))


def usable_text(value: Value) -> bool:
    """Say whether the database could hold *value* at all."""
    return isinstance(value, str) and "\0" not in value and value.isprintable()


def _word(text: str) -> str:
    return f"btrim(translate({text}, {literal(CONTROLS)}, ''), {literal(BLANKS)})"


def _fold(written: str) -> str:
    spaced = f"btrim(regexp_replace({written}, {literal('[' + BLANKS + ']+')}, ' ', 'g'), ' ')"
    return f'lower({spaced} COLLATE "C")'


def _region(written: str) -> str:
    digits = f"translate({written}, '.', '')"
    parts = ((1, 2), (3, 2), (5, 2), (7, 4))
    dotted = ", ".join(f"NULLIF(substr({digits}, {at}, {size}), '')" for at, size in parts)
    return f"CASE WHEN {written} ~ {literal(REGION_PATTERN)} THEN concat_ws('.', {dotted}) END"


def _dotted(written: str) -> str:
    pairs = r"^([0-9]{2})\.?([0-9]{2})?\.?([0-9]{2})?\.?([0-9]{4})?$"
    return f"rtrim(regexp_replace({written}, '{pairs}', '\\1.\\2.\\3.\\4'), '.')"


def _whole(keys: list[str]) -> list[int]:
    found = []
    for key in keys:
        digits = key.removeprefix("-")
        if digits.isascii() and digits.isdigit() and str(int(key)) == key:
            found.append(int(key))
    return [each for each in found if -(2**63) <= each < 2**63]
