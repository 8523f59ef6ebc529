"""Places in a list at the edges of the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.filters import predicate
from connectors.contract.query import Order
from connectors.contract.records import ComplaintRecord
from resolvers.planner.keys import from_start, key_of

LAST = datetime.max.replace(tzinfo=UTC)
FIRST = datetime.min.replace(tzinfo=UTC)
moments = st.one_of(
    st.sampled_from([LAST, LAST - timedelta(microseconds=1), FIRST, FIRST + timedelta(days=1)]),
    st.datetimes(timezones=st.just(UTC)),
)


def row(moment: datetime, local_id: str) -> ComplaintRecord:
    return ComplaintRecord(source="s", local_id=local_id, submitted_at=moment, updated_at=moment)


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("descending", [False, True])
@given(reached=moments, other=moments)
def test_no_row_still_wanted_lies_outside_the_bound(
    descending: bool, backward: bool, reached: datetime, other: datetime
) -> None:
    """Rows behind the place reached, or that tie with it, are inside, to the last microsecond."""
    order = Order("submitted_at", descending)
    key = key_of(order)
    start, there = key(row(reached, "m")), row(other, "n")

    is_wanted = key(there) <= start if backward else key(there) >= start
    if is_wanted:
        assert predicate(from_start(order, start, backward=backward))(there)
