"""What can be told of the dates of one field that cannot be read: how they seem to be written."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.contract.query import UnreadDates
from connectors.moments import moment_reader
from connectors.rules import Rule
from connectors.suggest.dates import written
from connectors.suggest.meanings import NULLS
from connectors.words import BAD, fold, word

_LONGEST_MARK = len("0000-00-00 00:00:00")


def unread_dates(rule: Rule, values: Sequence[object]) -> UnreadDates | None:
    """Look at those of the *values* that *rule* cannot read; None if it reads them all."""
    read = moment_reader(rule.form, rule.zone, rule.nulls)
    known = [value for value in values if value is not None]
    unread = [value for value in known if read(value) is BAD]
    if not unread:
        return None
    marked = [text for value in unread if _is_mark(text := word(value))]
    rest = [value for value in unread if not _is_mark(word(value))]
    form = written(rest)
    return UnreadDates(
        count=len(unread),
        among=len(known),
        forms=() if form is None or form.forms == (rule.form,) else form.forms,
        in_doubt=None if form is None else form.in_doubt,
        marks=tuple(sorted(set(marked))),
        marked=len(marked),
    )


def _is_mark(text: str) -> bool:
    """Say whether *text* stands for nothing: a word for it, or signs and zeros alone."""
    signs = len(text) <= _LONGEST_MARK and all(not each.isalnum() or each == "0" for each in text)
    return signs or fold(text) in NULLS
