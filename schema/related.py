"""Complaints that may be about the same thing as another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from connectors.contract.records import ComplaintRecord
from resolvers.complaint.related import RelatedComplaint as RelatedTold
from resolvers.complaint.related import RelationReason
from resolvers.relations import RelatedAsked
from resolvers.stretches import aware
from schema.enums import described
from schema.given import given
from schema.node import Info
from schema.selection import wanted_of

if TYPE_CHECKING:
    from schema.complaint import Complaint

described(
    RelationReason,
    "Why two complaints may be about the same thing (*alasan keterkaitan*)",
    {
        "SAME_PLACE_AND_DAY": "Submitted on one day about one village or district "
        "(*tempat dan hari sama*)",
        "SAME_PLACE_AND_CATEGORY": "Of one category in one village or district "
        "(*tempat dan kategori sama*)",
        "DECLARED_BY_SOURCE": "A source says that one repeats the other (*dinyatakan sumber*)",
    },
)

COMPLAINT = ("complaint",)


async def related_of(
    root: strawberry.Parent[ComplaintRecord],
    info: Info,
    first: Annotated[int, strawberry.argument(description="How many, at most 20 (*jumlah*)")] = 5,
    reasons: Annotated[
        list[RelationReason] | None,
        strawberry.argument(description="Only for one of these reasons (*alasan*)"),
    ] = strawberry.UNSET,
    submitted_since: Annotated[
        datetime | None,
        strawberry.argument(
            description="Only what was submitted then or later; if not given, thirty days before "
            "this one, or whenever if a source declares it (*masuk sejak*)"
        ),
    ] = strawberry.UNSET,
) -> Sequence[RelatedTold]:
    """Give the complaints that may be about the same thing, the surest first."""
    wanted = given(reasons)
    asked = RelatedAsked(
        first=first,
        reasons=None if wanted is None else tuple(wanted),
        since=aware(given(submitted_since), "submittedSince"),
    )
    fields, needed = wanted_of(info, *COMPLAINT)
    return await info.context.related(root, asked, fields, needed)


@strawberry.type(
    description="A complaint that may be about the same thing, and why (*laporan terkait*)"
)
class RelatedComplaint:
    """A complaint that may be about the same thing."""

    complaint: Annotated[Complaint, strawberry.lazy("schema.complaint")] = strawberry.field(
        description="The other complaint (*laporan*); its reporter is not shown here"
    )
    reasons: list[RelationReason] = strawberry.field(
        description="Why, the weightiest first (*alasan*)"
    )
    score: float = strawberry.field(
        description="How sure that is, from 0 to 1: declared counts 0.9, place and category 0.5, "
        "place and day 0.3, each on its own (*skor*)"
    )
