"""Who is asking."""

from __future__ import annotations

import strawberry

from connectors.contract.records import AgencyRecord, RegionRecord
from resolvers.policy import Viewer as ViewerRecord
from schema.agency import Agency
from schema.enums import Purpose, Role
from schema.node import Info
from schema.places import Region


def roles_of(root: strawberry.Parent[ViewerRecord]) -> list[Role]:
    """Give the roles, in a stable order."""
    return sorted(root.roles)


async def agencies_of(root: strawberry.Parent[ViewerRecord], info: Info) -> list[AgencyRecord]:
    """Give the agencies that the viewer works for."""
    directory = await info.context.directory()
    found = (directory.agency(code, info.context.today()) for code in root.agencies)
    return [each for each in found if each is not None]


async def regions_of(root: strawberry.Parent[ViewerRecord], info: Info) -> list[RegionRecord]:
    """Give the regions that the viewer is responsible for."""
    directory = await info.context.directory()
    found = (directory.region(code) for code in root.regions)
    return [each for each in found if each is not None]


@strawberry.type(description="Who is asking, and what for (*pengguna*)")
class Viewer:
    """Who is asking."""

    subject: str = strawberry.field(description="Who (*subjek*)")
    roles = strawberry.field(
        resolver=roles_of, graphql_type=list[Role], description="As what (*peran*)"
    )
    purpose: Purpose = strawberry.field(description="What for (*tujuan pemrosesan*)")
    agencies = strawberry.field(
        resolver=agencies_of,
        graphql_type=list[Agency],
        description="The agencies that the viewer works for (*instansi*)",
    )
    regions = strawberry.field(
        resolver=regions_of,
        graphql_type=list[Region],
        description="The regions that the viewer is responsible for (*wilayah*)",
    )
