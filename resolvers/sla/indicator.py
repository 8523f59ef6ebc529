"""Merah, kuning, hijau: the *indikator tindak lanjut*, defined here and nowhere else.

GREEN (*hijau*): finished.  RED (*merah*): something owed is overdue, or an agency has the complaint
and nobody has followed it up.  YELLOW (*kuning*): followed up, not finished, nothing overdue.
NONE: no agency has it yet, or nobody has to do anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from connectors.contract.vocabulary import ComplaintStatus as Status
from resolvers.sla.deadline import Deadline, SlaState
from resolvers.sla.rules import Step
from resolvers.sla.steps import CLOSED, DISMISSED, OWED


class Indicator(StrEnum):
    """The colour under which a complaint is shown."""

    RED = "RED"
    """Merah."""
    YELLOW = "YELLOW"
    """Kuning."""
    GREEN = "GREEN"
    """Hijau."""
    NONE = "NONE"


_DONE = frozenset({SlaState.MET, SlaState.BREACHED})
_ANSWERED = frozenset({Status.IN_PROGRESS, Status.RESPONDED, Status.REPLIED})
_WAITING_FOR_ANSWER = frozenset({Status.DISPOSED, Status.REOPENED, Status.ESCALATED})


def indicator(status: str, deadlines: Sequence[Deadline]) -> Indicator:
    """Give the colour of a complaint with *status* and *deadlines*."""
    if status in CLOSED:
        return Indicator.GREEN
    if status in DISMISSED:
        return Indicator.NONE
    states = {each.step: each.state for each in deadlines if each.step in OWED}
    if SlaState.OVERDUE in states.values():
        return Indicator.RED
    if status == Status.UNKNOWN and states.get(Step.RESOLUTION) in _DONE:
        return Indicator.GREEN
    if status in _ANSWERED or states.get(Step.FIRST_FOLLOW_UP) in _DONE:
        return Indicator.YELLOW
    return Indicator.RED if status in _WAITING_FOR_ANSWER else Indicator.NONE
