"""The filter "another source has it too": related to a complaint that one of some sources lists.

The same relations as `related` shows, found for everything that the rest of the filter leaves,
within the sources' row budgets; besides, rows elsewhere that carry a complaint's national number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec.structs import replace

from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    all_of,
    any_of,
    between,
    is_null,
    negate,
    one_of,
    predicate,
    under,
)
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from resolvers.candidates import SECONDS, Reach, read_all_candidates
from resolvers.complaint.pairing import Pairing
from resolvers.complaint.related import place_of, window_of
from resolvers.identity import NO_NUMBER, is_tracking_number
from resolvers.masking import masked, regency
from resolvers.planner.gathering import Gathered, Request, Sought, gather, holds_numbers
from resolvers.planner.histories import read_any
from resolvers.planner.plan import SourceAnswer
from resolvers.planner.pushdown import fold
from resolvers.policy import Access
from resolvers.relations import RELATED_FIELDS, day_of

OWN_SECONDS = 1.0
"""For reading the rows that a source says its own rows repeat, before all others."""
MOST_PLACES = 100
"""Of more places than these, the regencies around them are read."""

Names = Mapping[str, frozenset[str]]
"""Source to local ids of complaints that it lists."""


class Overlaps(Protocol):
    """Gives the filter for what other sources have too."""

    @property
    def answers(self) -> tuple[SourceAnswer, ...]:
        """Give how the sources took part."""
        ...

    def known(self, sources: Iterable[str], *, negated: bool) -> Filter:
        """Give "one of *sources* has it too"; *negated* says that the filter is going to be turned
        into its opposite.
        """
        ...


@dataclass(frozen=True, slots=True)
class Unpaired:
    """Stands in while nothing is compared: the whole filter lets through all that it can."""

    answers: tuple[SourceAnswer, ...] = ()

    def known(self, sources: Iterable[str], *, negated: bool) -> Filter:  # noqa: ARG002 - whoever they are
        """Give everything or nothing."""
        return NOTHING if negated else EVERYTHING


@dataclass(frozen=True, slots=True)
class Overlapping:
    """Which complaints each source has too, as far as was read."""

    found: Mapping[str, Names]
    answers: tuple[SourceAnswer, ...]

    def known(self, sources: Iterable[str], *, negated: bool) -> Filter:  # noqa: ARG002 - it is exact
        """Give "one of *sources* has it too"."""
        return any_of(
            all_of((one_of("source", [lister]), one_of("local_id", ids)))
            for source in sorted(set(sources))
            for lister, ids in sorted(self.found.get(source, {}).items())
        )


async def read_overlapping(
    reach: Reach, access: Access, where: Filter, named: frozenset[str]
) -> Overlapping:
    """Compare all that matches *where* and that *access* permits with what the sources *named*
    have, within budgets.
    """
    candidates = await read_all_candidates(reach, access, where, RELATED_FIELDS)
    if not candidates.records:
        return Overlapping({}, candidates.answers)
    others = _Others(reach, access, candidates.records, named)
    listed, numbered = await asyncio.gather(others.listed(), others.numbered())
    pairing = Pairing((each, day_of(each, reach.legal)) for each in others.shown(listed))
    numbers = {each.request.source.name: others.numbers(each) for each in numbered}
    found: dict[str, dict[str, set[str]]] = {}
    for record in candidates.records:
        repeating = others.through_its_anchor(record)
        having = pairing.of(repeating, day_of(record, reach.legal)) & named
        having |= {name for name, known in numbers.items() if record.tracking_id in known}
        for source in having:
            found.setdefault(source, {}).setdefault(record.source, set()).add(record.local_id)
    told = (each.answer for each in (*listed, *numbered))
    return Overlapping(
        found={
            source: {lister: frozenset(ids) for lister, ids in known.items()}
            for source, known in found.items()
        },
        answers=(*candidates.answers, *(answer for answer in told if answer is not None)),
    )


class _Others:
    """Reads what sources have that may be about the same things as some complaints."""

    def __init__(
        self,
        reach: Reach,
        access: Access,
        records: Sequence[ComplaintRecord],
        named: frozenset[str],
    ) -> None:
        self._sources = tuple(each for each in reach.sources if each.holds("complaints"))
        self._records = records
        self._access = access
        self._named = named
        self._now = reach.planner.clock()
        self._national = reach.planner.national()
        self._handed: dict[tuple[str, str], str] = {}
        self._fields = access.prune(RELATED_FIELDS) | access.row_fields | {"tracking_id"}

    async def listed(self) -> list[Gathered]:
        """Read what the sources list that is near, or declared, or declares."""
        # What a row repeats may be hidden: whether there is such a one changes nothing in what is
        # asked.
        own = await asyncio.gather(
            *(
                read_any(source, (), ids, self._fields, OWN_SECONDS, self._now)
                for source in self._sources
                if (ids := self._own(source))
            )
        )
        national = None if self._national is None else self._national.name
        self._handed = {
            (row.source, row.local_id): row.tracking_id
            for each in own
            for row in each.rows.values()
            if row.tracking_id is not None and row.source != national
        }
        said = {each.duplicate_of for each in self._records} | {*self._handed.values()}
        numbers = [each for each in said if each is not None and is_tracking_number(each)]
        ways = [all_of((way, self._access.rows)) for way in (*self._near(), self._declaring())]
        by_number = one_of("tracking_id", numbers or [NO_NUMBER])
        theirs = await asyncio.gather(
            *(
                read_any(
                    source,
                    [*ways, all_of((by_number, self._access.rows))] if source.national else ways,
                    (),
                    self._fields,
                    SECONDS,
                    self._now,
                )
                for source in self._sources
                if source.name in self._named
            )
        )
        return [*own, *theirs]

    async def numbered(self) -> list[Gathered]:
        """Read what the sources have under the complaints' national numbers."""
        sought = tuple(
            Sought(each.tracking_id, each.submitted_at, each.region)
            for each in self._records
            if each.tracking_id is not None
        )
        fields = self._access.handling_fields
        return await asyncio.gather(
            *(
                gather(Request(source=each, sought=sought, row_fields=fields), SECONDS, self._now)
                for each in self._sources
                if each.name in self._named and sought and holds_numbers(each)
            )
        )

    def through_its_anchor(self, record: ComplaintRecord) -> ComplaintRecord:
        """Give *record* as repeating a national complaint, if what it repeats got a number."""
        if record.duplicate_of is None:
            return record
        number = self._handed.get((record.source, record.duplicate_of))
        return record if number is None else replace(record, duplicate_of=number)

    def shown(self, told: Iterable[Gathered]) -> list[ComplaintRecord]:
        """Give what was read as the viewer is shown it, without what is not listed by itself."""
        national = None if self._national is None else self._national.name
        rows = [
            row
            for each in told
            for row in each.rows.values()
            if row.tracking_id is None or row.source == national
        ]
        return list(masked(self._access, [rows[place] for place in self._access.permitted(rows)]))

    def numbers(self, told: Gathered) -> frozenset[str]:
        """Give the national numbers of the rows that the viewer may see."""
        permits = predicate(self._access.handlings)
        return frozenset(str(row.tracking_id) for row in told.rows.values() if permits(row))

    def _near(self) -> list[Filter]:
        places = {place for each in self._records if (place := place_of(each)) is not None}
        if len(places) > MOST_PLACES:
            places = {cut for place in places if (cut := regency(place)) is not None}
        return [all_of((self._since(), under("region", places)))] if places else []

    def _declaring(self) -> Filter:
        return all_of((self._since(), negate(is_null("duplicate_of"))))

    def _since(self) -> Filter:
        first = min(self._records, key=lambda each: each.submitted_at)
        return between("submitted_at", window_of(first), None)

    def _own(self, source: Source) -> list[str]:
        mine = [each for each in self._records if each.source == source.name]
        if not mine or fold(one_of("duplicate_of", [NO_NUMBER]), source) == NOTHING:
            return []
        said = (each.duplicate_of for each in mine)
        ids = {each for each in said if each is not None and not is_tracking_number(each)}
        return sorted(ids) or [mine[0].local_id]
