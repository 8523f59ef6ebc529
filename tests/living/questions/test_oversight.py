"""Questions of the Presidential Staff Office, of a province and of the ministries above it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.living.gateway import answer
from tests.living.questions.asking import listed, name_of
from tests.living.questions.truth import (
    CLOSED,
    NOW,
    OPEN,
    Row,
    Truth,
    anchor,
    clean,
    entered,
    inside,
    moment,
)
from tests.living.systems import Systems

CENTRAL = {"MINISTRY", "AGENCY"}


@pytest.fixture
def truth(systems: Systems) -> Truth:
    """What is true behind the systems."""
    return Truth.of(systems.manifest)


def known(nodes: list[Any], truth: Truth) -> list[str]:
    """Give the names of those nodes whose rows are clean."""
    return [name for name in map(name_of, nodes) if name not in truth.dirty]


def test_question_19_agrarian_matters_between_ministries(systems: Systems, truth: Truth) -> None:
    """Open complaints about land that two bodies have, the longest open first."""
    land = truth.branch(29) | truth.branch(1512)
    expected = []
    for number, complaint in truth.by_number.items():
        row = anchor(complaint)
        bodies = {
            frozenset(truth.below(top))
            for top in (
                top_of(it["agency"], truth)
                for it in complaint["rows"]
                if it["agency"] and it["link"] in {"anchor", "tracking"} and clean(it)
            )
        }
        if (
            row["category"] in land
            and row["status"] in OPEN
            and not complaint["secret"]
            and len(bodies) > 1
        ):
            expected.append((moment(row["submitted"]), number))
    where = {"open": True, "handledByAtLeast": 2, "categories": ["29", "1512"]}
    fields = "handlings { agency { level parent { level } } open }"

    nodes = listed(
        systems,
        "presidential-staff",
        where,
        fields,
        {"field": "SUBMITTED_AT", "direction": "ASC"},
        20,
    )

    assert known(nodes, truth) == [number for _, number in sorted(expected)]
    assert len(expected) > 1


def top_of(code: str, truth: Truth) -> str:
    """Give the body that an agency is a unit of."""
    while truth.agencies[code]["parent"]:
        code = truth.agencies[code]["parent"]
    return code


def test_question_22_colour_and_unit_of_what_is_open(systems: Systems, truth: Truth) -> None:
    """All that is open in the province, who has it, and its colour where that is plain."""
    expected = {
        row["id"]: row
        for row in truth.listed(lambda row: inside(row["region"], "64") and row["status"] in OPEN)
    }

    nodes = listed(
        systems,
        "national-admin",
        {"regions": ["64"], "open": True},
        "status indicator nextDueAt agency { code }",
    )

    assert known(nodes, truth) == list(expected)
    for node in nodes:
        row = expected.get(name_of(node))
        if row is None:
            continue
        assert (node["agency"] or {}).get("code") == row["agency"]
        if row["status"] in {"DISPOSED", "REOPENED", "ESCALATED"}:
            assert node["indicator"] == "RED"
        if row["status"] == "SUBMITTED" and entered(row["submitted"]):
            due = truth.due(row["submitted"], 3, row["agency"])
            assert node["indicator"] == ("RED" if due <= NOW else "NONE")
            assert moment(node["nextDueAt"]) == due
    assert {it["indicator"] for it in nodes} >= {"RED", "YELLOW"}


def test_question_23_queue_of_what_is_not_verified(systems: Systems, truth: Truth) -> None:
    """Not late yet, the least time left first, ties by nothing that matters."""
    due = {
        row["id"]: truth.due(row["submitted"], 3, row["agency"])
        for row in truth.listed(
            lambda row: row["status"] == "SUBMITTED" and row["submitted"] >= "2026-10"
        )
    }
    expected = {name: end for name, end in due.items() if end > NOW}
    where = {"statuses": ["SUBMITTED"], "sla": {"step": "VERIFICATION"}}
    where["sla"]["states"] = ["ON_TIME", "DUE_SOON"]  # type: ignore[index] # a plain dictionary
    order = {"field": "DUE_AT", "direction": "ASC"}

    nodes = listed(systems, "national-admin", where, "deadlines { step dueAt }", order)

    ends = [
        (name_of(node), moment(step["dueAt"]))
        for node in nodes
        for step in node["deadlines"]
        if step["step"] == "VERIFICATION"
    ]
    assert [end for _, end in ends] == sorted(end for _, end in ends)
    assert {name: end for name, end in ends if name not in truth.dirty} == expected
    assert expected


def test_question_24_supervisory_ones_of_the_province(systems: Systems, truth: Truth) -> None:
    """New ones about misconduct, also those that the centre gave straight to a regency."""
    since = "2026-07-31T16:00:00Z"
    expected = truth.listed(
        lambda row: (
            row["supervisory"] is True
            and inside(row["region"], "64")
            and moment(row["submitted"]) >= moment(since)
        )
    )
    where = {"supervisory": True, "regions": ["64"], "submitted": {"from": since}}

    nodes = listed(systems, "national-admin", where)

    assert known(nodes, truth) == [row["id"] for row in expected]
    assert expected


def test_question_25_ours_while_a_ministry_has_it(systems: Systems, truth: Truth) -> None:
    """Of citizens of the province, now at a ministry, and something of the province's is open."""
    province = truth.below("pemprov-64")

    def pending(number: str) -> bool:
        return any(
            row["link"] == "tracking"
            and row["agency"] in province
            and row["status"] not in CLOSED | {"ARCHIVED", "OUT_OF_SCOPE"}
            for row in truth.by_number[number]["rows"]
        )

    expected = truth.listed(
        lambda row: (
            row["system"] == "sp4n"
            and inside(row["region"], "64")
            and row["agency"] is not None
            and truth.agencies[row["agency"]]["level"] in CENTRAL
            and pending(row["id"])
        )
    )
    where = {"regions": ["64"], "agencyLevels": ["MINISTRY", "AGENCY"]}

    nodes = listed(systems, "national-admin", where | {"openHandlingAt": ["pemprov-64"]})

    assert known(nodes, truth) == [row["id"] for row in expected]
    assert expected


