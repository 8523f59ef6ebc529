"""Complaints put together out of several systems: against the truth, with faults, and the cost."""

from __future__ import annotations

import asyncio
from itertools import chain, combinations
from typing import Any

import pytest

from tests.living.gateway import Ask, answer, answered
from tests.living.systems import Systems
from tests.living.test_truth import clean

Row = dict[str, Any]

LIST = """
query ($filter: ComplaintFilter, $after: String, $onMissing: MissingPolicy! = OMIT) {
  complaints(filter: $filter, first: 100, after: $after, onMissing: $onMissing) {
    nodes {
      trackingId bounces
      handlings { localId agency { code } contribution { source { id } localId } }
    }
    pageInfo { hasNextPage endCursor }
    complete
    answers { source { id } state }
  }
}
"""

WHOLE = """
query ($number: String!, $first: Int, $after: String) {
  complaint(trackingId: $number) {
    trackingId bounces
    handlings {
      localId status sourceStatus open agency { code } contribution { source { id } localId }
      followUps { at text }
    }
    timeline(first: $first, after: $after) {
      edges { cursor }
      nodes { at kind agency { code } reason text contribution { source { id } localId } }
      pageInfo { hasNextPage endCursor }
    }
    contributions { source { id } localId mappingVersion }
    discrepancies { kind message contributions { source { id } localId } }
  }
}
"""


