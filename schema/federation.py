"""The schema as a part of a larger one: Apollo Federation's entry points.

What they give is what `node` gives, by the same policy; see `docs/federation.md`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import strawberry
from strawberry.federation.schema import FederationAny

from resolvers.context import Thing
from resolvers.entities import entity
from resolvers.errors import BadPage
from schema.agency import Agency
from schema.catalogue import Category
from schema.complaint import Complaint
from schema.node import Info
from schema.ombudsman import OmbudsmanCase
from schema.places import Region
from schema.selection import wanted_of

MOST_ENTITIES: Final = 100

REPRESENTATION: Final = strawberry.scalar(
    name="_Any",
    description="A thing by `__typename` and the fields of one of its keys (*representasi*)",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)

Entity = Annotated[
    Complaint | Agency | Region | Category | OmbudsmanCase,
    strawberry.union("_Entity", description="What has a key (*entitas*)"),
]


@strawberry.type(name="_Service", description="This part of the graph (*bagian graf*)")
class Service:
    """One part of a larger graph."""

    sdl: str = strawberry.field(description="Its schema, for composition (*skema*)")


@dataclass(frozen=True, slots=True)
class Printed:
    """The schema as text."""

    sdl: str


def service(info: Info) -> Printed:
    """Give this part of the graph; who may ask introspection may ask this."""
    return Printed(info.schema.as_str())


async def entities(
    info: Info,
    representations: Annotated[
        list[FederationAny],
        strawberry.argument(
            description="Each with `__typename` and the fields of one key; at most 100"
        ),
    ],
) -> list[Thing | None]:
    """Give the thing of each representation, in their order; null if unknown or not to be seen."""
    if len(representations) > MOST_ENTITIES:
        raise BadPage(
            "PAGE_TOO_LARGE",
            f"{len(representations)} entities were asked, at most {MOST_ENTITIES} are given",
            hint="ask in several requests",
        )
    keys = [_key(each) for each in representations]
    fields, needed = wanted_of(info)
    found = {
        key: asyncio.ensure_future(entity(info.context, *key, fields, needed))
        for key in dict.fromkeys(keys)
    }
    try:
        await asyncio.gather(*found.values())
    finally:
        for work in found.values():
            work.cancel()
    return [found[key].result() for key in keys]


KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "Complaint": ("id", "trackingId"),
    "Agency": ("id", "code"),
    "Region": ("id", "code"),
    "Category": ("id",),
    "OmbudsmanCase": ("id", "caseNumber"),
}
"""Type to the fields by which other parts of the graph may name one of its things."""


def _key(representation: Any) -> tuple[str, str, str]:
    """Read a representation; raises `BadPage` if it names nothing of ours."""
    if isinstance(representation, Mapping):
        named = representation.get("__typename")
        for field in KEYS.get(named, ()) if isinstance(named, str) else ():
            value = representation.get(field)
            if isinstance(value, str):
                return str(named), field, value
    raise BadPage(
        "REPRESENTATION_INVALID",
        "a representation names no type of this graph, or none of its keys",
        hint="; ".join(f"{name} by {' or '.join(fields)}" for name, fields in KEYS.items()),
    )
