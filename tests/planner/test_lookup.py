"""Single records: by filter, by id, with sources missing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from connectors import memory
from connectors.contract.errors import Unavailable
from connectors.contract.filters import EVERYTHING, all_of, one_of
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.planner import Planner
from tests.planner.awkward import NOTHING_AT_ALL, NOW, Awkward

SEAL = CursorSeal({"k": b"0" * 32}, "k", lifetime=timedelta(hours=1), clock=lambda: NOW)


def record(local_id: str, tracking: str | None, *, secret: bool = False) -> ComplaintRecord:
    return ComplaintRecord(
        source="s",
        local_id=local_id,
        tracking_id=tracking,
        secret=secret,
        submitted_at=NOW,
        updated_at=NOW,
    )


ROWS = [record("a", "1"), record("b", "2", secret=True), record("c", None)]


def planner(*connectors: Awkward, time_limit: float = 4.0) -> Planner:
    sources = [
        Source(
            connector=each,
            title=each.name,
            kind="memory",
            national=each.name == "s",
            time_limit=time_limit,
        )
        for each in connectors
    ]
    return Planner(sources, SEAL, lambda: NOW)


def ids(found: Sequence[ComplaintRecord]) -> list[str]:
    return [row.local_id for row in found]


def test_a_record_is_found_by_its_tracking_number_whatever_a_source_can_do() -> None:
    """Pushed to one source, picked out of all rows of another."""
    able, unable = Awkward("s", ROWS, memory.EVERYTHING), Awkward("t", ROWS, NOTHING_AT_ALL)

    found = asyncio.run(planner(able, unable).find(one_of("tracking_id", ["1"]), frozenset()))

    assert ids(found.records) == ["a", "a"]
    assert found.failed == ()


def test_a_record_that_may_not_be_seen_is_not_found_by_the_same_requests() -> None:
    """Unknown and not allowed cannot be told apart, also not by what is asked."""
    unknown, hidden = (Awkward("s", ROWS, memory.EVERYTHING) for _ in range(2))
    seen = one_of("secret", [False])

    for connector, number in ((unknown, "77"), (hidden, "2")):
        where = all_of((one_of("tracking_id", [number]), seen))
        found = asyncio.run(planner(connector).find(where, frozenset()))
        assert found.records == ()

    assert len(unknown.asked) == len(hidden.asked) == 1
    assert seen in (unknown.asked[0].where.parts)  # type: ignore[union-attr] # an And of two


def test_a_source_that_cannot_answer_is_named() -> None:
    """A missing source is told apart from a missing record."""
    down = Awkward("s", ROWS, memory.EVERYTHING, failing=[Unavailable("s", "down")])

    found = asyncio.run(planner(down).find(one_of("tracking_id", ["1"]), frozenset()))

    assert [error.code for error in found.failed] == ["UNAVAILABLE"]


def test_a_source_that_hangs_is_timed_out() -> None:
    """A lookup ends with the source's time limit."""

    class Hanging(Awkward):
        async def fetch(self, query: SourceQuery) -> Page:
            await asyncio.sleep(60)
            return await super().fetch(query)

    hung = planner(Hanging("s", ROWS, memory.EVERYTHING), time_limit=0.05)
    found = asyncio.run(hung.find(one_of("tracking_id", ["1"]), frozenset()))

    assert [error.code for error in found.failed] == ["TIMED_OUT"]


def test_a_record_is_got_by_id_where_the_source_can() -> None:
    """By id where there is a way by id, through a filter where there is none."""
    for can in (memory.EVERYTHING, NOTHING_AT_ALL):
        asking = planner(Awkward("s", ROWS, can))
        seen = asyncio.run(asking.by_id("s", "a", EVERYTHING, frozenset()))
        hidden = asyncio.run(asking.by_id("s", "b", one_of("secret", [False]), frozenset()))
        unknown = asyncio.run(asking.by_id("s", "zz", EVERYTHING, frozenset()))

        assert ids(seen.records) == ["a"]
        assert hidden.records == unknown.records == ()


def test_an_unknown_source_holds_nothing() -> None:
    """An id that names no source of ours finds nothing and asks nobody."""
    found = asyncio.run(planner().by_id("x", "a", EVERYTHING, frozenset()))

    assert found.records == ()


def test_a_filter_that_cannot_match_asks_nobody() -> None:
    """What a source cannot hold is not looked for there."""
    connector = Awkward("s", ROWS, memory.EVERYTHING)

    found = asyncio.run(planner(connector).find(one_of("source", ["x"]), frozenset()))

    assert found.records == ()
    assert connector.asked == []


def test_the_national_source_is_known() -> None:
    """Tracking numbers are looked up at the one source that gives them."""
    asking = planner(Awkward("s", [], NOTHING_AT_ALL), Awkward("t", [], NOTHING_AT_ALL))

    national = asking.national()

    assert national is not None
    assert national.name == "s"


def test_an_old_public_version_is_not_looked_up_for_a_newer_secret_one() -> None:
    """Also a single record is the latest version or none."""
    old = record("a", "1")
    new = ComplaintRecord(
        source="s",
        local_id="a",
        tracking_id="1",
        secret=True,
        submitted_at=NOW,
        updated_at=NOW + timedelta(hours=1),
    )
    for versions in ([old, new], [new, old]):
        where = all_of((one_of("tracking_id", ["1"]), one_of("secret", [False])))
        asking = planner(Awkward("s", versions, NOTHING_AT_ALL))

        assert asyncio.run(asking.find(where, frozenset())).records == ()
