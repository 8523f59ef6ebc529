"""Put complaints together: every source is asked at once for what it knows of all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from connectors.contract.filters import NOTHING, predicate
from connectors.contract.records import ComplaintRecord, EventRecord
from connectors.contract.source import Source
from resolvers.bodies import Bodies
from resolvers.complaint.case_joining import Cases as _Cases
from resolvers.complaint.contribution import Contribution
from resolvers.complaint.merge import MergedComplaint, merge
from resolvers.complaint.parts import EVENT_FIELDS, EVENT_TEXTS, MERGE_FIELDS, Part, Parts
from resolvers.directory import Directory
from resolvers.masking import mask
from resolvers.planner.gathering import Gathered, Request, Sought, gather, holds_numbers
from resolvers.planner.plan import SourceAnswer
from resolvers.policy import Access

CASES = "ombudsman_cases"
_PLACE = frozenset({"place", "latitude", "longitude"})


@dataclass(frozen=True, slots=True)
class Assembled:
    """One complaint put together, and how the sources that were asked for it took part."""

    merged: MergedComplaint
    answers: tuple[SourceAnswer, ...]


@dataclass(frozen=True, slots=True)
class Assembler:
    """Puts complaints together over a fixed set of sources."""

    sources: tuple[Source, ...]
    clock: Callable[[], datetime]

    async def assemble(
        self,
        anchors: Sequence[ComplaintRecord],
        parts: Parts,
        access: Access,
        directory: Directory,
        time_left: float | None,
    ) -> list[Assembled]:
        """Put each of the *anchors* together out of *parts*, as far as *access* goes.

        The anchors are those that the viewer may see, masked; nothing is raised for a source.
        """
        if access.full is not None:
            return await self._apart(anchors, parts, access, directory, time_left)
        now = self.clock()
        requests = [
            request
            for source in self.sources
            if (request := _request(source, anchors, parts, access)) is not None
        ]
        told = await asyncio.gather(
            *(
                gather(each, each.source.time_limit if time_left is None else time_left, now)
                for each in requests
            )
        )
        answers = tuple(each.answer for each in told if each.answer is not None)
        merging = _Merging(
            {each.request.source.name: each for each in told},
            {source.name: source for source in self.sources},
            access,
            directory,
            now,
        )
        return [Assembled(merging.of(anchor), answers) for anchor in anchors]

    async def _apart(
        self,
        anchors: Sequence[ComplaintRecord],
        parts: Parts,
        access: Access,
        directory: Directory,
        time_left: float | None,
    ) -> list[Assembled]:
        # By the anchor's word alone: no other row can say that it was handed over.
        kinds: dict[bool, list[int]] = {}
        for at, anchor in enumerate(anchors):
            kinds.setdefault(access.towards(anchor) is access.full, []).append(at)
        full = access.full or access
        told = await asyncio.gather(
            *(
                self.assemble(
                    [anchors[at] for at in places],
                    parts,
                    full if handed else access.without_full(),
                    directory,
                    time_left,
                )
                for handed, places in kinds.items()
            )
        )
        found = {
            at: each
            for places, some in zip(kinds.values(), told, strict=True)
            for at, each in zip(places, some, strict=True)
        }
        return [found[at] for at in range(len(anchors))]


def _request(
    source: Source, anchors: Sequence[ComplaintRecord], parts: Parts, access: Access
) -> Request | None:
    sought: tuple[Sought, ...] = ()
    if Part.ROWS in parts and holds_numbers(source):
        sought = tuple(
            Sought(each.tracking_id, each.submitted_at, each.region)
            for each in anchors
            if each.tracking_id is not None
        )
    own: tuple[str, ...] = ()
    if Part.ANCHOR_EVENTS in parts and source.holds("events"):
        own = tuple(each.local_id for each in anchors if each.source == source.name)
    cases: tuple[str, ...] = ()
    if Part.CASES in parts and access.cases != NOTHING and source.holds(CASES):
        cases = tuple(each.tracking_id for each in anchors if each.tracking_id is not None)
    if not sought and not own and not cases:
        return None
    texts = access.follow_up_texts and Part.TEXTS in parts
    return Request(
        source=source,
        sought=sought,
        own=own,
        cases=cases,
        row_fields=access.prune(MERGE_FIELDS | _PLACE) | access.handling_fields,
        events=Part.EVENTS in parts,
        event_fields=EVENT_FIELDS if texts else EVENT_FIELDS - EVENT_TEXTS,
    )


class _Merging:
    """Merges complaints out of what the sources told."""

    def __init__(
        self,
        told: dict[str, Gathered],
        sources: dict[str, Source],
        access: Access,
        directory: Directory,
        now: datetime,
    ) -> None:
        self._told = told
        self._sources = sources
        self._access = access
        self._directory = directory
        self._now = now
        self._covers = Bodies(directory).same
        self._rows: dict[str, list[ComplaintRecord]] = {}
        self._known: dict[str, frozenset[str]] = {}
        permits = predicate(access.handlings)
        for name, each in told.items():
            numbers = set()
            for row in each.rows.values():
                number = str(row.tracking_id)
                numbers.add(number)
                if permits(row):
                    self._rows.setdefault(number, []).append(row)
            self._known[name] = each.searched - numbers
        self._cases = _Cases(told, access, now)

    def of(self, anchor: ComplaintRecord) -> MergedComplaint:
        """Merge what is known of *anchor*."""
        number = anchor.tracking_id
        rows = [] if number is None else self._rows.get(number, [])
        others = [self._said(mask(self._access, row)) for row in rows]
        merged = merge(
            [self._said(anchor), *others],
            (anchor.source, anchor.local_id),
            self._silent(anchor),
            self._covers,
        )
        return self._cases.joined(merged)

    def _said(self, record: ComplaintRecord) -> Contribution:
        source = self._sources[record.source]
        told = self._told.get(record.source)
        events = told.events.get(record.local_id, []) if told is not None else []
        return Contribution(
            record=record,
            events=tuple(map(self._shown, events)),
            fetched_at=self._now,
            as_of=(told.as_of if told is not None else None) or self._now,
            mapping_version=source.connector.capabilities.collections["complaints"].mapping_version,
        )

    def _shown(self, event: EventRecord) -> EventRecord:
        if self._access.follow_up_texts or (event.text is None and event.reason is None):
            return event
        return msgspec.structs.replace(event, text=None, reason=None)

    def _silent(self, anchor: ComplaintRecord) -> list[str]:
        """Name the sources whose agency has the complaint, and which have no row of it."""
        if anchor.agency is None or anchor.tracking_id is None:
            return []
        return [
            name
            for name, without in self._known.items()
            if anchor.tracking_id in without
            and (runs := self._sources[name].agency) is not None
            and self._covers(runs, anchor.agency)
        ]
