"""Filters on how often complaints were handed back, compared with the truth, and with failures."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.living.gateway import Ask, answer, answered
from tests.living.systems import Systems
from tests.living.test_truth import clean

LIST = """
query ($filter: ComplaintFilter, $after: String, $onMissing: MissingPolicy! = OMIT) {
  complaints(filter: $filter, first: 100, after: $after, onMissing: $onMissing) {
    nodes { trackingId bounces contributions { localId source { id } } }
    pageInfo { hasNextPage endCursor }
    totalCount { value exact }
    complete
    answers { source { id } state }
  }
}
"""
YEAR = {"submitted": {"from": "2026-01-01T00:00:00+07:00"}}

Row = dict[str, Any]


async def rows_of(ask: Ask, where: Row, viewer: str = "national-admin") -> list[Row]:
    """Read a list to its end."""
    found: list[Row] = []
    after = None
    while True:
        told = await ask(LIST, viewer, {"filter": where, "after": after})
        assert "errors" not in told, told
        page = told["data"]["complaints"]
        assert page["complete"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


def anchor_of(complaint: Row) -> Row:
    rows: list[Row] = complaint["rows"]
    return next(row for row in rows if row["link"] == "anchor")


def test_the_complaints_handed_back_often_are_those_of_the_truth(systems: Systems) -> None:
    """Of a year's clean national complaints just those are listed, and `not` gives the rest."""
    truth = [each for each in systems.truth() if each["tracking"] and clean(anchor_of(each))]
    expected = {
        each["tracking"]
        for each in truth
        if anchor_of(each)["submitted"] >= "2025-12-31T17" and anchor_of(each)["bounces"] >= 2
    }
    sources = {"sources": ["sp4n"], **YEAR}

    async def both(ask: Ask) -> tuple[list[Row], list[Row], list[Row]]:
        often = await rows_of(ask, {**sources, "bouncedAtLeast": 2})
        rest = await rows_of(ask, {"and": [sources, {"not": {"bouncedAtLeast": 2}}]})
        return often, rest, await rows_of(ask, sources)

    often, rest, whole = asyncio.run(answered(systems, both))

    known = {each["tracking"] for each in truth}
    assert expected
    assert {row["trackingId"] for row in often} & known == expected
    assert all(row["bounces"] >= 2 for row in often)
    assert all(row["bounces"] < 2 for row in rest)
    assert len(often) + len(rest) == len(whole)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"bouncedAtLeast": 1, "not": {"bouncedAtLeast": 2}}, {1}),
        ({"or": [{"bouncedAtLeast": 2}, {"not": {"bouncedAtLeast": 1}}]}, {0, 2, 3, 4}),
        ({"not": {"or": [{"bouncedAtLeast": 3}, {"not": {"bouncedAtLeast": 1}}]}}, {1, 2}),
    ],
)
def test_numbers_of_bounces_can_be_bounded_from_both_sides(
    systems: Systems, asked: Row, wanted: set[int]
) -> None:
    """A filter that asks for bounces and, under `not`, for more of them gives what lies between."""
    sources = {"sources": ["sp4n"], **YEAR}

    async def both(ask: Ask) -> tuple[list[Row], list[Row]]:
        return await rows_of(ask, {**sources, **asked}), await rows_of(ask, sources)

    found, whole = asyncio.run(answered(systems, both))

    expected = {row["trackingId"] for row in whole if row["bounces"] in wanted}
    assert expected
    assert {row["trackingId"] for row in found} == expected


def test_only_what_the_rest_of_the_filter_leaves_is_read(systems: Systems) -> None:
    """Histories of other complaints are not asked for."""
    where = {"sources": ["sp4n"], "categories": ["1502"], "bouncedAtLeast": 1}

    told = answer(systems, LIST, "public", {"filter": where})

    assert told["data"]["complaints"]["complete"]
    asked = [
        dict(each["query"]) for each in systems["sp4n"].requests() if "riwayat" in each["path"]
    ]
    histories = {number for each in asked for number in each["nomor"].split(",")}
    rows = [dict(each["query"]) for each in systems["sp4n"].requests() if "kategori" in str(each)]
    assert rows
    potholes = sum(
        str(anchor_of(each)["category"]) == "1502" for each in systems.truth() if each["tracking"]
    )
    assert 0 < len(histories) <= potholes + 10


def test_a_source_whose_histories_cannot_be_had_is_told(systems: Systems) -> None:
    """The list is not complete, its count no exact one; `not` and all-or-nothing are refused."""
    where = {**YEAR, "regions": ["64"], "bouncedAtLeast": 1}
    whole = answer(systems, LIST, "public", {"filter": where})["data"]["complaints"]
    systems["kaltim"].fault("hang")

    told = answer(systems, LIST, "public", {"filter": where})["data"]["complaints"]
    denied = answer(systems, LIST, "public", {"filter": {**YEAR, "not": {"bouncedAtLeast": 1}}})
    nothing = answer(systems, LIST, "public", {"filter": where, "onMissing": "FAIL"})

    assert whole["complete"]
    assert not told["complete"]
    states = {each["source"]["id"]: each["state"] for each in told["answers"]}
    assert states["kaltim"] == "TIMED_OUT"
    assert {row["trackingId"] for row in told["nodes"]} <= {
        row["trackingId"] for row in whole["nodes"]
    }
    assert not told["totalCount"]["exact"]
    assert denied["errors"][0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"
    assert nothing["errors"][0]["extensions"]["code"] == "SOURCES_MISSING"


def test_more_histories_than_may_be_read_are_a_truncated_answer(systems: Systems) -> None:
    """Beyond the row budget the source is TRUNCATED and the list incomplete, never silently so."""
    where = {"sources": ["sp4n"], "bouncedAtLeast": 1}

    told = answer(systems, LIST, "public", {"filter": where}, row_budget=300)

    page = told["data"]["complaints"]
    assert not page["complete"]
    assert {each["source"]["id"]: each["state"] for each in page["answers"]} == {
        "sp4n": "TRUNCATED"
    }


def test_a_budget_ends_the_reading_of_histories(systems: Systems) -> None:
    """They are read some at a time, and no more once the budget is spent."""
    where = {"sources": ["sp4n"], "bouncedAtLeast": 1}

    told = answer(systems, LIST, "national-admin", {"filter": where}, row_budget=3500)

    states = {e["source"]["id"]: e["state"] for e in told["data"]["complaints"]["answers"]}
    assert states["sp4n"] == "TRUNCATED"
    histories = [each for each in systems["sp4n"].requests() if each["path"].endswith("/riwayat")]
    assert 0 < len(histories) <= 20


def test_a_number_that_makes_no_sense_is_refused_before_anybody_is_asked(
    systems: Systems,
) -> None:
    """Below nought there is nothing to count, and nobody is bothered to find out."""
    told = answer(systems, LIST, "public", {"filter": {"bouncedAtLeast": -1}})

    assert told["errors"][0]["extensions"]["code"] == "NUMBER_OUT_OF_RANGE"
    assert not systems["sp4n"].requests()
