"""Moments are left to the encoder, which writes what their scalar would."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st

from gateway.executor import encode
from schema.scalars import write_moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_the_encoder_writes_moments_as_their_scalar_does(moment: datetime) -> None:
    """For every moment in UTC, the only ones that are left to it."""
    assert encode({"at": moment}) == orjson.dumps({"at": write_moment(moment)})


@given(st.datetimes(timezones=st.just(UTC)))
def test_so_does_its_slow_way(moment: datetime) -> None:
    """Beside a value that only the standard library can write."""
    beyond = 2**70

    written = encode({"at": moment, "beyond": beyond})

    assert written == f'{{"at":"{write_moment(moment)}","beyond":{beyond}}}'.encode()
