"""Related complaints in a crowded place, out of a source in memory."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.memory import Memory
from resolvers.complaint.related import RelationReason
from resolvers.legal_clock import LegalClock
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.planner import Planner
from resolvers.policy import NATIONAL_ADMIN, access_of
from resolvers.relations import RELATED_FIELDS, WEIGHED, RelatedAsked, Relations
from resolvers.sla.rules import load_rules
from tests.sla.worlds import CALENDARS

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SEAL = CursorSeal({"k": b"0" * 32}, "k", lifetime=timedelta(hours=1), clock=lambda: NOW)


def pothole(number: int, submitted: datetime, category: str = "1502") -> ComplaintRecord:
    """Write a complaint in one district of Samarinda."""
    return ComplaintRecord(
        source="sp4n",
        local_id=str(number),
        tracking_id=str(number),
        submitted_at=submitted,
        updated_at=submitted,
        region="64.72.01",
        category=category,
    )


def test_the_newest_leave_room_for_those_of_the_same_day() -> None:
    """Of an old complaint whose place and category have had more than are weighed since, those of
    its own day are found all the same, and come first.
    """
    day = datetime(2026, 9, 1, 3, tzinfo=UTC)
    rows = [pothole(1, day), pothole(2, day + timedelta(hours=1)), pothole(3, day, "1503")]
    rows += [pothole(10 + hour, NOW - timedelta(hours=hour)) for hour in range(WEIGHED + 20)]
    source = Source(
        connector=Memory("sp4n", complaints=rows), title="SP4N", kind="memory", national=True
    )
    relations = Relations(
        Planner([source], SEAL, lambda: NOW), LegalClock(load_rules(), CALENDARS, lambda: NOW)
    )

    found, answers = asyncio.run(
        relations.find(rows[0], RelatedAsked(first=20), access_of(NATIONAL_ADMIN), RELATED_FIELDS)
    )

    assert found[0].complaint.local_id == "2"
    assert found[0].score == 0.65
    by_day = asyncio.run(
        relations.find(
            rows[0],
            RelatedAsked(first=20, reasons=(RelationReason.SAME_PLACE_AND_DAY,)),
            access_of(NATIONAL_ADMIN),
            RELATED_FIELDS,
        )
    )[0]
    assert {each.complaint.local_id for each in by_day} == {"2", "3"}
    assert {answer.state for answer in answers} == {"ANSWERED"}


def test_a_row_that_was_handed_on_leads_to_its_national_complaint() -> None:
    """What repeats a row of its own source which got a national number is related to that
    number's complaint.
    """
    day = datetime(2026, 9, 1, 3, tzinfo=UTC)
    rows = [
        ComplaintRecord(
            source="kaltim", local_id=name, submitted_at=day, updated_at=day, **told
        )
        for name, told in (
            ("handled", {"tracking_id": "3"}),
            ("repeats", {"duplicate_of": "handled"}),
        )
    ]  # fmt: skip
    national = ComplaintRecord(
        source="sp4n", local_id="3", tracking_id="3", submitted_at=day, updated_at=day
    )
    sources = [
        Source(connector=Memory("kaltim", complaints=rows), title="Kaltim", kind="memory"),
        Source(
            connector=Memory("sp4n", complaints=[national]),
            title="SP4N",
            kind="memory",
            national=True,
        ),
    ]
    relations = Relations(
        Planner(sources, SEAL, lambda: NOW), LegalClock(load_rules(), CALENDARS, lambda: NOW)
    )

    found, _ = asyncio.run(
        relations.find(rows[1], RelatedAsked(), access_of(NATIONAL_ADMIN), RELATED_FIELDS)
    )

    assert [each.complaint.tracking_id for each in found] == ["3"]
    assert found[0].reasons == (RelationReason.DECLARED_BY_SOURCE,)
