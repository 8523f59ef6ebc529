"""What has an id of its own, and the type of `info` in every resolver."""

from __future__ import annotations

import strawberry

from resolvers.context import Context

Info = strawberry.Info[Context, None]


@strawberry.interface(
    description="Anything with an id that stays the same for ever (*simpul data*)"
)
class Node:
    """Anything with an id of its own."""

    id: strawberry.ID = strawberry.field(description="The id, to be kept and asked for with `node`")
