"""National priority programmes."""

from __future__ import annotations

from datetime import date

import strawberry

from connectors.contract.records import CategoryRecord, ComplaintRecord, ProgrammeRecord
from resolvers.programmes import programmes_of as covering
from schema.catalogue import Category
from schema.node import Info

NEEDED = ("programmes", "programme_categories", "categories")


async def covered_categories(
    root: strawberry.Parent[ProgrammeRecord], info: Info
) -> list[CategoryRecord]:
    """Give the categories that it covers today."""
    directory = await info.context.needed(*NEEDED)
    found = map(directory.category, directory.covered_by(root.id, info.context.today()))
    return [each for each in found if each is not None]


async def programmes_of(
    root: strawberry.Parent[ComplaintRecord], info: Info
) -> list[ProgrammeRecord]:
    """Give the programmes it belongs to."""
    if root.category is None:
        return []
    return covering(await info.context.needed(*NEEDED), root)


@strawberry.type(description="A national priority programme (*program prioritas nasional*)")
class PriorityProgramme:
    """A national priority programme."""

    id: strawberry.ID = strawberry.field(description="Its id (*kode program*)")
    name: str = strawberry.field(description="Its name (*nama program*)")
    started_at: date | None = strawberry.field(description="Its first day (*mulai*)")
    categories = strawberry.field(
        resolver=covered_categories,
        graphql_type=list[Category],
        description="The categories it covers today, each with all below it (*kategori*)",
    )
