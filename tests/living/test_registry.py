"""Agencies, units, successors and coordination nodes, held to the registry's own files.

The files are read here by code that knows nothing of the gateway's.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.living.gateway import Ask, answered
from tests.living.systems import Systems
from tests.living.test_truth import clean

TODAY = date(2026, 11, 1)
NODE = """
query ($region: String!) {
  coordinationNode(region: $region) {
    region { code } verifier { code } supervisor { code } coordinator { code } members { code }
  }
}
"""
AGENCIES = """
query ($filter: AgencyFilter, $after: String) {
  agencies(filter: $filter, first: 100, after: $after) {
    nodes { code } totalCount { value } pageInfo { hasNextPage endCursor }
  }
}
"""
AGENCY = """
query ($code: String!, $after: String) {
  agency(code: $code) {
    validFrom validTo parent { code } successors { code } headTitle asOf
    units(first: 100, after: $after) { nodes { code } pageInfo { hasNextPage endCursor } }
  }
}
"""
COMPLAINTS = """
query ($filter: ComplaintFilter, $after: String) {
  complaints(filter: $filter, first: 100, after: $after) {
    nodes { trackingId agency { code } } pageInfo { hasNextPage endCursor } complete
  }
}
"""

Row = dict[str, Any]


def table(systems: Systems, name: str) -> list[dict[str, str]]:
    """The rows of the newest edition of one of the registry's tables."""
    folder = Path(systems.manifest["systems"]["registry"]["path"])
    newest = max(folder.glob(f"{name}.*.csv"))
    assert newest.name == f"{name}.{TODAY}.csv"
    with newest.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def stands(row: dict[str, str]) -> bool:
    """Whether a row of the registry holds today; both ends belong to its time."""
    begun = not row["valid_from"] or date.fromisoformat(row["valid_from"]) <= TODAY
    return begun and (not row["valid_to"] or date.fromisoformat(row["valid_to"]) >= TODAY)


async def every(ask: Ask, query: str, told: Row, viewer: str = "public") -> list[Row]:
    """All pages of a list."""
    nodes: list[Row] = []
    after = None
    while True:
        got = await ask(query, viewer, {**told, "after": after})
        (page,) = got["data"].values()
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes
        after = page["pageInfo"]["endCursor"]


def test_every_provinces_node_is_the_registrys(systems: Systems) -> None:
    """Who verifies, supervises and coordinates, and all members, for all provinces; a regency has
    no node.
    """
    nodes = [row for row in table(systems, "nodes") if stands(row)]
    provinces = {row["code"] for row in table(systems, "regions") if row["level"] == "PROVINCE"}

    async def compare(ask: Ask) -> None:
        for province in sorted(provinces):
            told = (await ask(NODE, "public", {"region": province}))["data"]["coordinationNode"]
            mine = [row for row in nodes if row["province"] == province]
            for role in ("verifier", "supervisor", "coordinator"):
                (expected,) = (row["agency"] for row in mine if row["role"] == role.upper())
                assert told[role]["code"] == expected, (province, role)
            members = sorted({row["agency"] for row in mine})
            assert [each["code"] for each in told["members"]] == members
        nobody = await ask(NODE, "public", {"region": "64.72"})
        assert nobody["data"]["coordinationNode"] is None

    assert len(provinces) == 38
    asyncio.run(answered(systems, compare))


def test_parents_units_and_successors_are_the_registrys(systems: Systems) -> None:
    """Of every ministry that was renamed or split in 2024, and of what came out of it: its last
    day, its successors, its parent and its units of today.
    """
    rows = {row["code"]: row for row in table(systems, "agencies")}
    gone = {code for code, row in rows.items() if row["valid_to"] == "2024-10-20"}
    heirs = {heir for code in gone for heir in rows[code]["successors"].split(";")}
    assert {"kempupr", "kemenkumham", "kemendikbudristek"} <= gone
    split = [code for code in gone if ";" in rows[code]["successors"]]
    assert 0 < len(split) < len(gone), "some are split, some are renamed"

    async def compare(ask: Ask) -> None:
        for code in sorted(gone | heirs | {"pemprov-64", "kemenpu-binamarga"} & set(rows)):
            row = rows[code]
            told = (await ask(AGENCY, "public", {"code": code}))["data"]["agency"]
            assert told["validFrom"] == (row["valid_from"] or None)
            assert told["validTo"] == (row["valid_to"] or None)
            successors = [each for each in row["successors"].split(";") if each]
            assert [each["code"] for each in told["successors"]] == successors
            assert (told["parent"] or {}).get("code") == (row["parent"] or None)
            assert told["headTitle"] == (row["head_title"] or None)
            assert datetime.fromisoformat(told["asOf"]).astimezone().timestamp() == (
                datetime.fromisoformat(f"{TODAY}T00:00:00+07:00").timestamp()
            )
            units = sorted(
                each["code"] for each in rows.values() if each["parent"] == code and stands(each)
            )
            assert [each["code"] for each in told["units"]["nodes"]] == units

    asyncio.run(answered(systems, compare))


def family(rows: dict[str, dict[str, str]], codes: set[str]) -> set[str]:
    """*codes*, all below them, and all that took their work over."""
    found: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code in found:
            continue
        found.add(code)
        waiting += [each for each in rows[code]["successors"].split(";") if each]
        waiting += [each["code"] for each in rows.values() if each["parent"] == code]
    return found


