"""One SQL expression for each mapped field: the value that the mapping gives.

Every expression agrees with `connectors.words`, `connectors.codes` and `connectors.moments`:
the same characters are trimmed, the same case is folded, the same dates stand in for a missing one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.contract.filters import Value
from connectors.fields import VOCABULARIES, Shape
from connectors.moments import steady_offset, to_local
from connectors.readers import bare_nulls, code_meaning
from connectors.rules import Rule, Rules
from connectors.sql_dialect import POSTGRES, Dialect, texts
from connectors.words import (
    BLANKS,
    CONTROLS,
    REGION_PATTERN,
    TRACKING_DIGITS,
    fold,
    word,
)

WHOLE = frozenset({"int2", "int4", "int8"})
TEXTS = frozenset({"text", "varchar", "bpchar", "name", "citext"})
DATES = frozenset({"date", "timestamp", "timestamptz"})


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
    sql: Dialect = POSTGRES

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
        if self.naive:
            return to_local(moment, self.rules.moments()[0].zone)
        return self.sql.absolute_param(moment)

    def column(self, rule: Rule) -> str:
        """Give the rule's column."""
        return f"t.{self.sql.name(str(rule.path))}"

    def type_of(self, rule: Rule) -> str:
        """Give the type of the rule's column."""
        return self.types[str(rule.path)]

    def local_id(self) -> str:
        """Give the row's id as a text, compared byte by byte."""
        return self.sql.bytewise(self.as_text(self.rules.rules["local_id"]))

    def word(self, rule: Rule) -> str:
        """Give the column as `words.word` reads it."""
        if self.clean:
            return self.as_text(rule)
        return self.sql.trimmed(self.sql.without(self._text(rule), CONTROLS), BLANKS)

    def as_text(self, rule: Rule) -> str:
        """Give the column as a text, as it stands."""
        return self.sql.as_it_stands(self.column(rule), self.type_of(rule))

    def tracking(self, rule: Rule) -> str:
        """Give the national number as `words.tracking_number` reads it."""
        if self.clean:
            return self.sql.fitting(self.as_text(rule), f"^#?([0-9]{{1,{TRACKING_DIGITS}}})$")
        bare = self.sql.without(self._text(rule), "#" + BLANKS + CONTROLS)
        return self.sql.fitting(bare, f"^[0-9]{{1,{TRACKING_DIGITS}}}$")

    def untracked(self, rule: Rule) -> str:
        """Give the condition that there is no national number, not even an unreadable one."""
        noise = "#" if self.clean else "#" + BLANKS + CONTROLS
        bare = self.sql.without(self._text(rule), noise)
        nulls = texts(self.sql, ("", *sorted(bare_nulls(rule))))
        return f"({self.as_text(rule)} IS NULL OR {self.sql.lowered(bare)} IN {nulls})"

    def plain_code(self, rule: Rule) -> str:
        """Give a code that no table maps: null if it is empty or a word for null."""
        sql = self.sql
        written = self.word(rule)
        if self.clean and rule.region:
            return sql.dotted(written)
        if rule.region:
            written = self._region(written)
        elif rule.nulls:
            nulls = texts(sql, sorted(rule.nulls))
            written = f"CASE WHEN {self._fold(written)} IN {nulls} THEN NULL ELSE {written} END"
        if rule.field == "region" and self.rules.regions:
            inside = " OR ".join(
                f"({written}) = {sql.literal(top)} OR ({written}) LIKE {sql.literal(top + '.%')}"
                for top in self.rules.regions
            )
            if rule.region:
                tops = {top[:2] for top in self.rules.regions}
                if all(len(top) == 2 for top in self.rules.regions):
                    inside = f"left({written}, 2) IN {texts(sql, sorted(tops))}"
            written = f"CASE WHEN {inside} THEN {written} END"
        return sql.bytewise(f"NULLIF({written}, '')")

    def coded(self, rule: Rule) -> Coded | None:
        """Give how a column with a code table is compared; None if it has none."""
        meanings = meanings_of(rule, self.rules, as_written=self.clean)
        if meanings is None:
            return None
        if self.type_of(rule) in WHOLE:
            return Coded(self.column(rule), "bigint", meanings)
        written = self.word(rule)
        exact = self.clean or rule.codes is None or rule.codes.exact
        return Coded(written if exact else self._fold(written), "text", meanings)

    def flag(self, rule: Rule) -> str:
        """Give a flag as `words.flag` reads it, and what it counts as where it is missing."""
        column = self.column(rule)
        if self.type_of(rule) != "bool":
            folded = self._fold(self.word(rule))
            column = (
                f"CASE WHEN {folded} IN {texts(self.sql, rule.true_words)} THEN TRUE "
                f"WHEN {folded} IN {texts(self.sql, rule.false_words)} THEN FALSE END"
            )
        missing = self.rules.missing_flag(rule.field)
        return column if missing is None else f"COALESCE({column}, {str(missing).upper()})"

    def moment(self, rule: Rule) -> str:
        """Give a mapped date: within the calendar, converted if the dates have to be."""
        return self.sql.reference("dates", str(rule.path), self._date(rule))

    def shown_moment(self, rule: Rule) -> str:
        """Select a mapped date under its column's name."""
        return self.sql.shown(self.moment(rule), str(rule.path))

    def known_moment(self, field: str) -> str:
        """Give a date as the record holds it: for the two that are never null, what stands in."""
        rule = self.rules.rules.get(field)
        if rule is not None and rule.required and self.sql.bare_dates:
            # Bare, so that an index on the column can be used.
            return self._converted(rule, self.column(rule))
        if field in ("submitted_at", "updated_at"):
            return self.sql.reference("known", field, self._stand_in(field))
        return self.sql.no_moment if rule is None else self.moment(rule)

    def source_of_rows(self, table: str) -> str:
        """Give what stands after FROM: the table, its dates within the calendar, what stands in."""
        dates = {str(rule.path): self._date(rule) for rule in self.rules.moments()}
        known = {field: self._stand_in(field) for field in ("submitted_at", "updated_at")}
        return self.sql.source_of_rows(table, dates, known)

    def _date(self, rule: Rule) -> str:
        column = self.column(rule)
        return self._converted(rule, column if self.clean else self.sql.within_calendar(column))

    def _converted(self, rule: Rule, value: str) -> str:
        if self.naive:
            return self.sql.local(value, self.type_of(rule))
        return self.sql.absolute(value, self.type_of(rule), rule.zone)

    def _stand_in(self, field: str) -> str:
        rules = {rule.field: rule for rule in self.rules.moments()}
        others = [self.moment(each) for other, each in rules.items() if other != field]
        parts = [self.moment(rules[field])] if field in rules else []
        if others:
            choose = self.sql.earliest if field == "submitted_at" else self.sql.latest
            parts.append(choose(others))
        return f"COALESCE({', '.join(parts)})"

    def _text(self, rule: Rule) -> str:
        return self.sql.text(self.column(rule), self.type_of(rule))

    def _fold(self, written: str) -> str:
        return self.sql.lowered(self.sql.trimmed(self.sql.spaced(written), " "))

    def _region(self, written: str) -> str:
        digits = self.sql.without(written, ".")
        parts = ((1, 2), (3, 2), (5, 2), (7, 4))
        dotted = ", ".join(f"NULLIF(substr({digits}, {at}, {size}), '')" for at, size in parts)
        fits = self.sql.fits(written, REGION_PATTERN)
        return f"CASE WHEN {fits} THEN concat_ws('.', {dotted}) END"


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
    if any(not each.isascii() for each in (*rule.nulls, *rule.true_words, *rule.false_words)):
        return False
    meanings = meanings_of(rule, rules) if rule.shape is Shape.CODE else None
    folded = rule.codes is not None and not rule.codes.exact
    return not (folded and meanings and any(not key.isascii() for key in meanings))


def usable_text(value: Value) -> bool:
    """Say whether the database could hold *value* at all."""
    return isinstance(value, str) and "\0" not in value and value.isprintable()


def _whole(keys: list[str]) -> list[int]:
    found = []
    for key in keys:
        digits = key.removeprefix("-")
        if digits.isascii() and digits.isdigit() and str(int(key)) == key:
            found.append(int(key))
    return [each for each in found if -(2**63) <= each < 2**63]
