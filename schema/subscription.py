"""The events that can be subscribed to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry

from resolvers.sources import SourceShown
from schema.node import Info
from schema.sources import Source


async def source_health(info: Info) -> AsyncGenerator[SourceShown, None]:
    """Give each source whose state changes, as it is then."""
    async with aclosing(info.context.source_changes()) as changes:
        async for shown in changes:
            yield shown


@strawberry.type(description="What can be followed (*peristiwa yang dapat diikuti*)")
class Subscription:
    """What can be followed."""

    source_health = strawberry.subscription(
        resolver=source_health,
        graphql_type=Source,
        description="A source whenever its state changes; `sources` tells how they do now "
        "(*perubahan keadaan sistem sumber*)",
    )
