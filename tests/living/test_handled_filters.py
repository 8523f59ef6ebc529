"""Filters on who handles a complaint, compared with the truth, and with systems missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.living.gateway import Ask, answer, answered
from tests.living.systems import Systems
from tests.living.test_truth import clean

Row = dict[str, Any]

LIST = """
query ($filter: ComplaintFilter, $after: String, $onMissing: MissingPolicy! = OMIT) {
  complaints(filter: $filter, first: 100, after: $after, onMissing: $onMissing) {
    nodes { trackingId }
    pageInfo { hasNextPage endCursor }
    totalCount { value exact }
    complete
    answers { source { id } state }
  }
}
"""
CLOSED = {
    "CLOSED_BY_REPORTER",
    "CLOSED_BY_SYSTEM",
    "CLOSED_BY_ADMIN",
    "ARCHIVED",
    "OUT_OF_SCOPE",
}
SUCCESSORS = {"kempupr": "kemenpu"}


async def numbers_of(ask: Ask, where: Row) -> list[str]:
    """Read the numbers of a list of national complaints to its end."""
    found: list[str] = []
    after = None
    while True:
        asked = {"filter": {"and": [{"sources": ["sp4n"]}, where]}, "after": after}
        told = await ask(LIST, "national-admin", asked)
        assert "errors" not in told, told
        page = told["data"]["complaints"]
        assert page["complete"]
        found += [each["trackingId"] for each in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


def body(agency: str) -> str:
    """The body that an agency's code of the sandbox belongs to."""
    parts = agency.split("-")
    top = "-".join(parts[:2]) if agency.startswith("pem") else parts[0]
    return SUCCESSORS.get(top, top)


def rows_of(complaint: Row) -> list[Row]:
    return [row for row in complaint["rows"] if row["link"] in ("anchor", "tracking")]


def bodies_of(complaint: Row) -> set[str]:
    return {body(row["agency"]) for row in rows_of(complaint) if row["agency"]}


def open_at_ministry(complaint: Row) -> bool:
    return any(
        row["agency"] and body(row["agency"]) in MINISTRY and row["status"] not in CLOSED
        for row in rows_of(complaint)
    )


MINISTRY = {"kemenpu", "kemenpkp"}
"""What became of kempupr: its successors count for it."""
AT_MINISTRY = ["kemenpu", "kempupr"]

CASES: list[tuple[str, Row, Callable[[Row], bool]]] = [
    (
        "handled by the ministry",
        {"handledBy": AT_MINISTRY},
        lambda told: bool(bodies_of(told) & MINISTRY),
    ),
    ("still at the ministry", {"openHandlingAt": AT_MINISTRY}, open_at_ministry),
    ("handled by two", {"handledByAtLeast": 2}, lambda told: len(bodies_of(told)) >= 2),
    ("handled by anybody", {"handledByAtLeast": 1}, lambda told: len(bodies_of(told)) >= 1),
    (
        "not handled by the ministry",
        {"not": {"handledBy": AT_MINISTRY}},
        lambda told: not bodies_of(told) & MINISTRY,
    ),
    (
        "at a province and the ministry",
        {"and": [{"handledByLevels": ["PROVINCE"]}, {"handledBy": AT_MINISTRY}]},
        lambda told: (
            bool(bodies_of(told) & MINISTRY)
            and any(each.startswith("pemprov-") for each in bodies_of(told))
        ),
    ),
]


@pytest.mark.parametrize(("name", "where", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_handlers_are_found_as_the_truth_says(
    systems: Systems, name: str, where: Row, wanted: Callable[[Row], bool]
) -> None:
    """Of the complaints without dirt just those are listed that the truth's rows say."""
    truth = [each for each in systems.truth() if each["tracking"]]
    expected = {
        each["tracking"] for each in truth if all(map(clean, rows_of(each))) and wanted(each)
    }
    dirty = {each["tracking"] for each in truth if not all(map(clean, rows_of(each)))}

    numbers = asyncio.run(answered(systems, lambda ask: numbers_of(ask, where)))

    assert len(numbers) == len(set(numbers))
    assert {each for each in numbers if each not in dirty} == expected, name
    assert expected


def test_a_ministry_and_its_unit_are_no_two_agencies(systems: Systems) -> None:
    """No clean complaint of the sandbox is with three bodies, however many units have it."""
    truth = [each for each in systems.truth() if each["tracking"]]
    clear = {each["tracking"] for each in truth if all(map(clean, rows_of(each)))}
    assert max(len({row["agency"] for row in rows_of(each)} - {None}) for each in truth) == 3

    numbers = asyncio.run(answered(systems, lambda ask: numbers_of(ask, {"handledByAtLeast": 3})))

    assert clear.isdisjoint(numbers)


def test_a_handlers_system_that_is_missing_marks_the_list(systems: Systems) -> None:
    """What could not be known of it is told: not complete, the source named, no exact count."""
    asked = {"filter": {"sources": ["sp4n"], "handledBy": ["kemenpu", "kempupr"]}}
    whole = answer(systems, LIST, "public", asked)["data"]["complaints"]
    systems["pu"].fault("down")

    told = answer(systems, LIST, "public", asked)["data"]["complaints"]

    assert whole["complete"]
    assert not told["complete"]
    assert {each["source"]["id"]: each["state"] for each in told["answers"]}["pu"] == "UNAVAILABLE"
    assert not told["totalCount"]["exact"]
    newest = told["nodes"][0]["trackingId"]
    assert newest in [each["trackingId"] for each in whole["nodes"]]


def test_all_or_nothing_takes_handlers_systems_too(systems: Systems) -> None:
    """With `onMissing: FAIL` the list fails with them."""
    systems["pu"].fault("down")

    told = answer(
        systems,
        LIST,
        "public",
        {"filter": {"handledBy": ["kemenpu"]}, "onMissing": "FAIL"},
    )

    assert told["errors"][0]["extensions"]["code"] == "SOURCES_MISSING"


def test_not_handled_by_needs_to_know_who_handles(systems: Systems) -> None:
    """If a handler's system is missing, nothing is listed as not being there."""
    systems["pu"].fault("down")

    told = answer(systems, LIST, "public", {"filter": {"not": {"handledBy": ["kemenpu"]}}})

    assert told["errors"][0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({"handledBy": ["tidak-ada"]}, "UNKNOWN_AGENCY"),
        ({"openHandlingAt": ["tidak-ada"]}, "UNKNOWN_AGENCY"),
        ({"handledByAtLeast": -1}, "NUMBER_OUT_OF_RANGE"),
        ({"or": [{"handledByAtLeast": 21}]}, "NUMBER_OUT_OF_RANGE"),
    ],
)
def test_bad_input_is_refused_before_anybody_is_asked(
    systems: Systems, where: Row, code: str
) -> None:
    """An unknown agency or a number out of range costs no request."""
    told = answer(systems, LIST, "public", {"filter": where})

    assert told["errors"][0]["extensions"]["code"] == code
    assert not systems.anybody_asked()
