"""The demo's sources over the living sandbox: truth, faults, cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from connectors.contract.capabilities import Fit
from connectors.contract.errors import Malformed, Refused, SourceError, TimedOut, Unavailable
from connectors.contract.filters import Op, Term
from connectors.contract.query import SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.resilience.guarded import Guarded, Limits
from tests.connectors.outside import Outside
from tests.connectors.suite import read_pages

SYSTEMS = ["sp4n", "kaltim", "pu"]


def with_source(world: Outside, name: str, use: Callable[[Source], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        source = world.sources()[name]
        try:
            return await use(source)
        finally:
            await source.connector.aclose()

    return asyncio.run(run())


async def everything(source: Source) -> dict[str, ComplaintRecord]:
    pages = await read_pages(source.connector, SourceQuery())
    return {
        row.local_id: row for page in pages for row in page.rows if isinstance(row, ComplaintRecord)
    }


HARMLESS = {"duplicate_delivery", "duplicate_change", "leading_hash_in_text", "html_entities"}
HARMLESS |= {"mojibake", "word_variant", "leading_hash"}


@pytest.mark.parametrize("name", SYSTEMS)
def test_records_say_what_the_world_says(name: str, calm: Outside) -> None:
    """Every row becomes a record; where no dirt was planted, each field is the true one."""
    found = with_source(calm, name, everything)
    truth = [row for each in calm.truth() for row in each["rows"] if row["system"] == name]

    assert set(found) == {row["id"] for row in truth}
    for row in truth:
        record = found[row["id"]]
        dirt = {each["kind"] for each in row["dirt"]}
        if dirt - HARMLESS:
            continue
        assert record.status == row["status"]
        assert record.agency == row["agency"]
        assert record.category == (None if row["category"] is None else str(row["category"]))
        assert record.supervisory == row["supervisory"]
        assert record.submitted_at == _moment(row["submitted"])
        assert record.updated_at == _moment(row["updated"])
        assert record.closed_at == _moment(row["closed"])
        number = (row["tracking"] or "").lstrip("#") or None
        assert record.tracking_id == number
        if name != "kaltim":
            assert record.region == row["region"]
        elif row["region"] is not None:
            assert record.region == row["region"][:5]
        assert record.warnings == ()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@pytest.mark.parametrize("name", SYSTEMS)
def test_planted_dirt_becomes_what_is_promised(name: str, calm: Outside) -> None:
    """Unknown words are raw and null, missing dates stand in with a warning."""
    found: dict[str, ComplaintRecord] = with_source(calm, name, everything)
    checks: dict[str, Callable[[ComplaintRecord], bool]] = {
        "unknown_status": lambda row: row.status == "UNKNOWN" and bool(row.source_status),
        "unknown_agency": lambda row: row.agency is None and bool(row.source_agency),
        "unknown_region": lambda row: row.region is None,
        "unknown_category": lambda row: row.category is None,
        "negative_duration": lambda row: "NEGATIVE_DURATION" in row.warnings,
        "missing_close_time": lambda row: row.closed_at is None,
        "malformed_date": lambda row: "BAD_DATE:submitted_at" in row.warnings,
        "missing_submission": lambda row: row.warnings[:1] == ("SUBMITTED_AT_MISSING",),
        "no_date": lambda row: row.submitted_at == row.updated_at,
        "word_variant": lambda row: row.status != "UNKNOWN",
        "html_entities": lambda row: "&amp;" not in (row.title or ""),
        "leading_hash": lambda row: (row.tracking_id or "").isdigit(),
    }
    seen = set()
    for kind, holds in checks.items():
        for local_id in calm.planted(name, kind):
            seen.add(kind)
            assert holds(found[local_id]), (kind, found[local_id])

    assert len(seen) >= 5


FAULTS = [
    ("fail", Unavailable),
    ("refuse", Refused),
    ("down", Unavailable),
    ("hang", TimedOut),
]


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize(("mode", "kind"), FAULTS)
def test_each_fault_has_its_name_and_passes(
    name: str, mode: str, kind: type[SourceError], calm: Outside
) -> None:
    """Met with an open connection or a new one, the failure is told apart; then all is well."""

    async def use(source: Source) -> None:
        inner = source.connector.inner  # type: ignore[attr-defined] # guarded, as every source
        guarded = Guarded(inner, Limits(time_limit=0.5))
        await guarded.fetch(SourceQuery(limit=1))
        calm.control(name, "/fault", {"mode": mode})
        for _ in range(2):
            with pytest.raises(kind):
                await guarded.fetch(SourceQuery(limit=1))
            await inner.aclose()
        calm.control(name, "/fault", {"mode": "none"})
        assert len((await guarded.fetch(SourceQuery(limit=1))).rows) == 1

    with_source(calm, name, use)


@pytest.mark.parametrize(
    ("name", "kind"), [("sp4n", Malformed), ("kaltim", Malformed), ("pu", Unavailable)]
)
def test_garbage_is_no_answer(name: str, kind: type[SourceError], calm: Outside) -> None:
    """Broken JSON breaks the source's rules; a broken database protocol is a lost connection."""

    async def use(source: Source) -> None:
        calm.control(name, "/fault", {"mode": "garbage"})
        with pytest.raises(kind):
            await source.connector.fetch(SourceQuery(limit=1))

    with_source(calm, name, use)