async def nodes_of(ask: Ask, viewer: str, variables: Row) -> list[Row]:
    """Read a list with its handlings to its end."""
    nodes: list[Row] = []
    after = None
    while True:
        told = await ask(LIST, viewer, variables | {"after": after})
        assert "errors" not in told, told
        page = told["data"]["complaints"]
        assert page["complete"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes


def rows_told(node: Row) -> set[tuple[str, str]]:
    """The rows of other systems that a complaint's handlings show."""
    made = (
        (h["contribution"]["source"]["id"], h["contribution"]["localId"]) for h in node["handlings"]
    )
    return {(source, local_id) for source, local_id in made if local_id != node["trackingId"]}


def with_three(systems: Systems) -> list[Row]:
    """Complaints of the truth that all three systems have, clean and public."""
    return [
        each
        for each in systems.truth()
        if {row["system"] for row in each["rows"] if row["link"] != "unlinked"}
        == {"sp4n", "pu", "kaltim"}
        and all(map(clean, each["rows"]))
        and not each["secret"]
    ]


def test_bounces_and_handlings_are_what_the_truth_says(systems: Systems) -> None:
    """Of every national complaint: as many bounces, and the rows of just those who handle it."""
    truth = systems.truth()
    tracked = {each["tracking"]: each for each in truth if each["tracking"]}
    dirty = {row["id"] for each in truth for row in each["rows"] if not clean(row)}

    nodes = asyncio.run(
        answered(
            systems,
            lambda ask: nodes_of(ask, "national-admin", {"filter": {"sources": ["sp4n"]}}),
        )
    )

    assert len(nodes) > 2000
    for node in nodes:
        rows = {row["system"]: row for row in tracked[node["trackingId"]]["rows"]}
        expected = {
            (row["system"], row["id"])
            for row in tracked[node["trackingId"]]["rows"]
            if row["link"] == "tracking" and row["id"] not in dirty
        }
        got = {each for each in rows_told(node) if each[1] not in dirty}
        assert got == expected, node["trackingId"]
        if clean(rows["sp4n"]):
            assert node["bounces"] == rows["sp4n"]["bounces"], node["trackingId"]


def test_the_cost_of_a_page_of_a_hundred(systems: Systems) -> None:
    """Numbers and histories are asked for together: two questions, one, and one a row."""
    plain = LIST.replace("bounces", "").replace("handlings", "#")
    told = answer(systems, plain, "national-admin")
    before = {system.name: len(system.requests()) for system in systems}
    systems.reset()

    told = answer(systems, LIST, "national-admin")

    assert len(told["data"]["complaints"]["nodes"]) == 100
    asked = {system.name: [each["path"] for each in system.requests()] for system in systems}
    more = {name: len(paths) - before[name] for name, paths in asked.items()}
    assert [path.count("riwayat") for path in asked["sp4n"]].count(1) == 2
    assert more["sp4n"] == 2
    assert sum("tindak_lanjut" in path for path in asked["pu"]) == 1
    assert more["pu"] == 2
    singles = sum("tindakan" in path for path in asked["kaltim"])
    searched = more["kaltim"] - singles
    assert 0 < singles <= 30
    assert searched <= 10


def test_aliases_cost_one_question_a_source(systems: Systems) -> None:
    """Complaints by their numbers, each with its handlings: looked up together."""
    numbers = [each["tracking"] for each in with_three(systems)][:4]
    assert len(numbers) >= 2
    fields = "{ bounces handlings { localId } }"
    aliases = " ".join(f'c{n}: complaint(trackingId: "{n}") {fields}' for n in numbers)

    told = answer(systems, f"{{ {aliases} }}")

    assert all(len(each["handlings"]) >= 2 for each in told["data"].values())
    assert len(systems["sp4n"].requests()) == 2
    statements = [each["path"] for each in systems["pu"].requests() if "layanan" in each["path"]]
    assert sum('"tindak_lanjut"' in each and "$1" in each for each in statements) == 1
    assert sum('"tiket"' in each and "$1" in each for each in statements) == 1


@pytest.mark.parametrize("mode", ["down", "hang", "garbage", "fail"])
def test_a_handler_that_fails_leaves_the_list_whole(systems: Systems, mode: str) -> None:
    """The national rows are all there; the answer says who was missing."""
    variables = {"filter": {"sources": ["sp4n"]}}
    whole = answer(systems, LIST, "public", variables)["data"]["complaints"]
    systems["pu"].fault(mode)

    told = answer(systems, LIST, "public", variables)["data"]["complaints"]

    assert [each["trackingId"] for each in told["nodes"]] == [
        each["trackingId"] for each in whole["nodes"]
    ]
    assert [each["bounces"] for each in told["nodes"]] == [
        each["bounces"] for each in whole["nodes"]
    ]
    assert whole["complete"]
    assert not told["complete"]
    states = {each["source"]["id"]: each["state"] for each in told["answers"]}
    assert states.pop("pu") in ("UNAVAILABLE", "TIMED_OUT", "MALFORMED")
    assert set(states.values()) == {"ANSWERED"}
    assert not any(source == "pu" for node in told["nodes"] for source, _ in rows_told(node))


def test_all_or_nothing_takes_handlers_too(systems: Systems) -> None:
    """With `onMissing: FAIL` a handler that does not answer fails the list."""
    systems["kaltim"].fault("down")

    told = answer(systems, LIST, "public", {"filter": {"sources": ["sp4n"]}, "onMissing": "FAIL"})

    assert [each["extensions"]["code"] for each in told["errors"]] == ["SOURCES_MISSING"]


def test_what_cannot_be_told_of_a_single_complaint_is_not_made_up(systems: Systems) -> None:
    """If its own source gives the row and not the history, there are no bounces to be told."""
    number = with_three(systems)[0]["tracking"]
    systems["sp4n"].fault("garbage", times=1)

    async def steps(ask: Ask) -> tuple[Row, Row]:
        rowless = await ask(WHOLE, "public", {"number": number})
        return rowless, await ask(WHOLE, "public", {"number": number})

    first, second = asyncio.run(answered(systems, steps))

    assert first["data"]["complaint"] is None
    assert [each["extensions"]["code"] for each in first["errors"]] == ["SOURCE_UNAVAILABLE"]
    assert second["data"]["complaint"]["bounces"] >= 1


def facts(told: Row) -> set[tuple[Any, ...]]:
    """All that an answer shows of a complaint, as things that are true or not."""
    node = (told.get("data") or {}).get("complaint")
    if node is None:
        return set()
    found: set[tuple[Any, ...]] = {("number", node["trackingId"])}
    for each in node["timeline"]["nodes"]:
        who = each["contribution"]
        found.add(("event", who["source"]["id"], who["localId"], each["kind"], each["at"]))
    found |= {("row", *each) for each in rows_told(node)}
    found |= {("row", c["source"]["id"], c["localId"]) for c in node["contributions"]}
    return found


SUBSETS = list(chain.from_iterable(combinations(("sp4n", "pu", "kaltim"), n) for n in range(1, 4)))


@pytest.mark.parametrize("down", SUBSETS, ids="+".join)
def test_the_public_sees_no_more_when_sources_are_down(
    systems: Systems, down: tuple[str, ...]
) -> None:
    """Handlings, histories and rows shown with some sources down are shown with all up, too."""
    truth = systems.truth()
    numbers = [each["tracking"] for each in with_three(systems)][:3]
    numbers += [each["tracking"] for each in truth if each["secret"] and each["tracking"]][:3]
    numbers += [
        each["tracking"]
        for each in truth
        for row in each["rows"]
        if row["link"] == "tracking"
        and any(dirt["kind"] == "missing_visibility" for dirt in row["dirt"])
    ][:3]

    async def steps(ask: Ask) -> list[set[tuple[Any, ...]]]:
        return [facts(await ask(WHOLE, "public", {"number": n, "first": 100})) for n in numbers]

    up = asyncio.run(answered(systems, steps))
    for name in down:
        systems[name].fault("down")
    less = asyncio.run(answered(systems, steps))

    assert any(up)
    for all_up, some_down in zip(up, less, strict=True):
        assert some_down <= all_up
    if "sp4n" in down:
        assert not any(less)


def test_a_handlers_row_of_unknown_visibility_is_not_for_the_public(systems: Systems) -> None:
    """Its agency's own system does not say that it is public: the administrator alone sees it."""
    hidden = [
        (each["tracking"], row["system"], row["id"])
        for each in systems.truth()
        for row in each["rows"]
        if row["link"] == "tracking"
        and not each["secret"]
        and any(dirt["kind"] == "missing_visibility" for dirt in row["dirt"])
        and all(clean(other) for other in each["rows"] if other["system"] == "sp4n")
    ]
    assert hidden

    async def steps(ask: Ask) -> list[tuple[set[Any], set[Any]]]:
        return [
            (
                facts(await ask(WHOLE, "public", {"number": number, "first": 100})),
                facts(await ask(WHOLE, "national-admin", {"number": number, "first": 100})),
            )
            for number, _, _ in hidden
        ]

    for (_, system, local_id), (public, admin) in zip(
        hidden, asyncio.run(answered(systems, steps)), strict=True
    ):
        assert ("row", system, local_id) in admin
        assert not any(fact[1:3] == (system, local_id) for fact in public)


def test_the_public_reads_no_texts(systems: Systems) -> None:
    """Follow-up texts and reasons are for the administrator; the database is not even asked."""
    number = with_three(systems)[0]["tracking"]

    public = answer(systems, WHOLE, "public", {"number": number, "first": 100})
    asked = [each["path"] for each in systems["pu"].requests()]
    admin = answer(systems, WHOLE, "national-admin", {"number": number, "first": 100})

    def texts(told: Row) -> list[str]:
        node = told["data"]["complaint"]
        said = [each["text"] for h in node["handlings"] for each in h["followUps"]]
        said += [each[key] for each in node["timeline"]["nodes"] for key in ("text", "reason")]
        return [each for each in said if each is not None]

    assert texts(public) == []
    assert len(texts(admin)) >= 2
    assert not any("teks" in path for path in asked)


def test_pages_of_a_timeline_are_the_timeline(systems: Systems) -> None:
    """Two at a time, from cursor to cursor, every event comes once and in order."""
    number = with_three(systems)[0]["tracking"]

    async def steps(ask: Ask) -> tuple[list[Row], list[Row]]:
        told = await ask(WHOLE, "public", {"number": number, "first": 100})
        whole = told["data"]["complaint"]["timeline"]["nodes"]
        found: list[Row] = []
        after = None
        while True:
            told = await ask(WHOLE, "public", {"number": number, "first": 2, "after": after})
            page = told["data"]["complaint"]["timeline"]
            found += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return whole, found

    whole, found = asyncio.run(answered(systems, steps))

    assert len(whole) > 6
    assert found == whole
    assert [each["at"] for each in whole] == sorted(each["at"] for each in whole)


def test_a_cursor_leads_on_in_its_own_timeline_only(systems: Systems) -> None:
    """Another complaint's cursor, another viewer's or an altered one is refused."""
    one, other = (each["tracking"] for each in with_three(systems)[:2])

    async def steps(ask: Ask) -> list[str]:
        told = await ask(WHOLE, "public", {"number": one, "first": 1})
        cursor = told["data"]["complaint"]["timeline"]["pageInfo"]["endCursor"]
        asked = [("public", other, cursor), ("national-admin", one, cursor)]
        asked.append(("public", one, cursor[:-4] + "AAAA"))
        refused = []
        for viewer, number, after in asked:
            told = await ask(WHOLE, viewer, {"number": number, "first": 1, "after": after})
            refused.append(told["errors"][0]["extensions"]["code"])
        return refused

    assert asyncio.run(answered(systems, steps)) == [
        "CURSOR_FOREIGN",
        "CURSOR_FOREIGN",
        "CURSOR_INVALID",
    ]
