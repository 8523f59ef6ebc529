"""Related complaints over real systems: what is found, what is hidden, what is told of failures."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from resolvers.identity import SourceId, TrackedId, read_id
from tests.living.gateway import Ask, answer, answered
from tests.living.systems import Systems
from tests.living.test_truth import clean

RELATED = """
query ($number: String!, $first: Int! = 20, $reasons: [RelationReason!]) {
  complaint(trackingId: $number) {
    related(first: $first, reasons: $reasons) { complaint { id trackingId } reasons score }
  }
}
"""
OF_NODE = "query ($id: ID!) { node(id: $id) { ... on Complaint { related { complaint { id } } } } }"
LIST = "query ($first: Int!) { complaints(first: $first) { nodes { related { score } } } }"

Row = dict[str, Any]


def marked(systems: Systems) -> dict[str, str]:
    """The province's rows that say which complaint they repeat, by id."""
    path = systems.folder / "data" / "kaltim-aduan.jsonl"
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["duplikat_dari"] for row in rows if row["duplikat_dari"]}


def anchors(systems: Systems) -> list[Row]:
    """The clean national rows of the truth, each with its complaint's number."""
    return [
        row | {"secret": each["secret"]}
        for each in systems.truth()
        for row in each["rows"]
        if row["link"] == "anchor" and clean(row)
    ]


def test_what_a_source_declares_is_found_from_both_sides(systems: Systems) -> None:
    """A row that repeats a national complaint leads to it, and the complaint leads to the row."""
    declared = marked(systems)
    assert declared

    async def both(ask: Ask) -> None:
        for local_id, number in declared.items():
            reasons = {"number": number, "reasons": ["DECLARED_BY_SOURCE"]}
            told = await ask(RELATED, "national-admin", reasons)
            (found,) = told["data"]["complaint"]["related"]
            assert read_id(found["complaint"]["id"]) == SourceId("kaltim", local_id)
            assert "DECLARED_BY_SOURCE" in found["reasons"]
            assert found["score"] >= 0.9
            back = await ask(OF_NODE, "national-admin", {"id": found["complaint"]["id"]})
            assert TrackedId(number) in [
                read_id(each["complaint"]["id"]) for each in back["data"]["node"]["related"]
            ]

    asyncio.run(answered(systems, both))


def test_same_place_and_category_is_what_the_truth_says(systems: Systems) -> None:
    """For the districts with most complaints: those of the category, not older than thirty days,
    for the national administrator all, for the public those that are neither secret nor new.
    """
    rows = [row for row in anchors(systems) if row["region"] and row["region"].count(".") == 2]
    crowds = Counter((row["region"], row["category"]) for row in rows if row["category"])
    crowded = [key for key, count in crowds.most_common(6) if count > 1]
    known = {row["tracking"] for row in anchors(systems)}
    assert crowded

    async def compare(ask: Ask) -> int:
        pairs = 0
        for row in rows:
            if (row["region"], row["category"]) not in crowded:
                continue
            since = datetime.fromisoformat(row["submitted"]) - timedelta(days=30)
            same = {
                other["tracking"]: other
                for other in rows
                if (other["region"], other["category"]) == (row["region"], row["category"])
                and other["tracking"] != row["tracking"]
                and datetime.fromisoformat(other["submitted"]) >= since
            }
            asked = {"number": row["tracking"], "reasons": ["SAME_PLACE_AND_CATEGORY"]}
            told = await ask(RELATED, "national-admin", asked)
            assert numbers(told) & known == set(same)
            told = await ask(RELATED, "public", asked)
            if told["data"]["complaint"] is not None:
                assert numbers(told) & known == {
                    number
                    for number, other in same.items()
                    if not other["secret"] and other["status"] in SHOWN
                }
            pairs += len(same)
        return pairs

    assert asyncio.run(answered(systems, compare)) > 0


