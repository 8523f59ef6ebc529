"""Answer questions about the Ombudsman's cases: who may see none is told of none, unasked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from connectors.contract.filters import NOTHING, Filter, all_of, fields, one_of, predicate
from connectors.contract.query import Order
from connectors.contract.records import ComplaintRecord, OmbudsmanCaseRecord
from connectors.contract.source import Source
from resolvers.complaint.timeline import TimelineEntry
from resolvers.directory import Directory
from resolvers.errors import NotAnswering
from resolvers.legal_clock import LegalClock
from resolvers.ombudsman.asked import CasesAsked, Names, translate
from resolvers.ombudsman.stages import CaseContribution, case_timeline
from resolvers.paging import LARGEST_PAGE, EdgeAt, PageInfo
from resolvers.planner.plan import AnswerState, Listing, Question
from resolvers.planner.planner import Planner
from resolvers.policy import Access, Viewer, access_of, scope
from resolvers.sources import AnswerShown, show_answers

COLLECTION = "ombudsman_cases"
NEWEST_FIRST = Order("received_at")
_FIELDS = frozenset(OmbudsmanCaseRecord.__struct_fields__)
_LONGEST_NUMBER = 64


class ShownCase(OmbudsmanCaseRecord, frozen=True, gc=False, kw_only=True):
    """A case that carries the complaints it is about, as its viewer is shown them."""

    complaints: tuple[ComplaintRecord, ...]


def carry(case: OmbudsmanCaseRecord, complaints: Sequence[ComplaintRecord]) -> ShownCase:
    """Give *case* with its *complaints*."""
    known = {name: getattr(case, name) for name in OmbudsmanCaseRecord.__struct_fields__}
    return ShownCase(complaints=tuple(complaints), **known)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """One page of cases as the viewer is shown it."""

    edges: tuple[EdgeAt[OmbudsmanCaseRecord], ...]
    page_info: PageInfo
    complete: bool
    answers: tuple[AnswerShown, ...]

    @property
    def nodes(self) -> tuple[OmbudsmanCaseRecord, ...]:
        """Give the cases alone."""
        return tuple(edge.node for edge in self.edges)


_NONE = CasePage(
    edges=(),
    page_info=PageInfo(
        has_next_page=False, has_previous_page=False, start_cursor=None, end_cursor=None
    ),
    complete=True,
    answers=(),
)


class Cases:
    """Answers for any viewer; holds nothing of any of them."""

    def __init__(self, planner: Planner, sources: Mapping[str, Source], legal: LegalClock) -> None:
        """Read through *planner*."""
        self._planner = planner
        self._sources = sources
        self._legal = legal

    async def listed(
        self, viewer: Viewer, asked: CasesAsked, names: Names, directory: Directory, today: date
    ) -> CasePage:
        """Give one page, newest first; *names* and *directory* of *today* explain the filter."""
        access = access_of(viewer)
        if access.cases == NOTHING:
            return _NONE
        comparisons = self._legal.comparisons(directory, today)
        where = translate(asked.where, names, comparisons, self._legal.now())
        mark = (COLLECTION, asked.where, scope(viewer))

        def fingerprint() -> bytes:
            return hashlib.sha256(msgspec.msgpack.encode(mark)).digest()[:16]

        listing = await self._run(access, where, fingerprint, asked.first, asked.after)
        found = _permitted(access, listing)
        return CasePage(
            edges=tuple(
                EdgeAt(node=case, index=index, cursor_at=listing.cursor_at) for index, case in found
            ),
            page_info=PageInfo(
                has_next_page=listing.has_next,
                has_previous_page=listing.has_previous,
                start_cursor=listing.start_cursor,
                end_cursor=listing.end_cursor,
            ),
            complete=listing.complete,
            answers=show_answers(listing.answers, self._sources, access),
        )

    async def by_number(
        self, viewer: Viewer, numbers: Sequence[str]
    ) -> list[OmbudsmanCaseRecord | None]:
        """Give the case of each number, None where there is none to be seen.

        Raises `NotAnswering` if a source that could have it did not answer.
        """
        access = access_of(viewer)
        wanted = sorted({each for each in numbers if 0 < len(each) <= _LONGEST_NUMBER})
        if access.cases == NOTHING or not wanted:
            return [None] * len(numbers)
        found: dict[str, OmbudsmanCaseRecord] = {}
        for at in range(0, len(wanted), LARGEST_PAGE):
            some = wanted[at : at + LARGEST_PAGE]
            listing = await self._run(access, one_of("case_number", some), bytes, len(some), None)
            for answer in listing.answers:
                if answer.state is not AnswerState.ANSWERED:
                    raise NotAnswering(
                        "SOURCE_UNAVAILABLE",
                        f"{answer.source} did not answer, so nothing can be said of this case",
                        hint="ask again in a moment",
                    )
            for _, case in _permitted(access, listing):
                found.setdefault(case.case_number, case)
        return [found.get(number) for number in numbers]

    def timeline(self, case: OmbudsmanCaseRecord) -> tuple[TimelineEntry, ...]:
        """Give what happened to *case*, in order."""
        now = self._planner.clock()
        can = self._sources[case.source].connector.capabilities.collections[COLLECTION]
        return case_timeline(
            CaseContribution(
                record=case, fetched_at=now, as_of=now, mapping_version=can.mapping_version
            )
        )

    async def _run(
        self,
        access: Access,
        where: Filter,
        fingerprint: Callable[[], bytes],
        first: int | None,
        after: str | None,
    ) -> Listing:
        plan = self._planner.build(
            Question(
                collection=COLLECTION,
                where=all_of((where, access.cases)),
                guard=access.cases,
                order=NEWEST_FIRST,
                fields=_FIELDS | fields(access.cases),
                fingerprint=fingerprint,
                first=first,
                after=after,
            )
        )
        return await self._planner.run(plan)


def _permitted(access: Access, listing: Listing) -> list[tuple[int, OmbudsmanCaseRecord]]:
    permits = predicate(access.cases)
    return [
        (index, row)
        for index, row in enumerate(listing.rows)
        if isinstance(row, OmbudsmanCaseRecord) and permits(row)
    ]
