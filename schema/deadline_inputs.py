"""What a client can ask of deadlines."""

from __future__ import annotations

from datetime import datetime

import strawberry

from resolvers.sla import asked
from resolvers.sla.deadline import SlaState
from resolvers.sla.rules import Step
from schema.deadline_enums import DeadlineStep
from schema.given import given

UNSET = strawberry.UNSET


@strawberry.input(
    description="What is asked of deadlines; all that is named must hold (*saringan tenggat*). "
    "With `step` all of it is about that step's deadline; without it `states` is about the worst, "
    "`dueBefore` about the nearest that runs, `overdueByWorkingDays` about any"
)
class SlaFilter:
    """What is asked of deadlines."""

    step: DeadlineStep | None = strawberry.field(
        default=UNSET, description="The step it is about (*tahap*)"
    )
    states: list[SlaState] | None = strawberry.field(
        default=UNSET, description="How it stands (*keadaan*)"
    )
    due_before: datetime | None = strawberry.field(
        default=UNSET, description="Due before then (*jatuh tempo sebelum*)"
    )
    overdue_by_working_days: int | None = strawberry.field(
        default=UNSET,
        description="Overdue by so many working days or more; 0: by whatever "
        "(*terlambat sekian hari kerja*)",
    )


def asked_of_deadlines(where: SlaFilter | None) -> asked.SlaFilter | None:
    """Give what is asked in plain values, or None if nothing is."""
    where = given(where)
    if where is None:
        return None
    step, states = given(where.step), given(where.states)
    return asked.SlaFilter(
        step=None if step is None else Step(step),
        states=None if states is None else tuple(map(SlaState, states)),
        due_before=given(where.due_before),
        overdue_by_working_days=given(where.overdue_by_working_days),
    )
