"""One reading function for each rule: from a foreign value to a canonical one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from connectors.contract.vocabulary import ComplaintStatus
from connectors.fields import VOCABULARIES
from connectors.moments import date_reader
from connectors.rules import Rule, Rules
from connectors.tally import Tally
from connectors.words import (
    BAD,
    Bad,
    coordinate,
    flag,
    fold,
    lies_in,
    readable,
    region_code,
    tracking_number,
    word,
)

Coded = tuple[str | None, str | None]
"""A canonical word, and the source's own."""
ReadCode = Callable[[object, Tally], Coded]

NOTHING_CODED: Final[Coded] = (None, None)
_REMEMBERED: Final = 20_000
"""Different words remembered for one field: more would be no codes but free text."""


def code_reader(
    rule: Rule, rules: Rules, remembered: dict[str | None, Coded] | None = None
) -> ReadCode:
    """Give the function that reads a code, and counts it if no table knows it.

    What words and null mean is written into *remembered*, for those who look there first.
    """
    nothing: Coded = (_unmapped(rule), None)
    resolve = code_meaning(rule, rules)
    remembered = {} if remembered is None else remembered
    remembered[None] = nothing

    def slowly(value: object, tally: Tally) -> Coded:
        text = word(value)
        known = remembered.get(text)
        if known is None:
            if not text or fold(text) in rule.nulls:
                return nothing
            canonical = resolve(text)
            if canonical is None:
                tally.note_unknown(rule.field, text)
                return nothing[0], text
            known = (canonical, text)
            if len(remembered) < _REMEMBERED:
                remembered[text] = known
        return known

    def read(value: object, tally: Tally) -> Coded:
        if value is None:
            return nothing
        if value.__class__ is str:
            known = remembered.get(value)
            if known is not None:
                return known
        return slowly(value, tally)

    return read


def text_reader(rule: Rule) -> Callable[[object], str | None]:
    """Give the function that reads a text for people."""
    if not rule.nulls:
        return readable
    is_null = _null_test(rule)

    def read(value: object) -> str | None:
        text = readable(value)
        return None if text is None or is_null(text) else text

    return read


def _null_test(rule: Rule) -> Callable[[str], bool]:
    nulls = rule.nulls
    # Long texts are told apart by their length; a word for null may have blanks around it.
    longest = 4 * max(map(len, nulls)) + 16
    return lambda text: len(text) <= longest and fold(text) in nulls


def tracking_reader(rule: Rule) -> Callable[[object], str | Bad | None]:
    """Give the function that reads a national number."""
    nulls = bare_nulls(rule)
    return lambda value: tracking_number(value, nulls)


def bare_nulls(rule: Rule) -> frozenset[str]:
    """Give the words for null as they are compared with a national number: without blanks."""
    return frozenset("".join(each.split()) for each in rule.nulls)


def flag_reader(rule: Rule) -> Callable[[object], bool | Bad | None]:
    """Give the function that reads a flag."""
    words = dict.fromkeys(rule.true_words, True) | dict.fromkeys(rule.false_words, False)

    def read(value: object) -> bool | Bad | None:
        found = flag(value, words)
        return None if found is BAD and fold(word(value)) in rule.nulls else found

    return read


def number_reader(rule: Rule) -> Callable[[object], float | Bad | None]:
    """Give the function that reads a latitude or longitude."""
    limit = 90.0 if rule.field == "latitude" else 180.0

    def read(value: object) -> float | Bad | None:
        found = coordinate(value, limit)
        return None if found is BAD and fold(word(value)) in rule.nulls else found

    return read


def day_reader(rule: Rule) -> Callable[[object], date | Bad | None]:
    """Give the function that reads a day."""
    return date_reader(rule.form, rule.nulls)


def codes_reader(rule: Rule, rules: Rules) -> Callable[[object, Tally], tuple[str, ...]]:
    """Give the function that reads several codes out of one text or list."""
    read_one = code_reader(rule, rules)

    def read(value: object, tally: Tally) -> tuple[str, ...]:
        parts = value if isinstance(value, list) else word(value).split(rule.separator)
        found = (read_one(part, tally)[0] for part in parts)
        return tuple(code for code in found if code is not None)

    return read


def _unmapped(rule: Rule) -> str | None:
    return ComplaintStatus.UNKNOWN.value if rule.field == "status" else None


def code_meaning(rule: Rule, rules: Rules) -> Callable[[str], str | None]:
    """Give the function from a source's word to the canonical one, None if it is unknown."""
    vocabulary = VOCABULARIES.get((rules.collection, rule.field))
    table = rule.codes
    regions = rules.regions if rule.field == "region" else ()
    if rule.region or regions:

        def resolve_region(text: str) -> str | None:
            meaning = table.meaning(text) if table is not None else text
            code = region_code(meaning) if rule.region and meaning is not None else meaning
            return code if code is not None and lies_in(code, regions) else None

        return resolve_region
    if table is not None:
        return table.meaning
    if vocabulary is not None:
        words = frozenset(member.value for member in vocabulary)
        return lambda text: text if text in words else None
    return lambda text: text
