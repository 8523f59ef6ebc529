"""Legal deadlines and the rules behind them."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from connectors.contract.records import ComplaintRecord
from resolvers.sla.deadline import Deadline as DeadlineTold
from resolvers.sla.deadline import SlaState, next_due_at, worst
from resolvers.sla.indicator import Indicator, indicator
from resolvers.sla.rules import ClockStart, DayType
from schema.deadline_enums import DeadlineStep
from schema.node import Info


async def deadlines_of(
    root: strawberry.Parent[ComplaintRecord], info: Info
) -> tuple[DeadlineTold, ...]:
    """Give its deadlines."""
    return await info.context.deadlines(root)


async def sla_of(root: strawberry.Parent[ComplaintRecord], info: Info) -> SlaState:
    """Give the worst state of its deadlines."""
    return worst(await info.context.deadlines(root))


async def next_due_of(root: strawberry.Parent[ComplaintRecord], info: Info) -> datetime | None:
    """Give the nearest deadline that runs."""
    return next_due_at(await info.context.deadlines(root))


async def indicator_of(root: strawberry.Parent[ComplaintRecord], info: Info) -> Indicator:
    """Give its colour."""
    return indicator(root.status, await info.context.deadlines(root))


def step_of(root: strawberry.Parent[DeadlineTold]) -> DeadlineStep:
    """Give the step; no complaint has that of Ombudsman cases."""
    return DeadlineStep(root.step)


@strawberry.type(description="One legal time limit (*batas waktu*)")
class SlaRule:
    """One legal time limit."""

    id: strawberry.ID = strawberry.field(description="Its id (*kode aturan*)")
    regulation: str = strawberry.field(description="Where it stands (*peraturan*)")
    days: int = strawberry.field(description="How many days (*jumlah hari*)")
    day_type: DayType = strawberry.field(description="Which days count (*jenis hari*)")
    counts_from: ClockStart = strawberry.field(
        description="The event it counts from, whose day is not counted (*dihitung sejak*)"
    )
    provisional: bool = strawberry.field(
        description="Its figure is not known for sure (*sementara*)"
    )
    valid_from: date = strawberry.field(description="In force since (*berlaku sejak*)")
    valid_to: date | None = strawberry.field(
        description="The last day on which it is in force (*berlaku sampai*)"
    )


@strawberry.type(description="A legal deadline of one complaint (*tenggat*)")
class Deadline:
    """A legal deadline of one complaint."""

    step = strawberry.field(
        resolver=step_of, graphql_type=DeadlineStep, description="What is due (*tahap*)"
    )
    due_at: datetime = strawberry.field(
        description="The local midnight that ends its last day; met at it or later is late "
        "(*jatuh tempo*)"
    )
    met_at: datetime | None = strawberry.field(
        description="When it was met; null also where that moment is not known (*dipenuhi pada*)"
    )
    state: SlaState = strawberry.field(description="How it stands (*keadaan*)")
    working_days_left: int | None = strawberry.field(
        description="Working days after today up to the last day, negative when late; null if it "
        "does not run (*sisa hari kerja*)"
    )
    provisional: bool = strawberry.field(
        description="The rule, the calendar or a fact behind it is not certain (*sementara*)"
    )
    rule: SlaRule = strawberry.field(description="The time limit behind it (*aturan*)")
