"""Whether what stands in a column is what a record field holds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from connectors.fields import FIELDS, Shape
from connectors.suggest.column import Column
from connectors.suggest.dates import written
from connectors.suggest.meanings import flag_words, known_share
from connectors.words import REGION_PATTERN

Weighed = tuple[float, str]
"""By how much the values bear a guess out (0: not at all, 1: in full), and in what words."""

SAMPLE = 200
_REGION = re.compile(REGION_PATTERN)
_TRACKING = re.compile(r"#?\s*\d{5,20}", re.ASCII)
_LETTERS = re.compile(r"[^\W\d_]{2}")


def weigh(field: str, column: Column) -> Weighed:
    """Say how well what stands in *column* fits the complaints' *field*."""
    if not column.texts and not column.words:
        return (0.1, "empty in the sample") if column.values else _by_type(field, column)
    test = _TESTS.get(field)
    if test is None:
        test = _OF_SHAPE[FIELDS["complaints"][field]]
    return test(column)


def _by_type(field: str, column: Column) -> Weighed:
    shape = FIELDS["complaints"][field]
    fitting: dict[Shape, set[str]] = {
        Shape.MOMENT: {"moment", "day"},
        Shape.FLAG: {"flag"},
        Shape.NUMBER: {"number"},
    }
    if shape in fitting:
        if column.declared in fitting[shape]:
            return 1.0, "of this type"
        return (0.0 if column.declared not in (None, "text") else 0.5), "no values seen"
    return (0.3 if column.declared in ("moment", "day", "flag") else 0.8), "no values seen"


def _moment(column: Column) -> Weighed:
    found = written(column.values[:SAMPLE])
    if found is None:
        return 0.0, "no dates"
    if found.share < 0.9:
        return 0.8, f"{found.share:.0%} of the values are dates"
    return 1.0, "all dates" if found.share == 1 else "nearly all dates"


def _flag(column: Column) -> Weighed:
    words = column.listed()
    if column.declared == "flag" or flag_words(words) is not None:
        return 1.0, "yes or no"
    return (0.7, "few words") if len(words) <= 4 else (0.0, "no flags")


def _number(limit: float) -> Callable[[Column], Weighed]:
    def test(column: Column) -> Weighed:
        for text in column.texts:
            try:
                number = float(text)
            except ValueError:
                return 0.0, "no numbers"
            if not math.isfinite(number) or abs(number) > limit:
                return 0.0, f"beyond {limit:g}"
        return 1.0, "numbers as coordinates have"

    return test


def _id(column: Column) -> Weighed:
    if column.is_unique:
        return 1.0, f"always there, no two alike in {len(column.values)} rows"
    if len(column.counted) > 0.95 * len(column.values):
        return 0.9, "nearly always there, hardly two alike"
    return 0.2, "not always there or often alike"


def _tracking(column: Column) -> Weighed:
    hits = sum(_TRACKING.fullmatch(text) is not None for text in column.texts)
    if hits < 0.9 * len(column.texts):
        return 0.0, "no national numbers"
    return 1.0, "long numbers"


def _words(field: str) -> Callable[[Column], Weighed]:
    def test(column: Column) -> Weighed:
        if not column.has_few_words or column.declared in ("moment", "day"):
            return 0.0 if field in ("kind", "status") else 0.4, "many different words"
        words = column.listed()
        share = known_share(field, words)
        if field == "kind" and share < 0.5:
            return 0.3, "words that are not known as kinds of complaints"
        told = f"{len(words)} words"
        if share > 0:
            told += ", all known" if share == 1 else f", {share:.0%} of them known"
        return 1.0 if share >= 0.5 or field not in ("kind", "status") else 0.85, told

    return test


def _region(column: Column) -> Weighed:
    hits = sum(_REGION.match(text) is not None for text in column.texts)
    if hits < 0.8 * len(column.texts):
        return 0.0, "no Kemendagri codes"
    return 1.0, "Kemendagri codes"


def _text(column: Column) -> Weighed:
    hits = sum(_LETTERS.search(text) is not None for text in column.texts)
    if hits < 0.5 * len(column.texts):
        return 0.3, "hardly a word in it"
    return 1.0, "texts"


_OF_SHAPE: Mapping[Shape, Callable[[Column], Weighed]] = {
    Shape.MOMENT: _moment,
    Shape.FLAG: _flag,
    Shape.TEXT: _text,
    Shape.ID: _id,
    Shape.TRACKING: _tracking,
}
_TESTS: Mapping[str, Callable[[Column], Weighed]] = {
    "latitude": _number(90.0),
    "longitude": _number(180.0),
    "region": _region,
    **{name: _words(name) for name in ("status", "kind", "category", "channel", "agency")},
}
