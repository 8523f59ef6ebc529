"""What happened to a complaint, as every source tells it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from connectors.contract.records import AgencyRecord, ComplaintRecord
from connectors.contract.vocabulary import EventKind
from resolvers.complaint.timeline import TimelineEntry
from resolvers.timeline_paging import TimelinePage
from schema.agency import After, Agency, First
from schema.contribution import Contribution
from schema.enums import described
from schema.given import given
from schema.merged import MaybeLater, of_merge
from schema.node import Info
from schema.paging import PageInfo

TimelineEventKind = described(
    EventKind,
    "What happened (*jenis peristiwa*)",
    {
        "SUBMITTED": "It came in (*laporan masuk*)",
        "VERIFIED": "It was verified (*diverifikasi*)",
        "DEFERRED": "It was put off (*ditunda*)",
        "DISPOSED": "It was passed on to an agency (*didisposisikan*)",
        "BOUNCED": "An agency handed it back as not within its authority (*bukan wewenang*)",
        "FOLLOWED_UP": "An agency answered (*ditindaklanjuti*)",
        "REPLIED": "The reporter answered (*ditanggapi pelapor*)",
        "CLOSED": "It was closed (*selesai*)",
        "REOPENED": "It was opened again (*dibuka kembali*)",
        "ARCHIVED": "It was archived (*diarsipkan*)",
        "ESCALATED": "It was passed on to the Ombudsman (*diteruskan ke Ombudsman*)",
        "OMBUDSMAN_STAGE": "It moved on at the Ombudsman (*tahap di Ombudsman*)",
        "NOTE": "Anything else (*catatan*)",
    },
    name="TimelineEventKind",
)


async def agency_of(root: strawberry.Parent[TimelineEntry], info: Info) -> AgencyRecord | None:
    """Give who did it, or who got it."""
    return await _agency(root.event.agency, info)


async def from_agency_of(root: strawberry.Parent[TimelineEntry], info: Info) -> AgencyRecord | None:
    """Give who handed it on."""
    return await _agency(root.event.from_agency, info)


async def _agency(code: str | None, info: Info) -> AgencyRecord | None:
    if code is None:
        return None
    return (await info.context.needed("agencies")).agency(code, info.context.today())


@strawberry.type(description="One thing that happened to a complaint (*peristiwa*)")
class TimelineEvent:
    """One thing that happened to a complaint."""

    at: datetime = strawberry.field(description="When (*waktu*)")
    kind: EventKind = strawberry.field(description="What (*jenis peristiwa*)")
    agency = strawberry.field(
        resolver=agency_of,
        graphql_type=Agency | None,
        description="Who did it, or who got it (*instansi*)",
    )
    from_agency = strawberry.field(
        resolver=from_agency_of,
        graphql_type=Agency | None,
        description="Who handed it on (*instansi asal*)",
    )
    reason: str | None = strawberry.field(
        description="Why it was put off or handed back (*alasan*); not for the public"
    )
    text: str | None = strawberry.field(description="What was said (*isi*); not for the public")
    contribution: Contribution = strawberry.field(
        description="Which source says so (*kontribusi sumber*)"
    )


@strawberry.type(description="An event in its timeline (*butir linimasa*)")
class TimelineEdge:
    """An event in its timeline."""

    cursor: str = strawberry.field(description="Its place, sealed (*kursor*)")
    node: TimelineEvent = strawberry.field(description="The event (*peristiwa*)")


@strawberry.type(description="A page of what happened, oldest first (*linimasa*)")
class TimelineConnection:
    """A page of what happened."""

    edges: list[TimelineEdge] = strawberry.field(
        description="The events with their cursors (*butir*)"
    )
    nodes: list[TimelineEvent] = strawberry.field(description="The events alone (*peristiwa*)")
    page_info: PageInfo = strawberry.field(description="Where the page lies (*halaman*)")


def timeline_of(
    root: strawberry.Parent[ComplaintRecord],
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
) -> MaybeLater[TimelinePage]:
    """Give one page of what happened."""
    context = info.context
    return of_merge(root, info, lambda told: context.timeline(told, given(first), given(after)))
