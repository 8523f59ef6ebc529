"""The Ombudsman's cases compared with the ground truth, and who is told of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.living.gateway import NOW, Ask, answer, answered
from tests.living.systems import Systems
from tests.living.test_deadlines import OFF, local_day, zones
from tests.sla.decrees import is_worked, last_of

Case = dict[str, Any]

LIST = """
query ($filter: OmbudsmanCaseFilter, $first: Int, $after: String) {
  ombudsmanCases(filter: $filter, first: $first, after: $after) {
    nodes { caseNumber complaints { trackingId } correctiveActionDueAt }
    pageInfo { hasNextPage endCursor }
    complete
    answers { source { id } state }
  }
}
"""
NUMBERS = """
query ($filter: ComplaintFilter) {
  complaints(filter: $filter, first: 100) {
    nodes { trackingId } complete answers { source { id } state }
  }
}
"""


def cases(systems: Systems) -> list[Case]:
    """The true cases, newest first."""
    path = Path(systems.manifest["ground_truth_cases"])
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found.sort(key=lambda each: str(each["case"]))
    found.sort(key=lambda each: str(each["received"]), reverse=True)
    return found


def anchors(systems: Systems) -> dict[str, dict[str, Any]]:
    """National number to the true complaint and whether its row says that it is secret."""
    found = {}
    for each in systems.truth():
        for row in each["rows"]:
            if row["system"] == "sp4n":
                unsaid = any(
                    dirt["kind"] == "missing_visibility" and dirt["field"] == "rahasia"
                    for dirt in row["dirt"]
                )
                found[each["tracking"]] = {**each, "hidden": each["secret"] or unsaid, "row": row}
    return found


def listed(systems: Systems, viewer: str, where: object, size: int = 40) -> list[Any]:
    """Every node of the list, page after page."""

    async def pages(ask: Ask) -> list[Any]:
        got: list[Any] = []
        after = None
        while True:
            told = await ask(LIST, viewer, {"filter": where, "first": size, "after": after})
            page = told["data"]["ombudsmanCases"]
            assert page["complete"]
            got += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return got
            after = page["pageInfo"]["endCursor"]

    found: list[Any] = asyncio.run(answered(systems, pages))
    return found


def moment(text: str | None) -> datetime:
    assert text is not None
    return datetime.fromisoformat(text)


def linked(case: Case) -> bool:
    """It names a number, if only by planted dirt."""
    return case["tracking"] is not None or any(
        dirt["kind"] == "dangling_tracking" for dirt in case["dirt"]
    )


def overdue(case: Case, systems: Systems, days: int = 0) -> bool:
    """Thirty days worked after the findings have passed, and nobody acted."""
    if case["findings"] is None or case["corrected"] or case["closed"]:
        return False
    agency = case["agency"]
    if any(dirt["kind"] == "unknown_agency" for dirt in case["dirt"]):
        agency = ""
    zone = zones(systems).get(agency, zones(systems)["kemenpanrb"])
    last, today = last_of(local_day(case["findings"], zone), 30, OFF), local_day(NOW, zone)
    passed, day = 0, today
    while day > last:
        passed += is_worked(day, OFF)
        day -= timedelta(days=1)
    return last < today and passed >= days


FILTERS: dict[str, tuple[dict[str, Any], Callable[[Case, Systems], bool]]] = {
    "everything": ({}, lambda *_: True),
    "of a stage": (
        {"stages": ["EXAMINATION", "RESOLUTION_AND_MONITORING"]},
        lambda case, _: (
            case["stage"] in ("EXAMINATION", "RESOLUTION_AND_MONITORING")
            and not any(dirt["kind"] == "unknown_status" for dirt in case["dirt"])
        ),
    ),
    "against a ministry and those after it": (
        {"agencies": ["kemendikbudristek"]},
        lambda case, _: (
            case["agency"] in ("kemendikbudristek", "kemendikdasmen", "kemdiktisaintek", "kemenbud")
        ),
    ),
    "of a province": (
        {"regions": ["32"]},
        lambda case, _: (
            (case["region"] or "").startswith("32")
            and not any(dirt["field"] == "wilayah" for dirt in case["dirt"])
        ),
    ),
    "of a kind of maladministration": (
        {"maladministration": ["UNDUE_DELAY", "DEMAND_FOR_REWARD"]},
        lambda case, _: bool({"UNDUE_DELAY", "DEMAND_FOR_REWARD"} & {*case["maladministration"]}),
    ),
    "received in a year": (
        {"received": {"from": "2025-01-01T00:00:00+07:00", "until": "2026-01-01T00:00:00+07:00"}},
        lambda case, _: case["received"].startswith("2025"),
    ),
    "that name a complaint": ({"hasComplaint": True}, lambda case, _: linked(case)),
    "that name none": ({"hasComplaint": False}, lambda case, _: not linked(case)),
    "whose correction is overdue": (
        {"correctiveActionOverdue": True},
        overdue,
    ),
    "whose correction is not overdue": (
        {"correctiveActionOverdue": False},
        lambda case, systems: not overdue(case, systems),
    ),
    "whose correction is overdue by a hundred days": (
        {"correctiveActionOverdueByWorkingDays": 100},
        lambda case, systems: overdue(case, systems, 100),
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_the_list_is_what_is_true(name: str, systems: Systems) -> None:
    """Pages concatenated are the cases that truly match, newest first, each once."""
    where, matches = FILTERS[name]

    got = [node["caseNumber"] for node in listed(systems, "ombudsman", where, 13)]

    wanted = [case["case"] for case in cases(systems) if matches(case, systems)]
    assert got == wanted
    assert wanted


def test_the_due_day_is_thirty_days_worked_after_the_findings(systems: Systems) -> None:
    """Every case with findings says when the correction is due, no other does."""
    due = {
        node["caseNumber"]: node["correctiveActionDueAt"]
        for node in listed(systems, "ombudsman", {})
    }
    where = zones(systems)
    for case in cases(systems):
        if case["findings"] is None:
            assert due[case["case"]] is None
        elif not case["dirt"] and case["findings"] > "2024":
            zone = where[case["agency"]]
            last = last_of(local_day(case["findings"], zone), 30, OFF)
            told = moment(due[case["case"]])
            assert local_day(told - timedelta(seconds=1), zone) == last


def test_a_case_shows_the_complaints_that_its_viewer_may_see(systems: Systems) -> None:
    """The Ombudsman is shown none that is secret, the national administrator all of them."""
    known = anchors(systems)
    for viewer, sees_all in (("ombudsman", False), ("national-admin", True)):
        shown = {
            node["caseNumber"]: [each["trackingId"] for each in node["complaints"]]
            for node in listed(systems, viewer, {"hasComplaint": True})
        }
        for case in cases(systems):
            if case["tracking"] is not None:
                hidden = known[case["tracking"]]["hidden"]
                assert shown[case["case"]] == ([case["tracking"]] if sees_all or not hidden else [])
    assert any(known[c["tracking"]]["hidden"] for c in cases(systems) if c["tracking"])


ONE = """
query ($number: String!, $id: ID!, $tracking: String!) {
  ombudsmanCase(caseNumber: $number) { caseNumber stage }
  node(id: $id) { id }
  ombudsmanCases { nodes { caseNumber } complete answers { state } }
  complaint(trackingId: $tracking) {
    trackingId ombudsmanCase { caseNumber }
    handover { askedAt consentGivenAt consentRefusedAt }
    timeline { nodes { kind } }
  }
}
"""


def test_the_public_is_told_nothing_of_cases_and_nobody_is_asked(systems: Systems) -> None:
    """A case that is there and one that is not: the same bytes, and not one request."""
    known = anchors(systems)
    case = next(
        case
        for case in cases(systems)
        if case["handed_over"] and not known[case["tracking"]]["hidden"]
    )
    given = {"number": case["case"], "tracking": case["tracking"], "id": "x"}
    for name in ("ombudsman", "national-admin"):
        seen = answer(systems, ONE, name, given)["data"]
        assert seen["ombudsmanCase"]["caseNumber"] == case["case"]
        assert seen["complaint"]["ombudsmanCase"]["caseNumber"] == case["case"]
        assert moment(seen["complaint"]["handover"]["consentGivenAt"]) == moment(case["consented"])
        kinds = [each["kind"] for each in seen["complaint"]["timeline"]["nodes"]]
        assert kinds.count("OMBUDSMAN_STAGE") == len(case["stages"])
    node = answer(systems, "query($n:String!){ombudsmanCase(caseNumber:$n){id}}",
                  "ombudsman", {"n": case["case"]})["data"]["ombudsmanCase"]["id"]  # fmt: skip
    assert answer(systems, ONE, "ombudsman", {**given, "id": node})["data"]["node"] == {"id": node}
    systems.reset()

    there = answer(systems, ONE, "public", {**given, "id": node})
    nowhere = answer(systems, ONE, "public", {**given, "number": "9999/LM/I/2026/11"})

    assert json.dumps(there) == json.dumps(nowhere)
    assert there["data"]["ombudsmanCase"] is None
    assert there["data"]["node"] is None
    assert there["data"]["ombudsmanCases"] == {"nodes": [], "complete": True, "answers": []}
    complaint = there["data"]["complaint"]
    assert complaint["ombudsmanCase"] is None
    assert complaint["handover"] in (
        None, {"askedAt": None, "consentGivenAt": None, "consentRefusedAt": None},
    )  # fmt: skip
    assert "OMBUDSMAN_STAGE" not in [each["kind"] for each in complaint["timeline"]["nodes"]]
    assert systems["ombudsman"].requests() == []


@pytest.mark.parametrize("viewer", ["public", "presidential-staff"])
@pytest.mark.parametrize(
    ("where", "name"),
    [
        ({"hasOmbudsmanCase": True}, "hasOmbudsmanCase"),
        ({"not": {"hasOmbudsmanCase": False}}, "hasOmbudsmanCase"),
        ({"handoverConsent": {"from": "2020-01-01T00:00:00Z"}}, "handoverConsent"),
        (
            {"or": [{"open": True}, {"not": {"handoverConsent": {}}}, {"hasOmbudsmanCase": False}]},
            "hasOmbudsmanCase",
        ),
    ],
)
def test_who_may_see_no_cases_cannot_filter_by_them(
    where: object, name: str, viewer: str, systems: Systems
) -> None:
    """The filter is refused before anybody is asked, whatever it would have found, and by name."""
    told = answer(systems, NUMBERS, viewer, {"filter": where})

    assert told["errors"][0]["extensions"]["code"] == "FILTER_NOT_ALLOWED"
    assert told["errors"][0]["message"].startswith(f"the filter names `{name}`, which ")
    assert systems["ombudsman"].requests() == []
    assert systems["sp4n"].requests() == []


def test_complaints_by_case_and_by_consent(systems: Systems) -> None:
    """What the filters find is what is true: with a case, without one, agreed and waiting."""
    known = anchors(systems)
    with_case = {case["tracking"] for case in cases(systems)}
    seen = {number: each for number, each in known.items() if not each["hidden"]}
    agreed = {n for n, each in seen.items() if each["consent"] and each["consent"]["given"]}
    week_ago = (NOW - timedelta(days=7)).isoformat()
    late = {n for n in agreed if moment(seen[n]["consent"]["given"]) < NOW - timedelta(days=7)}

    def numbers(where: object) -> set[str]:
        told = answer(systems, NUMBERS, "ombudsman", {"filter": where})["data"]["complaints"]
        assert told["complete"]
        asked = "ombudsman" in {each["source"]["id"] for each in told["answers"]}
        assert asked == ("hasOmbudsmanCase" in str(where))
        return {node["trackingId"] for node in told["nodes"]}

    assert numbers({"hasOmbudsmanCase": True}) == {n for n in seen if n in with_case}
    assert numbers({"handoverConsent": {"from": "2000-01-01T00:00:00Z"}}) == agreed
    waiting = numbers({"handoverConsent": {"until": week_ago}, "hasOmbudsmanCase": False})
    assert waiting == late - with_case
    assert waiting
    some = sorted(seen)[:60]
    assert numbers({"trackingIds": some, "not": {"hasOmbudsmanCase": True}}) == {
        n for n in some if n not in with_case
    }


WITH_CASE = """
{ complaints(filter: { statuses: [ESCALATED] }) {
    nodes { trackingId ombudsmanCase { caseNumber } } complete answers { source { id } state } } }
