"""The regency's MariaDB over the living sandbox: promises, truth, faults, cancellation."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import pytest

from connectors.conformance.probe import Bounds, probe
from connectors.contract.errors import Refused, SourceError, TimedOut, Unavailable
from connectors.contract.filters import Op, Term
from connectors.contract.query import SourceQuery
from connectors.contract.records import ComplaintRecord, EventRecord
from connectors.contract.source import Source
from connectors.resilience.guarded import Guarded, Limits
from tests.connectors.further import Further, further_systems
from tests.connectors.maria import needs_mariadb
from tests.connectors.suggesting import filled, left_words, listed, suggestion
from tests.connectors.suite import Subject, conform, read_pages

pytestmark = needs_mariadb
HARMLESS = {"leading_hash", "mojibake", "html_entities"}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Further]:
    with further_systems(tmp_path_factory.mktemp("simda"), 400, ("simda",)) as found:
        yield found


@pytest.fixture
def simda(started: Further) -> Iterator[Further]:
    started.control("simda", "/reset", {})
    yield started
    started.control("simda", "/reset", {})


async def everything(source: Source) -> dict[str, ComplaintRecord]:
    pages = await read_pages(source.connector, SourceQuery())
    rows = [row for page in pages for row in page.rows if isinstance(row, ComplaintRecord)]
    return {row.local_id: row for row in rows}


def truth(simda: Further) -> list[dict[str, Any]]:
    return [
        row | {"secret": each["secret"]}
        for each in simda.truth()
        for row in each["rows"]
        if row["system"] == "simda"
    ]


def test_it_keeps_every_promise(simda: Further) -> None:
    """All twelve, over an old character set and zero dates."""

    async def check(source: Source) -> None:
        await conform(Subject(connector=source.connector, samples=1))

    simda.ask("simda", check)


def test_records_say_what_the_world_says(simda: Further) -> None:
    """Every row becomes a record; where no dirt was planted, each field is the true one."""
    found: dict[str, ComplaintRecord] = simda.ask("simda", everything)
    rows = truth(simda)

    assert set(found) == {row["id"] for row in rows}
    for row in rows:
        record = found[row["id"]]
        dirt = {each["kind"] for each in row["dirt"]} - HARMLESS
        if "missing_submission" in dirt:
            assert "SUBMITTED_AT_MISSING" in record.warnings
        if "missing_visibility" in dirt:
            assert record.secret
        if dirt:
            continue
        assert record.status == row["status"]
        assert (record.agency, record.region) == (row["agency"], row["region"])
        assert record.category == str(row["category"])
        assert record.tracking_id == ((row["tracking"] or "").lstrip("#") or None)
        assert record.submitted_at == datetime.fromisoformat(row["submitted"])
        assert record.updated_at == datetime.fromisoformat(row["updated"])
        assert record.closed_at == (row["closed"] and datetime.fromisoformat(row["closed"]))
        assert record.secret == row["secret"]
        assert record.warnings == ()
    assert len(rows) >= 150
    assert {each["kind"] for row in rows for each in row["dirt"]} >= {"missing_submission"}


def test_one_statement_for_one_page_without_values_of_others(simda: Further) -> None:
    """Dates that have not happened are zero in the table and null in the record."""

    async def use(source: Source) -> list[ComplaintRecord]:
        where = Term("closed_at", Op.IS_NULL)
        page = await source.connector.fetch(SourceQuery(where=where, limit=5))
        return [row for row in page.rows if isinstance(row, ComplaintRecord)]

    rows = simda.ask("simda", use)
    asked = [each["path"] for each in simda.control("simda", "/requests")]

    assert len(rows) == 5
    assert all(row.closed_at is None for row in rows)
    assert [each.split(" ")[0] for each in asked] == ["SHOW", "SELECT"]


def test_steps_are_read_by_their_complaints(simda: Further) -> None:
    """In the words of events, with the time of the regency's clock."""

    async def use(source: Source) -> tuple[list[str], list[EventRecord]]:
        found = await everything(source)
        ids = [each for each, row in found.items() if row.first_followed_up_at][:5]
        where = Term("complaint", Op.IN, tuple(ids))
        page = await source.connector.fetch(SourceQuery(collection="events", where=where))
        return ids, [row for row in page.rows if isinstance(row, EventRecord)]

    ids, steps = simda.ask("simda", use)
    kinds = Counter(each.kind for each in steps)

    assert {each.complaint for each in steps} == set(ids)
    assert kinds["FOLLOWED_UP"] >= len(ids)
    assert all(each.at.tzinfo is UTC for each in steps)