@pytest.mark.parametrize("name", SYSTEMS)
def test_cancelling_reaches_the_source(name: str, calm: Outside) -> None:
    """A request that nobody waits for is given up there: connection closed, statement cancelled."""

    async def use(source: Source) -> None:
        await source.connector.fetch(SourceQuery(limit=1))
        mode = {"mode": "hang"} if name != "pu" else {"mode": "slow", "delay_ms": 20_000}
        calm.control(name, "/fault", mode)
        task = asyncio.ensure_future(source.connector.fetch(SourceQuery(limit=1)))
        await _until(calm, name, lambda told: told["inflight"] == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await _until(calm, name, lambda told: told["inflight"] == 0 and told["cancelled"] == 1)

    with_source(calm, name, use)


async def _until(world: Outside, name: str, holds: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds(await asyncio.to_thread(world.control, name, "/inflight")):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


def test_filters_arrive_in_the_sources_own_words(calm: Outside) -> None:
    """Canonical words are translated back, and only declared parameters are sent."""

    async def use(source: Source) -> None:
        where = Term("status", Op.IN, ("DISPOSED", "IN_PROGRESS"))
        assert source.connector.capabilities.collections["complaints"].fit(where) is Fit.EXACT
        await source.connector.fetch(SourceQuery(where=where, limit=5))

    with_source(calm, "sp4n", use)
    (request,) = calm.control("sp4n", "/requests")

    assert request["query"] == [
        ["halaman", "1"],
        ["per_halaman", "5"],
        ["status", "Terdisposisi,Proses"],
    ]


def test_a_database_is_asked_with_parameters_and_nothing_else(calm: Outside) -> None:
    """One statement for one page: no value in its text, no question of the driver's own."""

    async def use(source: Source) -> None:
        await source.connector.fetch(SourceQuery(limit=1))
        calm.control("pu", "/reset", {})
        where = Term("tracking_id", Op.IN, ("9165816",))
        await source.connector.fetch(SourceQuery(where=where, limit=5))

    with_source(calm, "pu", use)
    (statement,) = calm.control("pu", "/requests")

    assert "9165816" not in statement["path"]
    assert ["$1", "9165816"] in statement["query"]


def test_rows_that_a_source_loses_are_lost_silently(calm: Outside) -> None:
    """Nothing here can know: the test says so, that nobody believes otherwise."""
    calm.control("kaltim", "/fault", {"mode": "lose", "share": 0.5})
    some = with_source(calm, "kaltim", everything)
    calm.control("kaltim", "/reset", {})

    assert 0 < len(some) < len(with_source(calm, "kaltim", everything))
