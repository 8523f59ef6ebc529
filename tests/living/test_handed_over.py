"""What the Ombudsman is shown of complaints handed over, held to the ground truth."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

from tests.living.gateway import Ask, answered
from tests.living.systems import Systems
from tests.living.test_truth import clean

LIST = """
query ($filter: ComplaintFilter, $after: String) {
  complaints(filter: $filter, first: 20, after: $after) {
    nodes {
      id trackingId title body reporter { name contact } location { text latitude }
      region { code } visibility { secret } handlings { followUps { text } }
      timeline(first: 50) { nodes { text reason } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
SCOPE = {"sources": ["sp4n"], "statuses": ["ESCALATED", "RESPONDED"]}

Node = dict[str, Any]


async def every(ask: Ask, viewer: str, where: object, most: int = 100) -> dict[str, Node]:
    """All pages of a list, by id; without what did not answer."""
    found: dict[str, Node] = {}
    after = None
    for _ in range(most):
        told = await ask(LIST, viewer, {"filter": where, "after": after})
        if told.get("data") is None:
            return found
        page = told["data"]["complaints"]
        found |= {node["id"]: node for node in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    return found


def agreed(told: dict[str, Any]) -> bool:
    """Whether the truth says that a complaint was handed over and its reporter agreed."""
    anchor = next(row for row in told["rows"] if row["link"] == "anchor")
    consent = told["consent"] or {}
    passed = anchor["status"] == "ESCALATED"
    return bool(passed and consent.get("given") and not consent.get("refused"))


def test_what_the_truth_says_was_handed_over_is_shown_in_full_and_nothing_else(
    systems: Systems,
) -> None:
    """Of those the Ombudsman reads what the administrator reads; of all others no text, no
    reporter, no place, and none of the personal data that the truth planted in them.
    """
    truth = {each["tracking"]: each for each in systems.truth() if each["tracking"]}
    handed = {number for number, each in truth.items() if agreed(each)}
    dirty = {n for n, each in truth.items() if not all(map(clean, each["rows"]))}

    async def compare(ask: Ask) -> None:
        mine = await every(ask, "ombudsman", SCOPE)
        whole = await every(ask, "national-admin", SCOPE)
        numbers = {node["trackingId"] for node in mine.values()}
        shown = {node["trackingId"] for node in mine.values() if node["reporter"] or node["body"]}
        assert handed
        assert shown - dirty == {n for n in handed & numbers if n not in dirty}
        assert handed - dirty <= numbers
        for key, node in mine.items():
            if node["trackingId"] in shown:
                assert node == whole[key]
                continue
            assert not node["visibility"]["secret"]
            assert node["body"] is node["reporter"] is None
            assert not (node["region"] and node["region"]["code"].count(".") > 1)
            text = json.dumps(node, ensure_ascii=False)
            for planted in truth[node["trackingId"]]["personal"]:
                assert planted["text"] not in text, planted["kind"]
            events = node["timeline"]["nodes"]
            assert all(each["text"] is each["reason"] is None for each in events)
        for node in whole.values():
            if node["visibility"]["secret"] and node["trackingId"] not in handed | dirty:
                assert node["id"] not in mine

    asyncio.run(answered(systems, compare))


def subsets() -> Iterator[tuple[str, ...]]:
    """Every set of systems but the one of none."""
    names = ("sp4n", "pu", "ombudsman")
    return chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1))


def words(nodes: dict[str, Node]) -> set[str]:
    """Each thing that is shown, as a word."""
    return {
        f"{key} {name} {json.dumps(value)}"
        for key, node in nodes.items()
        for name, value in node.items()
        if value is not None and name not in ("timeline", "handlings", "location")
    }


def test_with_any_sources_down_the_ombudsman_sees_a_part_of_what_it_sees(systems: Systems) -> None:
    """Whichever sources are down, nothing is shown that is not shown with all of them up."""
    where = {"statuses": ["ESCALATED"]}

    async def compare(ask: Ask) -> None:
        whole = words(await every(ask, "ombudsman", where, 3))
        assert any(" body " in each for each in whole)
        for down in subsets():
            for name in down:
                systems[name].fault("down")
            assert words(await every(ask, "ombudsman", where, 3)) <= whole, down
            systems.reset()

    asyncio.run(answered(systems, compare))
