"""What a client can ask with, and how it becomes plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import strawberry

from connectors.contract.query import Order
from resolvers import asked
from resolvers.due_order import NEXT_DUE
from resolvers.errors import NeedsIndex
from resolvers.planner.plan import OnMissing
from schema.deadline_inputs import SlaFilter, asked_of_deadlines
from schema.enums import (
    AgencyLevel,
    ComplaintKind,
    ComplaintOrderField,
    ComplaintStatus,
    Freshness,
    MissingPolicy,
    OrderDirection,
)
from schema.given import given

UNSET = strawberry.UNSET


@strawberry.input(description="A stretch of time (*rentang waktu*)")
class DateTimeRange:
    """A stretch of time."""

    from_: datetime | None = strawberry.field(
        default=UNSET, name="from", description="Its first moment (*sejak*)"
    )
    until: datetime | None = strawberry.field(
        default=UNSET, description="Its end, not included (*sampai sebelum*)"
    )


@strawberry.input(
    description="Which complaints are wanted; all that is named must hold (*saringan laporan*)"
)
class ComplaintFilter:
    """Which complaints are wanted."""

    and_: list[ComplaintFilter] | None = strawberry.field(
        default=UNSET, name="and", description="All of these hold (*dan*)"
    )
    or_: list[ComplaintFilter] | None = strawberry.field(
        default=UNSET, name="or", description="At least one of these holds (*atau*)"
    )
    not_: ComplaintFilter | None = strawberry.field(
        default=UNSET, name="not", description="This does not hold (*bukan*)"
    )
    tracking_ids: list[str] | None = strawberry.field(
        default=UNSET, description="National numbers (*tracking ID*), with or without `#`"
    )
    kinds: list[ComplaintKind] | None = strawberry.field(
        default=UNSET, description="What the reporter wants (*klasifikasi*)"
    )
    supervisory: bool | None = strawberry.field(
        default=UNSET, description="Is about misconduct (*berkadar pengawasan*)"
    )
    statuses: list[ComplaintStatus] | None = strawberry.field(
        default=UNSET, description="Where it stands (*status*)"
    )
    agencies: list[str] | None = strawberry.field(
        default=UNSET,
        description="Codes of agencies that have it now; a parent counts for its units and "
        "successors (*instansi*)",
    )
    handled_by: list[str] | None = strawberry.field(
        default=UNSET,
        description="Codes of agencies that have it now, or have it in their own systems; a parent "
        "counts for its units and successors (*penanganan oleh*)",
    )
    open_handling_at: list[str] | None = strawberry.field(
        default=UNSET,
        description="Codes of agencies that still have work of their own on it (*masih ditangani*)",
    )
    agency_levels: list[AgencyLevel] | None = strawberry.field(
        default=UNSET, description="Level of the agency that has it now (*jenis instansi*)"
    )
    handled_by_levels: list[AgencyLevel] | None = strawberry.field(
        default=UNSET,
        description="Level of an agency that has it now, or has it in its own system; units count "
        "for the agency above them, too (*jenis instansi penanganan*)",
    )
    handled_by_at_least: int | None = strawberry.field(
        default=UNSET,
        description="So many different agencies have it now or in their own systems; units are no "
        "agencies of their own (*jumlah instansi penanganan*)",
    )
    bounced_at_least: int | None = strawberry.field(
        default=UNSET,
        description="It was handed back so many times or more as not within an agency's authority "
        "(*bukan wewenang*); the histories of all that the rest of the filter leaves are read, so "
        "name a region, category, agency or date beside it",
    )
    open: bool | None = strawberry.field(
        default=UNSET,
        description="Somebody still has to do something about it (*belum selesai*): neither "
        "closed, archived nor out of scope",
    )
    regions: list[str] | None = strawberry.field(
        default=UNSET,
        description="Kemendagri codes of the place of the incident; each stands for all below it "
        "(*wilayah*)",
    )
    categories: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Categories; a branch counts for all below it (*kategori*)"
    )
    uncategorised: bool | None = strawberry.field(
        default=UNSET, description="Has no category (*tanpa kategori*)"
    )
    channels: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Ways in (*kanal*)"
    )
    sources: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Sources that list it (*sistem asal*)"
    )
    submitted: DateTimeRange | None = strawberry.field(
        default=UNSET, description="When it was submitted (*tanggal masuk*)"
    )
    updated: DateTimeRange | None = strawberry.field(
        default=UNSET, description="When it last changed (*tanggal diubah*)"
    )
    closed: DateTimeRange | None = strawberry.field(
        default=UNSET, description="When it was closed (*tanggal selesai*)"
    )
    priority_programmes: list[strawberry.ID] | None = strawberry.field(
        default=UNSET,
        description="A programme covered its category on the day it was submitted "
        "(*program prioritas*)",
    )
    handover_consent: DateTimeRange | None = strawberry.field(
        default=UNSET,
        description="When the reporter agreed to the hand-over to the Ombudsman "
        "(*persetujuan pelimpahan*)",
    )
    has_ombudsman_case: bool | None = strawberry.field(
        default=UNSET,
        description="The Ombudsman has a case that names it (*ada laporan Ombudsman*)",
    )
    has_discrepancy: bool | None = strawberry.field(
        default=UNSET,
        description="Sources disagree about it, or one contradicts itself (*ketidaksesuaian*); "
        "read out of all sources for what the rest of the filter leaves",
    )
    overlaps_sources: list[strawberry.ID] | None = strawberry.field(
        default=UNSET,
        description="One of these sources has it too: a row under its national number, or a "
        "complaint that is `related` to it (*duplikat antarsistem*); read out of all sources for "
        "what the rest of the filter leaves, so name a region, category, agency or date beside it",
    )
    sla: SlaFilter | None = strawberry.field(
        default=UNSET, description="How its deadlines stand (*tenggat*)"
    )
    open_for_working_days: int | None = strawberry.field(
        default=UNSET,
        description="Still open, and submitted so many working days ago or more "
        "(*belum selesai selama sekian hari kerja*)",
    )
    without_follow_up_for_working_days: int | None = strawberry.field(
        default=UNSET,
        description="Still open, and the last follow-up, or the disposition if there was none, "
        "lies so many working days back or more (*tanpa tindak lanjut selama sekian hari kerja*)",
    )


@strawberry.input(description="In which order complaints come (*urutan laporan*)")
class ComplaintOrder:
    """In which order complaints come."""

    field: ComplaintOrderField = strawberry.field(description="By what (*berdasarkan*)")
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.DESC, description="Which way (*arah*)"
    )


@strawberry.input(description="Which agencies are wanted (*saringan instansi*)")
class AgencyFilter:
    """Which agencies are wanted."""

    levels: list[AgencyLevel] | None = strawberry.field(
        default=UNSET, description="What kind of body (*jenis instansi*)"
    )
    regions: list[str] | None = strawberry.field(
        default=UNSET, description="Territories; each stands for all below it (*wilayah*)"
    )
    text: str | None = strawberry.field(
        default=UNSET, description="Part of name, short name or code (*kata*)"
    )
    connected: bool | None = strawberry.field(
        default=UNSET, description="Connected to SP4N-LAPOR! (*keterhubungan*)"
    )
    active_since: datetime | None = strawberry.field(
        default=UNSET, description="Its administrator was active since then (*aktif sejak*)"
    )
    inactive_since: datetime | None = strawberry.field(
        default=UNSET, description="Its administrator was not active since then (*tidak aktif*)"
    )
    decree_valid: bool | None = strawberry.field(
        default=UNSET, description="Its team's decree is valid today (*SK Tim berlaku*)"
    )
    accepts_categories: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Accepts one of these categories (*kategori diterima*)"
    )
    not_ready: bool | None = strawberry.field(
        default=UNSET,
        description="Not connected, or without a valid decree, or its administrator was not active "
        "in the last 30 days (*belum siap*); what is not known counts as missing",
    )


def asked_filter(where: ComplaintFilter | None) -> asked.ComplaintFilter | None:
    """Give the client's filter in plain values, or None if there is none."""
    where = given(where)
    if where is None:
        return None
    # Most of its fields are not given: only those that are cost anything.
    named = {name: value for name, value in vars(where).items() if value is not UNSET}
    return asked.ComplaintFilter(
        **{_ASKED_AS.get(name, name): _CONVERT[name](value) for name, value in named.items()}
    )


