"""Random records, moments, rules and calendars for the laws of deadlines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from connectors.contract.records import ComplaintRecord
from connectors.contract.vocabulary import ComplaintKind, ComplaintStatus
from resolvers.sla.comparisons import Places, places
from resolvers.sla.days_off import load_days_off
from resolvers.sla.rules import (
    ClockStart,
    DayType,
    Regulation,
    RuleEntry,
    Rules,
    Step,
    load_rules,
)
from resolvers.sla.working_days import Calendars, WorkingCalendar
from resolvers.sla.zones import ZONES

DATA = Path(__file__).parent / "data"

CALENDARS = Calendars(load_days_off(DATA / "regional.toml"))
SEATS: dict[str, str | None] = {
    "ministry": None,
    "aceh": "11",
    "kaltim": "64",
    "samarinda": "64.72",
    "papua": "91",
}
PLACES: Places = places(CALENDARS, SEATS)


def calendar_of(record: ComplaintRecord) -> WorkingCalendar:
    """Give the calendar that *record* follows, told from its agency alone."""
    return CALENDARS.of(SEATS.get(record.agency or "ministry"))


def entry(step: Step, start: ClockStart, days: int, **more: object) -> RuleEntry:
    """Write one limit, in working days unless told otherwise."""
    said = {"day_type": DayType.WORKING, **more}
    return RuleEntry(step=step, counts_from=start, days=days, **said)  # type: ignore[arg-type] # told by name


def changing_rules() -> Rules:
    """Give limits that differ in length, day type and start from one regulation to the next."""
    old = Regulation(
        id="old",
        title="Old",
        valid_from=date(2023, 1, 1),
        valid_to=date(2025, 4, 30),
        rules=(
            entry(Step.VERIFICATION, ClockStart.SUBMITTED, 3),
            entry(Step.FIRST_FOLLOW_UP, ClockStart.DISPOSED, 5),
            entry(Step.RESOLUTION, ClockStart.DISPOSED, 5, kind=ComplaintKind.ASPIRATION),
            entry(
                Step.RESOLUTION,
                ClockStart.DISPOSED,
                60,
                kind=ComplaintKind.COMPLAINT,
                supervisory=True,
            ),
            entry(
                Step.RESOLUTION,
                ClockStart.DISPOSED,
                14,
                kind=ComplaintKind.COMPLAINT,
                supervisory=False,
            ),
            entry(Step.AUTO_CLOSE, ClockStart.LAST_FOLLOW_UP, 10),
        ),
    )
    new = Regulation(
        id="new",
        title="New",
        valid_from=date(2025, 5, 1),
        rules=(
            entry(Step.VERIFICATION, ClockStart.SUBMITTED, 2, day_type=DayType.CALENDAR),
            entry(Step.FIRST_FOLLOW_UP, ClockStart.VERIFIED, 4),
            entry(
                Step.RESOLUTION,
                ClockStart.VERIFIED,
                12,
                day_type=DayType.CALENDAR,
                kind=ComplaintKind.ASPIRATION,
            ),
            entry(Step.RESOLUTION, ClockStart.VERIFIED, 9, kind=ComplaintKind.COMPLAINT),
            entry(Step.HANDOVER, ClockStart.SUBMITTED, 60, day_type=DayType.CALENDAR),
        ),
    )
    return Rules([old, new], due_soon_working_days=1)


RULES = [load_rules(), changing_rules()]

ANCHORS = [
    date(2024, 2, 29),  # leap day
    date(2024, 4, 8),  # Idul Fitri 2024
    date(2025, 1, 1),
    date(2025, 4, 8),  # after Idul Fitri 2025
    date(2025, 4, 30),  # last day of 62/2018
    date(2025, 8, 19),
    date(2025, 12, 31),
    date(2026, 3, 25),
    date(2027, 12, 31),  # last decreed day
]
_TICK = timedelta(microseconds=1)
_FAR = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(2018, 12, 31, 17, tzinfo=UTC),
    datetime(2035, 12, 20, tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
]


@st.composite
def moments(draw: st.DrawFn, around: date) -> datetime:
    """Draw a moment near *around*: mostly at, just before or just after a local midnight."""
    zone = draw(st.sampled_from(list(ZONES.values())))
    near = st.one_of(st.integers(-4, 4), st.integers(-100, 20))
    midnight = zone.begin(around.toordinal() + draw(near))
    return midnight + draw(
        st.sampled_from([timedelta(0), -_TICK, _TICK, timedelta(hours=9), timedelta(hours=23)])
    )


@st.composite
def records(draw: st.DrawFn, around: date) -> ComplaintRecord:
    """Draw a record whose dates lie near *around*, in any order, or far off, or are missing."""
    far = st.sampled_from(_FAR)
    usual = moments(around)
    known = st.one_of(usual, usual, usual, usual, far)
    perhaps = st.one_of(st.none(), usual, known)
    return ComplaintRecord(
        source="s",
        local_id="1",
        submitted_at=draw(known),
        updated_at=draw(known),
        verified_at=draw(perhaps),
        disposed_at=draw(perhaps),
        first_followed_up_at=draw(perhaps),
        followed_up_at=draw(perhaps),
        closed_at=draw(perhaps),
        status=draw(st.sampled_from(list(ComplaintStatus))),
        kind=draw(st.sampled_from([*ComplaintKind, None])),
        supervisory=draw(st.sampled_from([True, False, None])),
        agency=draw(st.sampled_from([*SEATS, None, "unheard of"])),
    )


def a_moment(chance: Random, around: date) -> datetime:
    """Give a moment near *around*: like `moments`, but seeded, for crowds."""
    zone = chance.choice(list(ZONES.values()))
    days = chance.choice([chance.randint(-4, 4), chance.randint(-25, 5), chance.randint(-100, 20)])
    hours = timedelta(hours=chance.choice([9, 23]))
    apart = chance.choice([timedelta(0), -_TICK, _TICK, hours])
    return zone.begin(around.toordinal() + days) + apart


def a_record(chance: Random, around: date) -> ComplaintRecord:
    """Give a record near *around*: like `records`, but seeded, for crowds."""

    def known() -> datetime:
        return chance.choice(_FAR) if chance.random() < 0.05 else a_moment(chance, around)

    def perhaps(share: float) -> datetime | None:
        return known() if chance.random() < share else None

    return ComplaintRecord(
        source="s",
        local_id="1",
        submitted_at=known(),
        updated_at=known(),
        verified_at=perhaps(0.4),
        disposed_at=perhaps(0.8),
        first_followed_up_at=perhaps(0.3),
        followed_up_at=perhaps(0.5),
        closed_at=perhaps(0.5),
        status=chance.choice(list(ComplaintStatus)),
        kind=chance.choice([*ComplaintKind, ComplaintKind.COMPLAINT, None]),
        supervisory=chance.choice([True, False, None]),
        agency=chance.choice([*SEATS, None, "unheard of"]),
    )


def anchors() -> st.SearchStrategy[date]:
    """Draw a day around which something happens."""
    return st.sampled_from(ANCHORS)
