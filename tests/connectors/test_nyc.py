"""New York's service requests: real rows that nobody here made, by configuration alone."""

from __future__ import annotations

import asyncio
import csv
from datetime import UTC, datetime

import pytest

from connectors.contract.filters import Op, Term, all_of
from connectors.contract.query import Order, Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.registry import load
from tests.connectors.outside import DEMO


def fetch(query: SourceQuery) -> Page:
    (source,) = load(DEMO / "nyc.toml", {})
    return asyncio.run(source.connector.fetch(query))


@pytest.fixture(scope="module")
def rows() -> dict[str, ComplaintRecord]:
    page = fetch(SourceQuery())
    assert (page.rejected, page.unknown) == ({}, {})
    return {row.local_id: row for row in page.rows if isinstance(row, ComplaintRecord)}


def test_every_published_row_is_there(rows: dict[str, ComplaintRecord]) -> None:
    """Three files, two sets of columns, one collection."""
    published: list[str] = []
    widths = set()
    for path in sorted((DEMO / "nyc").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found = list(csv.DictReader(lines))
            published.extend(row["Unique Key"] for row in found)
            widths.add(len(found[0]))

    assert set(published) == set(rows)
    assert len(published) == len(rows) == 594
    assert widths == {41, 51}


def test_times_are_new_yorks(rows: dict[str, ComplaintRecord]) -> None:
    """Winter and summer time, from the older and the newer columns."""
    assert rows["26984072"].submitted_at == datetime(2013, 12, 26, 4, 59, 8, tzinfo=UTC)
    assert rows["26984072"].closed_at == datetime(2013, 12, 26, 6, 15, tzinfo=UTC)
    assert rows["54049402"].submitted_at == datetime(2022, 5, 1, 4, 0, 3, tzinfo=UTC)


def test_what_the_city_says_is_kept_and_translated(rows: dict[str, ComplaintRecord]) -> None:
    """Words and agency beside their meaning; `Unspecified` and `N/A` are nothing."""
    row = rows["54049402"]

    assert (row.source_status, row.status) == ("In Progress", "IN_PROGRESS")
    assert (row.source_agency, row.agency) == ("NYPD", "nyc-nypd")
    assert (row.title, row.category, row.channel) == ("Noise - Residential", "1003", "web")
    assert all(row.kind == "COMPLAINT" and not row.secret for row in rows.values())
    assert all(row.region is None and row.tracking_id is None for row in rows.values())
    words = {str(value) for row in rows.values() for value in (row.place, row.channel, row.title)}
    assert not words & {"Unspecified", "N/A", ""}


def test_the_complaint_that_was_closed_before_it_was_made_is_told(
    rows: dict[str, ComplaintRecord],
) -> None:
    """One row of the city's own: both dates stay, with a warning."""
    odd = [row for row in rows.values() if row.warnings]

    assert [row.warnings for row in odd] == [("NEGATIVE_DURATION",)]
    assert odd[0].closed_at is not None
    assert odd[0].closed_at < odd[0].submitted_at


def test_many_rows_of_one_midnight_page_without_loss() -> None:
    """Dozens of requests share a moment: ties go by id."""
    day = datetime(2013, 12, 25, 5, tzinfo=UTC)
    where = all_of(
        (
            Term("submitted_at", Op.FROM, (day,)),
            Term("submitted_at", Op.UNTIL, (day.replace(microsecond=1),)),
        )
    )
    page = fetch(SourceQuery(where=where, order=Order("submitted_at"), limit=500))
    found = [row.local_id for row in page.rows if isinstance(row, ComplaintRecord)]

    assert len(found) >= 40
    assert found == sorted(found)


def test_it_lies_nowhere_in_indonesia() -> None:
    """A question about Kalimantan Timur does not reach it, nor one about tracking numbers."""
    (source,) = load(DEMO / "nyc.toml", {})
    possible = source.connector.capabilities.collections["complaints"].codomains

    assert possible["region"] == frozenset()
    assert possible["tracking_id"] == frozenset()
    assert possible["secret"] == {False}
    assert possible["kind"] == {"COMPLAINT"}
