"""How each status reads each clock: what meets it, and whether it still runs.  A table, no code.

`deadline` and `comparisons` both follow this table, so that a filter and a field cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache

from connectors.contract.vocabulary import ComplaintStatus as Status
from resolvers.sla.rules import ClockStart, Step


class Then(Enum):
    """What holds if none of the events that meet a clock is known."""

    RUNS = "runs"
    """It still runs."""
    MET = "met"
    """The status says that it was met, at a moment unknown."""
    STOPPED = "stopped"
    """Nobody is bound by it any more, or for the time being."""


class Proof(Enum):
    """What the moment of an event says of when the clock was met."""

    EXACT = "exact"
    """It was met at that moment."""
    LATEST = "latest"
    """It was met then or earlier."""
    EXPIRY = "expiry"
    """It was met by running out."""


@dataclass(frozen=True, slots=True)
class Event:
    """A moment of a complaint that meets a clock."""

    field: str
    proof: Proof = Proof.EXACT


@dataclass(frozen=True, slots=True)
class Reading:
    """How one status reads one clock."""

    then: Then
    met_by: tuple[Event, ...] = ()
    """The first of them that is known counts."""
    tentative: bool = False
    """The reading may turn out otherwise: deadlines read so are provisional."""
    restarts: tuple[str, ...] = ()
    """The clock starts anew at the first of these that is known, not where the rule says."""


STARTS: Mapping[ClockStart, str] = {
    ClockStart.SUBMITTED: "submitted_at",
    ClockStart.VERIFIED: "verified_at",
    ClockStart.DISPOSED: "disposed_at",
    ClockStart.LAST_FOLLOW_UP: "followed_up_at",
    ClockStart.FINDINGS_REPORTED: "findings_reported_at",
}
"""The event that a limit counts from to the field that holds its moment."""

CLOSED = frozenset({Status.CLOSED_BY_REPORTER, Status.CLOSED_BY_SYSTEM, Status.CLOSED_BY_ADMIN})
"""Selesai."""

DISMISSED = frozenset({Status.ARCHIVED, Status.OUT_OF_SCOPE})
"""Nobody has to do anything about these."""

OPEN = frozenset(Status) - CLOSED - DISMISSED

OWED = (Step.VERIFICATION, Step.FIRST_FOLLOW_UP, Step.RESOLUTION, Step.HANDOVER)
"""The steps that somebody owes; AUTO_CLOSE merely tells when silence will end a complaint."""

STEPS = (
    Step.VERIFICATION,
    Step.FIRST_FOLLOW_UP,
    Step.RESOLUTION,
    Step.AUTO_CLOSE,
    Step.HANDOVER,
)
"""The steps of a complaint, in the order in which they are listed."""


def _reading(reading: Reading, statuses: Iterable[str]) -> dict[str, Reading]:
    return dict.fromkeys(statuses, reading)


_STOPPED = Reading(Then.STOPPED)
_RUNS = Reading(Then.RUNS)

# Verified or handed on, whichever is known: handing on is what verification is for.
_VERIFIED = (Event("verified_at"), Event("disposed_at"))

_VERIFICATION = {
    **_reading(Reading(Then.MET, _VERIFIED), Status),
    **_reading(Reading(Then.RUNS, _VERIFIED), {Status.SUBMITTED}),
    **_reading(Reading(Then.RUNS, _VERIFIED, tentative=True), {Status.UNKNOWN}),
    **_reading(
        Reading(Then.STOPPED, _VERIFIED),
        {*DISMISSED, Status.DEFERRED, Status.CLOSED_BY_REPORTER},
    ),
}

# Where the last follow-up only is known, the first was then or earlier.
_FOLLOWED_UP = (Event("first_followed_up_at"), Event("followed_up_at", Proof.LATEST))

_FIRST_FOLLOW_UP = {
    **_reading(Reading(Then.RUNS, _FOLLOWED_UP), Status),
    # The official percentage counts what is in progress as followed up.
    **_reading(
        Reading(Then.MET, _FOLLOWED_UP),
        {
            Status.IN_PROGRESS,
            Status.RESPONDED,
            Status.REPLIED,
            Status.CLOSED_BY_SYSTEM,
            Status.CLOSED_BY_ADMIN,
        },
    ),
    **_reading(Reading(Then.RUNS, _FOLLOWED_UP, tentative=True), {Status.UNKNOWN}),
    **_reading(
        Reading(Then.STOPPED, _FOLLOWED_UP),
        {*DISMISSED, Status.DEFERRED, Status.CLOSED_BY_REPORTER},
    ),
}

_RESOLUTION = {
    **_reading(_RUNS, Status),
    **_reading(
        Reading(Then.MET, (Event("closed_at"),)),
        {Status.CLOSED_BY_REPORTER, Status.CLOSED_BY_ADMIN},
    ),
    # The system closes ten working days after the agency's answer: the answer was the work.
    **_reading(
        Reading(Then.MET, (Event("followed_up_at"), Event("closed_at", Proof.LATEST))),
        {Status.CLOSED_BY_SYSTEM},
    ),
    # The agency has answered; the clock runs on if the reporter replies.
    **_reading(Reading(Then.MET, (Event("followed_up_at"),), tentative=True), {Status.RESPONDED}),
    **_reading(Reading(Then.RUNS, restarts=("reopened_at", "updated_at")), {Status.REOPENED}),
    **_reading(Reading(Then.RUNS, (Event("closed_at"),), tentative=True), {Status.UNKNOWN}),
    **_reading(_STOPPED, {*DISMISSED, Status.DEFERRED}),
}

_AUTO_CLOSE = {
    **_reading(_STOPPED, Status),
    **_reading(_RUNS, {Status.RESPONDED}),
    **_reading(
        Reading(Then.MET, (Event("closed_at", Proof.EXPIRY),)),
        {Status.CLOSED_BY_SYSTEM},
    ),
}

READINGS: Mapping[Step, Mapping[str, Reading]] = {
    Step.VERIFICATION: _VERIFICATION,
    Step.FIRST_FOLLOW_UP: _FIRST_FOLLOW_UP,
    Step.RESOLUTION: _RESOLUTION,
    Step.AUTO_CLOSE: _AUTO_CLOSE,
    # What is with the Ombudsman is not handed over again.
    Step.HANDOVER: {**_RESOLUTION, **_reading(_STOPPED, {Status.ESCALATED})},
    Step.CORRECTIVE_ACTION: _reading(
        Reading(Then.RUNS, (Event("corrective_action_done_at"),)), Status
    ),
}
"""Step, status, reading."""

CERTAIN_RESTARTS = frozenset({"reopened_at"})
"""Any other field that a clock restarts from is an estimate, and the deadline provisional."""


@cache
def groups(step: Step) -> Iterable[tuple[Reading, tuple[str, ...]]]:
    """Give each different reading of *step* with the statuses that read it so."""
    found: dict[Reading, list[str]] = {}
    for status, reading in READINGS[step].items():
        # Whether a deadline is provisional is no question that a filter asks.
        found.setdefault(replace(reading, tentative=False), []).append(status)
    return [(reading, tuple(statuses)) for reading, statuses in found.items()]
