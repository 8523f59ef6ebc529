"""What is remembered of filters is what would be worked out anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.filters import Filter, all_of
from resolvers.asked import ComplaintFilter, DateTimeRange
from resolvers.directory import Directory
from resolvers.errors import BadFilter
from resolvers.plain_filters import PlainFilters
from resolvers.planner.plan import Shape
from resolvers.planner.shape import filled
from resolvers.policy import NATIONAL_ADMIN, OMBUDSMAN, PUBLIC, Access, access_of
from resolvers.translation import Translator

MOMENTS = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)] + [
    datetime(2026, 1, 2, 7, tzinfo=UTC).astimezone()
]
ranges = st.none() | st.builds(
    DateTimeRange,
    since=st.none() | st.sampled_from(MOMENTS),
    until=st.none() | st.sampled_from(MOMENTS),
)
words = st.none() | st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple)
filters = st.builds(
    ComplaintFilter,
    kinds=words,
    statuses=words,
    tracking_ids=st.none() | st.just(("17",)),
    supervisory=st.none() | st.booleans(),
    open=st.none() | st.booleans(),
    uncategorised=st.none() | st.booleans(),
    submitted=ranges,
    updated=ranges,
    closed=ranges,
)
viewers = st.sampled_from([PUBLIC, NATIONAL_ADMIN, OMBUDSMAN])


def translate(asked: ComplaintFilter) -> Filter:
    """Translate anew."""
    return Translator(Directory(), frozenset(), frozenset({"sp4n"})).translate(asked)


KNOWN = PlainFilters(translate)
"""Asked again and again, so that most of what it gives is remembered."""


def whole(found: Filter | Shape | None) -> Filter | None:
    """Put the moments in their places."""
    return filled(found.where, found.moments) if isinstance(found, Shape) else found


def outcome(work: Any) -> object:
    """Give what *work* gives or raises."""
    try:
        return work()
    except BadFilter as error:
        return error.code


@given(filters, viewers)
def test_what_is_remembered_is_what_is_translated(asked: ComplaintFilter, viewer: Any) -> None:
    """For whatever was asked before, by whomever, in whatever order its moments stood."""
    access = access_of(viewer)

    def anew() -> Filter:
        where = translate(asked)
        access.insist(where)
        return all_of((where, access.rows))

    assert outcome(lambda: whole(KNOWN.narrowed(asked, access))) == outcome(anew)
    assert outcome(lambda: whole(KNOWN.narrowed(asked, access))) == outcome(anew)


def test_other_moments_of_the_same_shape_are_not_translated_again() -> None:
    """Once is enough for a portal that asks from another moment on each time."""
    times: list[ComplaintFilter] = []

    def counting(asked: ComplaintFilter) -> Filter:
        times.append(asked)
        return translate(asked)

    known = PlainFilters(counting)
    access = access_of(PUBLIC)
    for day in range(5):
        since = MOMENTS[0] + timedelta(days=day)
        asked = ComplaintFilter(kinds=("a",), submitted=DateTimeRange(since=since))
        found = known.narrowed(asked, access)
        assert isinstance(found, Shape)
        assert found.moments == (since,)
    assert len(times) == 1
    # A number of a complaint is not kept in memory.
    for _ in range(2):
        assert not isinstance(known.narrowed(ComplaintFilter(tracking_ids=("17",)), access), Shape)
    assert len(times) == 3


def test_rights_that_are_made_for_one_request_are_not_taken_for_others() -> None:
    """The identity of rights says which they are only as long as they are kept."""
    known = PlainFilters(translate)
    asked = ComplaintFilter(open=True)
    narrow, wide = access_of(PUBLIC), access_of(NATIONAL_ADMIN)
    for like in (narrow, wide) * 20:
        made = Access(rows=like.rows, readable=like.readable)
        found = whole(known.narrowed(asked, made))
        assert found == all_of((translate(asked), like.rows))


def test_what_is_wrong_stays_wrong() -> None:
    """A mistake is told each time."""
    known = PlainFilters(translate)
    naive = ComplaintFilter(submitted=DateTimeRange(since=datetime(2026, 1, 1)))  # noqa: DTZ001
    backward = ComplaintFilter(submitted=DateTimeRange(since=MOMENTS[1], until=MOMENTS[0]))
    unknown = ComplaintFilter(sources=("nowhere",))
    for _ in range(2):
        for asked, code in (
            (naive, "TIME_ZONE_MISSING"),
            (backward, "RANGE_REVERSED"),
            (unknown, "UNKNOWN_SOURCE"),
        ):
            with pytest.raises(BadFilter) as raised:
                known.narrowed(asked, access_of(PUBLIC))
            assert raised.value.code == code


def test_a_word_said_over_and_over_is_not_remembered() -> None:
    """Its filter is short; what it would be found by is as long as the request."""
    known, access = PlainFilters(translate), access_of(PUBLIC)
    for count in range(1000, 1010):
        asked = ComplaintFilter(statuses=("DISPOSED",) * count)
        assert whole(known.narrowed(asked, access)) == all_of((translate(asked), access.rows))
    assert isinstance(known.narrowed(ComplaintFilter(statuses=("DISPOSED",)), access), Shape)

    assert len(known._known) == 1
