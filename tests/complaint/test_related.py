"""Why two complaints are taken to be about the same thing, and how sure that is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.records import ComplaintRecord
from resolvers.complaint.related import (
    WEIGHTS,
    RelatedComplaint,
    RelationReason,
    rank,
    relation,
    score,
)

MOMENT = datetime(2026, 10, 1, 3, tzinfo=UTC)
DAY, NEXT = date(2026, 10, 1), date(2026, 10, 2)
PLACE = RelationReason.SAME_PLACE_AND_CATEGORY
SAME_DAY = RelationReason.SAME_PLACE_AND_DAY
DECLARED = RelationReason.DECLARED_BY_SOURCE


def complaint(local_id: str = "1", **fields: object) -> ComplaintRecord:
    """Write a complaint of a pothole in a district of Samarinda, unless told otherwise."""
    told = {"source": "sp4n", "region": "64.72.01", "category": "1502", **fields}
    return ComplaintRecord(local_id=local_id, submitted_at=MOMENT, updated_at=MOMENT, **told)  # type: ignore[arg-type] # told by name


@pytest.mark.parametrize(
    ("one", "other", "other_day", "reasons"),
    [
        ({}, {}, DAY, (PLACE, SAME_DAY)),
        ({}, {}, NEXT, (PLACE,)),
        ({}, {"category": "1503"}, DAY, (SAME_DAY,)),
        ({}, {"region": "64.72.01.1001"}, NEXT, (PLACE,)),
        # One district is no other, and what names a regency only names no place.
        ({}, {"region": "64.72.02"}, DAY, ()),
        ({"region": "64.72"}, {"region": "64.72"}, DAY, ()),
        ({"region": None}, {"region": None}, DAY, ()),
        # No category is no common category.
        ({"category": None}, {"category": None}, NEXT, ()),
        ({"region": "64.72.01.1001"}, {"region": "64.72.01"}, DAY, ()),
        # Declared by either, by national number or by the own id of the same source.
        ({"region": None, "tracking_id": "9"}, {"duplicate_of": "9"}, NEXT, (DECLARED,)),
        ({"region": None, "duplicate_of": "9"}, {"tracking_id": "9"}, NEXT, (DECLARED,)),
        ({"region": None, "duplicate_of": "2"}, {}, NEXT, (DECLARED,)),
        ({"region": None, "duplicate_of": "2"}, {"source": "pu"}, NEXT, ()),
    ],
)
def test_each_reason_holds_for_what_it_says(
    one: dict[str, object],
    other: dict[str, object],
    other_day: date,
    reasons: tuple[RelationReason, ...],
) -> None:
    """Place means a district or closer; a declaration counts whoever makes it."""
    found = relation(complaint(**one), DAY, complaint("2", **other), other_day)

    assert found == reasons


@given(st.sets(st.sampled_from(list(WEIGHTS)), min_size=1))
def test_more_reasons_are_surer(reasons: set[RelationReason]) -> None:
    """A score lies between the weightiest reason's own and 1, and no reason makes it smaller."""
    whole = score(reasons)

    assert max(WEIGHTS[each] for each in reasons) <= whole <= 1
    for each in reasons:
        assert score(reasons - {each}) <= whole


def test_the_surest_come_first_and_then_the_newest() -> None:
    """Order does not depend on which source answered first."""
    older = datetime(2026, 9, 1, tzinfo=UTC)
    found = [
        RelatedComplaint(complaint=complaint("a"), reasons=(SAME_DAY,), score=0.3),
        RelatedComplaint(
            complaint=ComplaintRecord(
                source="sp4n", local_id="b", submitted_at=older, updated_at=older
            ),
            reasons=(PLACE,),
            score=0.5,
        ),
        RelatedComplaint(complaint=complaint("c"), reasons=(PLACE,), score=0.5),
    ]

    for order in (found, found[::-1]):
        assert [each.complaint.local_id for each in rank(order, 2)] == ["c", "b"]
