"""Categories and channels."""

from __future__ import annotations

import strawberry

from connectors.contract.records import CategoryRecord
from resolvers.directory import Directory
from resolvers.identity import coded_id
from schema.at_once import accepting
from schema.node import Info, Node


def category_id(root: strawberry.Parent[CategoryRecord]) -> strawberry.ID:
    """Give the global id."""
    return strawberry.ID(coded_id("Category", root.id))


async def parent_category(
    root: strawberry.Parent[CategoryRecord], info: Info
) -> CategoryRecord | None:
    """Give the category right above."""
    return (await info.context.directory()).category(root.parent)


async def child_categories(
    root: strawberry.Parent[CategoryRecord], info: Info
) -> list[CategoryRecord]:
    """Give the categories right below."""
    return below(await info.context.directory(), root.id)


def below(directory: Directory, category: str | None) -> list[CategoryRecord]:
    """Give the categories right below *category*; None: the top ones."""
    return [directory.categories[each] for each in directory.branches.get(category, ())]


@strawberry.federation.type(
    keys=["id"],
    description="A subject of complaints (*kategori laporan*), in a tree",
)
class Category(Node):
    """One entry of the category tree."""

    is_type_of = accepting(CategoryRecord)

    id = strawberry.field(
        resolver=category_id,
        graphql_type=strawberry.ID,
        description="The global id; filters take it as well as the registry's own (*id kategori*)",
    )
    name: str = strawberry.field(description="Its official name (*nama kategori*)")
    parent = strawberry.field(
        resolver=parent_category,
        graphql_type="Category | None",
        description="The category right above; null at the top (*kategori induk*)",
    )
    children = strawberry.field(
        resolver=child_categories,
        graphql_type="list[Category]",
        description="The categories right below (*subkategori*)",
    )


@strawberry.type(description="A way in for complaints (*kanal*): website, SMS 1708, apps, desks")
class Channel:
    """A way in for complaints."""

    id: strawberry.ID = strawberry.field(description="What filters take (*id kanal*)")
    name: str = strawberry.field(description="Its name (*nama kanal*)")
