"""The sources of the systems that have to be named: every promise, and the truth."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from connectors.contract.errors import Malformed, Refused, SourceError, TimedOut, Unavailable
from connectors.contract.filters import Op, Term, all_of
from connectors.contract.query import SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.resilience.guarded import Guarded, Limits
from tests.connectors.further import SYSTEMS, Further
from tests.connectors.suite import Subject, conform, read_pages

WITA = timezone(timedelta(hours=8))
HARMLESS = {"leading_hash", "mojibake", "html_entities", "word_variant"}


async def everything(source: Source) -> dict[str, ComplaintRecord]:
    pages = await read_pages(source.connector, SourceQuery())
    rows = [row for page in pages for row in page.rows if isinstance(row, ComplaintRecord)]
    found = {row.local_id: row for row in rows}
    assert len(found) == len(rows)
    return found


WAYS: list[tuple[str, dict[str, object]]] = [(name, {}) for name in SYSTEMS]
WAYS.append(("jateng", {"format": "xml"}))


@pytest.mark.parametrize(("name", "changes"), WAYS, ids=str)
def test_they_keep_every_promise(name: str, changes: dict[str, object], further: Further) -> None:
    """All twelve promises of the suite, over living systems; GeoReport in JSON and in XML."""

    async def check(source: Source) -> None:
        await conform(Subject(connector=source.connector, samples=1))

    further.ask(name, check, **changes)


def test_xml_says_what_json_says(further: Further) -> None:
    """The very same records, but for characters that XML cannot hold."""
    one = further.ask("jateng", everything)
    other = further.ask("jateng", everything, format="xml")
    differing = [key for key in one if one[key] != other[key]]

    assert one.keys() == other.keys()
    assert all(one[key].body != other[key].body for key in differing)
    assert len(differing) < len(one) / 20


def test_a_filter_of_geo_report_costs_one_question_a_window(further: Further) -> None:
    """Status and services are sent in the province's words; both states together are not."""

    async def use(source: Source) -> None:
        since = datetime(2026, 9, 1, tzinfo=UTC)
        where = all_of(
            (
                Term("submitted_at", Op.FROM, (since,)),
                Term("status", Op.IN, ("DISPOSED", "IN_PROGRESS")),
                Term("category", Op.IN, ("1501", "1502")),
            )
        )
        await source.connector.fetch(SourceQuery(where=where))
        both = Term("status", Op.IN, ("DISPOSED", "ARCHIVED"))
        await source.connector.fetch(
            SourceQuery(where=all_of((both, Term("submitted_at", Op.FROM, (since,)))))
        )

    further.control("jateng", "/reset", {})
    further.ask("jateng", use)
    first, second, *_ = [dict(each["query"]) for each in further.control("jateng", "/requests")]

    assert (first["status"], first["service_code"]) == ("open", "JLN-01,JLN-02")
    assert "status" not in second
    assert first["start_date"] == "2026-08-31T23:59:59Z"


FAULTS = [("fail", Unavailable), ("refuse", Refused), ("down", Unavailable), ("hang", TimedOut)]


@pytest.mark.parametrize(("mode", "kind"), [*FAULTS, ("garbage", Malformed)])
def test_each_fault_of_jateng_has_its_name_and_passes(
    mode: str, kind: type[SourceError], further: Further
) -> None:
    """Told apart, in both forms; then all is well."""

    async def use(source: Source) -> None:
        guarded = Guarded(source.connector.inner, Limits(time_limit=0.5))  # type: ignore[attr-defined] # guarded, as every source
        await guarded.fetch(SourceQuery(limit=1))
        await asyncio.to_thread(further.control, "jateng", "/fault", {"mode": mode})
        with pytest.raises(kind):
            await guarded.fetch(SourceQuery(limit=1))
        await asyncio.to_thread(further.control, "jateng", "/fault", {"mode": "none"})
        assert len((await guarded.fetch(SourceQuery(limit=1))).rows) == 1

    try:
        for form in ("json", "xml"):
            further.ask("jateng", use, format=form)
    finally:
        further.control("jateng", "/reset", {})


@pytest.mark.parametrize("name", SYSTEMS)
def test_records_say_what_the_world_says(name: str, further: Further) -> None:
    """Every row becomes a record; where no dirt was planted, each field is the true one."""
    found: dict[str, ComplaintRecord] = further.ask(name, everything)
    truth = [row for each in further.truth() for row in each["rows"] if row["system"] == name]
    compared = 0

    assert set(found) == {row["id"] for row in truth}
    for row in truth:
        record = found[row["id"]]
        if {each["kind"] for each in row["dirt"]} - HARMLESS:
            continue
        compared += 1
        assert record.status == row["status"]
        assert record.agency == row["agency"]
        assert record.category == str(row["category"])
        assert record.region == row["region"]
        assert record.tracking_id == ((row["tracking"] or "").lstrip("#") or None)
        assert record.submitted_at == told(name, row["submitted"])
        assert record.updated_at == told(name, row["updated"])
        assert record.closed_at == told(name, row["closed"])
        assert record.warnings == ()
    assert compared > 100


def told(name: str, moment: str | None) -> datetime | None:
    """Give a moment as the system tells it: Kupang knows days only."""
    if moment is None or name != "kupang":
        return None if moment is None else datetime.fromisoformat(moment)
    local = datetime.fromisoformat(moment).astimezone(WITA)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
