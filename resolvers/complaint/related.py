"""Which complaints may be about the same thing, why, and how sure that is: no text is compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import msgspec

from connectors.contract.records import ComplaintRecord


class RelationReason(StrEnum):
    """Why two complaints are taken to be about the same thing."""

    SAME_PLACE_AND_DAY = "SAME_PLACE_AND_DAY"
    SAME_PLACE_AND_CATEGORY = "SAME_PLACE_AND_CATEGORY"
    DECLARED_BY_SOURCE = "DECLARED_BY_SOURCE"


WEIGHTS: Mapping[RelationReason, float] = {
    RelationReason.DECLARED_BY_SOURCE: 0.9,
    RelationReason.SAME_PLACE_AND_CATEGORY: 0.5,
    RelationReason.SAME_PLACE_AND_DAY: 0.3,
}
"""How much each reason says by itself; reasons are taken as independent."""


class RelatedComplaint(msgspec.Struct, frozen=True, kw_only=True):
    """Another complaint with the reasons why it may be about the same thing."""

    complaint: ComplaintRecord
    reasons: tuple[RelationReason, ...]
    """Not empty, the weightiest first."""
    score: float
    """From 0 to 1, two digits."""


WINDOW = timedelta(days=30)
"""How long before a complaint others may have been submitted, if nothing else is said."""


def window_of(record: ComplaintRecord) -> datetime:
    """Give the moment since which others are looked for, if nothing else is said."""
    try:
        return record.submitted_at - WINDOW
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def place_of(record: ComplaintRecord) -> str | None:
    """Give the village or district of *record*, as far as it is shown; None if it says neither.

    A regency is too large to be the same place.
    """
    code = record.region
    return code if code is not None and code.count(".") >= 2 else None


def names(record: ComplaintRecord, other: ComplaintRecord) -> bool:
    """Say whether *record*'s source declares that it repeats *other*."""
    said = record.duplicate_of
    if said is None:
        return False
    return said == other.tracking_id or (said == other.local_id and record.source == other.source)


def relation(
    record: ComplaintRecord,
    day: date,
    other: ComplaintRecord,
    other_day: date,
) -> tuple[RelationReason, ...]:
    """Give the reasons for which *other* may be about the same thing as *record*.

    *day* and *other_day* are the local days on which they were submitted.
    """
    place = place_of(record)
    same_place = place is not None and f"{other.region or ''}.".startswith(f"{place}.")
    found = {
        RelationReason.DECLARED_BY_SOURCE: names(record, other) or names(other, record),
        RelationReason.SAME_PLACE_AND_CATEGORY: same_place
        and record.category is not None
        and record.category == other.category,
        RelationReason.SAME_PLACE_AND_DAY: same_place and day == other_day,
    }
    return tuple(reason for reason in WEIGHTS if found[reason])


def score(reasons: Iterable[RelationReason]) -> float:
    """Give how likely it is that at least one of *reasons* is right."""
    wrong = 1.0
    for reason in reasons:
        wrong *= 1 - WEIGHTS[reason]
    return round(1 - wrong, 2)


def rank(found: Iterable[RelatedComplaint], first: int) -> tuple[RelatedComplaint, ...]:
    """Give the *first* of *found*: the surest first, of equal ones the newest."""

    def key(each: RelatedComplaint) -> tuple[float, float, str, str]:
        record = each.complaint
        return (-each.score, -record.submitted_at.timestamp(), record.source, record.local_id)

    return tuple(sorted(found, key=key)[:first])
