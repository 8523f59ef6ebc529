"""What `sources check` notes beside a state that is fine: how settings may be wrong after all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from connectors.contract.capabilities import Collection
from connectors.contract.filters import Value
from connectors.contract.query import Page, Survey
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.did_you_mean import did_you_mean
from connectors.fields import FIELDS, UNKNOWN_WORD, Shape

WhyHidden = Callable[[Source, ComplaintRecord], str | None]
"""Says in a word why the public does not see a record of a source, None of one that it sees."""


def notes(source: Source, collection: str, page: Page, why_hidden: WhyHidden) -> Iterator[str]:
    """Give what there is to say about *page*, one line each."""
    survey = page.survey or Survey()
    for name, path in survey.absent.items():
        yield _absent(collection, name, path, survey)
    if survey.untold is not None:
        yield f"`{survey.untold}` (total) is not in its answer; hint: compare it with one"
    if survey.zoneless:
        yield zoneless_note(survey.zoneless)
    complaints = [row for row in page.rows if isinstance(row, ComplaintRecord)]
    can = source.connector.capabilities.collections[collection]
    hidden: dict[str, int] = {}
    for row in complaints:
        if why := why_hidden(source, row):
            hidden[why] = hidden.get(why, 0) + 1
    if hidden:
        yield _hidden(hidden, len(complaints), can)


def zoneless_note(count: int) -> str:
    """Say that *count* dates name no zone and nobody said whose clock they follow."""
    dates = "date" if count == 1 else "dates"
    return f"{count} {dates} without a zone read as UTC; hint: set time_zone"


def _absent(collection: str, name: str, path: str, survey: Survey) -> str:
    told = f"`{path}` ({name}) is in none of {survey.rows} rows"
    hint = did_you_mean(path, survey.paths)
    if (hint is None or "did you mean" not in hint) and FIELDS[collection].get(name) is Shape.CODE:
        hint = f'what is the same for all rows is written {{ value = "{path}" }}'
    return told if hint is None else f"{told}; hint: {hint}"


def _hidden(hidden: Mapping[str, int], count: int, can: Collection) -> str:
    why = ", ".join(f"{each} ({number})" for each, number in sorted(hidden.items()))
    told = f"the public would be shown {count - sum(hidden.values())} of {count}: {why}"
    hints = _hints(can)
    return f"{told}; hint: {'; '.join(hints)}" if hints else told


def _hints(can: Collection) -> Sequence[str]:
    """Say what to map, where for want of it no row at all can be shown."""
    found = []
    if can.codomains.get("secret") == frozenset[Value]({True}):
        found.append("map `secret`, or set public_only = true if nothing in it is secret")
    if can.codomains.get("status") == frozenset[Value]({UNKNOWN_WORD}):
        found.append("map `status`")
    return found
