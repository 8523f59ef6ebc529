"""Each agency's work on a complaint."""

from __future__ import annotations

from datetime import datetime

import strawberry

from connectors.contract.records import AgencyRecord, ComplaintRecord, EventRecord
from connectors.contract.vocabulary import AgencyLevel
from resolvers.complaint.handlings import Handling as HandlingTold
from resolvers.complaint.handlings import HandlingRole
from schema.agency import Agency
from schema.contribution import Contribution
from schema.enums import ComplaintStatus, described
from schema.merged import MaybeLater, of_merge
from schema.node import Info

described(
    HandlingRole,
    "What an agency is to a complaint (*peran instansi*)",
    {
        "HANDLER": "It works on it (*penanganan*)",
        "COORDINATOR": "It coordinates (*koordinasi*)",
        "SUPERVISOR": "It supervises (*pengawasan*)",
        "INVESTIGATOR": "It investigates (*pemeriksaan*)",
    },
)


async def agency_of_handling(
    root: strawberry.Parent[HandlingTold], info: Info
) -> AgencyRecord | None:
    """Give the agency."""
    return await _agency(root.agency, info)


async def unit_of_handling(root: strawberry.Parent[HandlingTold], info: Info) -> str | None:
    """Give the name of the unit, where the agency is one."""
    found = await _agency(root.agency, info)
    return found.name if found is not None and found.level is AgencyLevel.UNIT else None


async def working_days_held(root: strawberry.Parent[HandlingTold], info: Info) -> int | None:
    """Give for how many working days it has or had the complaint."""
    return await info.context.working_days_held(root)


async def agency_of_event(root: strawberry.Parent[EventRecord], info: Info) -> AgencyRecord | None:
    """Give the agency."""
    return await _agency(root.agency, info)


async def _agency(code: str | None, info: Info) -> AgencyRecord | None:
    if code is None:
        return None
    return (await info.context.needed("agencies")).agency(code, info.context.today())


@strawberry.type(description="An agency's answer to a complaint (*tindak lanjut*)")
class FollowUp:
    """An agency's answer to a complaint."""

    at: datetime = strawberry.field(description="When (*waktu*)")
    agency = strawberry.field(
        resolver=agency_of_event, graphql_type=Agency | None, description="Who (*instansi*)"
    )
    text: str | None = strawberry.field(
        description="What it says (*isi tindak lanjut*); not for the public"
    )


@strawberry.type(description="One agency's work on a complaint (*penanganan*)")
class Handling:
    """One agency's work on a complaint."""

    agency = strawberry.field(
        resolver=agency_of_handling,
        graphql_type=Agency | None,
        description="The agency or unit (*instansi*)",
    )
    source_agency: str | None = strawberry.field(
        description="Its source's own word for it (*instansi menurut sumber*)"
    )
    unit = strawberry.field(
        resolver=unit_of_handling,
        graphql_type=str | None,
        description="The unit's name, where a unit has it (*unit kerja*)",
    )
    role: HandlingRole = strawberry.field(description="What it is to the complaint (*peran*)")
    local_id: str = strawberry.field(
        description="Its own system's number for it; where only the anchor's history tells of it, "
        "no system has one, and it is the anchor's number with the place of that disposition among "
        "its dispositions and returns, as in `9165816:3` (*nomor lokal*)"
    )
    status: ComplaintStatus = strawberry.field(description="Where it stands there (*status*)")
    source_status: str = strawberry.field(
        description="In the source's own words (*status menurut sumber*)"
    )
    received_at: datetime | None = strawberry.field(description="When it got it (*diterima*)")
    first_follow_up_at: datetime | None = strawberry.field(
        description="When it first answered (*tindak lanjut pertama*)"
    )
    closed_at: datetime | None = strawberry.field(description="When it closed it (*selesai*)")
    released_at: datetime | None = strawberry.field(
        description="When it handed it on (*dikembalikan*)"
    )
    updated_at: datetime | None = strawberry.field(description="Its last change (*diubah*)")
    working_days_held = strawberry.field(
        resolver=working_days_held,
        graphql_type=int | None,
        description="Working days from the day after it got it to the day it handed it on or "
        "closed it, else to today; null if such a day is not known (*hari kerja dipegang*)",
    )
    open: bool = strawberry.field(
        description="It still has work of its own on it (*belum selesai*)"
    )
    follow_ups: list[FollowUp] = strawberry.field(
        description="Its answers, oldest first (*tindak lanjut*)"
    )
    contribution: Contribution = strawberry.field(
        description="Which source says so (*kontribusi sumber*)"
    )


def handlings_of(
    root: strawberry.Parent[ComplaintRecord], info: Info
) -> MaybeLater[tuple[HandlingTold, ...]]:
    """Give every agency's handling, in order of reception."""
    return of_merge(root, info, lambda merged: merged.handlings)


def bounces_of(root: strawberry.Parent[ComplaintRecord], info: Info) -> MaybeLater[int]:
    """Count how often it was handed back."""
    return of_merge(root, info, lambda merged: merged.bounces)
