"""Places in a list at the edges of the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.filters import predicate
from connectors.contract.query import Order
from connectors.contract.records import ComplaintRecord, Listed
from resolvers.planner.keys import Ranking, from_start, key_of

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


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("comes", ["as it may", "in order", "against it"])
@given(told=st.lists(st.tuples(moments, st.sampled_from("abc")), max_size=6))
def test_rows_are_ranked_by_their_keys(
    descending: bool, backward: bool, comes: str, told: list[tuple[datetime, str]]
) -> None:
    """However rows come, and whichever of them tie, they stand as their keys say."""
    order = Order("submitted_at", descending)
    key = key_of(order)
    rows: list[Listed] = [row(moment, name) for moment, name in told]
    if comes != "as it may":
        rows.sort(key=lambda each: key(each)[0], reverse=comes == "against it")
    ranked = rows.copy()

    Ranking(order, None, backward=backward).sort(ranked)

    assert [key(each) for each in ranked] == sorted(map(key, rows), reverse=backward)
