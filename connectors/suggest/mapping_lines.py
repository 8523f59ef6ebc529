"""Write a mapping: a line for each field, with the reason and how sure it is."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from connectors.fields import FIELDS, Shape
from connectors.settings_reader import LEFT_OPEN
from connectors.suggest import toml_text as toml
from connectors.suggest.assign import Assigned, Guess
from connectors.suggest.code_tables import MUST_MEAN, has_known_words, is_told
from connectors.suggest.column import Column
from connectors.suggest.dates import Written, written
from connectors.suggest.evidence import SAMPLE
from connectors.suggest.meanings import NULLS, flag_words
from connectors.words import FALSE_WORDS, fold

_SHAPES = FIELDS["complaints"]
_CODED = ("status", "kind", "category", "channel", "agency")


@dataclass(slots=True)
class Mapping:
    """The lines of a mapping, and what they need elsewhere."""

    lines: list[str] = field(default_factory=list)
    coded: dict[str, Guess] = field(default_factory=dict)
    """Fields that have a code table."""
    clocks: dict[str, bool | None] = field(default_factory=dict)
    """Column by column, whether its dates say their own zone; None: no date was seen."""

    @property
    def needs_zone(self) -> bool:
        """There are times without a zone, or may be, for all that was seen."""
        told = set(self.clocks.values())
        return False in told or told == {None}

    @property
    def without_zone(self) -> list[str]:
        """The columns that a zone is asked for, where others need none; else nothing."""
        if True not in self.clocks.values():
            return []
        return [path for path, told in self.clocks.items() if not told]


def mapping_lines(assigned: Assigned, *, time_needed: bool) -> Mapping:
    """Write the mapping of what was *assigned*."""
    found = Mapping()
    for name in _SHAPES:
        guess = assigned.guesses.get(name)
        if guess is not None:
            found.lines.append(_field(name, guess, found, time_needed=time_needed))
        elif name in _MISSING:
            found.lines.append(_missing(name, assigned))
    found.lines += _withheld(assigned)
    found.lines += _left(assigned)
    return found


def _field(name: str, guess: Guess, into: Mapping, *, time_needed: bool) -> str:
    shape, path = _SHAPES[name], toml.text(guess.column.path)
    why = f"{guess.mark}: {guess.why}"
    if shape is Shape.MOMENT:
        return _moment(name, guess, why, into, needed=time_needed and name == "submitted_at")
    if shape is Shape.FLAG:
        return toml.line(name, _flag(path, guess), why)
    if name == "region":
        return toml.line(name, f'{{ path = {path}, form = "region" }}', why)
    if name in _CODED:
        return _coded(name, guess, path, why, into)
    return toml.line(name, path, why)


def _moment(name: str, guess: Guess, why: str, into: Mapping, *, needed: bool) -> str:
    form = written(guess.column.values[:SAMPLE])
    more = ", required = true" if needed else ""
    path = toml.text(guess.column.path)
    if form is None:
        # Only a description was read: the standard way is the likeliest.
        into.clocks[guess.column.path] = _clock(guess.column)
        return toml.line(name, f"{{ path = {path}{more} }}" if more else path, why)
    into.clocks[guess.column.path] = form.has_zone
    if form.in_doubt is not None:
        why = f"a guess: {guess.why}; {form.in_doubt}"
    if form.forms != ("iso",):
        more = f", format = {_format(form)}{more}"
    return toml.line(name, f"{{ path = {path}{more} }}" if more else path, why)


def _clock(column: Column) -> bool | None:
    """Say by its type alone whether a column's dates name their zone; None if it does not tell."""
    return False if column.declared == "day" else column.zoned


def _format(form: Written) -> str:
    return toml.text(form.forms[0]) if len(form.forms) == 1 else toml.texts(form.forms)


def _flag(path: str, guess: Guess) -> str:
    words = [each for each in guess.column.listed() if fold(each) not in NULLS]
    if not words or guess.column.declared == "flag":
        return path
    told = flag_words(words)
    if told is None:
        return f'{{ path = {path}, true = ["{LEFT_OPEN}"], false = ["{LEFT_OPEN}"] }}'
    if all(map(_is_no, told[1])):
        return path
    return f"{{ path = {path}, true = {toml.texts(told[0])}, false = {toml.texts(told[1])} }}"


def _is_no(own: str) -> bool:
    return fold(own) in FALSE_WORDS


def _coded(name: str, guess: Guess, path: str, why: str, into: Mapping) -> str:
    value = f"{{ path = {path}, codes = {toml.text(name)} }}"
    if not is_told(guess.column):
        return toml.line(
            name,
            value,
            f"{guess.mark}: {guess.why}; its words need a table, best in a CSV file",
            off=True,
        )
    into.coded[name] = guess
    off = name not in MUST_MEAN and not has_known_words(name, guess.column)
    return toml.line(
        name, value, f"{why}; switch it on with its table below" if off else why, off=off
    )


_MISSING = ("local_id", "kind", "title", "submitted_at", "secret", "status")


def _missing(name: str, assigned: Assigned) -> str:
    if name == "kind":
        why = "a guess: nothing tells complaints from aspirations and questions"
        return toml.line(name, '{ value = "COMPLAINT" }', why)
    category = assigned.guesses.get("category")
    if name == "title" and category is not None:
        why = "a guess: nothing is called a title"
        return toml.line(name, toml.text(category.column.path), why)
    if name in ("local_id", "submitted_at"):
        return toml.line(name, '"?"', "left to you: no column looks like it")
    if name == "secret":
        return "# secret: no column says which rows are secret; see `public_only` above"
    return toml.line(name, '"…"', "no column looks like it", off=True)


def _withheld(assigned: Assigned) -> list[str]:
    lines = []
    for path, found in assigned.personal.items():
        if found == "other":
            lines.append(f"# not taken, it is of a person: {toml.comment(path)}")
        else:
            why = "not taken, it is of a person: switch it on only if it has to be shown"
            lines.append(toml.line(found, toml.text(path), why, off=True))
    return lines


def _left(assigned: Assigned) -> list[str]:
    names = ", ".join(toml.text(each.path) for each in assigned.left)
    return (
        textwrap.wrap(
            f"not taken: {names}",
            98,
            initial_indent="# ",
            subsequent_indent="#   ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        if names
        else []
    )
