"""Answer questions for a viewer: policy prunes, the planner asks, policy masks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import msgspec

from connectors.contract.capabilities import Fit
from connectors.contract.errors import SourceError
from connectors.contract.filters import EVERYTHING, NOTHING, Filter, all_of, one_of
from connectors.contract.records import ComplaintRecord, OmbudsmanCaseRecord
from connectors.contract.source import Source
from resolvers.asked import ComplaintFilter, ComplaintsAsked
from resolvers.assembly import Assembled, Assembler
from resolvers.beforehand import NOTHING_READ, Beforehand, asks_for, names_programmes
from resolvers.bodies import Bodies
from resolvers.candidates import Reach
from resolvers.complaint.merge import MergedComplaint
from resolvers.complaint.parts import Part, Parts
from resolvers.complaint.related import RelatedComplaint
from resolvers.directory import Directory
from resolvers.disclosure import REPORTER_FIELDS, Disclosed, insist_few, telling_who
from resolvers.due_order import NEXT_DUE, by_next_due
from resolvers.errors import NotAnswering
from resolvers.handed_over import in_full, page_in_full, related_in_full
from resolvers.health_watch import HealthWatch
from resolvers.identity import NO_NUMBER, SourceId
from resolvers.legal_clock import LegalClock
from resolvers.list_mark import fingerprint
from resolvers.masking import masked
from resolvers.needs import needs_reference
from resolvers.ombudsman.cases import Cases
from resolvers.paging import ComplaintPage
from resolvers.plain_filters import PlainFilters
from resolvers.planner.plan import (
    AnswerState,
    Computed,
    Count,
    Listing,
    OnMissing,
    Plan,
    Question,
    Shape,
    SourceAnswer,
)
from resolvers.planner.planner import Planner
from resolvers.planner.run import missing
from resolvers.policy import Access, Viewer, access_of, scope
from resolvers.reading_beforehand import read_beforehand
from resolvers.reference import Reference
from resolvers.relations import RELATED_FIELDS, RelatedAsked, Relations, checked, unanswered
from resolvers.sources import (
    AnswerShown,
    SourceShown,
    Took,
    joined,
    show_answers,
    show_source,
    took,
)
from resolvers.timeline_paging import TimelinePage, timeline_page
from resolvers.translation import Translator

_NO_DIRECTORY = Directory()


class Reader:
    """Answers for any viewer; holds nothing of any of them."""

    def __init__(
        self,
        planner: Planner,
        reference: Reference,
        sources: Sequence[Source],
        disclosed: Disclosed,
        legal: LegalClock,
    ) -> None:
        """Read through *planner* and tell *disclosed* whose reporter was shown to whom."""
        self._planner = planner
        self.reference = reference
        self._sources = {source.name: source for source in sources}
        self._names = frozenset(self._sources)
        self._assembler = Assembler(tuple(sources), planner.clock)
        self._disclosed = disclosed
        self.legal = legal
        self.health = HealthWatch(sources)
        self.cases = Cases(planner, self._sources, legal)
        self._plain = PlainFilters(
            lambda asked: Translator(_NO_DIRECTORY, reference.configured, self._names).translate(
                asked
            )
        )

    async def complaints(
        self, viewer: Viewer, asked: ComplaintsAsked, wanted: frozenset[str]
    ) -> ComplaintPage:
        """Give one page, with the record fields *wanted* as far as *viewer* may read them."""
        access = access_of(viewer)
        where: Filter | Shape | None = self._plain.narrowed(asked.where, access)
        read = NOTHING_READ
        if where is None:
            own, read = await self._where(asked.where, access)
            where = all_of((own, access.rows))
        shown, may_be_shown = access.prune(wanted), access.may_show(wanted)
        plan = self._planner.build(
            Question(
                where=where,
                guard=access.rows,
                order=asked.order,
                computed=await self._computed(access) if asked.order.field == NEXT_DUE else None,
                fields=shown | access.row_fields,
                fingerprint=lambda: fingerprint(asked, viewer),
                first=asked.first,
                after=asked.after,
                last=asked.last,
                before=asked.before,
                on_missing=asked.on_missing,
                narrowed_by_reading=read.decides,
            )
        )
        insist_few(may_be_shown, plan.size)
        if read.absent and asked.on_missing is OnMissing.FAIL:
            raise missing(read.absent)
        listing = await self._planner.run(plan)
        page = self._page(access, plan, listing, read)
        if access.full is not None:
            page = await page_in_full(self._planner, self._sources, access, page, wanted)
        self._disclose(viewer, may_be_shown, page.nodes)
        return page

    async def count(self, page: ComplaintPage) -> Count:
        """Count the list of which *page* is a part: only what its viewer could list."""
        found = await self._planner.count(page.plan, page.listing)
        return found if page.counted_whole else msgspec.structs.replace(found, exact=False)

    async def by_number(
        self, viewer: Viewer, keys: Sequence[tuple[str, frozenset[str]]]
    ) -> list[ComplaintRecord | None]:
        """Give the complaint of each (national number, wanted fields), None where there is none
        to be seen; unknown and hidden ones cost the same requests.
        """
        access = access_of(viewer)
        asked = frozenset().union(*(wanted for _, wanted in keys))
        shown = access.prune(asked)
        insist_few(access.may_show(asked), len(keys))
        anchors = await self._anchors(sorted({number for number, _ in keys}), access, shown)
        known = await self._show(access, list(anchors.values()), asked)
        by_number = {each.tracking_id: each for each in known}
        found = [by_number.get(number) for number, _ in keys]
        self._disclose(viewer, access.may_show(asked), found)
        return found

    async def by_source_id(
        self, viewer: Viewer, wanted_id: SourceId, wanted: frozenset[str]
    ) -> ComplaintRecord | None:
        """Give the complaint that a source's own id leads to, or None, by the same requests."""
        access = access_of(viewer)
        shown = access.prune(wanted)
        record = await self._by_source_id(wanted_id, access, shown)
        found = await self._show(access, () if record is None else (record,), wanted)
        self._disclose(viewer, access.may_show(wanted), found)
        return found[0] if found else None

    async def related(
        self, viewer: Viewer, record: ComplaintRecord, asked: RelatedAsked, wanted: frozenset[str]
    ) -> tuple[tuple[RelatedComplaint, ...], tuple[AnswerShown, ...]]:
        """Give the complaints that may be about the same thing as *record*, which *viewer* was
        shown, and how the sources took part; reporters are not shown with them.
        """
        access = access_of(viewer)
        shown = access.prune((wanted - REPORTER_FIELDS) | RELATED_FIELDS)
        relations = Relations(self._planner, self.legal)
        found, answers = await relations.find(record, checked(asked), access, shown)
        found, failed = await related_in_full(
            self._planner, access, found, wanted - REPORTER_FIELDS
        )
        answers = (*answers, *map(unanswered, failed))
        return found, show_answers(answers, self._sources, access)

    def parts(self, viewer: Viewer, parts: Parts) -> Parts:
        """Give what has to be asked for so that *viewer* is shown *parts*."""
        parts -= {Part.RELATED}
        access = access_of(viewer)
        if access.cases == NOTHING:
            parts -= {Part.CASES}
        if Part.PLACE not in parts:
            return parts
        reads = bool(access.may_show(frozenset({"place"})))
        return parts - {Part.PLACE} | ({Part.ROWS} if reads else frozenset())

    async def assemble(
        self,
        viewer: Viewer,
        anchors: Sequence[ComplaintRecord],
        parts: Parts,
        time_left: float | None,
    ) -> list[Assembled]:
        """Put the *anchors*, which *viewer* was shown, together out of *parts*."""
        directory = await self.reference.directory(wait=Part.ROWS in parts)
        return await self._assembler.assemble(
            anchors, parts, access_of(viewer), directory, time_left
        )

    def answers(self, viewer: Viewer, answers: Sequence[SourceAnswer]) -> tuple[AnswerShown, ...]:
        """Give *answers* as *viewer* is shown them."""
        return show_answers(answers, self._sources, access_of(viewer))

    def timeline(
        self,
        viewer: Viewer,
        merged: MergedComplaint,
        first: int | None,
        after: str | None,
    ) -> TimelinePage:
        """Give one page of a complaint's timeline."""
        return timeline_page(
            merged.anchor.name, merged.timeline, first, after, self._planner.seal, scope(viewer)
        )

    def case_timeline(
        self, viewer: Viewer, case: OmbudsmanCaseRecord, first: int | None, after: str | None
    ) -> TimelinePage:
        """Give one page of what happened to a case of the Ombudsman."""
        name = (case.source, case.local_id)
        entries = self.cases.timeline(case)
        return timeline_page(name, entries, first, after, self._planner.seal, scope(viewer))

    def national_silent(self, viewer: Viewer) -> tuple[AnswerShown, ...]:
        """Give the answer of the national source when it did not answer."""
        national = self._planner.national()
        if national is None:
            return ()
        answer = SourceAnswer(source=national.name, state=AnswerState.UNAVAILABLE)
        return self.answers(viewer, (answer,))

    def shows_plans(self, viewer: Viewer) -> bool:
        """Say whether *viewer* may see how sources are asked."""
        return access_of(viewer).operations

    def sources(self, viewer: Viewer) -> list[SourceShown]:
        """Give every source as *viewer* is shown it."""
        access = access_of(viewer)
        return [show_source(source, access) for source in self._sources.values()]

    def source(self, viewer: Viewer, name: str) -> SourceShown | None:
        """Give one source as *viewer* is shown it."""
        source = self._sources.get(name)
        return None if source is None else show_source(source, access_of(viewer))

    def translator(self, directory: Directory, read: Beforehand = NOTHING_READ) -> Translator:
        """Give a translator of one filter over *directory* and what was *read* for it."""
        comparisons = self.legal.comparisons(directory, self.reference.today())
        return Translator(
            directory,
            self.reference.configured,
            self._names,
            (comparisons, self.legal.now()),
            read,
        )

    async def _where(self, asked: ComplaintFilter, access: Access) -> tuple[Filter, Beforehand]:
        later = asks_for(asked, names_programmes)
        directory = await self.reference.directory(wait=needs_reference(asked), later=later)
        read = await read_beforehand(
            asked,
            access,
            Bodies(directory),
            lambda part, known: self.translator(directory, known).translate(part),
            Reach(
                sources=tuple(self._sources.values()),
                planner=self._planner,
                assemble=lambda anchors, seconds: self._assembler.assemble(
                    anchors, frozenset({Part.ROWS}), access, directory, seconds
                ),
                legal=self.legal,
            ),
        )
        where = self.translator(directory, read).translate(asked)
        access.insist(where)
        return where, read

    async def _computed(self, access: Access) -> Computed:
        # Where agencies sit decides their calendars.
        seats = ("agencies",) if "agencies" in self.reference.configured else ()
        directory = await self.reference.needed(*seats)
        return by_next_due(access, self.legal, directory, self.reference.today())

    def _page(
        self, access: Access, plan: Plan, listing: Listing, read: Beforehand
    ) -> ComplaintPage:
        # What a source sends beside the question stays here: the filter it was asked is not trusted
        # with secrecy.
        records = cast("list[ComplaintRecord]", listing.rows)
        places = access.permitted(records)
        if len(places) < len(records):
            records = [records[place] for place in places]
        nodes = tuple(masked(access, records))

        def show() -> tuple[AnswerShown, ...]:
            answers = show_answers(listing.answers, self._sources, access)
            for told in read.answers:
                answers = joined(answers, show_answers(told, self._sources, access))
            return answers

        listed = tuple([Took(each.source, each.state, each.latency_ms) for each in listing.answers])
        whole = not read.absent
        return ComplaintPage(
            nodes=nodes,
            places=places,
            complete=listing.complete and whole,
            counted_whole=whole,
            show=show,
            took=took(show()) if read.answers else listed,
            plan=plan,
            listing=listing,
        )

    async def _anchors(
        self, numbers: Sequence[str], access: Access, shown: frozenset[str]
    ) -> dict[str, ComplaintRecord]:
        national = self._planner.national()
        if national is None:
            return {}
        fields = shown | access.row_fields | {"tracking_id"}
        named = one_of("tracking_id", numbers)
        where = all_of((named, access.rows))
        can = national.connector.capabilities.collections["complaints"]
        if can.get_max and can.fit(named) is Fit.NO:
            answers = await asyncio.gather(
                *(self._planner.by_id(national.name, each, where, fields) for each in numbers)
            )
        else:
            answers = [await self._planner.find(where, fields, (national,))]
        for answer in answers:
            _insist_answered(answer.failed)
        return {
            record.tracking_id: record
            for answer in answers
            for record in answer.records
            if record.tracking_id is not None
        }

    async def _by_source_id(
        self, wanted_id: SourceId, access: Access, shown: frozenset[str]
    ) -> ComplaintRecord | None:
        source = self._sources.get(wanted_id.source)
        if source is None or not source.holds("complaints"):
            return None
        # Not narrowed to what may be seen: a row that got a national number leads to its anchor,
        # whose rights are the ones that count.
        where = access.rows if source.national else EVERYTHING
        fields = shown | access.row_fields | {"tracking_id"}
        found = await self._planner.by_id(source.name, wanted_id.local_id, where, fields)
        _insist_answered(found.failed)
        record = found.records[0] if found.records else None
        if source.national:
            return record
        number = None if record is None else record.tracking_id
        if record is not None and number is None and access.permits(record):
            return record
        anchors = await self._anchors([number or NO_NUMBER], access, shown)
        return None if number is None else anchors.get(number)

    async def _show(
        self, access: Access, records: Sequence[ComplaintRecord], wanted: frozenset[str]
    ) -> list[ComplaintRecord]:
        shown = masked(access, [records[place] for place in access.permitted(records)])
        if access.full is None:
            return list(shown)
        found, failed = await in_full(self._planner, access, shown, wanted)
        _insist_answered(failed)
        return found

    def _disclose(
        self, viewer: Viewer, shown: frozenset[str], found: Sequence[ComplaintRecord | None]
    ) -> None:
        if shown & REPORTER_FIELDS and (records := telling_who(found)):
            self._disclosed(viewer, records)


def _insist_answered(failed: Sequence[SourceError]) -> None:
    if failed:
        raise NotAnswering(
            "SOURCE_UNAVAILABLE",
            f"{failed[0].source} did not answer, so nothing can be said of this complaint",
            hint="ask again in a moment",
        )
