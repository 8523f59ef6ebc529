"""Find complaints that may be about the same thing as one that a viewer was shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec

from connectors.contract.errors import SourceError
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    all_of,
    between,
    negate,
    one_of,
    under,
)
from connectors.contract.records import ComplaintRecord
from resolvers.asked import NEWEST_FIRST
from resolvers.complaint.related import (
    RelatedComplaint,
    RelationReason,
    place_of,
    rank,
    relation,
    score,
    window_of,
)
from resolvers.errors import BadPage
from resolvers.identity import NO_NUMBER, is_tracking_number
from resolvers.legal_clock import LegalClock
from resolvers.masking import mask
from resolvers.planner.plan import AnswerState, Question, SourceAnswer
from resolvers.planner.planner import Planner
from resolvers.planner.pushdown import fold
from resolvers.policy import Access

MOST = 20
WEIGHED = 100
"""The newest so many of those in the same place are weighed."""

RELATED_FIELDS = frozenset({"tracking_id", "category", "region", "submitted_at", "duplicate_of"})
"""The record fields that relations depend on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedAsked:
    """Which related complaints are wanted."""

    first: int = 5
    reasons: tuple[RelationReason, ...] | None = None
    """None: for whatever reason."""
    since: datetime | None = None
    """Aware; submitted then or later.  None: thirty days before the complaint, or whenever if its
    source declares it."""

    def wants(self, reason: RelationReason) -> bool:
        """Say whether complaints are wanted for *reason*."""
        return self.reasons is None or reason in self.reasons


def checked(asked: RelatedAsked) -> RelatedAsked:
    """Give *asked*; raises `BadPage` for a number that is not given."""
    if not 0 <= asked.first <= MOST:
        raise BadPage(
            "PAGE_TOO_LARGE" if asked.first > MOST else "PAGE_ARGUMENTS",
            f"related gives 0 to {MOST} complaints",
            hint=f"ask for first: {MOST} or less",
        )
    return asked


def day_of(record: ComplaintRecord, legal: LegalClock) -> date:
    """Give the day on which *record* was submitted, where it happened."""
    return date.fromordinal(legal.zone(record.region).day_of(record.submitted_at))


def near(record: ComplaintRecord, asked: RelatedAsked, legal: LegalClock) -> list[Filter]:
    """Give a filter for each way in which complaints of the same place are looked for, but for
    *record* itself.

    One way apart from the other: in a crowded place the newest of a category would leave no room
    for those of one day.
    """
    place = place_of(record)
    if place is None or not asked.first:
        return []
    since = asked.since or window_of(record)
    ways: list[Filter] = []
    if record.category is not None and asked.wants(RelationReason.SAME_PLACE_AND_CATEGORY):
        ways.append(one_of("category", [record.category]))
    zone = legal.zone(record.region)
    day = zone.day_of(record.submitted_at)
    begin, end = zone.begin(day).astimezone(UTC), zone.end(day).astimezone(UTC)
    if asked.wants(RelationReason.SAME_PLACE_AND_DAY):
        ways.append(between("submitted_at", begin, end))
    itself = all_of((one_of("source", [record.source]), one_of("local_id", [record.local_id])))
    here = all_of((under("region", [place]), between("submitted_at", since, None)))
    return [all_of((here, way, negate(itself))) for way in ways]


def declared(record: ComplaintRecord, asked: RelatedAsked) -> tuple[str | None, str | None]:
    """Give the national number and the own id of the complaint that *record* is said to repeat,
    whichever of the two its source gave.
    """
    said = record.duplicate_of
    if said is None or not asked.first or not asked.wants(RelationReason.DECLARED_BY_SOURCE):
        return None, None
    if is_tracking_number(said):
        return said, None
    return None, said


