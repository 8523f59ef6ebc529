"""The sources, and how each took part in an answer."""

from __future__ import annotations

from datetime import datetime

import strawberry

from connectors.contract.records import AgencyRecord
from resolvers.sources import SourceShown
from schema.agency import Agency
from schema.enums import AnswerMode, AnswerState, SourceState
from schema.node import Info


async def agency_of_source(root: strawberry.Parent[SourceShown], info: Info) -> AgencyRecord | None:
    """Give the agency that runs it."""
    return (await info.context.directory()).agency(root.agency, info.context.today())


@strawberry.type(description="An agency's system that is asked (*sistem sumber*)")
class Source:
    """An agency's system that is asked."""

    id: strawberry.ID = strawberry.field(description="What filters take (*id sumber*)")
    name: str = strawberry.field(description="Its name (*nama sistem*)")
    agency = strawberry.field(
        resolver=agency_of_source,
        graphql_type=Agency | None,
        description="The agency that runs it (*instansi pengelola*)",
    )
    connector: str | None = strawberry.field(
        description="How it is asked; for insiders (*jenis penghubung*)"
    )
    state: SourceState = strawberry.field(description="How it does (*keadaan*)")
    state_since: datetime | None = strawberry.field(description="Since when (*sejak*)")
    reason: str | None = strawberry.field(description="Why; for insiders (*sebab*)")
    capabilities: list[str] | None = strawberry.field(
        description="What it can be asked; for insiders (*kemampuan*)"
    )
    last_success_at: datetime | None = strawberry.field(
        description="When it last answered (*jawaban terakhir*)"
    )
    error_rate: float | None = strawberry.field(
        description="Share of recent calls that failed; for insiders (*tingkat galat*)"
    )
    p95_latency_ms: float | None = strawberry.field(
        name="p95LatencyMs",
        description="Milliseconds that 95 of 100 recent calls stayed under; for insiders "
        "(*latensi*)",
    )
    rejected: int | None = strawberry.field(
        description="Rows that could not be used; for insiders (*baris ditolak*)"
    )


@strawberry.type(description="How one source took part in an answer (*jawaban sumber*)")
class SourceAnswer:
    """How one source took part in an answer."""

    source: Source = strawberry.field(description="The source (*sistem sumber*)")
    state: AnswerState = strawberry.field(description="How it went (*keadaan*)")
    mode: AnswerMode = strawberry.field(description="Where the rows came from (*cara*)")
    as_of: datetime | None = strawberry.field(
        description="The moment that the rows show (*keadaan per*)"
    )
    latency_ms: float | None = strawberry.field(
        description="Milliseconds until it had answered; for insiders (`NATIONAL_ADMIN`), null "
        "for all others (*latensi*)"
    )
    fetched: int | None = strawberry.field(
        description="Rows received; null where that would tell of hidden ones (*baris diterima*)"
    )
    kept: int | None = strawberry.field(
        description="Rows on this page; null as above (*baris dipakai*)"
    )
    code: str | None = strawberry.field(description="What went wrong, as a code (*kode*)")
    message: str | None = strawberry.field(description="What went wrong, in words (*keterangan*)")
