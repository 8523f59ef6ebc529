"""What can be asked."""

from __future__ import annotations

from typing import Annotated

import strawberry

from connectors.contract.records import (
    AgencyRecord,
    CategoryRecord,
    ChannelRecord,
    ComplaintRecord,
    OmbudsmanCaseRecord,
    ProgrammeRecord,
    RegionRecord,
)
from resolvers.context import Thing
from resolvers.nodes import CoordinationNodeShown, node_of
from resolvers.ombudsman.cases import CasePage
from resolvers.ombudsman.page import page_of_cases
from resolvers.paging import ComplaintPage, Slice, page_of_agencies
from resolvers.policy import Viewer as ViewerRecord
from resolvers.sources import SourceShown
from schema.agency import After, Agency, AgencyConnection, By, CoordinationNode, First, Where
from schema.catalogue import Category, Channel, below
from schema.complaint import Complaint, ComplaintConnection
from schema.enums import Freshness, MissingPolicy, RegionLevel
from schema.federation import Entity, Service, entities, service
from schema.given import given
from schema.inputs import (
    UNSET,
    AgencyFilter,
    asked_agencies,
    asked_filter,
    asked_page,
)
from schema.node import Info, Node
from schema.ombudsman import OmbudsmanCase, OmbudsmanCaseConnection
from schema.ombudsman_inputs import OmbudsmanCaseFilter, asked_cases
from schema.paging import BEFORE, LAST
from schema.places import Region
from schema.programme import PriorityProgramme
from schema.selection import NODES, selects, wanted_of
from schema.sources import Source
from schema.viewer import Viewer

Last = Annotated[int | None, strawberry.argument(description=LAST)]
Before = Annotated[str | None, strawberry.argument(description=BEFORE)]
Fresh = Annotated[
    Freshness, strawberry.argument(description="Where the answer may come from (*kesegaran*)")
]
OnMissing = Annotated[
    MissingPolicy,
    strawberry.argument(description="What to do with a source that does not answer"),
]
Code = Annotated[str, strawberry.argument(description="The code (*kode*)")]


def viewer(info: Info) -> ViewerRecord:
    """Give who is asking."""
    return info.context.viewer


async def node(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="A global id")],  # noqa: A002 - the contract's name
) -> Thing | None:
    """Give what the id stands for."""
    return await info.context.thing(id, *wanted_of(info))


async def nodes(
    info: Info,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 global ids")],
) -> list[Thing | None]:
    """Give what each id stands for."""
    return await info.context.things(list(ids), *wanted_of(info))


async def complaint(
    info: Info,
    tracking_id: Annotated[
        str,
        strawberry.argument(
            description="The national number, with or without `#`; any other text finds nothing"
        ),
    ],
) -> ComplaintRecord | None:
    """Give one complaint by its national number."""
    return await info.context.complaint(tracking_id, *wanted_of(info))


async def complaints(
    info: Info,
    filter: Where = UNSET,  # noqa: A002 - the contract's name
    order_by: By = UNSET,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
    freshness: Fresh = Freshness.AUTO,
    on_missing: OnMissing = MissingPolicy.OMIT,
) -> ComplaintPage:
    """Give one page over every source."""
    asked = asked_page(
        where=asked_filter(filter),
        order_by=order_by,
        first=first,
        after=after,
        last=last,
        before=before,
        on_missing=on_missing,
        freshness=freshness,
    )
    # All or nothing is told before anything is: so it cannot wait for what is deferred.
    whole = on_missing is MissingPolicy.FAIL
    return await info.context.complaints(asked, *wanted_of(info, *NODES, whole=whole))


async def ombudsman_case(
    info: Info,
    case_number: Annotated[str, strawberry.argument(description="Its number (*nomor laporan*)")],
) -> OmbudsmanCaseRecord | None:
    """Give one case of the Ombudsman."""
    return await info.context.loaders.case(case_number.strip())


async def ombudsman_cases(
    info: Info,
    filter: Annotated[  # noqa: A002 - the contract's name
        OmbudsmanCaseFilter | None, strawberry.argument(description="Which cases (*saringan*)")
    ] = UNSET,
    first: First = UNSET,
    after: After = UNSET,
) -> CasePage:
    """Give a page of the Ombudsman's cases."""
    asked = asked_cases(filter, first, after)
    if not selects(info, "complaints", *NODES):
        return await page_of_cases(info.context, asked, None)
    inside = [f"{path}.complaints" for path in NODES]
    return await page_of_cases(info.context, asked, *wanted_of(info, *inside))


async def agency(info: Info, code: Code) -> AgencyRecord | None:
    """Give one agency."""
    return (await info.context.needed("agencies")).agency(code, info.context.today())


async def agencies(
    info: Info,
    filter: Annotated[  # noqa: A002 - the contract's name
        AgencyFilter | None, strawberry.argument(description="Which agencies (*saringan*)")
    ] = UNSET,
    first: First = UNSET,
    after: After = UNSET,
) -> Slice[AgencyRecord]:
    """Give a page of agencies."""
    found = await info.context.agencies(asked_agencies(filter))
    return page_of_agencies(found, given(first), given(after))