def asked_agencies(where: AgencyFilter | None) -> asked.AgencyFilter:
    """Give the client's filter of agencies in plain values."""
    where = given(where)
    if where is None:
        return asked.AgencyFilter()
    return asked.AgencyFilter(
        levels=listed(where.levels),
        regions=listed(where.regions),
        text=given(where.text),
        connected=given(where.connected),
        active_since=given(where.active_since),
        inactive_since=given(where.inactive_since),
        decree_valid=given(where.decree_valid),
        accepts_categories=listed(where.accepts_categories),
        not_ready=given(where.not_ready),
    )


_FIELDS = {
    ComplaintOrderField.SUBMITTED_AT: "submitted_at",
    ComplaintOrderField.UPDATED_AT: "updated_at",
    ComplaintOrderField.DUE_AT: NEXT_DUE,
}


def asked_page(
    *,
    where: asked.ComplaintFilter | None,
    order_by: ComplaintOrder | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    on_missing: MissingPolicy = MissingPolicy.OMIT,
    freshness: Freshness = Freshness.AUTO,
) -> asked.ComplaintsAsked:
    """Give one page of complaints as it was asked for; raises `NeedsIndex` for what needs a store
    of our own.
    """
    if freshness is Freshness.INDEXED:
        raise NeedsIndex(
            "NEEDS_INDEX",
            "there is no store of our own yet that could answer this",
            hint="ask with freshness: AUTO or LIVE",
        )
    if on_missing is MissingPolicy.STALE:
        raise NeedsIndex(
            "STALE_UNAVAILABLE",
            "last known rows are not kept yet",
            hint="ask with onMissing: OMIT, which says what is missing, or FAIL",
        )
    order = given(order_by)
    return asked.ComplaintsAsked(
        where=where or asked.ComplaintFilter(),
        order=asked.NEWEST_FIRST
        if order is None
        else Order(_FIELDS[order.field], order.direction is OrderDirection.DESC),
        first=None if first is UNSET else first,
        after=None if after is UNSET else after,
        last=None if last is UNSET else last,
        before=None if before is UNSET else before,
        on_missing=OnMissing.FAIL if on_missing is MissingPolicy.FAIL else OnMissing.OMIT,
    )


