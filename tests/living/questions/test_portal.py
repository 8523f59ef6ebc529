"""Questions of portals: one complaint, lists of places, the form, what looks alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.living.gateway import answer
from tests.living.questions.asking import listed, name_of
from tests.living.questions.truth import VERIFIED, Row, Truth, anchor, clean, inside, last, moment
from tests.living.systems import Systems

FAMOUS = "9165816"
STATUS = """trackingId status submittedAt closedAt agency { code }
  reporter { name } body bounces
  timeline(first: 100) { nodes { at kind agency { code } contribution { source { id } } } }"""


@pytest.fixture
def truth(systems: Systems) -> Truth:
    """What is true behind the systems."""
    return Truth.of(systems.manifest)


def public(row: Row) -> bool:
    """Everybody may see it."""
    return row["status"] in VERIFIED and not row["secret"]


def test_question_1_status_history_and_agency_of_a_number(systems: Systems, truth: Truth) -> None:
    """Of the famous number and a hundred others; unverified and secret ones are not there."""
    others = [number for number in truth.by_number if number != FAMOUS]
    numbers = [FAMOUS, *others[:: len(others) // 100]]
    assert FAMOUS in truth.by_number
    shown = 0
    for at in range(0, len(numbers), 5):
        some = numbers[at : at + 5]
        fields = " ".join(
            f'n{number}: complaint(trackingId: "{number}") {{ {STATUS} }}' for number in some
        )

        told = answer(systems, f"{{ {fields} }}")

        assert "errors" not in told, told
        for number in some:
            complaint = truth.by_number[number]
            row = anchor(complaint)
            node = told["data"][f"n{number}"]
            if row["status"] not in VERIFIED or complaint["secret"]:
                assert node is None
                continue
            shown += 1
            assert node["status"] == row["status"]
            assert moment(node["submittedAt"]) == moment(row["submitted"])
            assert (node["agency"] or {}).get("code") == row["agency"]
            assert (node["closedAt"] is None) is (row["closed"] is None)
            assert node["bounces"] == row["bounces"]
            assert node["reporter"] is None
            assert node["body"] is None
            disposed = [
                (moment(it["at"]), it["agency"]["code"])
                for it in node["timeline"]["nodes"]
                if it["kind"] == "DISPOSED" and it["contribution"]["source"]["id"] == "sp4n"
            ]
            assert disposed == [
                (moment(at), target) for at, kind, _, target in row["steps"] if kind == "disposed"
            ]
    assert shown > 50


def test_question_2_newest_potholes_of_samarinda(systems: Systems, truth: Truth) -> None:
    """Every public one, newest first, over all systems."""
    where = {"regions": ["64.72"], "categories": ["1502"], "kinds": ["COMPLAINT"]}
    expected = truth.listed(
        lambda row: (
            public(row)
            and row["category"] == 1502
            and inside(row["region"], "64.72")
            and row["kind"] == "COMPLAINT"
        )
    )

    nodes = listed(systems, "public", where)

    assert len(expected) > 10
    assert [it for it in map(name_of, nodes) if it not in truth.dirty] == [
        row["id"] for row in expected
    ]
    assert {row["system"] for row in expected} == {"sp4n", "pu", "kaltim"}


def test_question_3_days_until_it_closes_itself(systems: Systems, truth: Truth) -> None:
    """Ten working days after the last follow-up, at the agency's midnight."""
    where = {"statuses": ["RESPONDED"], "sources": ["sp4n"]}

    nodes = listed(systems, "public", where, "deadlines { step dueAt workingDaysLeft }")

    compared = 0
    for node in nodes:
        complaint = truth.by_number.get(node["trackingId"])
        if complaint is None:
            continue
        row = anchor(complaint)
        due = truth.due(last(row, "followed_up") or "", 10, row["agency"])
        (told,) = [it for it in node["deadlines"] if it["step"] == "AUTO_CLOSE"]
        assert moment(told["dueAt"]) == due
        assert told["workingDaysLeft"] == truth.days_left(due, row["agency"])
        compared += 1
    expected = truth.listed(
        lambda row: public(row) and row["status"] == "RESPONDED" and row["system"] == "sp4n"
    )
    assert compared == len(expected) > 10


def test_question_4_who_accepts_a_category(systems: Systems, truth: Truth) -> None:
    """The tree is the registry's, and so are the agencies of the province that take potholes."""
    above = {"1502", truth.categories["1502"]["parent"]}
    expected = [
        code
        for code, row in sorted(truth.agencies.items())
        if inside(row["region"], "64")
        and not above.isdisjoint(row["accepts_categories"].split(";"))
        and (row["valid_to"] or "9") >= "2026-11-01"
    ]
    query = """{
      categories(parent: "15") { id name parent { id } }
      agencies(filter: { regions: ["64"], acceptsCategories: ["1502"] }, first: 100) {
        nodes { code }
      }
    }"""

    told = answer(systems, query)["data"]

    assert {name_of(it): it["name"] for it in told["categories"]} == {
        key: row["name"] for key, row in truth.categories.items() if row["parent"] == "15"
    }
    assert [it["code"] for it in told["agencies"]["nodes"]] == expected
    assert expected


def test_question_6_what_looks_like_the_same_problem(systems: Systems, truth: Truth) -> None:
    """Other public ones of the same district and category since thirty days before."""
    rows = [
        row
        for row in truth.listed(public)
        if row["system"] == "sp4n" and (row["region"] or "").count(".") == 2 and row["category"]
    ]
    pairs: dict[str, set[str]] = {}
    for row in rows:
        same = {
            other["id"]
            for other in rows
            if (other["region"], other["category"]) == (row["region"], row["category"])
            and other is not row
            and (moment(row["submitted"]) - moment(other["submitted"])).days < 30
        }
        if same:
            pairs[row["id"]] = same
    assert pairs
    query = """query ($number: String!) { complaint(trackingId: $number) {
      related(first: 20, reasons: [SAME_PLACE_AND_CATEGORY]) { complaint { trackingId } } } }"""
    for number, same in list(pairs.items())[:12]:
        told: dict[str, Any] = answer(systems, query, "public", {"number": number})

        found = {it["complaint"]["trackingId"] for it in told["data"]["complaint"]["related"]}
        assert {it for it in found if it in truth.by_number} == same


def test_the_truth_is_read_without_our_code() -> None:
    """What computes the answers imports nothing but the standard library and the decrees."""
    from tests.living.questions import truth as module  # noqa: PLC0415 - looked at only here

    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    lines = text.splitlines()
    ours = ("gateway", "schema", "resolvers", "connectors", "sandbox")
    imports = [line for line in lines if line.startswith(("import ", "from "))]

    assert not [line for line in imports if line.split()[1].partition(".")[0] in ours]
    assert [line for line in imports if "tests" in line] == [
        "from tests.sla.decrees import decreed, is_worked, last_of"
    ]
    assert clean({"dirt": []})