async def region(info: Info, code: Code) -> RegionRecord | None:
    """Give one region."""
    return (await info.context.needed("regions")).region(code)


async def regions(
    info: Info,
    level: Annotated[
        RegionLevel | None, strawberry.argument(description="Only of this level (*tingkat*)")
    ] = UNSET,
    parent: Annotated[
        str | None, strawberry.argument(description="Only below this one (*wilayah induk*)")
    ] = UNSET,
) -> list[RegionRecord]:
    """Give regions by code."""
    return await info.context.regions(given(level), given(parent))


async def categories(
    info: Info,
    parent: Annotated[
        strawberry.ID | None, strawberry.argument(description="The category above (*induk*)")
    ] = UNSET,
) -> list[CategoryRecord]:
    """Give the categories right below one."""
    directory = await info.context.needed("categories")
    return below(directory, await info.context.category_code(given(parent)))


async def priority_programmes(info: Info) -> list[ProgrammeRecord]:
    """Give every priority programme."""
    directory = await info.context.needed("programmes")
    return [directory.programmes[each] for each in sorted(directory.programmes)]


async def channels(info: Info) -> list[ChannelRecord]:
    """Give every channel."""
    directory = await info.context.needed("channels")
    return [directory.channels[each] for each in sorted(directory.channels)]


async def coordination_node(
    info: Info,
    region: Annotated[str, strawberry.argument(description="The province's code (*provinsi*)")],
) -> CoordinationNodeShown | None:
    """Give the node of a province."""
    return node_of(await info.context.needed("regions", "nodes", "agencies"), region)


def sources(info: Info) -> list[SourceShown]:
    """Give every source."""
    return info.context.sources()


@strawberry.type(description="What can be asked (*pertanyaan*)")
class Query:
    """What can be asked."""

    entities = strawberry.field(
        resolver=entities,
        name="_entities",
        graphql_type=list[Entity | None],
        description="What other parts of a larger graph name by its key, by the policy of `node`",
    )
    service = strawberry.field(
        resolver=service,
        name="_service",
        graphql_type=Service,
        description="This part of a larger graph; asked like introspection, and only where that "
        "is on",
    )
    viewer = strawberry.field(
        resolver=viewer, graphql_type=Viewer, description="Who is asking (*pengguna*)"
    )
    node = strawberry.field(
        resolver=node,
        graphql_type=Node | None,
        description="What a global id stands for; null if unknown or not to be seen",
    )
    nodes = strawberry.field(
        resolver=nodes,
        graphql_type=list[Node | None],
        description="What each of the ids stands for, in their order",
    )
    complaint = strawberry.field(
        resolver=complaint,
        graphql_type=Complaint | None,
        description="One complaint by its national number (*laporan*); null if unknown, no number "
        "at all, or not to be seen by this viewer (same answer)",
    )
    complaints = strawberry.field(
        resolver=complaints,
        graphql_type=ComplaintConnection,
        description="One list over every agency (*daftar laporan*): global filter, global order, a "
        "cursor that survives failing and returning sources",
    )
    ombudsman_case = strawberry.field(
        resolver=ombudsman_case,
        graphql_type=OmbudsmanCase | None,
        description="One case of the Ombudsman by its number (*laporan Ombudsman*); null if "
        "unknown or not to be seen by this viewer (same answer)",
    )
    ombudsman_cases = strawberry.field(
        resolver=ombudsman_cases,
        graphql_type=OmbudsmanCaseConnection,
        description="The Ombudsman's cases, newest first (*daftar laporan Ombudsman*); empty for a "
        "viewer who may see none",
    )
    agency = strawberry.field(
        resolver=agency,
        graphql_type=Agency | None,
        description="One agency by its code (*instansi*), also one that no longer exists",
    )
    agencies = strawberry.field(
        resolver=agencies,
        graphql_type=AgencyConnection,
        description="The agencies that exist today, by code (*daftar instansi*)",
    )
    region = strawberry.field(
        resolver=region,
        graphql_type=Region | None,
        description="One region by Kemendagri's code (*wilayah*)",
    )
    regions = strawberry.field(
        resolver=regions,
        graphql_type=list[Region],
        description="Regions by code (*daftar wilayah*): of one level, all below `parent`; without "
        "a level those right below it; with neither the provinces",
    )
    categories = strawberry.field(
        resolver=categories,
        graphql_type=list[Category],
        description="The categories right below `parent`; without it the top ones (*kategori*)",
    )
    priority_programmes = strawberry.field(
        resolver=priority_programmes,
        graphql_type=list[PriorityProgramme],
        description="The national priority programmes, by id (*program prioritas nasional*)",
    )
    channels = strawberry.field(
        resolver=channels,
        graphql_type=list[Channel],
        description="The ways in for complaints (*kanal*)",
    )
    coordination_node = strawberry.field(
        resolver=coordination_node,
        graphql_type=CoordinationNode | None,
        description="Who verifies, who supervises, who coordinates in a province "
        "(*simpul koordinasi*)",
    )
    sources = strawberry.field(
        resolver=sources,
        graphql_type=list[Source],
        description="The systems that are asked (*sistem sumber*)",
    )
