"""Ids are written alike, one by one and for a whole list."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.records import ComplaintRecord
from resolvers.identity import SourceId, TrackedId, complaint_id, complaint_ids, read_id

MOMENT = datetime(2026, 11, 1, tzinfo=UTC)


def record(local_id: str, number: str | None = None) -> ComplaintRecord:
    """A record that bears these names."""
    return ComplaintRecord(
        source="s",
        local_id=local_id,
        tracking_id=number,
        submitted_at=MOMENT,
        updated_at=MOMENT,
    )


RECORDS = st.builds(
    record,
    st.text(st.sampled_from("a?>~/+\xe9\U0001f600"), min_size=1, max_size=4),
    st.none() | st.text("0123456789", min_size=1, max_size=9),
)
ALIKE = st.builds(
    record, st.text(st.sampled_from("a?>~"), min_size=3, max_size=3), st.none()
) | st.builds(record, st.just("x"), st.text("0123456789", min_size=2, max_size=2))


@given(st.lists(RECORDS, max_size=8) | st.lists(ALIKE, max_size=5))
def test_the_ids_of_a_list_are_those_of_its_records(records: list[ComplaintRecord]) -> None:
    """Written in one piece or one by one, an id is the URL-safe Base64 of what it names."""
    plain = [
        f"Complaint:tracking:{each.tracking_id}"
        if each.tracking_id
        else f"Complaint:source:s:{each.local_id}"
        for each in records
    ]
    ids = [base64.urlsafe_b64encode(each.encode()).decode().rstrip("=") for each in plain]

    assert complaint_ids(records) == ids == [complaint_id(each) for each in records]
    assert [read_id(each) for each in ids] == [
        TrackedId(each.tracking_id) if each.tracking_id else SourceId("s", each.local_id)
        for each in records
    ]
