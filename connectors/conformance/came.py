"""What came of the rows that a probe read: how many, how many of them of no use, and why.

For the owner of the source there are codes, fields and numbers.  The words that no table knows may
hold anything, names of people too: whoever writes the tables is told them apart from the report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from connectors.contract.query import Page
from connectors.told_words import printable

_CODE = re.compile(r"[A-Z_]{1,40}(:[a-z_.]{1,40})?", re.ASCII)
_MEANINGS: Mapping[str, str] = {
    "NOT_AN_OBJECT": "it is no object",
    "MISSING": "there is no {}",
    "NO_DATE": "it has no date that can be read",
    "BAD_DATE": "{} cannot be read as a date",
    "BAD_TRACKING_ID": "its national number cannot be read",
    "BAD_ID": "its id has a character that cannot be read",
    "DUPLICATE_ID": "another row has its id",
    "SUBMITTED_AT_MISSING": "its earliest other date stands in for that of its submission",
    "NEGATIVE_DURATION": "it was closed before it was submitted",
    "BAD_FLAG": "{} is neither yes nor no",
    "BAD_NUMBER": "{} is no number that it can be",
}
_MOST_WORDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """The rows that were read to compare with."""

    received: int = 0
    used: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Reason to number of rows that could not be used."""
    repaired: Mapping[str, int] = field(default_factory=dict)
    """Warning to number of rows that could, but for something in them."""
    unknown: Mapping[str, int] = field(default_factory=dict)
    """`field: word` to number of rows: what no table knows."""


def came(pages: Sequence[Page]) -> Came:
    """Add up what *pages* say of themselves."""
    rejected: Counter[str] = Counter()
    repaired: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for page in pages:
        rejected.update(page.rejected)
        unknown.update(page.unknown)
        for row in page.rows:
            repaired.update(getattr(row, "warnings", ()))
    used = sum(len(page.rows) for page in pages)
    received = max(sum(page.received for page in pages), used + sum(rejected.values()))
    return Came(received=received, used=used, rejected=rejected, repaired=repaired, unknown=unknown)


def told_to_owner(of: Came) -> Iterator[str]:
    """Give lines of Markdown, without a value of a row."""
    told = f"{of.received} rows came, {of.used} can be used"
    yield f"* {told}, {sum(of.rejected.values())} were rejected."
    for title, counts in (("Rejected", of.rejected), ("Used, but", of.repaired)):
        for code, count in sorted(counts.items()):
            yield f"* {title}: {_explained(code)}: {count}."
    words: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for word, count in of.unknown.items():
        name = word.partition(":")[0]
        words[name] += 1
        rows[name] += count
    for name, count in sorted(words.items()):
        of_it = "word" if count == 1 else "different words"
        yield f"* In no table of ours (`{name}`): {count} {of_it}, in {rows[name]} rows."


def told_to_operator(of: Came) -> Iterator[str]:
    """Give the words that no table knows, one a line: as `sources check` tells those of a page."""
    for told, count in islice(sorted(of.unknown.items()), _MOST_WORDS):
        yield f"unknown: {printable(told)} ({count})"
    if len(of.unknown) > _MOST_WORDS:
        yield f"unknown: {len(of.unknown) - _MOST_WORDS} more words"


def _explained(code: str) -> str:
    if not _CODE.fullmatch(code):
        return "for a reason that has no code"
    name, _, of = code.partition(":")
    meaning = _MEANINGS.get(name)
    return f"`{code}`" if meaning is None else f"`{code}` ({meaning.format(of or 'it')})"
