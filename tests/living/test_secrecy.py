"""The law of secrecy over every subset of sources that do not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import pytest

from tests.living.gateway import Ask, answered
from tests.living.systems import Systems

NAMES = ("sp4n", "pu", "kaltim")

LIST = """
query ($filter: ComplaintFilter, $orderBy: ComplaintOrder, $after: String) {
  complaints(filter: $filter, orderBy: $orderBy, first: 100, after: $after) {
    nodes { id title visibility { secret } bounces
            handlings { localId contribution { source { id } } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
NEAR = """
query ($filter: ComplaintFilter, $orderBy: ComplaintOrder, $after: String) {
  complaints(filter: $filter, orderBy: $orderBy, first: 20, after: $after) {
    nodes { id related(first: 20) { complaint { id visibility { secret } } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
KALTIM = {"regions": ["64"], "submitted": {"from": "2026-07-01T00:00:00+08:00"}}
QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "newest": (LIST, {"filter": KALTIM}),
    "by deadline": (LIST, {"filter": KALTIM, "orderBy": {"field": "DUE_AT", "direction": "ASC"}}),
    "by handler": (LIST, {"filter": {**KALTIM, "handledBy": ["kemenpu", "pemprov-64"]}}),
    "by bounces": (LIST, {"filter": {**KALTIM, "bouncedAtLeast": 1}}),
    "elsewhere too": (LIST, {"filter": {**KALTIM, "overlapsSources": ["kaltim", "sp4n"]}}),
    "related": (NEAR, {"filter": KALTIM}),
}
MOST_PAGES = 3
"""A list whose source is missing does not end."""


def subsets() -> Iterator[tuple[str, ...]]:
    """Every set of systems but the one of none."""
    return chain.from_iterable(combinations(NAMES, size) for size in range(1, len(NAMES) + 1))


async def seen(ask: Ask, question: str) -> set[str]:
    """All that the public is shown: complaints, handlings and relations, each as a word."""
    query, asked = QUESTIONS[question]
    words: set[str] = set()
    after = None
    for _ in range(MOST_PAGES):
        told = await ask(query, "public", {**asked, "after": after})
        if told.get("data") is None:
            return words
        page = told["data"]["complaints"]
        for node in page["nodes"]:
            words.add(node["id"])
            assert not node.get("visibility", {}).get("secret")
            for handling in node.get("handlings", ()):
                # One told by the anchor's history stands in for a system's own row, and shows
                # what the timeline shows all the same.
                source, local_id = handling["contribution"]["source"]["id"], handling["localId"]
                if ":" not in local_id:
                    words.add(f"{node['id']} {source} {local_id}")
            for each in node.get("related", ()):
                assert not each["complaint"]["visibility"]["secret"]
                words.add(f"{node['id']} {each['complaint']['id']}")
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    return words


@pytest.mark.parametrize("question", QUESTIONS)
def test_with_any_sources_down_the_public_sees_a_part_of_what_it_sees(
    systems: Systems, question: str
) -> None:
    """Whichever sources are down, nothing is shown that is not shown with all of them up."""

    async def compare(ask: Ask) -> None:
        whole = await seen(ask, question)
        assert whole
        for down in subsets():
            for name in down:
                systems[name].fault("down")
            assert await seen(ask, question) <= whole, down
            systems.reset()

    asyncio.run(answered(systems, compare))
