"""Dates as people write them: Indonesian months, several ways in one column."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.moments import moment_reader, read_well, written_well
from connectors.words import BAD

WITA = ZoneInfo("Asia/Makassar")


@pytest.mark.parametrize(
    "text",
    [
        "3 Februari 2026", "03 februari 2026", " 3  FEBRUARI  2026 ", "3 Pebruari 2026",
        "3 Feb 2026", "3 Feb. 2026", "3 Peb 2026",
    ],
)  # fmt: skip
def test_a_month_in_words_is_read(text: str) -> None:
    """Spelled out or shortened, in any case, as it was spelled once or is now."""
    read = moment_reader("id:%d %B %Y", WITA, frozenset())

    assert read(text) == datetime(2026, 2, 2, 16, tzinfo=UTC)


def test_every_month_has_its_number() -> None:
    """From January to December."""
    read = moment_reader("id:%d %b %Y", ZoneInfo("UTC"), frozenset())
    words = [
        "Jan",
        "Feb",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agt",
        "Sept",
        "Okt",
        "Nopember",
        "Des",
    ]

    assert [read(f"1 {word} 2026") for word in words] == [
        datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)
    ]


@pytest.mark.parametrize(
    "text", ["31 Februari 2026", "3 Foobar 2026", "February 3", "2026-02-03", "3 2 26", "Februari"]
)
def test_what_is_no_such_date_is_bad(text: str) -> None:
    """Days that are none, words that are no month, other ways of writing."""
    assert moment_reader("id:%d %B %Y", WITA, frozenset())(text) is BAD


def test_weekdays_and_times_may_stand_around() -> None:
    """As letters are dated; a word in the weekday's place that is none is no date."""
    read = moment_reader("id:%A, %d %B %Y pukul %H.%M", WITA, frozenset())

    assert read("Selasa, 3 Februari 2026 pukul 09.15") == datetime(2026, 2, 3, 1, 15, tzinfo=UTC)
    assert read("Tuesday, 3 Februari 2026 pukul 09.15") is BAD


def test_several_ways_in_one_column() -> None:
    """The first that fits counts."""
    read = moment_reader("id:%d %B %Y\n%d/%m/%Y", ZoneInfo("UTC"), frozenset({"-"}))

    assert read("3 Mei 2026") == datetime(2026, 5, 3, tzinfo=UTC)
    assert read("03/05/2026") == datetime(2026, 5, 3, tzinfo=UTC)
    assert read("2026-05-03") is BAD
    assert read("-") is None


def test_a_cell_that_is_a_date_needs_no_form() -> None:
    """As workbooks hold them."""
    read = moment_reader("id:%d %B %Y", WITA, frozenset())

    assert read(datetime(2026, 2, 3, 8)) == datetime(2026, 2, 3, tzinfo=UTC)  # noqa: DTZ001 - a cell
    assert read(46056.0) is BAD


def test_what_can_be_read_so_is_not_sent_so() -> None:
    """A bound is written in one way, with numbers."""
    assert read_well("id:%d %B %Y")
    assert read_well("%d/%m/%Y\nid:%d %B %Y")
    assert not read_well("id:%d %B")
    assert not read_well("id:")
    assert not written_well("id:%d %B %Y")
    assert not written_well("%d/%m/%Y\n%Y-%m-%d")
    assert written_well("%d/%m/%Y")
