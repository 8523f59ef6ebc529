"""Cursors: sealed, bound to their list, mortal."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import BadCursor
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.plan import Key, Place

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 16


def seal(keys: dict[str, bytes], current: str, at: datetime = NOW) -> CursorSeal:
    return CursorSeal(keys, current, lifetime=timedelta(minutes=10), clock=lambda: at)


keys: st.SearchStrategy[Key | None] = st.one_of(
    st.none(), st.tuples(st.integers(-(2**62), 2**62), st.text(max_size=5), st.text(max_size=5))
)


@given(keys, st.dictionaries(st.text(max_size=4), keys, max_size=4))
def test_a_cursor_gives_back_the_place_it_was_made_from(
    reached: Key | None, positions: dict[str, Key | None]
) -> None:
    """Sealing and opening change nothing."""
    place = Place(reached=reached, positions=positions)
    ring = seal({"a": OLD}, "a")

    assert ring.open(ring.seal(place, b"f"), b"f") == place


def test_a_cursor_of_an_older_key_still_opens_after_the_ring_turned() -> None:
    """Replicas may change to a new key while cursors of the old one are about."""
    cursor = seal({"a": OLD}, "a").seal(Place(reached=(1, "s", "x")), b"f")

    assert seal({"a": OLD, "b": NEW}, "b").open(cursor, b"f").reached == (1, "s", "x")


def test_a_cursor_of_another_list_is_foreign() -> None:
    """A cursor works only for the filter, order and viewer it came from."""
    ring = seal({"a": OLD}, "a")
    cursor = ring.seal(Place(), b"mine")

    with pytest.raises(BadCursor) as caught:
        ring.open(cursor, b"yours")

    assert caught.value.code == "CURSOR_FOREIGN"


def test_a_cursor_expires() -> None:
    """After its lifetime a cursor is refused with a code of its own."""
    cursor = seal({"a": OLD}, "a").seal(Place(), b"f")

    with pytest.raises(BadCursor) as caught:
        seal({"a": OLD}, "a", NOW + timedelta(minutes=10)).open(cursor, b"f")

    assert caught.value.code == "CURSOR_EXPIRED"


def test_every_altered_byte_is_noticed() -> None:
    """No byte of a cursor can be changed without its being refused."""
    ring = seal({"a": OLD}, "a")
    cursor = ring.seal(Place(reached=(5, "s", "x")), b"f")
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for index in range(len(raw)):
        raw[index] ^= 1
        changed = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        with pytest.raises(BadCursor, match="not made by this gateway"):
            ring.open(changed, b"f")
        raw[index] ^= 1


@given(st.text(max_size=200))
def test_nonsense_is_refused_not_crashed_on(text: str) -> None:
    """Whatever a client sends as a cursor gets the same clear error."""
    with pytest.raises(BadCursor) as caught:
        seal({"a": OLD}, "a").open(text, b"f")

    assert caught.value.code == "CURSOR_INVALID"


def test_a_cursor_of_a_process_that_ended_is_told_where_to_begin() -> None:
    """Without keys of its own a gateway that is started anew knows none of its earlier cursors."""
    cursor = seal({"a": OLD}, "a").seal(Place(), b"f")

    with pytest.raises(BadCursor, match="started anew since, begin at the first page") as caught:
        seal({"a": NEW}, "a").open(cursor, b"f")
    assert caught.value.code == "CURSOR_INVALID"


def test_an_endless_cursor_is_refused_before_it_is_decoded() -> None:
    """A cursor has a greatest length."""
    with pytest.raises(BadCursor):
        seal({"a": OLD}, "a").open("A" * 70_000, b"f")


def test_a_cursor_shows_nothing_of_the_place_it_holds() -> None:
    """Neither the id nor its length can be read off a cursor."""
    ring = seal({"a": OLD}, "a")
    short = ring.seal(Place(reached=(5, "sp4n", "1")), b"f" * 16)
    long = ring.seal(Place(reached=(5, "sp4n", "12345")), b"f" * 16)

    assert len(short) == len(long)
    assert b"sp4n" not in base64.urlsafe_b64decode(short + "==")


@pytest.mark.parametrize(
    ("ring", "current"), [({"a": OLD}, "b"), ({"": OLD}, ""), ({"a": b"short"}, "a")]
)
def test_a_bad_key_ring_is_refused_at_start(ring: dict[str, bytes], current: str) -> None:
    """Keys of a wrong size or a missing current key are noticed when the gateway starts."""
    with pytest.raises(ValueError):
        seal(ring, current)
