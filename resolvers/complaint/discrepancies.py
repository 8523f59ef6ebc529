"""Where the sources disagree, or one contradicts itself: told, never smoothed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from enum import StrEnum

import msgspec

from connectors.contract.vocabulary import ComplaintStatus as Status
from resolvers.complaint.contribution import Contribution
from resolvers.complaint.lifecycle import CLOSED

TOLERANCE = timedelta(days=1)
"""Dates of one happening may differ by this much: systems are fed by hand."""


class DiscrepancyKind(StrEnum):
    """In what sources disagree."""

    STATUS_CONFLICT = "STATUS_CONFLICT"
    DATE_CONFLICT = "DATE_CONFLICT"
    NEGATIVE_DURATION = "NEGATIVE_DURATION"
    MISSING_AT_HANDLER = "MISSING_AT_HANDLER"
    UNKNOWN_AGENCY = "UNKNOWN_AGENCY"
    UNKNOWN_STATUS = "UNKNOWN_STATUS"


class Discrepancy(msgspec.Struct, frozen=True, kw_only=True):
    """One disagreement and who is party to it."""

    kind: DiscrepancyKind
    message: str
    contributions: tuple[Contribution, ...]


def discrepancies(
    anchor: Contribution, others: Sequence[Contribution], silent: Sequence[str] = ()
) -> tuple[Discrepancy, ...]:
    """Give every disagreement, by kind and source.

    *silent* names the sources that should know the complaint, answered, and have no row of it.
    """
    found: list[Discrepancy] = []
    for other in others:
        found.extend(_status_conflict(anchor, other))
        found.extend(_date_conflicts(anchor, other))
    for each in (anchor, *others):
        for check in _ALONE:
            found.extend(check(each))
    found.extend(
        Discrepancy(
            kind=DiscrepancyKind.MISSING_AT_HANDLER,
            message=f"{source} should handle the complaint and has no row of it",
            contributions=(anchor,),
        )
        for source in sorted(silent)
    )
    order = list(DiscrepancyKind)
    return tuple(
        sorted(
            found,
            key=lambda each: (
                order.index(each.kind),
                each.message,
                [contribution.name for contribution in each.contributions],
            ),
        )
    )


def _status_conflict(anchor: Contribution, other: Contribution) -> Iterator[Discrepancy]:
    mine, theirs = anchor.record.status, other.record.status
    if Status.UNKNOWN in (mine, theirs) or theirs == Status.OUT_OF_SCOPE:
        # Who handed it on has no say in how it went on.
        return
    if (mine in CLOSED) != (theirs in CLOSED):
        yield Discrepancy(
            kind=DiscrepancyKind.STATUS_CONFLICT,
            message=(f"{anchor.record.source} says {mine}, {other.record.source} says {theirs}"),
            contributions=(anchor, other),
        )


def _date_conflicts(anchor: Contribution, other: Contribution) -> Iterator[Discrepancy]:
    mine, theirs = anchor.record, other.record
    if theirs.submitted_at < mine.submitted_at - TOLERANCE:
        yield _dates(anchor, other, "received before it was submitted")
    if (
        mine.closed_at is not None
        and theirs.closed_at is not None
        and theirs.status != Status.OUT_OF_SCOPE
        and abs(mine.closed_at - theirs.closed_at) > TOLERANCE
        and theirs.closed_at > mine.closed_at
    ):
        yield _dates(anchor, other, "closed there after it was closed here")


def _dates(anchor: Contribution, other: Contribution, what: str) -> Discrepancy:
    return Discrepancy(
        kind=DiscrepancyKind.DATE_CONFLICT,
        message=f"{anchor.record.source} and {other.record.source} differ: {what}",
        contributions=(anchor, other),
    )


def _negative_duration(one: Contribution) -> Iterator[Discrepancy]:
    record = one.record
    for what, moment in (
        ("closed", record.closed_at),
        ("followed up", record.first_followed_up_at or record.followed_up_at),
    ):
        if moment is not None and moment < record.submitted_at:
            yield Discrepancy(
                kind=DiscrepancyKind.NEGATIVE_DURATION,
                message=f"{record.source}: {what} before it was submitted",
                contributions=(one,),
            )


def _unknown_agency(one: Contribution) -> Iterator[Discrepancy]:
    if one.record.source_agency and one.record.agency is None:
        yield Discrepancy(
            kind=DiscrepancyKind.UNKNOWN_AGENCY,
            message=f"{one.record.source} names an agency that no code table maps",
            contributions=(one,),
        )


def _unknown_status(one: Contribution) -> Iterator[Discrepancy]:
    if one.record.status == Status.UNKNOWN:
        yield Discrepancy(
            kind=DiscrepancyKind.UNKNOWN_STATUS,
            message=f"{one.record.source} uses a status that no code table maps",
            contributions=(one,),
        )


_ALONE: tuple[Callable[[Contribution], Iterator[Discrepancy]], ...] = (
    _negative_duration,
    _unknown_agency,
    _unknown_status,
)
