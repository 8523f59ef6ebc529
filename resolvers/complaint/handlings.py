"""Each agency's work on a complaint: by its own system's row, or by the anchor's dispositions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from connectors.contract.records import EventRecord
from connectors.contract.vocabulary import ComplaintStatus as Status
from connectors.contract.vocabulary import EventKind as Kind
from resolvers.complaint.contribution import Contribution
from resolvers.complaint.lifecycle import CLOSED

Covers = Callable[[str, str], bool]
"""Says whether two agencies are one body: a ministry and its unit, or its successor."""


def same(one: str, other: str) -> bool:
    """Take only an agency itself for the same body."""
    return one == other


class HandlingRole(StrEnum):
    """What an agency is to a complaint."""

    HANDLER = "HANDLER"
    COORDINATOR = "COORDINATOR"
    SUPERVISOR = "SUPERVISOR"
    INVESTIGATOR = "INVESTIGATOR"


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """One agency's work on a complaint, in its own words where its system was asked."""

    agency: str | None
    source_agency: str | None
    local_id: str
    """The number in its own system; where only the anchor tells of it, one made of the anchor's."""
    status: str
    source_status: str
    received_at: datetime | None
    first_follow_up_at: datetime | None
    closed_at: datetime | None
    released_at: datetime | None
    """When it handed the complaint on."""
    updated_at: datetime | None
    open: bool
    """It still has work of its own on it."""
    follow_ups: tuple[EventRecord, ...]
    contribution: Contribution
    role: HandlingRole = HandlingRole.HANDLER


def handlings(
    anchor: Contribution, others: Sequence[Contribution], covers: Covers = same
) -> tuple[Handling, ...]:
    """Give every agency's handling: the systems' own rows, then dispositions without such a row.

    In order of reception; unknown receptions last.
    """
    own = [_from_row(each) for each in others]
    known = {each.agency for each in own if each.agency is not None}
    told = [
        each
        for each in _from_dispositions(anchor)
        if not any(covers(str(each.agency), agency) for agency in known)
    ]
    return tuple(sorted((*own, *told), key=_key))


def _key(handling: Handling) -> tuple[bool, float, str, str]:
    received = handling.received_at
    return (
        received is None,
        received.timestamp() if received is not None else 0.0,
        handling.contribution.record.source,
        handling.local_id,
    )


def _from_row(contribution: Contribution) -> Handling:
    record = contribution.record
    follow_ups = tuple(
        sorted(
            (event for event in contribution.events if event.kind is Kind.FOLLOWED_UP),
            key=lambda event: (event.at, event.local_id, event.text or ""),
        )
    )
    released = [event.at for event in contribution.events if event.kind is Kind.BOUNCED]
    return Handling(
        agency=record.agency,
        source_agency=record.source_agency,
        local_id=record.local_id,
        status=record.status,
        source_status=record.source_status or "",
        received_at=record.submitted_at,
        first_follow_up_at=record.first_followed_up_at
        or (follow_ups[0].at if follow_ups else None),
        closed_at=record.closed_at,
        released_at=max(released, default=None) if record.status == Status.OUT_OF_SCOPE else None,
        updated_at=record.updated_at,
        open=record.status not in CLOSED,
        follow_ups=follow_ups,
        contribution=contribution,
    )


def _from_dispositions(anchor: Contribution) -> list[Handling]:
    record = anchor.record
    steps = sorted(
        (e for e in anchor.events if e.kind in (Kind.DISPOSED, Kind.BOUNCED)),
        key=lambda event: (event.at, event.kind is Kind.DISPOSED, event.local_id),
    )
    made: list[Handling] = []
    for index, step in enumerate(steps):
        if step.kind is not Kind.DISPOSED or step.agency is None:
            continue
        ended = next((later.at for later in steps[index + 1 :] if later.at >= step.at), None)
        bounced = any(
            later.kind is Kind.BOUNCED and later.at == ended for later in steps[index + 1 :]
        )
        answers = tuple(
            event
            for event in anchor.events
            if event.kind is Kind.FOLLOWED_UP
            and event.agency == step.agency
            and event.at >= step.at
            and (ended is None or event.at <= ended)
        )
        held = ended is None
        left = Status.OUT_OF_SCOPE if bounced else Status.DISPOSED
        made.append(
            Handling(
                agency=step.agency,
                source_agency=step.source_agency,
                local_id=f"{record.local_id}:{index + 1}",
                status=record.status if held else left,
                source_status=(record.source_status or "") if held else (step.reason or ""),
                received_at=step.at,
                first_follow_up_at=min((event.at for event in answers), default=None),
                closed_at=record.closed_at if held else None,
                released_at=ended,
                updated_at=record.updated_at if held else ended,
                open=held and record.status not in CLOSED,
                follow_ups=answers,
                contribution=anchor,
            )
        )
    return made
