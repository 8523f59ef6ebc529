"""Cases of the Ombudsman, and the hand-over of complaints to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from connectors.contract.records import (
    AgencyRecord,
    CategoryRecord,
    ComplaintRecord,
    OmbudsmanCaseRecord,
    Period,
)
from connectors.contract.vocabulary import (
    AgencyLevel,
    Maladministration,
    OmbudsmanIntake,
    OmbudsmanOutcome,
    OmbudsmanStage,
)
from resolvers.complaint.merge import MergedComplaint
from resolvers.errors import NotAnswering
from resolvers.identity import coded_id
from resolvers.ombudsman.cases import ShownCase
from resolvers.sla.rules import Step
from resolvers.timeline_paging import TimelinePage
from schema import ombudsman_enums  # noqa: F401 - makes the words enums
from schema.agency import After, Agency, First
from schema.at_once import accepting
from schema.catalogue import Category
from schema.given import given
from schema.merged import MaybeLater, of_merge
from schema.node import Info, Node
from schema.paging import PageInfo
from schema.selection import PARTS, wanted_of
from schema.sources import SourceAnswer
from schema.timeline import TimelineConnection

if TYPE_CHECKING:
    from schema.complaint import Complaint

_OMBUDSMAN = "ombudsman"


@dataclass(frozen=True, slots=True)
class HandoverTold:
    """What is known of the hand-over of one complaint."""

    eligible_at: datetime | None
    asked_at: datetime | None
    consent_given_at: datetime | None
    consent_refused_at: datetime | None


async def handover_of(root: strawberry.Parent[ComplaintRecord], info: Info) -> HandoverTold | None:
    """Give the hand-over, as far as the record shows it; null where there is nothing to tell."""
    due = [each for each in await info.context.deadlines(root) if each.step is Step.HANDOVER]
    told = HandoverTold(
        eligible_at=due[0].due_at if due else None,
        asked_at=root.handover_asked_at,
        consent_given_at=root.handover_consented_at,
        consent_refused_at=root.handover_refused_at,
    )
    return None if told == HandoverTold(None, None, None, None) else told


def case_of(
    root: strawberry.Parent[ComplaintRecord], info: Info
) -> MaybeLater[OmbudsmanCaseRecord | None]:
    """Give its case: the one handed over, else the one received last."""
    if not info.context.sees(PARTS["ombudsmanCase"]):
        return None
    return of_merge(root, info, _own_case)


def _own_case(merged: MergedComplaint) -> OmbudsmanCaseRecord | None:
    if merged.cases is None:
        raise NotAnswering(
            "SOURCE_UNAVAILABLE",
            "the Ombudsman's system did not answer, so nothing can be said of its cases",
            hint="ask again in a moment, or without ombudsmanCase",
        )
    return merged.cases[0] if merged.cases else None


@strawberry.type(description="The hand-over to the Ombudsman (*pelimpahan ke Ombudsman*)")
class Handover:
    """The hand-over to the Ombudsman."""

    eligible_at: datetime | None = strawberry.field(
        description="From when on the Ombudsman may take it over (*dapat dilimpahkan sejak*)"
    )
    asked_at: datetime | None = strawberry.field(
        description="When the reporter was asked (*ditanyakan pada*)"
    )
    consent_given_at: datetime | None = strawberry.field(
        description="When the reporter agreed (*disetujui pada*); there may be no case yet"
    )
    consent_refused_at: datetime | None = strawberry.field(
        description="When the reporter declined (*ditolak pada*)"
    )


async def _office(code: str | None, info: Info) -> AgencyRecord:
    directory, today = await info.context.needed("agencies"), info.context.today()
    found = directory.agency(code, today) or directory.agency(_OMBUDSMAN, today)
    # An office that no table knows is one of the Ombudsman's all the same.
    return found or AgencyRecord(
        source="", code=_OMBUDSMAN, name="Ombudsman Republik Indonesia", level=AgencyLevel.OMBUDSMAN
    )


async def office_then(root: strawberry.Parent[Period], info: Info) -> AgencyRecord:
    """Give the office."""
    return await _office(root.what, info)


def stage_then(root: strawberry.Parent[Period]) -> OmbudsmanStage:
    """Give the stage."""
    return OmbudsmanStage(root.what)


@strawberry.type(description="An office that had a case for a time (*kantor yang menangani*)")
class OfficePeriod:
    """An office that had a case for a time."""

    office = strawberry.field(
        resolver=office_then, graphql_type=Agency, description="Which office (*kantor*)"
    )
    since: datetime = strawberry.field(name="from", description="Since when (*sejak*)")
    until: datetime | None = strawberry.field(description="Until when (*sampai*)")


@strawberry.type(description="A stage that a case was at for a time (*tahap penanganan*)")
class StagePeriod:
    """A stage that a case was at for a time."""

    stage = strawberry.field(
        resolver=stage_then, graphql_type=OmbudsmanStage, description="Which stage (*tahap*)"
    )
    since: datetime = strawberry.field(name="from", description="Since when (*sejak*)")
    until: datetime | None = strawberry.field(description="Until when (*sampai*)")


def case_id(root: strawberry.Parent[OmbudsmanCaseRecord]) -> strawberry.ID:
    """Give the global id."""
    return strawberry.ID(coded_id("OmbudsmanCase", root.case_number))


async def office_of(root: strawberry.Parent[OmbudsmanCaseRecord], info: Info) -> AgencyRecord:
    """Give the office that has it."""
    return await _office(root.office, info)


def offices_of(root: strawberry.Parent[OmbudsmanCaseRecord]) -> list[Period]:
    """Give which office had it when."""
    return list(root.offices)


async def category_of_case(
    root: strawberry.Parent[OmbudsmanCaseRecord], info: Info
) -> CategoryRecord | None:
    """Give its subject."""
    if root.category is None:
        return None
    return (await info.context.needed("categories")).category(root.category)


async def reported_agency(
    root: strawberry.Parent[OmbudsmanCaseRecord], info: Info
) -> AgencyRecord | None:
    """Give who is reported."""
    if root.agency is None:
        return None
    return (await info.context.needed("agencies")).agency(root.agency, info.context.today())


async def corrective_action_due(
    root: strawberry.Parent[OmbudsmanCaseRecord], info: Info
) -> datetime | None:
    """Give until when the corrective action has to be done."""
    deadline = await info.context.corrective_action(root)
    return None if deadline is None else deadline.due_at


async def complaints_of_case(
    root: strawberry.Parent[OmbudsmanCaseRecord], info: Info
) -> list[ComplaintRecord]:
    """Give the complaints it is about."""
    if isinstance(root, ShownCase):
        return list(root.complaints)
    return await info.context.complaints_of(root, *wanted_of(info))


def timeline_of_case(
    root: strawberry.Parent[OmbudsmanCaseRecord],
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
) -> TimelinePage:
    """Give one page of what happened."""
    return info.context.case_timeline(root, given(first), given(after))


@strawberry.federation.type(
    keys=["id", "caseNumber"], description="A case of the Ombudsman (*laporan di Ombudsman RI*)"
)
class OmbudsmanCase(Node):
    """A case of the Ombudsman."""

    is_type_of = accepting(OmbudsmanCaseRecord)

    id = strawberry.field(resolver=case_id, graphql_type=strawberry.ID, description="The global id")
    case_number: str = strawberry.field(description="Its number in SIMPeL (*nomor laporan*)")
    intake: OmbudsmanIntake = strawberry.field(
        description="How the Ombudsman came to it (*cara penyampaian*)"
    )
    stage: OmbudsmanStage = strawberry.field(description="Where it stands (*tahap*)")
    office = strawberry.field(
        resolver=office_of,
        graphql_type=Agency,
        description="The office that has it (*kantor*); one that is not known is told as the "
        "Ombudsman as a whole",
    )
    office_history = strawberry.field(
        resolver=offices_of,
        graphql_type=list[OfficePeriod],
        description="Which office had it when (*riwayat kantor*)",
    )
    stages: list[StagePeriod] = strawberry.field(
        description="Which stage it was at when (*riwayat tahap*)"
    )
    category = strawberry.field(
        resolver=category_of_case,
        graphql_type=Category | None,
        description="Its subject (*substansi*)",
    )
    reported_agency = strawberry.field(
        resolver=reported_agency,
        graphql_type=Agency | None,
        description="Who is reported (*terlapor*); null also where the registry does not know it",
    )
    maladministration: list[Maladministration] = strawberry.field(
        description="What is alleged (*dugaan maladministrasi*); empty before it is examined"
    )
    consent_given_at: datetime | None = strawberry.field(
        description="The consent with which it was handed over (*persetujuan pelapor*)"
    )
    received_at: datetime = strawberry.field(description="When it was received (*diterima*)")
    closed_at: datetime | None = strawberry.field(description="When it was closed (*ditutup*)")
    outcome: OmbudsmanOutcome | None = strawberry.field(description="How it ended (*hasil*)")
    findings_reported_at: datetime | None = strawberry.field(
        description="When the findings were sent to the agency (*LHP*)"
    )
    corrective_action_due_at = strawberry.field(
        resolver=corrective_action_due,
        graphql_type=datetime | None,
        description="Until when the corrective action has to be done: the local midnight that ends "
        "the 30th working day (*batas waktu tindakan korektif*)",
    )
    corrective_action_done_at: datetime | None = strawberry.field(
        description="When the corrective action was done (*tindakan korektif dilaksanakan*)"
    )
    complaints = strawberry.field(
        resolver=complaints_of_case,
        graphql_type=list[Annotated["Complaint", strawberry.lazy("schema.complaint")]],
        description="The complaints it is about, as far as you may see them (*laporan terkait*)",
    )
    timeline = strawberry.field(
        resolver=timeline_of_case,
        graphql_type=TimelineConnection,
        description="What happened at the Ombudsman, oldest first (*linimasa*)",
    )


@strawberry.type(description="A case in a list (*butir daftar laporan Ombudsman*)")
class OmbudsmanCaseEdge:
    """A case in a list."""

    cursor: str = strawberry.field(description="Its place in the list, sealed (*kursor*)")
    node: OmbudsmanCase = strawberry.field(description="The case (*laporan Ombudsman*)")


@strawberry.type(description="A page of cases, newest first (*daftar laporan Ombudsman*)")
class OmbudsmanCaseConnection:
    """A page of cases."""

    edges: list[OmbudsmanCaseEdge] = strawberry.field(
        description="The cases with their cursors (*butir*)"
    )
    nodes: list[OmbudsmanCase] = strawberry.field(description="The cases alone (*laporan*)")
    page_info: PageInfo = strawberry.field(description="Where the page lies (*halaman*)")
    complete: bool = strawberry.field(
        description="False as soon as any source is missing (*lengkap*)"
    )
    answers: list[SourceAnswer] = strawberry.field(
        description="One for every source that the question concerns (*jawaban sumber*)"
    )