@pytest.mark.parametrize("code", ["kempupr", "kemenkumham", "kemendikbudristek", "pemprov-64"])
def test_an_agency_counts_for_its_units_and_successors(systems: Systems, code: str) -> None:
    """Complaints now at a successor, or at a unit of it, are those of the ministry of before 2024;
    in the filter and in `Agency.complaints`.
    """
    rows = {row["code"]: row for row in table(systems, "agencies")}
    mine = family(rows, {code})
    anchors = [
        (each["tracking"], row)
        for each in systems.truth()
        for row in each["rows"]
        if row["link"] == "anchor"
    ]
    dirty = {tracking for tracking, row in anchors if not clean(row)}
    expected = {tracking for tracking, row in anchors if row["agency"] in mine} - dirty
    own = """query ($code: String!, $after: String) { agency(code: $code) {
      complaints(filter: {sources: ["sp4n"]}, first: 100, after: $after) {
        nodes { trackingId } pageInfo { hasNextPage endCursor } } } }"""

    async def both(ask: Ask) -> None:
        where = {"sources": ["sp4n"], "agencies": [code]}
        found = await every(ask, COMPLAINTS, {"filter": where}, "national-admin")
        assert {each["trackingId"] for each in found} - dirty == expected
        assert {each["agency"]["code"] for each in found} <= mine
        told: set[str] = set()
        after = None
        while True:
            got = await ask(own, "national-admin", {"code": code, "after": after})
            page = got["data"]["agency"]["complaints"]
            told |= {each["trackingId"] for each in page["nodes"]}
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        assert told - dirty == expected

    assert expected
    asyncio.run(answered(systems, both))


def active(row: dict[str, str]) -> datetime | None:
    """When the administrator was last active."""
    return datetime.fromisoformat(row["last_active_at"]) if row["last_active_at"] else None


def decreed(row: dict[str, str]) -> bool:
    """Whether the team's decree is valid today."""
    until = row["decree_valid_until"]
    return bool(until) and date.fromisoformat(until) >= TODAY


def ready(row: dict[str, str]) -> bool:
    """Whether an agency can be expected to answer."""
    at = active(row)
    recent = at is not None and TODAY - at.date() <= timedelta(days=30)
    return row["connected"] == "true" and decreed(row) and recent


MOMENT = "2026-10-20T00:00:00+07:00"
SINCE = datetime.fromisoformat(MOMENT)
FILTERS: dict[str, tuple[Row, Callable[[dict[str, str]], bool]]] = {
    "levels": (
        {"levels": ["MINISTRY", "CITY"]},
        lambda row: row["level"] in ("MINISTRY", "CITY"),
    ),
    "regions": (
        {"regions": ["64"]},
        lambda row: f"{row['region']}.".startswith("64."),
    ),
    "one region": ({"regions": ["64.72"]}, lambda row: row["region"] == "64.72"),
    "text": (
        {"text": "pekerjaan umum"},
        lambda row: "pekerjaan umum" in f"{row['name']}|{row['short_name']}|{row['code']}".lower(),
    ),
    "connected": ({"connected": True}, lambda row: row["connected"] == "true"),
    "not connected": ({"connected": False}, lambda row: row["connected"] == "false"),
    "active": (
        {"activeSince": MOMENT},
        lambda row: (at := active(row)) is not None and at >= SINCE,
    ),
    "inactive": ({"inactiveSince": MOMENT}, lambda row: (at := active(row)) is None or at < SINCE),
    "decree": ({"decreeValid": True}, decreed),
    "no decree": ({"decreeValid": False}, lambda row: not decreed(row)),
    "not ready": ({"notReady": True}, lambda row: not ready(row)),
    "ready": ({"notReady": False}, ready),
    "all of them": (
        {"levels": ["REGENCY", "CITY"], "regions": ["64"], "connected": True, "decreeValid": True},
        lambda row: row["level"] in ("REGENCY", "CITY") and row["region"].startswith("64.")
        and row["connected"] == "true" and decreed(row),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILTERS)
def test_the_filters_of_agencies_give_what_the_registry_says(systems: Systems, name: str) -> None:
    """Just those agencies of today that the registry's rows say, counted exactly."""
    where, wanted = FILTERS[name]
    expected = sorted(
        row["code"] for row in table(systems, "agencies") if stands(row) and wanted(row)
    )

    found = asyncio.run(answered(systems, lambda ask: every(ask, AGENCIES, {"filter": where})))

    assert [each["code"] for each in found] == expected
    assert expected


@pytest.mark.parametrize("category", ["15", "1502"])
def test_who_accepts_a_branch_accepts_all_below_it(systems: Systems, category: str) -> None:
    """And who accepts something below what is asked for accepts some of that."""
    above = {row["id"]: row["parent"] for row in table(systems, "categories")}

    def line(each: str) -> set[str]:
        return {each} | (line(above[each]) if above.get(each) else set())

    def accepts(row: dict[str, str]) -> bool:
        held = [each for each in row["accepts_categories"].split(";") if each]
        return any(category in line(each) or each in line(category) for each in held)

    agencies = [row for row in table(systems, "agencies") if stands(row)]
    expected = sorted(row["code"] for row in agencies if accepts(row))
    where = {"filter": {"acceptsCategories": [category]}}

    found = asyncio.run(answered(systems, lambda ask: every(ask, AGENCIES, where)))

    assert [each["code"] for each in found] == expected
    assert expected
