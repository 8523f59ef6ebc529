"""Put together what every source said of one complaint, without hiding disagreement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from connectors.contract.records import ComplaintRecord, OmbudsmanCaseRecord
from resolvers.complaint.contribution import Contribution, latest
from resolvers.complaint.discrepancies import Discrepancy, discrepancies
from resolvers.complaint.handlings import Covers, Handling, handlings, same
from resolvers.complaint.precedence import PRECEDENCE, Authority
from resolvers.complaint.timeline import TimelineEntry, bounces, timeline


class MergedComplaint(msgspec.Struct, frozen=True, kw_only=True):
    """One complaint with everything that is known of it."""

    record: ComplaintRecord
    """The anchor's row; fields that another source has the say in are put in."""
    anchor: Contribution
    handlings: tuple[Handling, ...]
    timeline: tuple[TimelineEntry, ...]
    bounces: int
    contributions: tuple[Contribution, ...]
    """The anchor's first, the others by source and id."""
    discrepancies: tuple[Discrepancy, ...]
    cases: tuple[OmbudsmanCaseRecord, ...] | None = ()
    """What the Ombudsman has of it, as far as the viewer may see it; None if it did not
    answer, and nothing is known."""


def merge(
    contributions: Iterable[Contribution],
    anchor_name: tuple[str, str],
    silent: Sequence[str] = (),
    covers: Covers = same,
) -> MergedComplaint:
    """Merge the *set* of contributions around the anchor: order and repeats make no difference.

    *silent* names sources that answered, should know the complaint, and do not; *covers* says which
    agencies are one body.
    Raises `KeyError` if the anchor is not among the contributions.
    """
    kept = latest(contributions)
    by_name = {each.name: each for each in kept}
    anchor = by_name[anchor_name]
    others = [each for each in kept if each.name != anchor_name]
    everyone = (anchor, *others)
    return MergedComplaint(
        record=_fields(anchor, others),
        anchor=anchor,
        handlings=handlings(anchor, others, covers),
        timeline=timeline(everyone),
        bounces=bounces(anchor),
        contributions=everyone,
        discrepancies=discrepancies(anchor, others, silent),
    )


def _fields(anchor: Contribution, others: Sequence[Contribution]) -> ComplaintRecord:
    record = anchor.record
    if not others:
        return record
    latest_first = sorted(
        (each.record for each in others),
        key=lambda each: (each.submitted_at, each.source, each.local_id),
        reverse=True,
    )
    changes: dict[str, object] = {}
    silent = [
        name
        for name, line in PRECEDENCE.items()
        if line.authority is Authority.ANCHOR_ELSE_HANDLER and getattr(record, name) is None
    ]
    if "latitude" in silent or "longitude" in silent:
        # A point is one thing: half of it from each source would be a third place.
        silent = [name for name in silent if name not in ("latitude", "longitude")]
        point = next(
            (e for e in latest_first if e.latitude is not None and e.longitude is not None), None
        )
        if point is not None:
            changes.update(latitude=point.latitude, longitude=point.longitude)
    for name in silent:
        told = next((getattr(e, name) for e in latest_first if getattr(e, name) is not None), None)
        if told is not None:
            changes[name] = told
    return msgspec.structs.replace(record, **changes) if changes else record
