"""What another source has too: found as `related` shows it, hidden as it hides it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from resolvers.identity import SourceId, read_id
from tests.living.gateway import Ask, answer, answered
from tests.living.systems import Systems
from tests.living.test_truth import clean

PAGE = """
query ($filter: ComplaintFilter, $after: String) {
  complaints(filter: $filter, first: 100, after: $after) {
    nodes { id trackingId visibility { secret } contributions { source { id } localId } }
    pageInfo { hasNextPage endCursor } complete answers { source { id } state }
  }
}
"""
RELATED = """
query ($filter: ComplaintFilter, $after: String) {
  complaints(filter: $filter, first: 20, after: $after) {
    nodes { id contributions { source { id } }
            related(first: 20) { complaint { id } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
SCOPE = {"regions": ["64"], "submitted": {"from": "2026-08-01T00:00:00Z"}}

Node = dict[str, Any]


async def every(ask: Ask, query: str, viewer: str, where: object) -> dict[str, Node]:
    """All pages of a list, by id."""
    found: dict[str, Node] = {}
    after = None
    while True:
        told = await ask(query, viewer, {"filter": where, "after": after})
        page = told["data"]["complaints"]
        assert page.get("complete", True)
        found |= {node["id"]: node for node in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def repeating(systems: Systems) -> dict[str, str]:
    """The province's rows that say which national complaint they repeat."""
    path = systems.folder / "data" / "kaltim-aduan.jsonl"
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["duplikat_dari"] for row in rows if row["duplikat_dari"]}


def lister(node: Node) -> str:
    """The source that lists a complaint: its id tells."""
    own = read_id(node["id"])
    return own.source if isinstance(own, SourceId) else "sp4n"


@pytest.mark.parametrize("viewer", ["public", "national-admin", "presidential-staff"])
@pytest.mark.parametrize("source", ["sp4n", "kaltim"])
def test_the_filter_gives_what_relations_show(viewer: str, source: str, systems: Systems) -> None:
    """Exactly those come that a complaint of the source is related to, or that it has a row of."""

    async def both(ask: Ask) -> None:
        everything = await every(ask, RELATED, viewer, SCOPE)
        shown = {
            key
            for key, node in everything.items()
            if any(lister(each["complaint"]) == source for each in node["related"])
            or source in [each["source"]["id"] for each in node["contributions"][1:]]
        }
        where = {**SCOPE, "overlapsSources": [source]}
        found = await every(ask, PAGE, viewer, where)
        denied = await every(ask, PAGE, viewer, {**SCOPE, "not": {"overlapsSources": [source]}})

        # A crowded place has more related complaints than are shown of one.
        crowded = {key for key, node in everything.items() if len(node["related"]) == 20}
        assert shown <= set(found)
        assert set(found) - shown <= crowded
        assert set(denied) == set(everything) - set(found)
        assert shown
        assert denied

    asyncio.run(answered(systems, both))


def test_planted_duplicates_are_found(systems: Systems) -> None:
    """Of the province's own complaints all are found that the ground truth knows in the national
    system too, and whose source says so or which name one place on one day or of one category;
    of the national ones all of which the province has a row.
    """
    marked = set(repeating(systems))
    own, numbered = set(), set()
    for each in systems.truth():
        national = [row for row in each["rows"] if row["link"] == "anchor" and clean(row)]
        for row in each["rows"]:
            if row["system"] != "kaltim" or not clean(row) or not national:
                continue
            if row["link"] == "tracking" and (national[0]["region"] or "").startswith("64"):
                numbered.add(each["tracking"])
            elif row["id"] in marked:
                own.add(row["id"])
    assert own
    assert numbered

    async def both(ask: Ask) -> None:
        where = {"sources": ["kaltim"], "overlapsSources": ["sp4n"]}
        found = map(read_id, await every(ask, PAGE, "national-admin", where))
        assert own <= {each.local_id for each in found if isinstance(each, SourceId)}
        where = {"sources": ["sp4n"], "regions": ["64"], "overlapsSources": ["kaltim"]}
        handed = await every(ask, PAGE, "national-admin", where)
        assert numbered <= {node["trackingId"] for node in handed.values()}

    asyncio.run(answered(systems, both))


def test_without_the_other_source_nothing_is_made_up(systems: Systems) -> None:
    """With the other source down the list is incomplete, and its opposite is refused."""
    systems["kaltim"].fault("down")
    where = {**SCOPE, "overlapsSources": ["kaltim"]}

    told = answer(systems, PAGE, "public", {"filter": where})["data"]["complaints"]
    refused = answer(systems, PAGE, "public", {"filter": {**SCOPE, "not": where}})

    assert not told["complete"]
    assert {"source": {"id": "kaltim"}, "state": "UNAVAILABLE"} in told["answers"]
    assert refused["errors"][0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"


def test_more_than_may_be_read_is_a_truncated_answer(systems: Systems) -> None:
    """Beyond the row budget a source is TRUNCATED and the list incomplete, never silently so."""
    where = {"overlapsSources": ["kaltim"], "regions": ["64"]}

    told = answer(systems, PAGE, "public", {"filter": where}, row_budget=50)

    page = told["data"]["complaints"]
    assert not page["complete"]
    states = {each["source"]["id"]: each["state"] for each in page["answers"]}
    assert states["kaltim"] == "TRUNCATED"


def test_a_source_that_is_none_is_refused_before_anybody_is_asked(systems: Systems) -> None:
    """A mistyped source is told, with a hint; none at all overlaps with nothing."""
    told = answer(systems, PAGE, "public", {"filter": {"overlapsSources": ["kaltin"]}})
    nothing = answer(systems, PAGE, "public", {"filter": {**SCOPE, "overlapsSources": []}})

    error = told["errors"][0]
    assert error["extensions"]["code"] == "UNKNOWN_SOURCE"
    assert "`kaltim`" in error["message"]
    assert nothing["data"]["complaints"]["nodes"] == []
