"""The order of the nearest deadline over real sources: worked out here, paged like any other."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

from tests.living.gateway import Ask, answer, answered
from tests.living.systems import Systems

LIST = """
query ($filter: ComplaintFilter, $direction: OrderDirection!, $first: Int, $after: String,
       $last: Int, $before: String) {
  complaints(filter: $filter, orderBy: {field: DUE_AT, direction: $direction},
             first: $first, after: $after, last: $last, before: $before) {
    nodes { id nextDueAt }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    complete
  }
}
"""
PLAIN = """
query ($filter: ComplaintFilter, $after: String) {
  complaints(filter: $filter, first: 100, after: $after) {
    nodes { id nextDueAt }
    pageInfo { hasNextPage endCursor }
  }
}
"""
WHERE = {"regions": ["64"], "submitted": {"from": "2026-01-01T00:00:00+08:00"}}

Row = dict[str, Any]


async def forward(ask: Ask, query: str, size: int, direction: str = "ASC") -> list[Row]:
    """Read a list to its end."""
    found: list[Row] = []
    asked = {"filter": WHERE, "direction": direction, "first": size, "after": None}
    while True:
        sent = asked if query is LIST else {key: asked[key] for key in ("filter", "after")}
        told = await ask(query, "national-admin", sent)
        assert "errors" not in told, told
        page = told["data"]["complaints"]
        found += page["nodes"]
        asked["after"] = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def backward(ask: Ask, size: int) -> list[Row]:
    """Read a list from its end to its beginning."""
    found: list[Row] = []
    asked = {"filter": WHERE, "direction": "ASC", "last": size, "before": None}
    while True:
        told = await ask(LIST, "national-admin", asked)
        assert "errors" not in told, told
        page = told["data"]["complaints"]
        found = page["nodes"] + found
        asked["before"] = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            return found


def test_every_complaint_comes_once_the_nearest_deadline_first(systems: Systems) -> None:
    """Pages by deadline hold what pages by submission hold, sorted, those without a deadline last;
    read backward they are the same.
    """

    async def all_ways(ask: Ask) -> tuple[list[Row], ...]:
        return (
            await forward(ask, PLAIN, 100),
            await forward(ask, LIST, 17),
            await forward(ask, LIST, 100, "DESC"),
            await backward(ask, 23),
        )

    plain, rising, falling, back = asyncio.run(answered(systems, all_ways))

    due = [row["nextDueAt"] for row in rising]
    known = [each for each in due if each is not None]
    assert len(known) > 10
    assert due == sorted(known) + [None] * (len(due) - len(known))
    assert None in due
    assert sorted(row["id"] for row in rising) == sorted(row["id"] for row in plain)
    assert back == rising
    assert all(
        one["nextDueAt"] >= other["nextDueAt"] for one, other in pairwise(falling[: len(known)])
    )
    assert sorted(map(str, falling)) == sorted(map(str, rising))


def test_a_page_of_what_runs_reads_no_closed_rows(systems: Systems) -> None:
    """While the page fills with deadlines that run, closed complaints are not asked for."""
    told = answer(systems, LIST, "public", {"direction": "ASC", "first": 5})

    assert all(row["nextDueAt"] for row in told["data"]["complaints"]["nodes"])
    asked = [dict(each["query"])["status"] for each in systems["sp4n"].requests()]
    assert asked
    assert not any("Selesai" in words for words in asked), asked


def test_more_rows_than_may_be_read_are_refused(systems: Systems) -> None:
    """An order that needs every row is not answered with some: NEEDS_INDEX, and what to do."""
    asked = {"direction": "ASC", "first": 5}

    told = answer(systems, LIST, "public", asked, row_budget=50)

    assert told["data"] is None
    (error,) = told["errors"]
    assert error["extensions"]["code"] == "NEEDS_INDEX"
    assert "narrow the filter" in error["message"]


def test_what_is_overdue_is_counted_exactly_on_every_page(systems: Systems) -> None:
    """By deadline all that is sent for has been read, also for a page in the middle of the list."""
    query = """query ($after: String) {
      complaints(filter: {regions: ["64"], open: true, sla: {states: [OVERDUE]}},
                 orderBy: {field: DUE_AT, direction: ASC}, first: 30, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } totalCount { value exact }
      }
    }"""

    async def pages(ask: Ask) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while not found or found[-1]["pageInfo"]["hasNextPage"]:
            after = found[-1]["pageInfo"]["endCursor"] if found else None
            told = await ask(query, "national-admin", {"after": after})
            found.append(told["data"]["complaints"])
        return found

    found = asyncio.run(answered(systems, pages))

    whole = sum(len(each["nodes"]) for each in found)
    assert len(found) > 1
    assert [each["totalCount"] for each in found] == [{"value": whole, "exact": True}] * len(found)
