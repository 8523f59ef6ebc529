"""What the client asked for, in plain values: no names resolved, nothing checked yet."""

from __future__ import annotations

from datetime import datetime

import msgspec

from connectors.contract.query import Order
from resolvers.planner.plan import OnMissing
from resolvers.sla.asked import SlaFilter

NEWEST_FIRST = Order("submitted_at")


class DateTimeRange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stretch of time; *since* belongs to it, *until* does not."""

    since: datetime | None = None
    until: datetime | None = None


class ComplaintFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A filter as the client wrote it; what is not named is None and asks nothing."""

    all_of: tuple[ComplaintFilter, ...] | None = None
    any_of: tuple[ComplaintFilter, ...] | None = None
    none_of: ComplaintFilter | None = None
    tracking_ids: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    supervisory: bool | None = None
    statuses: tuple[str, ...] | None = None
    agencies: tuple[str, ...] | None = None
    handled_by: tuple[str, ...] | None = None
    open_handling_at: tuple[str, ...] | None = None
    agency_levels: tuple[str, ...] | None = None
    handled_by_levels: tuple[str, ...] | None = None
    handled_by_at_least: int | None = None
    bounced_at_least: int | None = None
    open: bool | None = None
    regions: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    uncategorised: bool | None = None
    channels: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    submitted: DateTimeRange | None = None
    updated: DateTimeRange | None = None
    closed: DateTimeRange | None = None
    priority_programmes: tuple[str, ...] | None = None
    handover_consent: DateTimeRange | None = None
    has_ombudsman_case: bool | None = None
    has_discrepancy: bool | None = None
    overlaps_sources: tuple[str, ...] | None = None
    sla: SlaFilter | None = None
    open_for_working_days: int | None = None
    without_follow_up_for_working_days: int | None = None


class AgencyFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which agencies are wanted."""

    levels: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    text: str | None = None
    connected: bool | None = None
    active_since: datetime | None = None
    inactive_since: datetime | None = None
    decree_valid: bool | None = None
    accepts_categories: tuple[str, ...] | None = None
    not_ready: bool | None = None


class ComplaintsAsked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page of complaints as the client asked for it."""

    where: ComplaintFilter = ComplaintFilter()
    order: Order = NEWEST_FIRST
    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    on_missing: OnMissing = OnMissing.OMIT
