"""Questions of the Ombudsman: limits that passed, bounces, and what became of a case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.living.gateway import answer
from tests.living.questions.asking import listed, name_of
from tests.living.questions.truth import (
    NOW,
    OPEN,
    Row,
    Truth,
    anchor,
    clean,
    entered,
    inside,
    last,
    moment,
)
from tests.living.systems import Systems

BOUNCES = """bounces timeline(first: 50) { nodes { at kind
  agency { level parent { level } } fromAgency { level parent { level } }
  contribution { source { id } } } }"""
BODIES = {"MINISTRY", "PROVINCE"}
YEAR = "2026-01-01T00:00:00+07:00"


@pytest.fixture
def truth(systems: Systems) -> Truth:
    """What is true behind the systems."""
    return Truth.of(systems.manifest)


def test_question_8_past_sixty_working_days_at_public_works(systems: Systems, truth: Truth) -> None:
    """Road complaints of the province, begun or not, at the ministry, its successors and units."""
    agencies, roads = truth.below("kempupr"), truth.branch(15)

    def late(row: Row) -> bool:
        disposed = last(row, "disposed")
        if disposed is None or row["kind"] != "COMPLAINT":
            return False
        return not entered(disposed) or truth.due(disposed, 60, row["agency"]) <= NOW

    expected = truth.listed(
        lambda row: (
            row["system"] == "sp4n"
            and inside(row["region"], "64")
            and row["category"] in roads
            and row["agency"] in agencies
            and row["status"] in {"DISPOSED", "IN_PROGRESS"}
            and late(row)
        )
    )
    where = {
        "regions": ["64"],
        "categories": ["15"],
        "agencies": ["kempupr"],
        "statuses": ["DISPOSED", "IN_PROGRESS"],
        "sla": {"step": "HANDOVER", "states": ["OVERDUE"]},
    }

    nodes = listed(systems, "ombudsman", where)

    national = [it["trackingId"] for it in nodes if it["trackingId"] not in {None, *truth.dirty}]
    # What is secret is not told to the Ombudsman before it is handed over.
    assert national == [row["id"] for row in expected if not row["secret"]]
    assert national


def test_question_11_the_whole_history_of_a_case(systems: Systems, truth: Truth) -> None:
    """Every agency that the complaint of a case was disposed to, or that has it in a system."""
    query = """query ($number: String!) { ombudsmanCase(caseNumber: $number) {
      stage complaints { trackingId status
        handlings { agency { code } receivedAt workingDaysHeld open } } } }"""
    compared = 0
    for case in truth.cases:
        complaint = truth.by_number.get(case["tracking"] or "")
        if complaint is None or complaint["secret"] or not clean(case):
            continue

        told = answer(systems, query, "ombudsman", {"number": case["case"]})

        (node,) = told["data"]["ombudsmanCase"]["complaints"]
        row = anchor(complaint)
        had = {target for _, kind, _, target in row["steps"] if kind == "disposed"}
        has = {it["agency"] for it in complaint["rows"] if it["link"] == "tracking" and clean(it)}
        got = {it["agency"]["code"] for it in node["handlings"] if it["agency"]}
        assert told["data"]["ombudsmanCase"]["stage"] == case["stage"]
        assert node["trackingId"] == case["tracking"]
        assert node["status"] == row["status"]
        # A ministry with a system of its own tells which of its units has it.
        families = {code: truth.below(code) for code in had}
        assert {code for code in had if families[code].isdisjoint(got)} == set()
        assert got <= set().union(has, *families.values())
        assert has <= got
        compared += 1
    assert compared > 3


def bounced_between(steps: list[Any], truth: Truth) -> int:
    """Count the bounces of this year between a ministry and a provincial government."""
    found = 0
    for at, (moment_of, kind, source, _) in enumerate(steps):
        after = next((it[3] for it in steps[at + 1 :] if it[1] == "disposed"), None)
        if kind != "bounced" or moment(moment_of) < moment(YEAR) or after is None:
            continue
        found += {truth.level(source), truth.level(after)} == BODIES
    return found


def test_question_12_bounced_three_times_this_year(systems: Systems, truth: Truth) -> None:
    """The list is narrowed by the filter; between which levels is read from the timeline."""
    where = {"updated": {"from": YEAR}, "bouncedAtLeast": 3, "sources": ["sp4n"]}
    often = truth.listed(
        lambda row: (
            row["system"] == "sp4n"
            and row["bounces"] >= 3
            and moment(row["updated"]) >= moment(YEAR)
        )
    )

    nodes = listed(systems, "national-admin", where, BOUNCES, size=10)

    assert [it for it in map(name_of, nodes) if it not in truth.dirty] == [it["id"] for it in often]
    told = {
        name_of(node): [
            it
            for it in node["timeline"]["nodes"]
            if it["contribution"]["source"]["id"] == "sp4n"
            and it["kind"] in {"BOUNCED", "DISPOSED"}
        ]
        for node in nodes
    }
    for row in often:
        assert between(told[row["id"]]) == bounced_between(row["steps"], truth)
    assert often


def level(agency: Any) -> str:
    """Give the level of the body that an agency is, or is a unit of."""
    return str(
        (agency["parent"] or agency)["level"] if agency["level"] == "UNIT" else agency["level"]
    )


def between(steps: list[Any]) -> int:
    """Count likewise in a timeline: what a client does for question 12."""
    found = 0
    for at, step in enumerate(steps):
        after = next((it["agency"] for it in steps[at + 1 :] if it["kind"] == "DISPOSED"), None)
        who = step["fromAgency"] or step["agency"]
        if step["kind"] != "BOUNCED" or moment(step["at"]) < moment(YEAR) or after is None:
            continue
        found += {level(who), level(after)} == BODIES
    return found


def test_question_14_overdue_corrective_action_and_open_complaints(
    systems: Systems, truth: Truth
) -> None:
    """Against whom findings of more than thirty working days ago stand, with their open complaints
    on the same service.
    """
    query = """query ($after: String) {
      ombudsmanCases(filter: { correctiveActionOverdue: true }, first: 50, after: $after) {
        nodes { caseNumber category { id } reportedAgency { code } }
        pageInfo { hasNextPage endCursor } } }"""
    cases = {
        case["case"]: case
        for case in truth.cases
        if clean(case)
        and case["findings"]
        and not case["corrected"]
        and not case["closed"]
        and (
            not entered(case["findings"]) or truth.due(case["findings"], 30, case["agency"]) <= NOW
        )
    }
    nodes: list[Any] = []
    after = None
    while True:
        page = answer(systems, query, "ombudsman", {"after": after})["data"]["ombudsmanCases"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    dirty = {case["case"] for case in truth.cases if not clean(case)}
    assert {it["caseNumber"] for it in nodes} - dirty == set(cases)
    assert cases
    found = 0
    for case in list(cases.values())[:10]:
        service = case["category"]
        agencies, branch = truth.below(case["agency"]), truth.branch(service)
        where = {"open": True, "agencies": [case["agency"]], "categories": [str(service)]}
        expected = truth.listed(
            lambda row, agencies=agencies, branch=branch: (
                row["agency"] in agencies
                and row["category"] in branch
                and row["status"] in OPEN
                and not row["secret"]
            )
        )

        nodes = listed(systems, "ombudsman", where)

        assert [it for it in map(name_of, nodes) if it not in truth.dirty] == [
            row["id"] for row in expected
        ]
        found += len(expected)
    assert found