def _nested(filters: list[ComplaintFilter] | None) -> tuple[asked.ComplaintFilter, ...] | None:
    nested = given(filters)
    if nested is None:
        return None
    return tuple(asked_filter(each) or asked.ComplaintFilter() for each in nested)


def _same(value: bool | int | None) -> bool | int | None:
    return value


def listed(values: Iterable[str] | None) -> tuple[str, ...] | None:
    """Give the values of a list in plain words, or None if there is none."""
    listed = given(values)
    return None if listed is None else tuple(map(str, listed))


def stretch_of(stretch: DateTimeRange | None) -> asked.DateTimeRange | None:
    """Give a stretch of time in plain values, or None if there is none."""
    stretch = given(stretch)
    if stretch is None:
        return None
    return asked.DateTimeRange(since=given(stretch.from_), until=given(stretch.until))


_ASKED_AS = {"and_": "all_of", "or_": "any_of", "not_": "none_of"}
"""Field of the input to that of the plain filter, where they have different names."""
_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "and_": _nested,
    "or_": _nested,
    "not_": asked_filter,
    "tracking_ids": listed,
    "kinds": listed,
    "supervisory": _same,
    "statuses": listed,
    "agencies": listed,
    "handled_by": listed,
    "open_handling_at": listed,
    "agency_levels": listed,
    "handled_by_levels": listed,
    "handled_by_at_least": _same,
    "bounced_at_least": _same,
    "open": _same,
    "regions": listed,
    "categories": listed,
    "uncategorised": _same,
    "channels": listed,
    "sources": listed,
    "submitted": stretch_of,
    "updated": stretch_of,
    "closed": stretch_of,
    "priority_programmes": listed,
    "handover_consent": stretch_of,
    "has_ombudsman_case": _same,
    "has_discrepancy": _same,
    "overlaps_sources": listed,
    "sla": asked_of_deadlines,
    "open_for_working_days": _same,
    "without_follow_up_for_working_days": _same,
}
"""Field of the input to what makes a plain value of it."""
