"""Ask every source for one page of each collection, and tell what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from connectors.check_notes import WhyHidden, notes
from connectors.contract.errors import (
    Malformed,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    Unavailable,
)
from connectors.contract.filters import EVERYTHING, one_of
from connectors.contract.query import SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source

_HINTS: Mapping[type[SourceError], str] = {
    Unavailable: "is it running, and is its address or path right?",
    TimedOut: "is it reachable from here? raise time_limit if it is slow by nature",
    RateLimited: "lower concurrency, or ask its owner for a larger quota",
    Refused: "compare credentials, paths and parameters with its documentation",
    Malformed: "compare `rows`, `total`, `page` and the mapping with an answer of it",
}


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

    *why_hidden* knows what the public may see.
    """
    asked = [
        _check(source, collection, rows, why_hidden)
        for source in sources
        for collection in source.connector.capabilities.collections
    ]
    return tuple(await asyncio.gather(*asked))


async def _check(source: Source, collection: str, rows: int, why_hidden: WhyHidden) -> Checked:
    began = perf_counter()
    error: SourceError
    try:
        async with asyncio.timeout(source.time_limit):
            page = await source.connector.fetch(_question(collection, rows))
    except SourceError as found:
        error = found
    except TimeoutError:
        error = TimedOut(source.name, f"no answer within {source.time_limit:g} s")
    else:
        return Checked(
            source=source.name,
            collection=collection,
            milliseconds=_milliseconds(began),
            rows=len(page.rows),
            total=page.total,
            rejected=page.rejected,
            unknown=page.unknown,
            warnings=_counted(page.rows),
            notes=tuple(notes(source, collection, page, why_hidden)),
        )
    # Who found a mistake may know better what to do than its kind tells.
    message, _, hint = error.message.partition("; hint: ")
    return Checked(
        source=source.name,
        collection=collection,
        milliseconds=_milliseconds(began),
        error=f"{error.reason or error.code}: {message}",
        hint=hint or _hint(error),
    )


def _question(collection: str, rows: int) -> SourceQuery:
    # Steps are asked for by their complaints: here by one that there cannot be.
    where = one_of("complaint", ["0"]) if collection == "events" else EVERYTHING
    return SourceQuery(collection=collection, where=where, limit=rows, survey=True)


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
