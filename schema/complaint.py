"""Complaints and lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import strawberry

from connectors.contract.records import (
    AgencyRecord,
    CategoryRecord,
    ChannelRecord,
    ComplaintRecord,
    RegionRecord,
)
from resolvers.complaint.lifecycle import LABELS
from resolvers.identity import complaint_id, complaint_ids
from resolvers.paging import ComplaintPage
from resolvers.planner.plan import Count as CountRecord
from resolvers.sla.deadline import SlaState
from resolvers.sla.indicator import Indicator
from schema.agency import Agency
from schema.at_once import accepting, at_once, by_key, plain
from schema.catalogue import Category, Channel
from schema.contribution import Contribution, Discrepancy, contributions_of, discrepancies_of
from schema.deadline import Deadline, deadlines_of, indicator_of, next_due_of, sla_of
from schema.enums import ComplaintKind, ComplaintStatus, Language
from schema.handling import Handling, bounces_of, handlings_of
from schema.node import Info, Node
from schema.ombudsman import Handover, OmbudsmanCase, case_of, handover_of
from schema.paging import Count, PageInfo
from schema.places import Location, Place, Region, place_of
from schema.programme import PriorityProgramme, programmes_of
from schema.related import RelatedComplaint, related_of
from schema.sources import SourceAnswer
from schema.timeline import TimelineConnection, timeline_of


def id_of(root: strawberry.Parent[ComplaintRecord]) -> strawberry.ID:
    """Give the global id."""
    return strawberry.ID(complaint_id(root))


async def category_of(
    root: strawberry.Parent[ComplaintRecord], info: Info
) -> CategoryRecord | None:
    """Give its category."""
    if root.category is None:
        return None
    return (await info.context.needed("categories")).category(root.category)


async def channel_of(root: strawberry.Parent[ComplaintRecord], info: Info) -> ChannelRecord | None:
    """Give its channel."""
    if root.channel is None:
        return None
    return (await info.context.needed("channels")).channel(root.channel)


async def region_of(root: strawberry.Parent[ComplaintRecord], info: Info) -> RegionRecord | None:
    """Give the region of the incident."""
    if root.region is None:
        return None
    return (await info.context.needed("regions")).region(root.region)


async def agency_of(root: strawberry.Parent[ComplaintRecord], info: Info) -> AgencyRecord | None:
    """Give the agency that has it now."""
    if root.agency is None:
        return None
    return (await info.context.needed("agencies")).agency(root.agency, info.context.today())


def location_of(root: strawberry.Parent[ComplaintRecord]) -> Place | None:
    """Give the place of the incident."""
    return place_of(root)


@dataclass(frozen=True, slots=True)
class Flags:
    """The two flags of a complaint."""

    anonymous: bool
    secret: bool


def visibility_of(root: strawberry.Parent[ComplaintRecord]) -> Flags:
    """Give the two flags."""
    return Flags(root.anonymous, root.secret)


@dataclass(frozen=True, slots=True)
class Person:
    """Who reported, as far as the record shows it."""

    name: str | None
    contact: str | None


def reporter_of(root: strawberry.Parent[ComplaintRecord]) -> Person | None:
    """Give the reporter; null where the record shows none."""
    if root.reporter_name is None and root.reporter_contact is None:
        return None
    return Person(root.reporter_name, root.reporter_contact)


_OFFICIAL = {str(status): official for status, (official, _) in LABELS.items()}
"""Status to its Indonesian label, by the status's text alone."""


def status_label(
    root: strawberry.Parent[ComplaintRecord],
    language: Annotated[
        Language, strawberry.argument(description="In which language (*bahasa*)")
    ] = Language.ID,
) -> str:
    """Give the status in words."""
    official, english = LABELS[root.status]
    return official if language is Language.ID else english


@strawberry.type(description="Two flags that can be combined (*anonim*, *rahasia*)")
class Visibility:
    """The two flags of a complaint."""

    anonymous: bool = strawberry.field(description="The reporter's name is hidden (*anonim*)")
    secret: bool = strawberry.field(description="The complaint is hidden (*rahasia*)")


@strawberry.type(description="Who reported (*pelapor*); by role and purpose only")
class Reporter:
    """Who reported."""

    name: str | None = strawberry.field(description="Name (*nama pelapor*)")
    contact: str | None = strawberry.field(description="Telephone or mail (*kontak*)")


