"""Working days: tables against counting by hand, and the package against the decrees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from holidays.countries.indonesia import Indonesia
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.sla.days_off import load_days_off
from resolvers.sla.legal_files import BadLegalFile
from resolvers.sla.working_days import Calendars
from resolvers.sla.zones import WIB, WIT, WITA, ZONES
from tests.sla.decrees import decreed, is_worked
from tests.sla.pages import table
from tests.sla.worlds import CALENDARS

JAKARTA = Calendars().default
OFF = decreed()
days_of_the_calendar = st.dates(date(2013, 1, 1), date(2034, 12, 31))


@settings(max_examples=200, deadline=None)
@given(days_of_the_calendar, st.integers(0, 130))
def test_adding_working_days_is_walking_them(start: date, days: int) -> None:
    """The table gives the day at which a walk day by day arrives."""
    day, left = start, days
    while left:
        day += timedelta(days=1)
        left -= JAKARTA.is_working_day(day)

    assert JAKARTA.add_working_days(start, days) == day
    assert JAKARTA.working_days_between(start, day) == days


@settings(max_examples=200, deadline=None)
@given(days_of_the_calendar, st.integers(0, 400))
def test_counting_working_days_is_counting_them(start: date, length: int) -> None:
    """The first day is not counted, the last is; the other way round it is negative."""
    end = start + timedelta(days=length)
    passed = [start + timedelta(days=each) for each in range(1, length + 1)]

    assert JAKARTA.working_days_between(start, end) == sum(map(JAKARTA.is_working_day, passed))
    assert JAKARTA.working_days_between(end, start) == -JAKARTA.working_days_between(start, end)


@pytest.mark.parametrize("year", sorted(OFF))
def test_the_calendar_is_the_decrees(year: int) -> None:
    """On every day of each year entered by hand, work is done or not as the decrees say."""
    days = [date(year, 1, 1) + timedelta(days=each) for each in range(366)]

    wrong = [
        day
        for day in days
        if day.year == year and JAKARTA.is_working_day(day) != is_worked(day, OFF)
    ]

    assert wrong == []


def test_the_page_names_every_day_on_which_package_and_decrees_disagree() -> None:
    """The days in `docs/sla.md`, and no others."""
    skb = decreed(with_others=False)
    package = Indonesia(years=list(skb), categories=("public", "government"))
    disagree = sorted(
        day
        for day in {*package, *(day for days in skb.values() for day in days)}
        if day.weekday() < 5 and (day in package) != (day in skb[day.year])
    )

    assert [day.isoformat() for day in disagree] == [row["day"] for row in table("Days off")]


def test_years_without_a_decree_are_provisional() -> None:
    """Up to 2027 the three ministers have decreed cuti bersama; later years nobody knows."""
    assert not any(JAKARTA.is_provisional_year(year) for year in range(2012, 2028))
    assert JAKARTA.is_provisional_year(2028)
    new_year = date(2028, 1, 1).toordinal()
    assert not JAKARTA.is_provisional(new_year - 3, new_year - 1)
    assert JAKARTA.is_provisional(new_year - 1, new_year)
    assert JAKARTA.is_provisional(new_year, new_year + 3)
    assert not JAKARTA.is_provisional(JAKARTA.first, JAKARTA.first + 3)


def test_outside_its_years_a_calendar_stands_still() -> None:
    """No working days are known there: counts stay, and limits end with the calendar."""
    end = date(2035, 12, 31)

    assert JAKARTA.working_days_between(date(1900, 1, 1), date(2011, 12, 31)) == 0
    assert JAKARTA.working_days_between(end, date(9999, 12, 31)) == 0
    assert JAKARTA.add_working_days(date(2035, 12, 28), 60) == end
    assert not JAKARTA.is_working_day(date(2036, 1, 2))
    assert JAKARTA.is_provisional(date(2000, 1, 3).toordinal(), date(2000, 1, 5).toordinal())


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        (None, WIB),
        ("31", WIB),
        ("61.71", WIB),
        ("64.72", WITA),
        ("51", WITA),
        ("94", WIT),
        ("81", WIT),
    ],
)
def test_a_region_has_its_provinces_zone(region: str | None, zone: object) -> None:
    """WIB, WITA or WIT by the first two digits; who sits nowhere follows Jakarta."""
    assert Calendars().of(region).zone is zone


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(ZONES.values())),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_fixed_offsets_are_the_zones_of_the_database(zone: object, moment: datetime) -> None:
    """Local days begin where `zoneinfo` says, for as long as there are complaints."""
    aware = moment.replace(tzinfo=UTC)
    for each in ZONES.values():
        day = each.day_of(aware)
        there = ZoneInfo(each.name)

        assert date.fromordinal(day) == aware.astimezone(there).date()
        local_midnight = datetime.combine(date.fromordinal(day), datetime.min.time(), there)
        assert each.begin(day) == local_midnight.astimezone(UTC)
        assert each.begin(day) <= aware < each.end(day)


def test_a_days_off_of_one_region_holds_there_and_below() -> None:
    """Province and city differ from the nation; the city has both; the neighbour neither."""
    province, city = CALENDARS.of("64"), CALENDARS.of("64.72.01")
    nation, neighbour = CALENDARS.of("31"), CALENDARS.of("65")

    def work_on(day: date) -> list[bool]:
        return [each.is_working_day(day) for each in (province, city, nation, neighbour)]

    assert work_on(date(2025, 1, 9)) == [False, False, True, True]
    assert work_on(date(2025, 1, 21)) == [True, False, True, True]
    assert work_on(date(2025, 12, 26)) == [False, True, False, False]
    assert CALENDARS.of("64.72") is CALENDARS.of("64.72.05")
    assert CALENDARS.of("65") is CALENDARS.of("51")


def test_an_override_file_adds_and_removes_days_everywhere(tmp_path: Path) -> None:
    """A later decree is entered by hand: days of every zone, years decreed, other years kept."""
    path = tmp_path / "days.toml"
    path.write_text(
        "decreed = [2028]\nundecreed = [2026]\nlast_year = 2030\n"
        "[[changes]]\nyear = 2028\nadd = [2028-02-29]\nremove = [2028-01-26]\nby = 'SKB'\n",
        encoding="utf-8",
    )

    changed = Calendars(load_days_off(path))

    for region in ("31", "64", "91"):
        calendar = changed.of(region)
        assert not calendar.is_working_day(date(2028, 2, 29))
        assert calendar.is_working_day(date(2028, 1, 26))
    assert JAKARTA.is_working_day(date(2028, 2, 29))
    assert not JAKARTA.is_working_day(date(2028, 1, 26))
    assert not changed.default.is_provisional_year(2028)
    assert changed.default.is_provisional_year(2026)
    assert not changed.default.is_working_day(date(2031, 1, 2))


def test_a_wrong_file_of_days_off_is_refused_with_all_its_mistakes(tmp_path: Path) -> None:
    """Days of another year, unknown zones and contradictions are named at once."""
    path = tmp_path / "days.toml"
    path.write_text(
        "decreed = [2028]\nundecreed = [2028]\nfirst_year = 12\n"
        '[zones]\n"Asia/Singapore" = ["21"]\n'
        '[[changes]]\nyear = 2026\nadd = [2025-05-02]\nby = "x"\n',
        encoding="utf-8",
    )

    with pytest.raises(BadLegalFile) as caught:
        load_days_off(path)

    assert len(caught.value.problems) == 4
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "decree = [2028]",
        "decreed = ['2028']",
        "first_year = 2040",
        "[[changes]]\nyear = 2026\nadd = [2026-02-30]\nby = 'x'",
        "[[changes]]\nyear = 2026\nadd = []",
    ],
)
def test_an_unknown_key_or_a_wrong_value_is_refused(tmp_path: Path, text: str) -> None:
    """Nothing in a file of days off is silently left out."""
    path = tmp_path / "days.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadLegalFile):
        load_days_off(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message says which file cannot be read."""
    with pytest.raises(BadLegalFile, match="nowhere"):
        load_days_off(tmp_path / "nowhere.toml")
