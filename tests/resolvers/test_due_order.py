"""What the order of the nearest deadline is worked out of, and how long an agency held a case."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings

from connectors.contract.filters import predicate
from connectors.contract.records import AgencyRecord, ComplaintRecord
from connectors.contract.vocabulary import AgencyLevel
from resolvers.directory import index
from resolvers.due_order import by_next_due
from resolvers.errors import BadPage
from resolvers.legal_clock import LegalClock
from resolvers.policy import NATIONAL_ADMIN, NOBODY, access_of
from resolvers.sla.rules import load_rules
from resolvers.sla.working_days import Calendars
from tests.sla.worlds import CALENDARS, SEATS, records

TODAY = date(2026, 11, 1)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SEATED = index(
    {
        "agencies": [
            AgencyRecord(source="r", code=code, name=code, level=AgencyLevel.AGENCY, region=region)
            for code, region in {**SEATS, "in-samarinda": "64.72", "in-jakarta": "31"}.items()
        ]
    }
)
BY_NEXT_DUE = by_next_due(
    access_of(NATIONAL_ADMIN),
    LegalClock(load_rules(), CALENDARS, lambda: NOW),
    SEATED,
    TODAY,
)


@settings(deadline=None)
@given(records(TODAY))
def test_only_what_may_have_a_deadline_has_one(record: ComplaintRecord) -> None:
    """Whatever has a running deadline is among those read first, and nothing is in both parts."""
    having, lacking = predicate(BY_NEXT_DUE.having), predicate(BY_NEXT_DUE.lacking)

    assert having(record) is not lacking(record)
    if BY_NEXT_DUE.moment(record) is not None:
        assert having(record)


def test_who_may_not_read_the_dates_may_not_order_by_them() -> None:
    """The order would tell what the fields do."""
    legal = LegalClock(load_rules(), CALENDARS, lambda: NOW)

    with pytest.raises(BadPage, match="may not read"):
        by_next_due(NOBODY, legal, SEATED, TODAY)


@pytest.mark.parametrize(
    ("agency", "since", "until", "days"),
    [
        # Half past four in the afternoon in Greenwich is Friday in Samarinda, Thursday in Jakarta.
        ("in-samarinda", "2026-10-22T16:30:00", "2026-10-27T03:00:00", 2),
        ("in-jakarta", "2026-10-22T16:30:00", "2026-10-27T03:00:00", 3),
        # Within one day, and over a weekend.
        ("in-jakarta", "2026-10-23T01:00:00", "2026-10-23T09:00:00", 0),
        ("in-jakarta", "2026-10-23T01:00:00", "2026-10-25T09:00:00", 0),
        # Independence Day, a Monday in 2026, is no working day.
        ("in-jakarta", "2026-08-14T01:00:00", "2026-08-18T09:00:00", 1),
        # Handed on before it came, or at a time that no calendar reaches: not known.
        ("in-jakarta", "2026-10-23T01:00:00", "2026-10-22T09:00:00", None),
        ("in-jakarta", "1990-10-23T01:00:00", "2026-10-22T09:00:00", None),
    ],
)
def test_days_held_are_counted_where_the_agency_sits(
    agency: str, since: str, until: str, days: int | None
) -> None:
    """Worked by hand from the calendar of 2026, in the agency's own time zone."""
    legal = LegalClock(load_rules(), Calendars(), lambda: NOW)
    begun, ended = (datetime.fromisoformat(f"{each}+00:00") for each in (since, until))

    assert legal.working_days(begun, ended, agency, SEATED, TODAY) == days
