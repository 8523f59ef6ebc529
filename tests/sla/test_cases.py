"""The cases worked by hand in `docs/sla.md`, and the rules listed there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.contract.vocabulary import ComplaintStatus
from resolvers.sla.deadline import Deadline, Facts, corrective_action, deadlines, worst
from resolvers.sla.indicator import indicator
from resolvers.sla.rules import Step, load_rules
from resolvers.sla.steps import READINGS, STARTS, STEPS
from resolvers.sla.working_days import Calendars, WorkingCalendar
from tests.sla.decrees import decreed, is_worked, last_of
from tests.sla.pages import days, facts, local, table

RULES = load_rules()
CALENDARS = Calendars()
DUE = table("When it is due")
STANDING = table("How it stands")
ANY_TIME = datetime(2024, 1, 1, tzinfo=UTC)


def the_deadline(
    row: dict[str, str], said: Facts, calendar: WorkingCalendar, now: datetime
) -> Deadline | None:
    """Give the deadline that *row* is about."""
    if row["step"] == Step.CORRECTIVE_ACTION:
        return corrective_action(said.submitted_at, None, RULES, calendar, now)
    found = deadlines(said, RULES, calendar, now)
    return next((each for each in found if each.step == row["step"]), None)


def start_of(deadline: Deadline, said: Facts) -> datetime:
    """Give the moment that the deadline counts from, by the page's own words."""
    if said.status == "REOPENED":
        return said.reopened_at or said.updated_at
    if deadline.step is Step.CORRECTIVE_ACTION:
        return said.submitted_at
    start = getattr(said, STARTS[deadline.rule.counts_from])
    assert isinstance(start, datetime)
    return start


@pytest.mark.parametrize("row", DUE, ids=[row["case"] for row in DUE])
def test_a_deadline_ends_when_it_was_worked_out_by_hand(row: dict[str, str]) -> None:
    """Last day, local midnight, its moment in UTC, and whether that is certain."""
    calendar = CALENDARS.of(row["region"])
    zone = calendar.zone

    found = the_deadline(row, facts(row, zone), calendar, ANY_TIME)

    assert found is not None
    assert found.due_at == datetime.fromisoformat(row["due, UTC"]).replace(tzinfo=UTC)
    assert found.due_at == local(row["due, local"], zone)
    last = date.fromordinal(zone.day_of(found.due_at - timedelta(microseconds=1)))
    assert last.isoformat() == row["last day"]
    assert found.provisional == (row["provisional"] == "yes")


@pytest.mark.parametrize("row", DUE, ids=[row["case"] for row in DUE])
def test_the_second_calendar_gives_the_same_last_day(row: dict[str, str]) -> None:
    """Counting day by day over the decrees entered by hand ends there, over the days off named."""
    off = decreed()
    calendar = CALENDARS.of(row["region"])
    said = facts(row, calendar.zone)
    found = the_deadline(row, said, calendar, ANY_TIME)
    assert found is not None
    start = (start_of(found, said) + calendar.zone.offset).date()
    last = date.fromisoformat(row["last day"])

    assert last_of(start, found.rule.days, off) == last
    passed = [start + timedelta(days=each) for each in range(1, (last - start).days)]
    unworked = [day for day in passed if day.weekday() < 5 and not is_worked(day, off)]
    assert unworked == days(row["days off on the way"], start)


@pytest.mark.parametrize("row", STANDING, ids=[row["case"] for row in STANDING])
def test_a_complaint_stands_as_was_worked_out_by_hand(row: dict[str, str]) -> None:
    """State, days left, when it was met, the worst of all, and the colour."""
    calendar = CALENDARS.of(row["region"])
    said = facts(row, calendar.zone)
    now = local(row["now, local"], calendar.zone)

    found = the_deadline(row, said, calendar, now)
    everything = deadlines(said, RULES, calendar, now)

    assert ("none" if found is None else found.state) == row["state"]
    if found is not None:
        left = "-" if found.working_days_left is None else str(found.working_days_left)
        assert left == row["days left"]
        met = None if row["met, local"] == "-" else local(row["met, local"], calendar.zone)
        assert found.met_at == met
    assert worst(everything) == row["sla"]
    assert indicator(said.status, everything) == row["indicator"]


def test_there_are_enough_cases_of_each_sort() -> None:
    """At least 40 cases, in all three zones, over all steps and states."""
    assert len(DUE) + len(STANDING) >= 40
    assert len({row["case"] for row in DUE + STANDING}) == len(DUE) + len(STANDING)
    assert {CALENDARS.of(row["region"]).zone.short for row in DUE} == {"WIB", "WITA", "WIT"}
    assert {row["step"] for row in DUE} == set(Step)
    assert {row["state"] for row in STANDING} >= {
        "ON_TIME", "DUE_SOON", "OVERDUE", "MET", "BREACHED", "NOT_APPLICABLE", "none",
    }  # fmt: skip


def test_the_page_lists_the_rules_as_they_are() -> None:
    """The table of rules is the file of rules."""
    listed = [tuple(row.values()) for row in table("The rules")]

    assert listed == [
        (
            rule.id,
            rule.counts_from,
            str(rule.days),
            rule.day_type,
            rule.valid_from.isoformat(),
            "" if rule.valid_to is None else rule.valid_to.isoformat(),
            "yes" if rule.provisional else "no",
        )
        for rule in RULES.rules
    ]


def test_the_page_lists_the_readings_as_they_are() -> None:
    """The table of statuses and steps is the table that deadlines and filters follow."""
    for row in table("The steps", column="status"):
        for step in STEPS:
            assert READINGS[step][row["status"]].then.value == row[step], (row["status"], step)
    assert {row["status"] for row in table("The steps", column="status")} == set(ComplaintStatus)
