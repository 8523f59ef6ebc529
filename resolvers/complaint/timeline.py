"""What happened to a complaint, in order, as every source tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from connectors.contract.records import ComplaintRecord, EventRecord
from connectors.contract.vocabulary import EventKind as Kind
from resolvers.complaint.contribution import Contribution

_ORDER = {kind: index for index, kind in enumerate(Kind)}
"""Of events at one moment, the earlier step of the lifecycle comes first."""


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One event and who tells of it."""

    event: EventRecord
    contribution: Contribution


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
    entries.sort(key=_key)
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
            agency=record.agency if kind is not Kind.SUBMITTED else None,
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


def _key(entry: TimelineEntry) -> tuple[datetime, int, str, str, str, bytes]:
    event = entry.event
    return (
        event.at,
        _ORDER[event.kind],
        event.source,
        event.complaint,
        event.local_id,
        msgspec.msgpack.encode(event),
    )