"""


def test_without_the_ombudsmans_system_the_rest_is_told(systems: Systems) -> None:
    """It is down: complaints come whole and say so, a case is an error and never a mere null,
    and what is not known is not filtered by.
    """
    whole = answer(systems, WITH_CASE, "ombudsman")["data"]["complaints"]
    systems["ombudsman"].fault("down")

    told = answer(systems, WITH_CASE, "ombudsman")

    page = told["data"]["complaints"]
    assert [n["trackingId"] for n in page["nodes"]] == [n["trackingId"] for n in whole["nodes"]]
    assert not page["complete"]
    assert {"source": {"id": "ombudsman"}, "state": "UNAVAILABLE"} in page["answers"]
    assert {each["extensions"]["code"] for each in told["errors"]} == {"SOURCE_UNAVAILABLE"}
    assert all(n["ombudsmanCase"] is None for n in page["nodes"])
    for where, data in (({"hasOmbudsmanCase": True}, True), ({"hasOmbudsmanCase": False}, False)):
        told = answer(systems, NUMBERS, "ombudsman", {"filter": where})
        if data:
            assert told["data"]["complaints"]["nodes"] == []
            assert not told["data"]["complaints"]["complete"]
        else:
            assert told["errors"][0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"
    listing = answer(systems, LIST, "ombudsman", {"first": 5})["data"]["ombudsmanCases"]
    assert (listing["nodes"], listing["complete"]) == ([], False)
    one = answer(systems, ONE, "ombudsman", {"number": "1", "id": "x", "tracking": "x"})
    assert one["errors"][0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"


def test_without_the_national_system_cases_are_told_without_complaints(systems: Systems) -> None:
    """Its rows are missing, which the answer says; the cases are all there."""
    systems["sp4n"].fault("down")

    told = answer(systems, LIST, "ombudsman", {"filter": {"hasComplaint": True}, "first": 5})

    page = told["data"]["ombudsmanCases"]
    assert len(page["nodes"]) == 5
    assert all(node["complaints"] == [] for node in page["nodes"])
    assert not page["complete"]
    assert {"source": {"id": "sp4n"}, "state": "UNAVAILABLE"} in page["answers"]


def test_cases_of_a_whole_page_are_asked_for_at_once(systems: Systems) -> None:
    """Many complaints with their cases cost the Ombudsman one request."""
    query = """{ complaints(first: 50) { nodes { ombudsmanCase { caseNumber } } } }"""
    answer(systems, query, "ombudsman")

    assert len(systems["ombudsman"].requests()) == 1


def test_nothing_of_who_reported_reaches_us(systems: Systems) -> None:
    """Names and telephones in the Ombudsman's rows are in no answer."""
    told = json.dumps(answer(systems, LIST, "national-admin", {"first": 100}))

    assert "pelapor" not in told
    assert "0812-0000" not in told
