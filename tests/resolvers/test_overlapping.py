"""What other sources have too, out of sources in memory: nothing hidden is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract.filters import EVERYTHING, one_of, predicate
from connectors.contract.query import SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.memory import EVERYTHING as ANYTHING
from resolvers.assembly import Assembled
from resolvers.candidates import Reach
from resolvers.legal_clock import LegalClock
from resolvers.overlapping import MOST_PLACES, Overlapping, read_overlapping
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.planner import Planner
from resolvers.policy import NATIONAL_ADMIN, PRESIDENTIAL_STAFF, PUBLIC, Viewer, access_of
from resolvers.sla.rules import load_rules
from tests.planner.awkward import Awkward
from tests.sla.worlds import CALENDARS

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SEAL = CursorSeal({"k": b"0" * 32}, "k", lifetime=timedelta(hours=1), clock=lambda: NOW)


def row(source: str, local_id: str, **fields: object) -> ComplaintRecord:
    """A public complaint of one district, unless told otherwise."""
    known: dict[str, object] = {
        "submitted_at": NOW - timedelta(days=3),
        "updated_at": NOW,
        "status": "IN_PROGRESS",
        "secret": False,
    }
    return ComplaintRecord(source=source, local_id=local_id, **(known | fields))  # type: ignore[arg-type] # told by name


async def assembled_never(_rows: Sequence[ComplaintRecord], _seconds: float) -> list[Assembled]:
    raise AssertionError("nobody asked for the merged complaint")


def compared(
    rows: dict[str, list[ComplaintRecord]],
    named: set[str],
    viewer: Viewer = NATIONAL_ADMIN,
    only: str | None = None,
) -> tuple[Overlapping, dict[str, list[SourceQuery]]]:
    """Compare, and give what each source was asked; *only* narrows to one local id."""
    connectors = {name: Awkward(name, held, ANYTHING) for name, held in rows.items()}
    sources = tuple(
        Source(connector=each, title=name, kind="memory", national=name == "sp4n")
        for name, each in connectors.items()
    )
    planner = Planner(sources, SEAL, lambda: NOW)
    reach = Reach(
        sources=sources,
        planner=planner,
        assemble=assembled_never,
        legal=LegalClock(load_rules(), CALENDARS, lambda: NOW),
    )
    where = EVERYTHING if only is None else one_of("local_id", [only])
    told = asyncio.run(read_overlapping(reach, access_of(viewer), where, frozenset(named)))
    return told, {name: each.asked for name, each in connectors.items()}


def listed(told: Overlapping, source: str, rows: dict[str, list[ComplaintRecord]]) -> set[str]:
    """The local ids that the filter lets through."""
    matches = predicate(told.known([source], negated=False))
    return {each.local_id for held in rows.values() for each in held if matches(each)}


WORLD = {
    "sp4n": [
        row("sp4n", "1", tracking_id="1"),
        row("sp4n", "2", tracking_id="2", secret=True),
        row("sp4n", "3", tracking_id="3"),
    ],
    "kaltim": [
        row("kaltim", "repeats-open", duplicate_of="1"),
        row("kaltim", "repeats-secret", duplicate_of="2"),
        row("kaltim", "repeats-none"),
        row("kaltim", "handled", tracking_id="3"),
        row("kaltim", "repeats-handled", duplicate_of="handled"),
    ],
}


@pytest.mark.parametrize(
    ("viewer", "found"),
    [
        (NATIONAL_ADMIN, {"repeats-open", "repeats-secret", "repeats-handled"}),
        (PUBLIC, {"repeats-open", "repeats-handled"}),
        (PRESIDENTIAL_STAFF, {"repeats-open", "repeats-handled"}),
    ],
)
def test_a_secret_complaint_is_no_overlap_for_those_who_may_not_see_it(
    viewer: Viewer, found: set[str]
) -> None:
    """What repeats a secret complaint is found by the administrator and by nobody else; a row with
    a national number stands for that number's complaint.
    """
    told, _ = compared(WORLD, {"sp4n"}, viewer)

    assert listed(told, "sp4n", WORLD) == found


@pytest.mark.parametrize("viewer", [PUBLIC, NATIONAL_ADMIN])
def test_a_row_under_its_number_is_an_overlap_as_far_as_it_may_be_seen(viewer: Viewer) -> None:
    """A national complaint has an overlap where another source has a row of its number, which for
    the public must not be secret there.
    """
    world = {**WORLD, "pu": [row("pu", "p", tracking_id="1", secret=True)]}

    told, _ = compared(world, {"kaltim", "pu"}, viewer)

    assert "3" in listed(told, "kaltim", world)
    assert listed(told, "pu", world) == ({"1"} if viewer is NATIONAL_ADMIN else set())


def test_what_is_asked_does_not_tell_what_is_repeated() -> None:
    """One that repeats a secret complaint, one that repeats an open one and one that repeats none
    take as many requests to each source; so do ones that repeat rows of their own source.
    """
    counts = set()
    for only in ("repeats-open", "repeats-secret", "repeats-none", "repeats-handled"):
        _, asked = compared(WORLD, {"sp4n"}, PUBLIC, only)
        counts.add(str({name: len(queries) for name, queries in asked.items()}))

    assert len(counts) == 1


def test_many_places_are_asked_for_by_their_regencies() -> None:
    """Beyond a hundred places the regencies around them are asked for, with the same outcome."""
    held = [
        row("kaltim", f"k{each}", region=f"64.7{1 + each // 90}.{each % 90:02}.1001", category="9")
        for each in range(1, MOST_PLACES + 20)
    ]
    world = {"sp4n": [row("sp4n", "1", tracking_id="1", region="64.71.01.1001", category="9")],
             "kaltim": held}  # fmt: skip

    told, asked = compared(world, {"sp4n"})

    assert listed(told, "sp4n", world) == {"k1"}
    assert {"64.71", "64.72"} in [
        set(term.values)
        for query in asked["sp4n"]
        for term in getattr(query.where, "parts", ())
        if getattr(term, "field", "") == "region"
    ]


def test_a_wrong_negation_is_not_let_through_before_anything_is_known() -> None:
    """With nothing to compare, nothing is an overlap and its opposite is everything."""
    told, _ = compared({"sp4n": [], "kaltim": []}, {"sp4n"})

    assert told.known(["sp4n"], negated=True) == told.known(["sp4n"], negated=False)
    assert listed(told, "sp4n", WORLD) == set()