SHOWN = {
    "DISPOSED",
    "IN_PROGRESS",
    "RESPONDED",
    "REPLIED",
    "REOPENED",
    "CLOSED_BY_REPORTER",
    "CLOSED_BY_SYSTEM",
    "CLOSED_BY_ADMIN",
    "ESCALATED",
}


def numbers(told: Row) -> set[str]:
    """The national numbers of what is related."""
    return {
        each["complaint"]["trackingId"]
        for each in told["data"]["complaint"]["related"]
        if each["complaint"]["trackingId"]
    }


def test_a_source_that_is_missing_is_named_beside_the_data(systems: Systems) -> None:
    """What did arrive is shown, and `extensions.missing` says what it lacks."""
    number = next(iter(marked(systems).values()))
    whole = answer(systems, RELATED, "national-admin", {"number": number})
    systems["kaltim"].fault("down")

    told = answer(systems, RELATED, "national-admin", {"number": number})

    assert "extensions" not in whole
    assert told["extensions"]["missing"] == [{"source": "kaltim", "state": "UNAVAILABLE"}]
    assert told["data"]["complaint"] is not None
    assert len(told["data"]["complaint"]["related"]) < len(whole["data"]["complaint"]["related"])


def test_what_is_asked_does_not_tell_that_something_is_repeated(systems: Systems) -> None:
    """The province's complaints that repeat another one, which may be secret, and those that repeat
    none take the same requests, and lack the same while the national system is down.
    """
    listed = """{ complaints(filter: {sources: ["kaltim"]}, first: 40) {
      nodes { id contributions { localId } } } }"""
    related = """query ($id: ID!) { node(id: $id) { ... on Complaint {
      related(reasons: [DECLARED_BY_SOURCE]) { score } } } }"""
    repeating = marked(systems)

    async def each_down(ask: Ask) -> dict[bool, set[str]]:
        told: dict[bool, set[str]] = {True: set(), False: set()}
        for node in (await ask(listed))["data"]["complaints"]["nodes"]:
            (own,) = node["contributions"]
            found = []
            for mode in (None, "down"):
                systems.reset()
                if mode:
                    systems["sp4n"].fault(mode)
                answered_ = await ask(related, "public", {"id": node["id"]})
                found.append(str(answered_.get("extensions")))
                if not mode:
                    # Without ids, and each once, also of several pages.
                    paths = {
                        (
                            each.name,
                            asked["path"].rpartition("/")[0],
                            ",".join(sorted(dict(asked["query"]).keys() - {"kursor"})),
                        )
                        for each in systems
                        if each.name != "ksp"  # It holds reference data, read behind answers.
                        for asked in each.requests()
                    }
                    found.append(str(sorted(paths)))
            told[own["localId"] in repeating].add(str(found))
        return told

    told = asyncio.run(answered(systems, each_down))

    assert told[True]
    assert told[True] == told[False]
    assert len(told[True]) == 1


@pytest.mark.parametrize(
    ("query", "asked", "code"),
    [
        (LIST, {"first": 21}, "RELATED_PAGE_TOO_LARGE"),
        (RELATED, {"number": "9335399", "first": 21}, "PAGE_TOO_LARGE"),
        (RELATED, {"number": "9335399", "first": -1}, "PAGE_ARGUMENTS"),
    ],
)
def test_too_many_are_refused(systems: Systems, query: str, asked: Row, code: str) -> None:
    """A page of many complaints is refused before anybody is asked, a number out of range too."""
    told = answer(systems, query, "national-admin", asked)

    assert told["errors"][0]["extensions"]["code"] == code
    if query is LIST:
        assert not systems.anybody_asked()


def test_a_small_page_has_related_complaints_for_each(systems: Systems) -> None:
    """Twenty at a time are given."""
    told = answer(systems, LIST, "public", {"first": 3})

    assert len(told["data"]["complaints"]["nodes"]) == 3
    assert "errors" not in told