FAULTS = [
    ("fail", Unavailable),
    ("refuse", Refused),
    ("down", Unavailable),
    ("hang", TimedOut),
    ("garbage", SourceError),
]


@pytest.mark.parametrize(("mode", "kind"), FAULTS)
def test_each_fault_has_its_name_and_passes(
    mode: str, kind: type[SourceError], simda: Further
) -> None:
    """Met with an open connection or at the door, the failure is told; then all is well."""

    async def use(source: Source) -> None:
        inner = source.connector.inner  # type: ignore[attr-defined] # guarded, as every source
        guarded = Guarded(inner, Limits(time_limit=0.3))
        await guarded.fetch(SourceQuery(limit=1))
        simda.control("simda", "/fault", {"mode": mode})
        for _ in range(2):
            with pytest.raises(kind):
                await guarded.fetch(SourceQuery(limit=1))
            await inner.aclose()
        simda.control("simda", "/fault", {"mode": "none"})
        assert len((await guarded.fetch(SourceQuery(limit=1))).rows) == 1

    simda.ask("simda", use)


def test_slow_is_late_and_right(simda: Further) -> None:
    """Each statement waits, on a connection that was there and on one that is new."""

    async def use(source: Source) -> tuple[int, float]:
        await source.connector.fetch(SourceQuery(limit=1))
        await asyncio.to_thread(simda.control, "simda", "/fault", {"mode": "slow", "delay_ms": 200})
        began = perf_counter()
        for _ in range(3):
            many = (source.connector.fetch(SourceQuery(limit=2)) for _ in range(2))
            pages = await asyncio.gather(*many)
            assert [len(page.rows) for page in pages] == [2, 2]
        await asyncio.to_thread(simda.control, "simda", "/fault", {"mode": "none"})
        return len(simda.control("simda", "/requests")), perf_counter() - began

    asked, seconds = simda.ask("simda", use)

    assert seconds > 0.6
    assert asked <= 8, "asked again"


def test_lost_rows_are_lost_from_counts_too(simda: Further) -> None:
    """The views leave them out, silently."""

    async def use(source: Source) -> int:
        return await source.connector.count(SourceQuery())

    whole = simda.ask("simda", use)
    simda.control("simda", "/fault", {"mode": "lose", "share": 0.5})

    assert 0 < simda.ask("simda", use) < whole


def test_cancelling_reaches_the_database(simda: Further) -> None:
    """The proxy sees the client go, and the server has nothing left to do."""

    async def use(source: Source) -> None:
        await source.connector.fetch(SourceQuery(limit=1))
        await asyncio.to_thread(
            simda.control, "simda", "/fault", {"mode": "slow", "delay_ms": 20_000}
        )
        task = asyncio.ensure_future(source.connector.fetch(SourceQuery(limit=1)))
        await _until(simda, lambda told: told["inflight"] == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await _until(simda, lambda told: told["inflight"] == 0 and told["cancelled"] == 1)
        await asyncio.to_thread(simda.control, "simda", "/fault", {"mode": "none"})

    simda.ask("simda", use)


async def _until(simda: Further, holds: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds(await asyncio.to_thread(simda.control, "simda", "/inflight")):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


def test_a_first_table_is_suggested(simda: Further) -> None:
    """An old database: its table is found, zero dates and enumerations are told."""
    environ = {"SIMDA_DSN": simda.systems["simda"]["dsn"]}
    text = suggestion("env:SIMDA_DSN", environ, kind="mysql")
    words = left_words(text, environ)
    ready = filled(text.replace('time_zone = "?"', 'time_zone = "Asia/Jakarta"'), words)
    found = listed(ready, environ)

    assert 'table = "tbl_aduan"' in text
    assert '# reporter_name = "pelapor"' in text
    assert 'secret = { path = "rahasia", true = ["Y"], false = ["T"] }' in text
    assert all(each.fine for each in found.checked), found.checked
    assert {row.local_id for row in found.rows} == {row["id"] for row in truth(simda)}


def test_a_probe_holds(simda: Further) -> None:
    """The live database keeps what it declares, by the report for its owner too."""

    async def use(source: Source) -> bool:
        return (await probe(source, Bounds(questions=3_000, rows=5_000, pause=0))).holds

    assert simda.ask("simda", use)
