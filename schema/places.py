"""Regions and places."""

from __future__ import annotations

from dataclasses import dataclass

import strawberry

from connectors.contract.records import ComplaintRecord, RegionRecord
from resolvers.identity import coded_id
from schema.at_once import accepting
from schema.enums import LocationPrecision, RegionLevel
from schema.node import Info, Node


def region_id(root: strawberry.Parent[RegionRecord]) -> strawberry.ID:
    """Give the global id."""
    return strawberry.ID(coded_id("Region", root.code))


async def parent_region(root: strawberry.Parent[RegionRecord], info: Info) -> RegionRecord | None:
    """Give the region right above."""
    return (await info.context.directory()).region(root.parent)


@strawberry.federation.type(
    keys=["id", "code"],
    description="A region of the Republic (*wilayah*), by Kemendagri's code",
)
class Region(Node):
    """A province, regency, city, district or village."""

    is_type_of = accepting(RegionRecord)

    id = strawberry.field(
        resolver=region_id, graphql_type=strawberry.ID, description="The global id"
    )
    code: str = strawberry.field(description="Kemendagri's code, dotted (*kode wilayah*)")
    name: str = strawberry.field(description="Its name (*nama wilayah*)")
    level: RegionLevel = strawberry.field(description="How deep it lies (*tingkat*)")
    parent = strawberry.field(
        resolver=parent_region,
        graphql_type="Region | None",
        description="The region right above (*wilayah induk*)",
    )
    time_zone: str = strawberry.field(
        description="IANA name of its time zone: WIB, WITA or WIT (*zona waktu*)"
    )


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an incident, as exactly as the record shows it."""

    latitude: float | None
    longitude: float | None
    precision: LocationPrecision
    text: str | None


@strawberry.type(description="The place of the incident (*lokasi kejadian*)")
class Location:
    """The place of the incident."""

    latitude: float | None = strawberry.field(description="Degrees north (*lintang*)")
    longitude: float | None = strawberry.field(description="Degrees east (*bujur*)")
    precision: LocationPrecision = strawberry.field(
        description="How exactly the place is given (*ketelitian*)"
    )
    text: str | None = strawberry.field(description="The place in words (*alamat*)")


_BY_PARTS = (
    LocationPrecision.PROVINCE,
    LocationPrecision.REGENCY,
    LocationPrecision.DISTRICT,
    LocationPrecision.VILLAGE,
)


def place_of(record: ComplaintRecord) -> Place | None:
    """Give the place of *record*, or None if it names none."""
    exact = record.latitude is not None and record.longitude is not None
    if not exact and record.region is None and record.place is None:
        return None
    parts = min(record.region.count("."), 3) if record.region is not None else 0
    return Place(
        latitude=record.latitude if exact else None,
        longitude=record.longitude if exact else None,
        precision=LocationPrecision.EXACT if exact else _BY_PARTS[parts],
        text=record.place,
    )
