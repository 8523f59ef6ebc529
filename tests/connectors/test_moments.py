"""Dates of every kind come out in UTC, and go to a source in its own writing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.moments import (
    EARLIEST,
    LATEST,
    date_reader,
    floor,
    just_before,
    moment_reader,
    moment_writer,
    steady_offset,
    to_local,
    to_utc,
    written_well,
)
from connectors.words import BAD

JAKARTA = ZoneInfo("Asia/Jakarta")
MAKASSAR = ZoneInfo("Asia/Makassar")
NEW_YORK = ZoneInfo("America/New_York")
NONE: frozenset[str] = frozenset()


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc] # year to second


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-01T07:00:00+07:00", utc(2026, 11, 1)),
        ("2026-11-01T00:00:00Z", utc(2026, 11, 1)),
        ("2026-11-01 08:00:00", utc(2026, 11, 1)),
        ("2026-11-01", utc(2026, 10, 31, 16)),
        (" 2026-11-01 08:00:00 ", utc(2026, 11, 1)),
        (date(2026, 11, 1), utc(2026, 10, 31, 16)),
        (datetime(2026, 11, 1, 8), utc(2026, 11, 1)),  # noqa: DTZ001 - local on purpose
        ("", None),
        (None, None),
        ("None", None),
        ("kemarin", BAD),
        ("31-02-2025 10:00", BAD),
        (20261101, BAD),
        ({"tanggal": 1}, None),
    ],
)
def test_iso_moments_are_read_in_the_sources_zone(value: object, expected: object) -> None:
    """Without a zone of its own a time is the source's local time; what is no time is reported."""
    read = moment_reader("iso", MAKASSAR, frozenset({"none"}))

    assert read(value) == expected


def test_new_yorks_clock_is_followed() -> None:
    """Summer and winter differ; the hour that comes twice is its first; the one that never came
    is read as if clocks had not changed.
    """
    read = moment_reader("%m/%d/%Y %I:%M:%S %p", NEW_YORK, NONE)

    assert read("05/01/2022 12:00:03 AM") == utc(2022, 5, 1, 4, 0, 3)
    assert read("12/25/2013 11:59:08 PM") == utc(2013, 12, 26, 4, 59, 8)
    assert read("11/07/2021 01:30:00 AM") == utc(2021, 11, 7, 5, 30)
    assert read("03/14/2021 02:30:00 AM") == utc(2021, 3, 14, 7, 30)


@pytest.mark.parametrize("zone", [JAKARTA, NEW_YORK, ZoneInfo("Pacific/Kiritimati")])
@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"])
def test_the_ends_of_the_calendar_do_not_overflow(zone: ZoneInfo, text: str) -> None:
    """The first and last day that can be written are read, moved to an end of time if need be."""
    found = moment_reader("iso", zone, NONE)(text)

    assert isinstance(found, datetime)
    assert EARLIEST <= found <= LATEST
    assert found.tzinfo is UTC


@given(st.datetimes(), st.sampled_from([JAKARTA, MAKASSAR, NEW_YORK, ZoneInfo("Asia/Jayapura")]))
def test_the_short_way_is_the_long_way(local: datetime, zone: ZoneInfo) -> None:
    """Reading a text gives what the zone's own rules give, steady clocks or not."""
    assert moment_reader("iso", zone, NONE)(local.isoformat()) == to_utc(local, zone)


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2036, 1, 1)))  # noqa: DTZ001 - local
def test_local_and_back_is_where_it_was(local: datetime) -> None:
    """On a clock that never changed nothing is lost on the way."""
    assert to_local(to_utc(local, JAKARTA), JAKARTA) == local


def test_only_clocks_that_never_changed_are_steady() -> None:
    """Indonesia's three zones are, New York is not."""
    assert steady_offset(JAKARTA) == timedelta(hours=7)
    assert steady_offset(ZoneInfo("Asia/Jayapura")) == timedelta(hours=9)
    assert steady_offset(NEW_YORK) is None


def test_unix_times_are_read() -> None:
    """Seconds and milliseconds since 1970, as numbers or texts."""
    assert moment_reader("unix", JAKARTA, NONE)("1700000000") == utc(2023, 11, 14, 22, 13, 20)
    assert moment_reader("unix-ms", JAKARTA, NONE)(1700000000000) == utc(2023, 11, 14, 22, 13, 20)
    assert moment_reader("unix", JAKARTA, NONE)("1e30") is BAD


def test_days_are_read() -> None:
    """A day is a day, whatever stands behind it."""
    read = date_reader("iso", frozenset({"null"}))

    assert read("2024-10-21") == date(2024, 10, 21)
    assert read(date(2024, 10, 21)) == date(2024, 10, 21)
    assert read(datetime(2024, 10, 21, 3, tzinfo=UTC)) == date(2024, 10, 21)
    assert read("null") is None
    assert read("kelak") is BAD


def test_moments_are_written_as_the_source_reads_them() -> None:
    """With its offset, as its local day, or as seconds."""
    moment = utc(2026, 10, 31, 17, 30)

    assert moment_writer("iso", JAKARTA)(moment) == "2026-11-01T00:30:00+07:00"
    assert moment_writer("%Y-%m-%d", JAKARTA)(moment) == "2026-11-01"
    assert moment_writer("%d/%m/%Y", JAKARTA)(moment) == "01/11/2026"
    assert moment_writer("unix", JAKARTA)(moment) == str(int(moment.timestamp()))
    assert moment_writer("%Y-%m-%d", JAKARTA)(EARLIEST) == "0001-01-01"
    assert moment_writer("iso", NEW_YORK)(EARLIEST).startswith("0001-01-01T00:00:00")


def test_units_start_on_the_sources_clock() -> None:
    """A day starts at local midnight."""
    moment = utc(2026, 10, 31, 17, 30, 15)

    assert floor(moment, "day", JAKARTA) == utc(2026, 10, 31, 17)
    assert floor(moment, "minute", JAKARTA) == utc(2026, 10, 31, 17, 30)
    assert just_before(moment) == moment - timedelta(microseconds=1)
    assert just_before(EARLIEST) == EARLIEST


@pytest.mark.parametrize(
    ("form", "fine"),
    [
        ("iso", True),
        ("unix", True),
        ("%d/%m/%Y", True),
        ("dd-mm", False),
        ("%q", False),
        ("%", False),
    ],
)
def test_ways_to_write_a_time_are_checked(form: str, fine: bool) -> None:
    """A pattern that cannot be read back is found before any row is."""
    assert written_well(form) is fine


def test_an_offset_of_its_own_counts_more_than_the_sources_zone() -> None:
    """A time that names its offset needs no zone."""
    read = moment_reader("iso", JAKARTA, NONE)

    assert read(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=9)))) == utc(2025, 12, 31, 15)