class Relations:
    """Finds related complaints."""

    def __init__(self, planner: Planner, legal: LegalClock) -> None:
        """Ask through *planner*; *legal* tells on which local day something happened."""
        self._planner = planner
        self._legal = legal

    async def find(
        self, record: ComplaintRecord, asked: RelatedAsked, access: Access, shown: frozenset[str]
    ) -> tuple[tuple[RelatedComplaint, ...], tuple[SourceAnswer, ...]]:
        """Give what may be about the same thing as *record*, masked, with the fields *shown*, and
        how each source took part.
        """
        near, repeating, (repeated, number) = await asyncio.gather(
            self._near(record, asked, access, shown),
            self._repeating(record, asked, access, shown),
            self._repeated(record, asked, access, shown),
        )
        if number is not None:
            # What it repeats got a national number, and is shown through that number's anchor.
            record = msgspec.structs.replace(record, duplicate_of=number)
        parts = (near, repeated, repeating)
        others = [mask(access, each) for rows, _ in parts for each in rows if access.permits(each)]
        answers = tuple(answer for _, told in parts for answer in told)
        return weigh(record, others, asked, self._legal), answers

    async def _near(
        self, record: ComplaintRecord, asked: RelatedAsked, access: Access, shown: frozenset[str]
    ) -> Part:
        told = await asyncio.gather(
            *(
                self._newest(all_of((where, access.rows)), WEIGHED, access, shown)
                for where in near(record, asked, self._legal)
            )
        )
        rows = [row for found, _ in told for row in found]
        return rows, [answer for _, answers in told for answer in answers]

    async def _repeated(
        self, record: ComplaintRecord, asked: RelatedAsked, access: Access, shown: frozenset[str]
    ) -> tuple[Part, str | None]:
        if not asked.first or not asked.wants(RelationReason.DECLARED_BY_SOURCE):
            return ((), ()), None
        if not self._may_declare(record.source):
            return ((), ()), None
        # Whether it repeats another one, and which, makes no difference to what is asked: it may
        # repeat one that is not shown.
        number, own = declared(record, asked)
        fields = shown | access.row_fields | {"tracking_id"}
        found = await self._planner.by_id(record.source, own or record.local_id, EVERYTHING, fields)
        told = [unanswered(each) for each in found.failed]
        rows = [each for each in found.records if _is_anchor(each, self._planner)]
        # A row that got a national number is shown through its anchor.
        handed = next((e.tracking_id for e in found.records if e not in rows and own), None)
        number = number or handed or NO_NUMBER
        national = self._planner.national()
        if national is not None:
            named = all_of((one_of("tracking_id", [number]), access.rows))
            anchor = await self._planner.find(named, fields, (national,))
            told += map(unanswered, anchor.failed)
            rows += anchor.records
        return (tuple(rows), tuple(told)), handed

    def _may_declare(self, name: str) -> bool:
        named = one_of("duplicate_of", [NO_NUMBER])
        return any(
            source.name == name and fold(named, source) != NOTHING
            for source in self._planner.sources
        )

    async def _repeating(
        self, record: ComplaintRecord, asked: RelatedAsked, access: Access, shown: frozenset[str]
    ) -> Part:
        if not asked.first or not asked.wants(RelationReason.DECLARED_BY_SOURCE):
            return (), ()
        known = [each for each in (record.tracking_id, record.local_id) if each is not None]
        since = asked.since or window_of(record)
        where = all_of((one_of("duplicate_of", known), between("submitted_at", since, None)))
        return await self._newest(all_of((where, access.rows)), MOST, access, shown)

    async def _newest(
        self, where: Filter, first: int, access: Access, shown: frozenset[str]
    ) -> Part:
        plan = self._planner.build(
            Question(
                where=where,
                guard=access.rows,
                order=NEWEST_FIRST,
                fields=shown | access.row_fields,
                fingerprint=bytes,
                first=first,
            )
        )
        listing = await self._planner.run(plan)
        rows = tuple(each for each in listing.rows if isinstance(each, ComplaintRecord))
        return rows, listing.answers


Part = tuple[Sequence[ComplaintRecord], Sequence[SourceAnswer]]


def _is_anchor(record: ComplaintRecord, planner: Planner) -> bool:
    national = planner.national()
    return record.tracking_id is None or (national is not None and record.source == national.name)


def unanswered(error: SourceError) -> SourceAnswer:
    """Give the answer of a source that gave none."""
    return SourceAnswer(
        source=error.source,
        state=AnswerState(error.code),
        code=error.code,
        message=error.message,
    )


def weigh(
    record: ComplaintRecord,
    others: Sequence[ComplaintRecord],
    asked: RelatedAsked,
    legal: LegalClock,
) -> tuple[RelatedComplaint, ...]:
    """Give those of *others* that are wanted, the surest first."""
    day = day_of(record, legal)
    unique = {(each.source, each.local_id): each for each in others}
    unique.pop((record.source, record.local_id), None)
    found = []
    for other in unique.values():
        reasons = relation(record, day, other, day_of(other, legal))
        if not any(map(asked.wants, reasons)):
            continue
        if asked.since is not None and other.submitted_at < asked.since:
            continue
        found.append(RelatedComplaint(complaint=other, reasons=reasons, score=score(reasons)))
    return rank(found, asked.first)
