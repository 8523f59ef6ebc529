"""The sources of the systems that have to be named: every promise, and the truth."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from connectors.contract.query import SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
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


@pytest.mark.parametrize("name", SYSTEMS)
def test_they_keep_every_promise(name: str, further: Further) -> None:
    """All twelve promises of the suite, over living systems."""

    async def check(source: Source) -> None:
        await conform(Subject(connector=source.connector))

    further.ask(name, check)


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
