"""Priority programmes compared with the ground truth, and what happens without their system."""

from __future__ import annotations

import asyncio
import csv
import time
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.living.gateway import Ask, answer, answered
from tests.living.systems import ROOT, Systems

JAKARTA = ZoneInfo("Asia/Jakarta")
PAGE = """
query ($filter: ComplaintFilter, $after: String) {
  complaints(filter: $filter, first: 100, after: $after) {
    nodes { id submittedAt category { name } priorityProgrammes { id } trackingId
            contributions { source { id } localId } }
    pageInfo { hasNextPage endCursor }
    complete
  }
}
"""


def table(name: str) -> list[dict[str, str]]:
    with (ROOT / "sandbox" / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def covered(category: int | None, submitted: str) -> set[str]:
    """The programmes that cover a category on a day, by the published tables alone."""
    above, parents = set(), {row["id"]: row["parent"] for row in table("world/categories.csv")}
    code = str(category) if category is not None else ""
    while code:
        above.add(code)
        code = parents[code]
    day = datetime.fromisoformat(submitted).astimezone(JAKARTA).date()
    return {
        row["programme"]
        for row in table("codes/ksp-categories.csv")
        if row["category"] in above
        and date.fromisoformat(row["since"]) <= day
        and (not row["until"] or day <= date.fromisoformat(row["until"]))
    }


def truth(systems: Systems) -> dict[tuple[str, str], set[str]]:
    """Each row without dirt in what decides, to the programmes it belongs to."""
    spoiled = {"unknown_category", "missing_submission", "malformed_date", "no_date"}
    return {
        (row["system"], row["id"]): covered(row["category"], row["submitted"])
        for each in systems.truth()
        for row in each["rows"]
        if not any(
            dirt["kind"] in spoiled or dirt["field"].startswith("tanggal_masuk")
            for dirt in row["dirt"]
        )
    }


def whole(systems: Systems, where: object) -> list[Any]:
    async def pages(ask: Ask) -> list[Any]:
        got: list[Any] = []
        after = None
        while True:
            told = await ask(PAGE, "national-admin", {"filter": where, "after": after})
            page = told["data"]["complaints"]
            assert page["complete"]
            got += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return got
            after = page["pageInfo"]["endCursor"]

    found: list[Any] = asyncio.run(answered(systems, pages))
    return found


def name(node: Any) -> tuple[str, str]:
    first = node["contributions"][0]
    return first["source"]["id"], first["localId"]


@pytest.mark.parametrize("programme", ["ckg", "jalan-daerah", "perlindungan-sosial"])
def test_a_programme_holds_what_it_covered_on_the_day(programme: str, systems: Systems) -> None:
    """The filter gives exactly the rows whose category was covered when they were submitted."""
    known = truth(systems)
    scope = {"sources": ["sp4n", "kaltim"]}

    got = {name(node) for node in whole(systems, {"priorityProgrammes": [programme], **scope})}

    anchored = {
        (row["system"], row["id"])
        for each in systems.truth()
        for row in each["rows"]
        if row["system"] == "sp4n"
        or (row["system"] == "kaltim" and row["tracking"] is None
            and not any(dirt["kind"] == "dangling_tracking" for dirt in row["dirt"]))
    }  # fmt: skip
    wanted = {key for key in anchored if programme in known.get(key, set())}
    assert {key for key in got if key in known} == wanted
    assert wanted


def test_each_complaint_tells_its_programmes(systems: Systems) -> None:
    """What a row says of its programmes is what the tables say of its category and day."""
    known = truth(systems)
    nodes = whole(systems, {"categories": ["8", "15"], "sources": ["sp4n"]})

    assert {name(node) for node in nodes} & set(known)
    for node in nodes:
        if name(node) in known:
            told = {each["id"] for each in node["priorityProgrammes"]}
            assert told == known[name(node)]


def test_programmes_are_listed_with_what_they_cover_today(systems: Systems) -> None:
    """Every programme by id; what it covers no longer is left out."""
    told = answer(systems, "{ priorityProgrammes { id name startedAt categories { name } } }")
    found = told["data"]["priorityProgrammes"]

    assert [each["id"] for each in found] == sorted(
        row["code"] for row in table("codes/ksp-programmes.csv")
    )
    by_id = {each["id"]: each for each in found}
    assert [each["name"] for each in by_id["mbg"]["categories"]] == ["Makan Bergizi Gratis"]
    assert by_id["mbg"]["startedAt"] == "2025-01-06"
    assert by_id["jalan-daerah"]["categories"] == []


def test_an_unknown_programme_is_told_as_one(systems: Systems) -> None:
    """A mistyped id is refused, with what was probably meant."""
    told = answer(systems, PAGE, "public", {"filter": {"priorityProgrammes": ["mgb"]}})

    assert told["errors"][0]["extensions"]["code"] == "UNKNOWN_PROGRAMME"
    assert "`mbg`" in told["errors"][0]["message"]


@pytest.mark.parametrize("mode", ["down", "hang"])
def test_without_the_offices_system_only_its_questions_suffer(mode: str, systems: Systems) -> None:
    """Lists and agencies are answered at once; programmes are an error, never an empty list."""

    async def ask_rest(ask: Ask) -> tuple[float, Any]:
        began = time.perf_counter()
        rest = await ask("{ complaints(first: 3) { nodes { agency { code } } complete } }")
        return time.perf_counter() - began, rest

    async def ask_all(ask: Ask) -> tuple[float, Any, Any, Any]:
        passed, rest = await ask_rest(ask)
        programmes = await ask("{ priorityProgrammes { id } }")
        listed = await ask(PAGE, "public", {"filter": {"priorityProgrammes": ["mbg"]}})
        return passed, rest, programmes, listed

    usual, _ = asyncio.run(answered(systems, ask_rest))
    systems["ksp"].fault(mode)
    passed, rest, programmes, listed = asyncio.run(answered(systems, ask_all))

    assert passed < usual + 2.5  # A request waits 3 s for reference data that it needs.
    assert rest["data"]["complaints"]["complete"]
    assert len(rest["data"]["complaints"]["nodes"]) == 3
    for told in (programmes, listed):
        assert told["errors"][0]["extensions"]["code"] == "REFERENCE_UNAVAILABLE"
