"""What a client can ask of the Ombudsman's cases."""

from __future__ import annotations

import strawberry

from connectors.contract.vocabulary import Maladministration, OmbudsmanStage
from resolvers.ombudsman import asked
from schema.given import given
from schema.inputs import DateTimeRange, listed, stretch_of

UNSET = strawberry.UNSET


@strawberry.input(
    description="Which cases are wanted; all that is named must hold (*saringan laporan Ombudsman*)"
)
class OmbudsmanCaseFilter:
    """Which cases are wanted."""

    stages: list[OmbudsmanStage] | None = strawberry.field(
        default=UNSET, description="Where it stands (*tahap*)"
    )
    agencies: list[str] | None = strawberry.field(
        default=UNSET,
        description="Codes of agencies reported; a parent counts for its units and successors "
        "(*terlapor*)",
    )
    regions: list[str] | None = strawberry.field(
        default=UNSET, description="Kemendagri codes; each stands for all below it (*wilayah*)"
    )
    maladministration: list[Maladministration] | None = strawberry.field(
        default=UNSET, description="One of these is alleged (*dugaan maladministrasi*)"
    )
    received: DateTimeRange | None = strawberry.field(
        default=UNSET, description="When it was received (*tanggal diterima*)"
    )
    corrective_action_overdue: bool | None = strawberry.field(
        default=UNSET,
        description="Its corrective action is not done, its time limit has passed, and the case is "
        "open (*tindakan korektif melewati batas waktu*)",
    )
    corrective_action_overdue_by_working_days: int | None = strawberry.field(
        default=UNSET,
        description="The same, so many working days ago or more (*terlambat sekian hari kerja*)",
    )
    case_numbers: list[str] | None = strawberry.field(
        default=UNSET, description="Its number (*nomor laporan*)"
    )
    has_complaint: bool | None = strawberry.field(
        default=UNSET, description="Names a national complaint (*terkait laporan SP4N*)"
    )


def asked_cases(
    where: OmbudsmanCaseFilter | None, first: int | None, after: str | None
) -> asked.CasesAsked:
    """Give one page of cases in plain values."""
    where = given(where)
    return asked.CasesAsked(
        where=asked.CaseFilter() if where is None else _filter(where),
        first=given(first),
        after=given(after),
    )


def _filter(where: OmbudsmanCaseFilter) -> asked.CaseFilter:
    return asked.CaseFilter(
        stages=listed(where.stages),
        agencies=listed(where.agencies),
        regions=listed(where.regions),
        maladministration=listed(where.maladministration),
        received=stretch_of(where.received),
        corrective_action_overdue=given(where.corrective_action_overdue),
        corrective_action_overdue_by_working_days=given(
            where.corrective_action_overdue_by_working_days
        ),
        case_numbers=listed(where.case_numbers),
        has_complaint=given(where.has_complaint),
    )
