"""The order of the nearest legal deadline, which no source knows: worked out record by record."""

from __future__ import annotations

from datetime import date, datetime

from connectors.contract.filters import one_of
from connectors.contract.records import ComplaintRecord
from connectors.contract.vocabulary import ComplaintStatus
from resolvers.directory import Directory
from resolvers.errors import BadPage
from resolvers.legal_clock import DEADLINE_FIELDS, LegalClock
from resolvers.planner.plan import Computed
from resolvers.policy import Access
from resolvers.sla.deadline import next_due_at
from resolvers.sla.steps import OWED, READINGS, Then

NEXT_DUE = "next_due_at"
"""What an order by the nearest deadline calls its field."""

RUNNABLE = frozenset(
    status
    for step in OWED
    for status, reading in READINGS[step].items()
    if reading.then is Then.RUNS
)
"""The statuses with which something that is owed can still run."""


def by_next_due(access: Access, legal: LegalClock, directory: Directory, today: date) -> Computed:
    """Give how the order is worked out.

    A deadline that runs does not move with the clock, so neither does a complaint's place.
    Raises `BadPage` for a viewer who may not read what deadlines are worked out of.
    """
    if access.prune(DEADLINE_FIELDS) != DEADLINE_FIELDS:
        raise BadPage(
            "ORDER_NOT_ALLOWED",
            "the order depends on fields that you may not read",
            hint="order by SUBMITTED_AT or UPDATED_AT",
        )
    now = legal.now()

    def moment(record: ComplaintRecord) -> datetime | None:
        return next_due_at(legal.deadlines(record, directory, today, now))

    return Computed(
        moment=moment,
        fields=DEADLINE_FIELDS,
        having=one_of("status", RUNNABLE),
        lacking=one_of("status", frozenset(ComplaintStatus) - RUNNABLE),
    )
