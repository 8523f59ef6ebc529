"""Which source said what of a complaint, and where the sources disagree."""

from __future__ import annotations

from datetime import datetime

import strawberry

from connectors.contract.records import ComplaintRecord
from resolvers.complaint.contribution import Contribution as ContributionTold
from resolvers.complaint.contribution import Told
from resolvers.complaint.discrepancies import Discrepancy as DiscrepancyTold
from resolvers.complaint.discrepancies import DiscrepancyKind
from resolvers.sources import SourceShown
from schema.enums import AnswerMode, described
from schema.merged import MaybeLater, of_merge
from schema.node import Info
from schema.sources import Source

described(
    DiscrepancyKind,
    "In what sources disagree (*jenis ketidaksesuaian*)",
    {
        "STATUS_CONFLICT": "One has closed it, another has not (*status berbeda*)",
        "DATE_CONFLICT": "Dates that cannot both be true (*tanggal berbeda*)",
        "NEGATIVE_DURATION": "It ended before it began (*durasi negatif*)",
        "MISSING_AT_HANDLER": "Its agency's own system answered and does not have it "
        "(*tidak ada di instansi*)",
        "UNKNOWN_AGENCY": "An agency that no code table maps (*instansi tidak dikenal*)",
        "UNKNOWN_STATUS": "A status that no code table maps (*status tidak dikenal*)",
    },
)


def source_of(root: strawberry.Parent[Told], info: Info) -> SourceShown | None:
    """Give the source."""
    return info.context.source(root.record.source)


@strawberry.type(description="What one source says of a complaint (*kontribusi sumber*)")
class Contribution:
    """What one source says of a complaint."""

    source = strawberry.field(
        resolver=source_of, graphql_type=Source, description="The source (*sistem sumber*)"
    )
    local_id: str = strawberry.field(description="Its own number for it (*nomor lokal*)")
    mode: AnswerMode = strawberry.field(description="Where it came from (*cara*)")
    as_of: datetime = strawberry.field(description="The moment that it shows (*keadaan per*)")
    fetched_at: datetime = strawberry.field(description="When it was asked (*diambil pada*)")
    mapping_version: str = strawberry.field(
        description="Editions of the code tables it was read by (*versi pemetaan*)"
    )
    warnings: list[str] = strawberry.field(
        description="What had to be repaired, in stable words (*peringatan*)"
    )


@strawberry.type(description="Something in which sources disagree (*ketidaksesuaian*)")
class Discrepancy:
    """Something in which sources disagree."""

    kind: DiscrepancyKind = strawberry.field(description="In what (*jenis*)")
    message: str = strawberry.field(description="In words (*keterangan*)")
    contributions: list[Contribution] = strawberry.field(
        description="Who is party to it (*kontribusi*)"
    )


def contributions_of(
    root: strawberry.Parent[ComplaintRecord], info: Info
) -> MaybeLater[tuple[ContributionTold, ...]]:
    """Give every contribution, the anchor's first."""
    return of_merge(root, info, lambda merged: merged.contributions)


def discrepancies_of(
    root: strawberry.Parent[ComplaintRecord], info: Info
) -> MaybeLater[tuple[DiscrepancyTold, ...]]:
    """Give every disagreement."""
    return of_merge(root, info, lambda merged: merged.discrepancies)
