"""What a resolver has at hand during one request, and the questions it may put."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from connectors.contract.records import (
    AgencyRecord,
    CategoryRecord,
    ComplaintRecord,
    OmbudsmanCaseRecord,
    RegionRecord,
)
from resolvers.agencies import select
from resolvers.asked import AgencyFilter, ComplaintsAsked
from resolvers.at_hand import AtHand
from resolvers.complaint.handlings import Handling
from resolvers.complaint.merge import MergedComplaint
from resolvers.complaint.parts import Part, Parts
from resolvers.complaint.related import RelatedComplaint
from resolvers.complaint.shown import carry
from resolvers.directory import Directory
from resolvers.errors import BadPage, NotAnswering
from resolvers.identity import (
    CodeId,
    SourceId,
    TrackedId,
    clean_tracking_number,
    is_tracking_number,
    read_id,
)
from resolvers.loaders import Loaders
from resolvers.paging import DEFAULT_SIZE, ComplaintPage
from resolvers.planner.plan import AnswerState, Count, OnMissing
from resolvers.planner.run import missing
from resolvers.policy import Viewer
from resolvers.reader import Reader
from resolvers.relations import RelatedAsked
from resolvers.sla.deadline import Deadline
from resolvers.sources import SourceShown, Took, joined, took
from resolvers.timeline_paging import TimelinePage
from resolvers.translation import own_category_id

MOST_IDS = 100
MOST_RELATED = 20
_KEPT_FOR_THE_REST = 0.3
NO_PARTS: Parts = frozenset()

Thing = ComplaintRecord | OmbudsmanCaseRecord | AgencyRecord | RegionRecord | CategoryRecord


@dataclass(slots=True)
class Context:
    """One request: who asks, and what was learnt for its log line."""

    viewer: Viewer
    reader: Reader
    loaders: Loaders
    until: float | None = None
    """The moment of the loop's clock by which what can be left out is given up."""
    answers: list[Took] = field(default_factory=list)
    """How each source took part so far."""
    at_hand: AtHand = field(init=False)
    """The reference data, for what is answered without waiting."""
    _now: datetime | None = None
    _related: int = 0
    _deadlines: dict[int, tuple[ComplaintRecord, tuple[Deadline, ...]]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        """Look nothing up yet."""
        self.at_hand = AtHand(self.reader.reference)

    @classmethod
    def of(cls, viewer: Viewer, reader: Reader, seconds: float | None = None) -> Context:
        """Give the context of a new request of *viewer*, to be answered within *seconds*."""
        until = None
        if seconds is not None:
            until = asyncio.get_running_loop().time() + max(0.0, seconds - _KEPT_FOR_THE_REST)
        return cls(viewer, reader, Loaders(reader, viewer, lambda: _left(until)), until)

    async def complaints(
        self, asked: ComplaintsAsked, wanted: frozenset[str], parts: Parts = NO_PARTS
    ) -> ComplaintPage:
        """Give one page of complaints, put together out of *parts* before it is answered.

        Only then can it say which sources took part.
        """
        if Part.RELATED in parts:
            # Refused before anything is asked: an error further down would cost the whole list.
            _insist_on_few_related(_size(asked))
        page = await self.reader.complaints(self.viewer, asked, wanted)
        if parts and page.nodes:
            parts = self.reader.parts(self.viewer, parts)
            if parts:
                page = await self._assembled(page, parts, asked.on_missing)
        self.answers.extend(page.took)
        return page

    async def _assembled(
        self, page: ComplaintPage, parts: Parts, on_missing: OnMissing
    ) -> ComplaintPage:
        found = await self.loaders.assembled(page.nodes, parts)
        told = found[0].answers
        absent = [each.source for each in told if each.state is not AnswerState.ANSWERED]
        if absent and on_missing is OnMissing.FAIL:
            raise missing(absent)
        answers = joined(page.answers, self.reader.answers(self.viewer, told))
        return msgspec.structs.replace(
            page,
            nodes=tuple(carry(each.merged) for each in found),
            complete=page.complete and not absent,
            show=lambda: answers,
            took=took(answers),
        )

    async def _put_together(
        self, record: ComplaintRecord | None, parts: Parts
    ) -> ComplaintRecord | None:
        parts = self.reader.parts(self.viewer, parts)
        if record is None or not parts:
            return record
        return carry(await self._merged(record, parts))

    async def merged(self, record: ComplaintRecord, parts: Parts) -> MergedComplaint:
        """Put *record* together out of *parts*, for what was deferred."""
        return await self._merged(record, self.reader.parts(self.viewer, parts))

    def sees(self, parts: Parts) -> bool:
        """Say whether the viewer is shown anything of *parts*."""
        return bool(self.reader.parts(self.viewer, parts))

    async def _merged(self, record: ComplaintRecord, parts: Parts) -> MergedComplaint:
        found = (await self.loaders.assembled([record], parts))[0]
        self.answers.extend(took(self.reader.answers(self.viewer, found.answers)))
        own = next((each for each in found.answers if each.source == record.source), None)
        if (
            own is not None
            and own.state is not AnswerState.ANSWERED
            and Part.ANCHOR_EVENTS in parts
        ):
            raise NotAnswering(
                "SOURCE_UNAVAILABLE",
                f"{record.source} did not answer, so nothing can be said of what happened",
                hint="ask again in a moment, or without timeline, bounces and handlings",
            )
        return found.merged

    async def related(
        self, record: ComplaintRecord, asked: RelatedAsked, wanted: frozenset[str], parts: Parts
    ) -> Sequence[RelatedComplaint]:
        """Give the complaints that may be about the same thing as *record*."""
        self._related += 1
        _insist_on_few_related(self._related)
        found, answers = await self.reader.related(self.viewer, record, asked, wanted)
        self.answers.extend(took(answers))
        parts = self.reader.parts(self.viewer, parts)
        if not parts or not found:
            return found
        whole = await self.loaders.assembled([each.complaint for each in found], parts)
        self.answers.extend(took(self.reader.answers(self.viewer, whole[0].answers)))
        return [
            msgspec.structs.replace(each, complaint=carry(put.merged))
            for each, put in zip(found, whole, strict=True)
        ]

    def timeline(
        self, merged: MergedComplaint, first: int | None, after: str | None
    ) -> TimelinePage:
        """Give one page of a complaint's timeline."""
        return self.reader.timeline(self.viewer, merged, first, after)

    async def count(self, page: ComplaintPage) -> Count:
        """Count the list of *page*; what is not counted in time is not known.

        A slow count must not cost the rows that are there already.
        """
        try:
            async with asyncio.timeout_at(self.until):
                return await self.reader.count(page)
        except TimeoutError:
            return Count(value=len(page.nodes) or None, exact=False)

    async def complaint(
        self, tracking_id: str, wanted: frozenset[str], parts: Parts = NO_PARTS
    ) -> ComplaintRecord | None:
        """Give the complaint of a national number as the client wrote it."""
        number = clean_tracking_number(tracking_id)
        if not is_tracking_number(number):
            return None
        return await self._put_together(await self.loaders.complaint(number, wanted), parts)

    async def thing(
        self, global_id: str, wanted: frozenset[str], parts: Parts = NO_PARTS
    ) -> Thing | None:
        """Give what *global_id* stands for; None if it is unknown, hidden or no id at all."""
        match read_id(global_id):
            case TrackedId(number):
                return await self._put_together(await self.loaders.complaint(number, wanted), parts)
            case SourceId() as source_id:
                found = await self.reader.by_source_id(self.viewer, source_id, wanted)
                return await self._put_together(found, parts)
            case CodeId("OmbudsmanCase", number):
                return await self.loaders.case(number)
            case CodeId(type_name, code):
                return coded(await self.directory(), type_name, code, self.today())
        return None

    async def complaints_of(
        self, case: OmbudsmanCaseRecord, wanted: frozenset[str], parts: Parts = NO_PARTS
    ) -> list[ComplaintRecord]:
        """Give the complaints that *case* is about and the viewer may see."""
        found = await asyncio.gather(
            *(self.complaint(number, wanted, parts) for number in case.tracking_ids)
        )
        return [each for each in found if each is not None]

    async def corrective_action(self, case: OmbudsmanCaseRecord) -> Deadline | None:
        """Give the deadline of its *tindakan korektif*; None before the findings are reported."""
        placed = case.agency is not None and "agencies" in self.reader.reference.configured
        directory = await (self.needed("agencies") if placed else self.directory())
        return self.reader.legal.corrective_action(case, directory, self.today(), self.now())

    def case_timeline(
        self, case: OmbudsmanCaseRecord, first: int | None, after: str | None
    ) -> TimelinePage:
        """Give one page of what happened to a case."""
        return self.reader.case_timeline(self.viewer, case, first, after)

    async def things(
        self, ids: Sequence[str], wanted: frozenset[str], parts: Parts = NO_PARTS
    ) -> list[Thing | None]:
        """Give what each of *ids* stands for, asked for together."""
        if len(ids) > MOST_IDS:
            raise BadPage(
                "PAGE_TOO_LARGE",
                f"{len(ids)} ids were asked, at most {MOST_IDS} are given",
                hint="ask in several requests",
            )
        found = {
            each: asyncio.ensure_future(self.thing(each, wanted, parts))
            for each in dict.fromkeys(ids)
        }
        try:
            await asyncio.gather(*found.values())
        finally:
            for work in found.values():
                work.cancel()
        return [found[each].result() for each in ids]

    async def agencies(self, asked: AgencyFilter) -> list[AgencyRecord]:
        """Give the agencies that exist today and match *asked*, by code."""
        directory = await self.needed("agencies")
        return select(directory, asked, self.reader.translator(directory), self.today())

    async def regions(self, level: str | None, parent: str | None) -> list[RegionRecord]:
        """Give the regions of *level* below *parent*; without a level those right below it."""
        directory = await self.needed("regions")
        if parent is not None:
            self.reader.translator(directory).regions((parent,))
        if level is None:
            return [directory.regions[code] for code in directory.parts.get(parent, ())]
        prefix = "" if parent is None else f"{parent}."
        return [
            directory.regions[code]
            for code in sorted(directory.regions)
            if code.startswith(prefix) and directory.regions[code].level == level
        ]

    async def category_code(self, named: str | None) -> str | None:
        """Give the registry's id of the category *named*; raises `BadFilter` if unknown."""
        if named is None:
            return None
        self.reader.translator(await self.needed("categories")).categories((named,))
        return own_category_id(named)

    async def deadlines(self, record: ComplaintRecord) -> tuple[Deadline, ...]:
        """Give the deadlines of *record*, all of one request as of one moment.

        Where the agency sits decides the calendar, so raises `NotAnswering` if that was never read.
        """
        known = self._deadlines.get(id(record))
        if known is not None:
            return known[1]
        reference = self.reader.reference
        placed = record.agency is not None and "agencies" in reference.configured
        directory = await (self.needed("agencies") if placed else self.directory())
        found = self.reader.legal.deadlines(record, directory, self.today(), self.now())
        # The record is kept with them: its number could be another's once it is gone.
        self._deadlines[id(record)] = (record, found)
        return found

    async def working_days_held(self, handling: Handling) -> int | None:
        """Give for how many working days an agency has or had a complaint: from the day after it
        got it to the day it handed it on or closed it, else to today.

        None if one of the days is not known, or they contradict each other.
        """
        since = handling.received_at
        until = handling.released_at or handling.closed_at
        if since is None or (until is None and not handling.open):
            return None
        placed = handling.agency is not None and "agencies" in self.reader.reference.configured
        directory = await (self.needed("agencies") if placed else self.directory())
        return self.reader.legal.working_days(
            since, until or self.now(), handling.agency, directory, self.today()
        )

    def now(self) -> datetime:
        """Give the moment of the request: one for all of it."""
        if self._now is None:
            self._now = self.reader.legal.now()
        return self._now

    async def directory(self) -> Directory:
        """Give the reference data as they are known."""
        return await self.reader.reference.directory()

    async def needed(self, *collections: str) -> Directory:
        """Give the reference data, or raise `NotAnswering` if *collections* were never read, and
        `NotConfigured` if no source holds them.
        """
        return await self.reader.reference.needed(*collections)

    def today(self) -> date:
        """Give the day in Jakarta."""
        return self.reader.reference.today()

    def source(self, name: str) -> SourceShown | None:
        """Give one source as the viewer is shown it."""
        return self.reader.source(self.viewer, name)

    def sources(self) -> list[SourceShown]:
        """Give every source as the viewer is shown it."""
        return self.reader.sources(self.viewer)

    async def source_changes(self) -> AsyncGenerator[SourceShown, None]:
        """Give each source whose state changes from now on, as the viewer is shown it then."""
        async with aclosing(self.reader.health.changes()) as names:
            async for name in names:
                shown = self.source(name)
                if shown is not None:
                    yield shown


def _size(asked: ComplaintsAsked) -> int:
    size = asked.first if asked.first is not None else asked.last
    return DEFAULT_SIZE if size is None else size


def _insist_on_few_related(complaints: int) -> None:
    if complaints > MOST_RELATED:
        raise BadPage(
            "RELATED_PAGE_TOO_LARGE",
            f"related complaints are looked for at most {MOST_RELATED} times in a request",
            hint=f"ask for first: {MOST_RELATED} or less, or leave related out of lists",
        )


def _left(until: float | None) -> float | None:
    return None if until is None else until - asyncio.get_running_loop().time()


def coded(directory: Directory, type_name: str, code: str, on: date) -> Thing | None:
    """Give the agency, region or category of *code*, an agency as of *on*."""
    match type_name:
        case "Agency":
            return directory.agency(code, on)
        case "Region":
            return directory.region(code)
        case _:
            return directory.category(code)
