"""The filter on disagreement gives what pages show as disagreement, and says what it lacks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.living.gateway import Ask, answer, answered
from tests.living.systems import Systems

PAGE = """
query ($filter: ComplaintFilter, $after: String) {
  complaints(filter: $filter, first: 100, after: $after) {
    nodes { id trackingId discrepancies { kind } }
    pageInfo { hasNextPage endCursor } complete answers { source { id } state }
  }
}
"""
SCOPE = {"regions": ["64"], "submitted": {"from": "2026-03-01T00:00:00Z"}}


def whole(systems: Systems, viewer: str, where: object) -> dict[str, Any]:
    async def pages(ask: Ask) -> dict[str, Any]:
        got: dict[str, Any] = {}
        after = None
        while True:
            told = await ask(PAGE, viewer, {"filter": where, "after": after})
            page = told["data"]["complaints"]
            assert page["complete"]
            got |= {node["id"]: node for node in page["nodes"]}
            if not page["pageInfo"]["hasNextPage"]:
                return got
            after = page["pageInfo"]["endCursor"]

    found: dict[str, Any] = asyncio.run(answered(systems, pages))
    return found


@pytest.mark.parametrize("viewer", ["public", "national-admin"])
def test_the_filter_gives_what_pages_show(viewer: str, systems: Systems) -> None:
    """With the filter exactly those complaints come that show a disagreement without it."""
    everything = whole(systems, viewer, SCOPE)
    disagree = {key for key, node in everything.items() if node["discrepancies"]}

    assert set(whole(systems, viewer, {**SCOPE, "hasDiscrepancy": True})) == disagree
    agree = whole(systems, viewer, {**SCOPE, "hasDiscrepancy": False})
    assert set(agree) == set(everything) - disagree
    denied = whole(systems, viewer, {**SCOPE, "not": {"hasDiscrepancy": False}})
    assert set(denied) == disagree
    assert disagree
    assert agree


def test_planted_contradictions_are_found(systems: Systems) -> None:
    """What the ground truth says is an unknown status of the national system is among them."""
    planted = {
        row["tracking"]
        for each in systems.truth()
        for row in each["rows"]
        if row["system"] == "sp4n" and any(d["kind"] == "unknown_status" for d in row["dirt"])
    }
    found = whole(systems, "national-admin", {"sources": ["sp4n"], "statuses": ["UNKNOWN"],
                                              "hasDiscrepancy": True})  # fmt: skip

    assert {node["trackingId"] for node in found.values()} == planted
    assert planted


def test_without_a_handler_what_is_not_known_is_not_told(systems: Systems) -> None:
    """With the ministry down the list is incomplete, and its opposite is refused."""
    systems["pu"].fault("down")

    told = answer(systems, PAGE, "public", {"filter": {**SCOPE, "hasDiscrepancy": True}})
    refused = answer(systems, PAGE, "public", {"filter": {**SCOPE, "hasDiscrepancy": False}})

    assert not told["data"]["complaints"]["complete"]
    answers = told["data"]["complaints"]["answers"]
    assert {"source": {"id": "pu"}, "state": "UNAVAILABLE"} in answers
    assert refused["errors"][0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"