@strawberry.federation.type(
    keys=["id", "trackingId"],
    description="A report of a citizen (*laporan*), listed through its anchor record",
)
class Complaint(Node):
    """A complaint as its anchor record tells it."""

    is_type_of = accepting(ComplaintRecord)

    id = strawberry.field(
        resolver=at_once(
            id_of, lambda root, _: complaint_id(root), lambda roots, _: complaint_ids(roots)
        ),
        graphql_type=strawberry.ID,
        description="The global id; an id once given is answered for ever",
    )
    tracking_id: str | None = strawberry.field(
        description="The national number where there is one (*tracking ID*)"
    )
    kind: ComplaintKind | None = strawberry.field(
        description="What the reporter wants (*klasifikasi*)"
    )
    supervisory: bool | None = strawberry.field(
        description="Is about misconduct (*berkadar pengawasan*)"
    )
    title: str | None = strawberry.field(
        description="Its title (*judul*); without personal data for the public"
    )
    body: str | None = strawberry.field(description="Its text (*isi laporan*); not for the public")
    category = strawberry.field(
        resolver=by_key(
            category_of, "category", lambda code, context: context.at_hand.category(code)
        ),
        graphql_type=Category | None,
        description="Its subject (*kategori*); often there is none",
    )
    channel = strawberry.field(
        resolver=by_key(channel_of, "channel", lambda code, context: context.at_hand.channel(code)),
        graphql_type=Channel | None,
        description="The way it came in (*kanal*)",
    )
    region = strawberry.field(
        resolver=by_key(region_of, "region", lambda code, context: context.at_hand.region(code)),
        graphql_type=Region | None,
        description="The place of the incident, not the agency's seat (*wilayah kejadian*)",
    )
    location = strawberry.field(
        resolver=plain(location_of),
        graphql_type=Location | None,
        description="The place of the incident, to the district for the public (*lokasi*)",
    )
    visibility = strawberry.field(
        resolver=plain(visibility_of),
        graphql_type=Visibility,
        description="Anonymous, secret (*anonim, rahasia*)",
    )
    reporter = strawberry.field(
        resolver=plain(reporter_of),
        graphql_type=Reporter | None,
        description="Who reported (*pelapor*); by role and purpose only",
    )
    submitted_at: datetime = strawberry.field(description="When it came in (*tanggal masuk*)")
    updated_at: datetime = strawberry.field(description="When it last changed (*tanggal diubah*)")
    closed_at: datetime | None = strawberry.field(
        description="When it was closed (*tanggal selesai*)"
    )
    status: ComplaintStatus = strawberry.field(
        description="Where it stands, by its anchor record (*status*)"
    )
    status_label = strawberry.field(
        resolver=by_key(status_label, "status", lambda status, _: _OFFICIAL[status]),
        graphql_type=str,
        description="The status in words (*label status*)",
    )
    agency = strawberry.field(
        resolver=by_key(agency_of, "agency", lambda code, context: context.at_hand.agency(code)),
        graphql_type=Agency | None,
        description="Who has it now (*instansi penanggung jawab*)",
    )
    handlings = strawberry.field(
        resolver=handlings_of,
        graphql_type=list[Handling],
        description="Every agency that has or had it, each with its own words for the status "
        "(*penanganan*)",
    )
    timeline = strawberry.field(
        resolver=timeline_of,
        graphql_type=TimelineConnection,
        description="What happened, as every source tells it, oldest first (*linimasa*)",
    )
    bounces = strawberry.field(
        resolver=bounces_of,
        graphql_type=int,
        description="How often it was handed on as not within an agency's authority "
        "(*bukan wewenang*)",
    )
    discrepancies = strawberry.field(
        resolver=discrepancies_of,
        graphql_type=list[Discrepancy],
        description="In what the sources disagree (*ketidaksesuaian*)",
    )
    contributions = strawberry.field(
        resolver=contributions_of,
        graphql_type=list[Contribution],
        description="Which source said what, when it was fetched, how old it is "
        "(*kontribusi sumber*)",
    )
    priority_programmes = strawberry.field(
        resolver=programmes_of,
        graphql_type=list[PriorityProgramme],
        description="The programmes that covered its category on the day it was submitted "
        "(*program prioritas*)",
    )
    handover = strawberry.field(
        resolver=handover_of,
        graphql_type=Handover | None,
        description="The hand-over to the Ombudsman (*pelimpahan*); consent can be there before a "
        "case is; by role and purpose",
    )
    ombudsman_case = strawberry.field(
        resolver=case_of,
        graphql_type=OmbudsmanCase | None,
        description="The Ombudsman's case about it (*laporan Ombudsman*); by role and purpose",
    )
    deadlines = strawberry.field(
        resolver=deadlines_of,
        graphql_type=list[Deadline],
        description="Its legal deadlines, as far as their clocks have started (*tenggat*)",
    )
    sla = strawberry.field(
        resolver=sla_of,
        graphql_type=SlaState,
        description="The worst of its deadlines, but for AUTO_CLOSE (*keadaan tenggat*)",
    )
    next_due_at = strawberry.field(
        resolver=next_due_of,
        graphql_type=datetime | None,
        description="The nearest deadline not yet met, but for AUTO_CLOSE (*tenggat terdekat*)",
    )
    related = strawberry.field(
        resolver=related_of,
        graphql_type=list[RelatedComplaint],
        description="Other complaints that may be about the same thing (*laporan terkait*): the "
        "newest hundred for each reason in the same village, or in the district where no village "
        "is shown, and what sources declare; at most 20 times in a request",
    )
    indicator = strawberry.field(
        resolver=indicator_of,
        graphql_type=Indicator,
        description="Red, yellow, green (*merah, kuning, hijau*), from status and deadlines",
    )


@strawberry.type(description="A complaint in a list (*butir daftar laporan*)")
class ComplaintEdge:
    """A complaint in a list."""

    cursor: str = strawberry.field(description="Its place in the list, sealed (*kursor*)")
    node: Complaint = strawberry.field(description="The complaint (*laporan*)")
    late: bool = strawberry.field(
        description="It belongs before pages already read: its source was missing then "
        "(*terlambat*)"
    )


async def total_count(root: strawberry.Parent[ComplaintPage], info: Info) -> CountRecord:
    """Count the list, only when asked."""
    return await info.context.count(root)


@strawberry.type(description="A page of complaints over all sources (*daftar laporan*)")
class ComplaintConnection:
    """A page of complaints over all sources."""

    edges: list[ComplaintEdge] = strawberry.field(
        description="The complaints with their cursors (*butir*)"
    )
    nodes: list[Complaint] = strawberry.field(description="The complaints alone (*laporan*)")
    page_info: PageInfo = strawberry.field(description="Where the page lies (*halaman*)")
    total_count = strawberry.field(
        resolver=total_count,
        graphql_type=Count,
        description="How many the list has, of all its pages (*jumlah*)",
    )
    complete: bool = strawberry.field(
        description="False as soon as any source is missing or stale (*lengkap*)"
    )
    answers: list[SourceAnswer] = strawberry.field(
        description="One for every source that the question concerns (*jawaban sumber*)"
    )
