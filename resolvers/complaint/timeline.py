"""What happened to a complaint, in order, as every source tells it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from connectors.contract.records import ComplaintRecord, EventRecord
from connectors.contract.vocabulary import EventKind as Kind
from resolvers.complaint.contribution import Contribution, Told
from resolvers.planner.plan import Key

_ORDER = {kind: index for index, kind in enumerate(Kind)}
"""Of events at one moment, the earlier step of the lifecycle comes first."""


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One event and who tells of it."""

    event: EventRecord
    contribution: Told

    @property
    def at(self) -> datetime:
        """Give its moment."""
        return self.event.at

    @property
    def kind(self) -> Kind:
        """Give what happened."""
        return self.event.kind

    @property
    def reason(self) -> str | None:
        """Give why, where the viewer may read it."""
        return self.event.reason

    @property
    def text(self) -> str | None:
        """Give what was said, where the viewer may read it."""
        return self.event.text


def timeline(contributions: Sequence[Contribution]) -> tuple[TimelineEntry, ...]:
    """Put all events in order: by moment, then lifecycle step, source and id.

    A source without events of a kind still tells of it by its dates; those are told as events too.
    The same happening told by two sources stands twice, each with its source: neither is hidden.
    """
    entries = [
        TimelineEntry(event=event, contribution=each)
        for each in contributions
        for event in (*each.events, *_from_dates(each))
    ]
    entries.sort(key=place)
    return tuple(entries)


def bounces(anchor: Contribution) -> int:
    """Count how often the complaint was handed back as *bukan wewenang*, by the anchor's word."""
    return sum(1 for event in anchor.events if event.kind is Kind.BOUNCED)


def _from_dates(contribution: Contribution) -> list[EventRecord]:
    record = contribution.record
    told = {event.kind for event in contribution.events}
    return [
        EventRecord(
            source=record.source,
            complaint=record.local_id,
            at=moment,
            kind=kind,
            agency=record.agency if kind not in (Kind.SUBMITTED, Kind.VERIFIED) else None,
        )
        for kind, moment in _dates(record)
        if moment is not None and kind not in told
    ]


def _dates(record: ComplaintRecord) -> tuple[tuple[Kind, datetime | None], ...]:
    return (
        (Kind.SUBMITTED, record.submitted_at),
        (Kind.VERIFIED, record.verified_at),
        (Kind.DISPOSED, record.disposed_at),
        (Kind.FOLLOWED_UP, record.first_followed_up_at or record.followed_up_at),
        (Kind.CLOSED, record.closed_at),
    )


def place(entry: TimelineEntry) -> Key:
    """Give the entry's place in its timeline: what a cursor holds."""
    event = entry.event
    step = f"{_ORDER[event.kind]:02}"
    content = hashlib.blake2b(msgspec.msgpack.encode(event), digest_size=8).hexdigest()
    return (
        int(event.at.timestamp() * 1_000_000),
        f"{step}\0{event.source}\0{event.complaint}",
        f"{event.local_id.rjust(20)}\0{content}",
    )
