"""What `sources check` notes beside a state that is fine: how settings may be wrong after all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from connectors.check_losses import losses
from connectors.contract.capabilities import Collection
from connectors.contract.filters import Value
from connectors.contract.query import Page, Survey
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.did_you_mean import did_you_mean
from connectors.fields import FIELDS, UNKNOWN_WORD, Shape

WhyHidden = Callable[[Source, ComplaintRecord], str | None]
"""Says in a word why the public does not see a record of a source, None of one that it sees."""


def notes(
    source: Source, collection: str, page: Page, why_hidden: WhyHidden, *, any_national: bool
) -> Iterator[str]:
    """Give what there is to say about *page*, one line each.

    *any_national*: one of the sources holds the national numbers.
    """
    survey = page.survey or Survey()
    for name, path in survey.absent.items():
        yield _absent(collection, name, path, survey)
    if survey.untold is not None:
        yield f"`{survey.untold}` (total) is not in its answer; hint: compare it with one"
    yield from losses(page)
    if survey.zoneless:
        yield zoneless_note(survey.zoneless)
    complaints = [row for row in page.rows if isinstance(row, ComplaintRecord)]
    # Beside a national number a row speaks of the complaint of the national source.
    listed = [row for row in complaints if source.national or row.tracking_id is None]
    if hidden := _counted(why_hidden(source, row) for row in listed):
        yield _hidden(hidden, len(listed), source.connector.capabilities.collections[collection])
    if len(listed) < len(complaints):
        parts = [row for row in complaints if row.tracking_id is not None]
        hidden = _counted(why_hidden(source, row) for row in parts)
        yield _parts(hidden, len(parts), len(complaints), any_national=any_national)


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


def _counted(reasons: Iterable[str | None]) -> Mapping[str, int]:
    return Counter(each for each in reasons if each is not None)


def _written(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{each} ({number})" for each, number in sorted(counts.items()))


def _hidden(hidden: Mapping[str, int], count: int, can: Collection) -> str:
    shown = count - sum(hidden.values())
    told = f"the public would be shown {shown} of {count}: {_written(hidden)}"
    hints = _hints(can)
    return f"{told}; hint: {'; '.join(hints)}" if hints else told


def _parts(hidden: Mapping[str, int], count: int, of: int, *, any_national: bool) -> str:
    told = f"{count} of {of} rows carry a national number and are not listed by themselves"
    if not any_national:
        return f"{told}: they are shown nowhere, for no source here is national"
    told = f"{told}: shown with the national complaint of that number, nowhere without it"
    return f"{told}; never shown: {_written(hidden)}" if hidden else told


def _hints(can: Collection) -> Sequence[str]:
    """Say what to map, where for want of it no row at all can be shown."""
    found = []
    if can.codomains.get("secret") == frozenset[Value]({True}):
        found.append("map `secret`, or set public_only = true if nothing in it is secret")
    if can.codomains.get("status") == frozenset[Value]({UNKNOWN_WORD}):
        found.append("map `status`")
    return found
