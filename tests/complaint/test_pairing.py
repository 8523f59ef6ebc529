"""Which sources list a related complaint: looked up, as if all pairs were looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.records import ComplaintRecord
from resolvers.complaint.pairing import Pairing
from resolvers.complaint.related import RelationReason, names, relation, window_of

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)

records = st.builds(
    ComplaintRecord,
    source=st.sampled_from(["sp4n", "kaltim", "pu"]),
    local_id=st.sampled_from(["1", "2", "3", "k-4"]),
    tracking_id=st.none() | st.sampled_from(["1", "2", "9"]),
    submitted_at=st.integers(0, 24 * 70).map(lambda hours: BEGIN + timedelta(hours=hours)),
    updated_at=st.just(BEGIN),
    region=st.none() | st.sampled_from(["64", "64.72", "64.72.01", "64.72.01.1001", "64.72.02"]),
    category=st.none() | st.sampled_from(["1502", "1503"]),
    duplicate_of=st.none() | st.sampled_from(["1", "9", "k-4"]),
)


def looked_at(record: ComplaintRecord, others: list[ComplaintRecord]) -> set[str]:
    """The same, slowly: every other complaint is compared."""
    found = set()
    for other in others:
        if (other.source, other.local_id) == (record.source, record.local_id):
            continue
        reasons = relation(record, record.submitted_at.date(), other, other.submitted_at.date())
        recent = other.submitted_at >= window_of(record)
        repeats = RelationReason.DECLARED_BY_SOURCE in reasons and names(record, other)
        if repeats or (reasons and recent):
            found.add(other.source)
    return found


@given(record=records, others=st.lists(records, max_size=8))
def test_it_finds_what_looking_at_all_pairs_finds(
    record: ComplaintRecord, others: list[ComplaintRecord]
) -> None:
    """Named are the sources of complaints related to it: of whatever age if it says itself that it
    repeats one, else not older than thirty days before it.
    """
    unique = list({(each.source, each.local_id): each for each in others}.values())
    pairing = Pairing((each, each.submitted_at.date()) for each in unique)

    assert pairing.of(record, record.submitted_at.date()) == looked_at(record, unique)


def test_a_complaint_is_not_related_to_itself_but_to_the_one_before_it() -> None:
    """The newest of a crowd finds the others of its source, and alone it finds none."""
    first, second = (
        ComplaintRecord(
            source="kaltim",
            local_id=each,
            submitted_at=BEGIN,
            updated_at=BEGIN,
            region="64.72.01",
            category="1502",
        )
        for each in ("k-1", "k-2")
    )

    assert Pairing([(second, BEGIN.date())]).of(second, BEGIN.date()) == set()
    both = Pairing([(first, BEGIN.date()), (second, BEGIN.date())])
    assert both.of(second, BEGIN.date()) == {"kaltim"}
