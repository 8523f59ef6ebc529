"""What the client asks of deadlines, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from resolvers.sla.deadline import SlaState
from resolvers.sla.rules import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaFilter:
    """What is asked of deadlines; what is None asks nothing, and all that is asked must hold.

    With *step*, all conditions are about that step's deadline; *due_before* is then about running
    ones, unless *states* names others.  Without it, *states* is about the worst deadline,
    *due_before* about the nearest that runs, and *overdue_by_working_days* about any.
    """

    step: Step | None = None
    states: tuple[SlaState, ...] | None = None
    due_before: datetime | None = None
    """Aware."""
    overdue_by_working_days: int | None = None
    """Not negative: 0 is anything overdue."""
