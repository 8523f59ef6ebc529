"""What `sources check` notes of a page of which many rows are rejected, or lose the same field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from connectors.contract.code_shape import is_code
from connectors.contract.query import Page, Survey, UnreadDates
from connectors.suggest import toml_text as toml

_MANY, _SHARE = 2, 0.1
"""So many rows, and such a share of them, are no accident of a row."""

_NOTHING_LOST = frozenset({"SUBMITTED_AT_MISSING", "NEGATIVE_DURATION", "DUPLICATE_ID"})
_HINTS: Mapping[str, str] = {
    "NOT_AN_OBJECT": "does `rows` lead to the list of complaints?",
    "NO_DATE": "map a date that every row has",
    "BAD_DATE": "set `format` to how it is written",
    "BAD_TRACKING_ID": "set `nulls` to what stands there for none; is it the national number?",
    "BAD_FLAG": "set `true` and `false` to its words for yes and no",
    "BAD_NUMBER": "it is read in degrees with a decimal point; compare its path with a row",
    "MISSING": "map what every row has",
}
_MOST_MARKS = 5


def losses(page: Page) -> Iterator[str]:
    """Say for what reasons many rows of *page* are rejected or lose a field, each with a hint."""
    survey = page.survey or Survey()
    received = max(survey.rows, len(page.rows) + sum(page.rejected.values()))
    for code, count in sorted(page.rejected.items()):
        if _is_many(count, received) and _field_of(code) not in survey.absent:
            yield _note(f"{count} of {received} rows are rejected", code, survey)
    repaired = Counter(each for row in page.rows for each in getattr(row, "warnings", ()))
    for code, count in sorted(repaired.items()):
        if code not in _NOTHING_LOST and _is_many(count, len(page.rows)):
            lost = _field_of(code) if is_code(code) else "a field"
            yield _note(f"{count} of {len(page.rows)} rows lose {lost}", code, survey)


def _is_many(count: int, among: int) -> bool:
    return count >= _MANY and count >= _SHARE * among


def _field_of(code: str) -> str:
    return code.partition(":")[2]


def _note(told: str, code: str, survey: Survey) -> str:
    kind, field = code.partition(":")[::2]
    hint = _HINTS.get(kind)
    if kind == "NO_DATE":
        dates = [f"of {name} {_date_hint(found)}" for name, found in survey.unread.items()]
        hint = "; ".join(dates) or hint
    elif field in survey.unread:
        hint = _date_hint(survey.unread[field])
    told += f": {code}" if is_code(code) else " for a reason that has no code"
    return told if hint is None else f"{told}; hint: {hint}"


def _date_hint(found: UnreadDates) -> str:
    hints = [] if found.count == found.marked else [_format(found)]
    if found.marks:
        hints.append(f"add {toml.texts(found.marks[:_MOST_MARKS])} to `nulls`")
    return ", ".join(hints)


def _format(found: UnreadDates) -> str:
    forms, others = found.forms, found.count < found.among
    if not forms or (others and not all("%" in each for each in forms)):
        return _HINTS["BAD_DATE"]
    if others:
        told = f"set `format` to a list of {toml.texts(forms)[1:-1]} and how the others are written"
    else:
        told = f"set `format = {toml.text(forms[0]) if len(forms) == 1 else toml.texts(forms)}`"
    return told if found.in_doubt is None else f"{told} ({found.in_doubt})"