def test_question_27_ours_and_in_the_national_system(systems: Systems, truth: Truth) -> None:
    """What the province has under a national number is found, and what it has again without one;
    whatever else is suspected lies in the same regency as a row of the province's of that time.
    """
    since = "2026-06-30T16:00:00Z"
    ours = [row for row in truth.rows if row["system"] == "kaltim" and row["region"]]
    where = {"sources": ["sp4n"], "regions": ["64"], "submitted": {"from": since}}
    linked = {
        number
        for number, complaint in truth.by_number.items()
        if inside(anchor(complaint)["region"], "64")
        and moment(anchor(complaint)["submitted"]) >= moment(since)
        and any(
            it["system"] == "kaltim" and it["link"] == "tracking" and clean(it)
            for it in complaint["rows"]
        )
    }

    nodes = listed(systems, "national-admin", where | {"overlapsSources": ["kaltim"]})

    found = set(known(nodes, truth))
    assert linked
    assert linked <= found
    assert len(found) < len(known(listed(systems, "national-admin", where), truth))
    for number in found - linked:
        complaint = truth.by_number[number]
        row = anchor(complaint)
        again = any(it["system"] == "kaltim" for it in complaint["rows"])
        assert again or any(
            abs((moment(it["submitted"]) - moment(row["submitted"])).days) <= 31
            and it["region"][:5] == row["region"][:5]
            for it in ours
        ), number


def test_question_28_who_is_not_ready_and_what_waits_there(systems: Systems, truth: Truth) -> None:
    """Governments of the province without decree or active administrator, with what waits."""

    def ready(row: Row) -> bool:
        active, decree = row["last_active_at"], row["decree_valid_until"]
        return bool(
            row["connected"] == "true"
            and active
            and (NOW - moment(active)).days <= 30
            and decree >= "2026-11-01"
        )

    expected = {
        code
        for code, row in truth.agencies.items()
        if row["level"] in {"PROVINCE", "REGENCY", "CITY"}
        and inside(row["region"], "64")
        and (row["valid_to"] or "9") >= "2026-11-01"
        and not ready(row)
    }
    query = """{ agencies(filter: { levels: [PROVINCE, REGENCY, CITY], regions: ["64"],
      notReady: true }, first: 20) { nodes { code } } }"""

    told = answer(systems, query, "presidential-staff")["data"]["agencies"]["nodes"]

    assert {it["code"] for it in told} == expected
    waiting = 0
    for code in sorted(expected):
        agencies = truth.below(code)
        rows = truth.listed(
            lambda row, agencies=agencies: (
                row["agency"] in agencies
                and row["status"] in {"DISPOSED", "REOPENED", "REPLIED"}
                and not row["secret"]
            )
        )
        where = {"agencies": [code], "statuses": ["DISPOSED", "REOPENED", "REPLIED"]}

        nodes = listed(systems, "presidential-staff", where)

        assert known(nodes, truth) == [row["id"] for row in rows]
        waiting += len(rows)
    assert waiting


@pytest.mark.parametrize("silent", ["sp4n", "pu", "kaltim"])
def test_question_30_which_systems_did_not_answer(
    systems: Systems, truth: Truth, silent: str
) -> None:
    """The one that fails is named, the list incomplete, the others' rows all there, no more."""
    expected = truth.listed(
        lambda row: (
            row["system"] != silent
            and inside(row["region"], "64.72")
            and row["status"] in CLOSED
            and moment(row["submitted"]) >= moment("2026-06-01T00:00:00Z")
        )
    )
    query = """{ complaints(first: 100, filter: { regions: ["64.72"], submitted: {
      from: "2026-06-01T00:00:00Z" }, statuses: [CLOSED_BY_REPORTER CLOSED_BY_SYSTEM
      CLOSED_BY_ADMIN] }) { nodes { id } complete answers { source { id } state } } }"""
    systems[silent].fault("fail" if silent != "pu" else "down")

    told = answer(systems, query, "national-admin")

    page = told["data"]["complaints"]
    assert page["complete"] is False
    states = {it["source"]["id"]: it["state"] for it in page["answers"]}
    assert [name for name, state in states.items() if state != "ANSWERED"] == [silent]
    assert told["extensions"]["missing"] == [{"source": silent, "state": states[silent]}]
    assert known(page["nodes"], truth) == [row["id"] for row in expected]
    assert expected
