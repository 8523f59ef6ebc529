"""Agencies, their units, and who does what in a province's coordination node."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from connectors.contract.records import AgencyRecord, RegionRecord
from connectors.contract.vocabulary import NodeRole
from resolvers.asked import ComplaintFilter as Asked
from resolvers.identity import coded_id
from resolvers.nodes import CoordinationNodeShown, members_of, sole_agency
from resolvers.paging import ComplaintPage, Slice, page_of_agencies
from schema.at_once import accepting, plain
from schema.enums import AgencyLevel
from schema.given import given
from schema.inputs import ComplaintFilter, ComplaintOrder, asked_filter, asked_page
from schema.node import Info, Node
from schema.paging import AFTER, DEFAULT_DESCRIPTION, Count, PageInfo
from schema.places import Region
from schema.selection import NODES, wanted_of

if TYPE_CHECKING:
    from schema.complaint import ComplaintConnection

First = Annotated[int | None, strawberry.argument(description=DEFAULT_DESCRIPTION)]
After = Annotated[str | None, strawberry.argument(description=AFTER)]
Where = Annotated[
    ComplaintFilter | None, strawberry.argument(description="Which complaints (*saringan*)")
]
By = Annotated[ComplaintOrder | None, strawberry.argument(description="In which order (*urutan*)")]


def agency_id(root: strawberry.Parent[AgencyRecord]) -> strawberry.ID:
    """Give the global id."""
    return strawberry.ID(coded_id("Agency", root.code))


async def parent_agency(root: strawberry.Parent[AgencyRecord], info: Info) -> AgencyRecord | None:
    """Give the agency that it is a unit of."""
    return (await info.context.directory()).agency(root.parent, info.context.today())


async def region_of_agency(
    root: strawberry.Parent[AgencyRecord], info: Info
) -> RegionRecord | None:
    """Give its territory."""
    return (await info.context.directory()).region(root.region)


async def as_of_agency(root: strawberry.Parent[AgencyRecord], info: Info) -> datetime | None:
    """Give the moment as of which the registry told this."""
    return (await info.context.directory()).as_of.get(root.source)


async def successors_of(root: strawberry.Parent[AgencyRecord], info: Info) -> list[AgencyRecord]:
    """Give the agencies that took its work over."""
    directory = await info.context.directory()
    found = (directory.agency(code, info.context.today()) for code in root.successors)
    return [each for each in found if each is not None]


async def units_of(
    root: strawberry.Parent[AgencyRecord],
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
) -> Slice[AgencyRecord]:
    """Give its units that exist today."""
    directory = await info.context.directory()
    today = info.context.today()
    units = [each for each in directory.agencies_on(today) if each.parent == root.code]
    return page_of_agencies(units, given(first), given(after))


async def complaints_of(
    root: strawberry.Parent[AgencyRecord],
    info: Info,
    filter: Where = strawberry.UNSET,  # noqa: A002 - the contract's name
    order_by: By = strawberry.UNSET,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
) -> ComplaintPage:
    """Give the complaints that it, its units and its successors have now."""
    mine = Asked(agencies=(root.code,))
    where = asked_filter(filter)
    asked = asked_page(
        where=mine if where is None else Asked(all_of=(mine, where)),
        order_by=order_by,
        first=first,
        after=after,
    )
    return await info.context.complaints(asked, *wanted_of(info, *NODES))


@strawberry.federation.type(
    keys=["id", "code"],
    description="An agency (*instansi*) or one of its units (*unit kerja*)",
)
class Agency(Node):
    """An agency or one of its units."""

    is_type_of = accepting(AgencyRecord)

    id = strawberry.field(
        resolver=plain(agency_id), graphql_type=strawberry.ID, description="The global id"
    )
    code: str = strawberry.field(description="The registry's code (*kode instansi*)")
    name: str = strawberry.field(description="Its full name (*nama instansi*)")
    short_name: str | None = strawberry.field(description="Its short name (*singkatan*)")
    level: AgencyLevel = strawberry.field(description="What kind of body it is (*jenis instansi*)")
    parent = strawberry.field(
        resolver=parent_agency,
        graphql_type="Agency | None",
        description="The agency that it is a unit of (*instansi induk*)",
    )
    region = strawberry.field(
        resolver=region_of_agency,
        graphql_type=Region | None,
        description="Its territory (*wilayah kerja*)",
    )
    valid_from: date | None = strawberry.field(
        description="The first day on which it existed (*berlaku sejak*)"
    )
    valid_to: date | None = strawberry.field(
        description="The last day on which it existed (*berlaku sampai*)"
    )
    successors = strawberry.field(
        resolver=successors_of,
        graphql_type="list[Agency]",
        description="The agencies that took its work over (*instansi penerus*)",
    )
    units = strawberry.field(
        resolver=units_of,
        graphql_type="AgencyConnection",
        description="Its units that exist today, by code (*unit kerja*)",
    )
    complaints = strawberry.field(
        resolver=complaints_of,
        graphql_type=Annotated["ComplaintConnection", strawberry.lazy("schema.complaint")],
        description="Complaints that it, its units or its successors have now (*laporan*)",
    )
    connected: bool | None = strawberry.field(
        description="It is connected to SP4N-LAPOR! (*keterhubungan*)"
    )
    decree_valid_until: date | None = strawberry.field(
        description="Until when its team's decree is valid (*masa berlaku SK Tim*)"
    )
    last_active_at: datetime | None = strawberry.field(
        description="When its administrator last logged in (*keaktifan*)"
    )
    as_of = strawberry.field(
        resolver=as_of_agency,
        graphql_type=datetime | None,
        description="As of when the registry says so of it (*keadaan per*); counts of agencies "
        "mean little without it",
    )
    head_title: str | None = strawberry.field(
        description="The title of its head's office, never a name (*jabatan pimpinan*)"
    )


@strawberry.type(description="An agency in a list (*butir daftar instansi*)")
class AgencyEdge:
    """An agency in a list."""

    cursor: str = strawberry.field(description="Its place in the list (*kursor*)")
    node: Agency = strawberry.field(description="The agency (*instansi*)")


@strawberry.type(description="A page of agencies (*daftar instansi*)")
class AgencyConnection:
    """A page of agencies."""

    edges: list[AgencyEdge] = strawberry.field(description="The agencies with their cursors")
    nodes: list[Agency] = strawberry.field(description="The agencies alone")
    page_info: PageInfo = strawberry.field(description="Where the page lies (*halaman*)")
    total_count: Count = strawberry.field(description="How many there are (*jumlah*)")


async def verifier_of(
    root: strawberry.Parent[CoordinationNodeShown], info: Info
) -> AgencyRecord | None:
    """Give who verifies."""
    return sole_agency(
        await info.context.directory(), root, NodeRole.VERIFIER, info.context.today()
    )


async def supervisor_of(
    root: strawberry.Parent[CoordinationNodeShown], info: Info
) -> AgencyRecord | None:
    """Give who supervises."""
    return sole_agency(
        await info.context.directory(), root, NodeRole.SUPERVISOR, info.context.today()
    )


async def coordinator_of(
    root: strawberry.Parent[CoordinationNodeShown], info: Info
) -> AgencyRecord | None:
    """Give who coordinates."""
    return sole_agency(
        await info.context.directory(), root, NodeRole.COORDINATOR, info.context.today()
    )


async def node_members(
    root: strawberry.Parent[CoordinationNodeShown], info: Info
) -> list[AgencyRecord]:
    """Give all that take part."""
    return members_of(await info.context.directory(), root, info.context.today())


@strawberry.type(
    description="Who verifies, supervises and coordinates in a province (*simpul koordinasi*)"
)
class CoordinationNode:
    """A province's coordination node."""

    region: Region = strawberry.field(description="The province (*provinsi*)")
    verifier = strawberry.field(
        resolver=verifier_of,
        graphql_type=Agency | None,
        description="Verifies: the office of communication (*verifikator, Dinas Kominfo*)",
    )
    supervisor = strawberry.field(
        resolver=supervisor_of,
        graphql_type=Agency | None,
        description="Supervises: the inspectorate (*pengawas, Inspektorat*)",
    )
    coordinator = strawberry.field(
        resolver=coordinator_of,
        graphql_type=Agency | None,
        description="Coordinates: the bureau of organisation (*koordinator, Biro Organisasi*)",
    )
    members = strawberry.field(
        resolver=node_members,
        graphql_type=list[Agency],
        description="All agencies that take part, by code (*anggota simpul*)",
    )
