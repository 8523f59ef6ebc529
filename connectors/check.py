"""Ask every source for one page of each collection, and tell what came of it.

What happened to complaints is asked of some that were on the page before.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from msgspec.structs import replace

from connectors.check_codes import strange_codes
from connectors.check_notes import WhyHidden, notes
from connectors.contract.errors import (
    Malformed,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    Unavailable,
)
from connectors.contract.filters import one_of
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source

_HINTS: Mapping[type[SourceError], str] = {
    Unavailable: "is it running, and is its address or path right?",
    TimedOut: "is it reachable from here? raise time_limit if it is slow by nature",
    RateLimited: "lower concurrency, or ask its owner for a larger quota",
    Refused: "compare credentials, paths and parameters with its documentation",
    Malformed: "compare `rows`, `total`, `page` and the mapping with an answer of it",
}

_COMPLAINTS = 10
"""Complaints whose steps are asked for: some sources are asked once for each of them."""


ToldOf = Callable[[Source, str, Page], Iterator[str]]
"""Gives the notes on a page of a source's collection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one collection of one source answered."""

    source: str
    collection: str
    milliseconds: float
    rows: int = 0
    """Records on the page."""
    total: int | None = None
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Reason to number of rows."""
    unknown: Mapping[str, int] = field(default_factory=dict)
    """`field: word` to number of rows."""
    warnings: Mapping[str, int] = field(default_factory=dict)
    """What the mapping had to repair, and how often."""
    notes: Sequence[str] = ()
    """What may be wrong in the settings though the source answers, each with what to do."""
    error: str | None = None
    hint: str | None = None

    @property
    def fine(self) -> bool:
        """It answered, and with rows that can be used."""
        return self.error is None and (self.rows > 0 or not self.rejected)


def _shown(_source: Source, _record: ComplaintRecord) -> None:
    return None


async def check_sources(
    sources: Iterable[Source], rows: int = 100, why_hidden: WhyHidden = _shown
) -> tuple[Checked, ...]:
    """Ask all *sources* at once, each for a page of at most *rows* rows; raises nothing.

    Reference data that codes can be held against are read whole.

    *why_hidden* knows what the public may see.
    """
    asked = list(sources)

    pages: dict[tuple[str, str], Page] = {}

    def told_of(source: Source, collection: str, page: Page) -> Iterator[str]:
        pages[source.name, collection] = page
        any_national = any(each.national for each in asked)
        return notes(source, collection, page, why_hidden, any_national=any_national)

    found = await asyncio.gather(*(_check_all(source, rows, told_of) for source in asked))
    strange = await strange_codes(asked, pages)
    return tuple(
        dataclasses.replace(
            each, notes=(*each.notes, *strange.get((each.source, each.collection), ()))
        )
        for of_one in found
        for each in of_one
    )


async def _check_all(source: Source, rows: int, told_of: ToldOf) -> list[Checked]:
    """Ask for each collection, and last for the steps of complaints that were on a page."""
    ids: list[str] = []

    async def check(collection: str) -> Checked:
        answer, checked = await _check(source, _question(source, collection, rows, ids), told_of)
        if answer is not None:
            ids.extend(row.local_id for row in answer.rows if isinstance(row, ComplaintRecord))
        return checked

    names = list(source.connector.capabilities.collections)
    others = [name for name in names if name != "events"]
    told = dict(zip(others, await asyncio.gather(*map(check, others)), strict=True))
    if "events" in names:
        told["events"] = await check("events")
    return [told[name] for name in names]


async def _check(
    source: Source, query: SourceQuery, told_of: ToldOf
) -> tuple[Page | None, Checked]:
    began = perf_counter()
    collection = query.collection
    error: SourceError
    try:
        async with asyncio.timeout(source.time_limit):
            page = await source.connector.fetch(query)
        page = await _looked_for(source, query, page)
    except SourceError as found:
        error = found
    except TimeoutError:
        error = TimedOut(source.name, f"no answer within {source.time_limit:g} s")
    else:
        return page, Checked(
            source=source.name,
            collection=collection,
            milliseconds=_milliseconds(began),
            rows=len(page.rows),
            total=page.total,
            rejected=page.rejected,
            unknown=page.unknown,
            warnings=_counted(page.rows),
            notes=tuple(told_of(source, collection, page)),
        )
    # Who found a mistake may know better what to do than its kind tells.
    message, _, hint = error.message.partition("; hint: ")
    return None, Checked(
        source=source.name,
        collection=collection,
        milliseconds=_milliseconds(began),
        error=f"{error.reason or error.code}: {message}",
        hint=hint or _hint(error),
    )


async def _looked_for(source: Source, query: SourceQuery, page: Page) -> Page:
    """Give *page* without a total untold if its source tells it when it is asked to count."""
    survey = page.survey
    if survey is None or survey.untold is None or not survey.told_if_counted:
        return page
    try:
        async with asyncio.timeout(source.time_limit):
            await source.connector.count(query)
    except (SourceError, TimeoutError):
        return page
    return replace(page, survey=replace(survey, untold=None))


def _question(source: Source, collection: str, rows: int, ids: Sequence[str]) -> SourceQuery:
    if collection != "events":
        return SourceQuery(collection=collection, limit=rows, survey=True)
    # Steps are asked for by their complaints; without any, by one that there cannot be.
    can = source.connector.capabilities.collections[collection]
    most = min(
        (each.max_values or _COMPLAINTS for each in can.operators.get("complaint", ())),
        default=_COMPLAINTS,
    )
    where = one_of("complaint", ids[: min(most, _COMPLAINTS)] or ["0"])
    return SourceQuery(collection=collection, where=where, survey=True)


def _milliseconds(began: float) -> float:
    return round((perf_counter() - began) * 1000, 1)


def _counted(records: Iterable[object]) -> dict[str, int]:
    found: dict[str, int] = {}
    for record in records:
        for warning in getattr(record, "warnings", ()):
            found[warning] = found.get(warning, 0) + 1
    return found


def _hint(error: SourceError) -> str | None:
    return next((hint for kind, hint in _HINTS.items() if isinstance(error, kind)), None)
