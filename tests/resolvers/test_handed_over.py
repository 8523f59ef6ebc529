"""What the Ombudsman is shown of complaints handed over with consent, and of no others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from connectors.contract.errors import Unavailable
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.memory import EVERYTHING
from gateway import app as root
from gateway.settings import GatewaySettings
from resolvers.policy import OMBUDSMAN, PRESIDENTIAL_STAFF, PUBLIC, Viewer
from tests.planner.awkward import Awkward

NOW = datetime(2026, 11, 1, tzinfo=UTC)
AGREED = {"status": "ESCALATED", "handover_asked_at": NOW, "handover_consented_at": NOW}
PERSONAL = {"body", "place", "latitude", "longitude", "reporter_name", "reporter_contact"}

WHOLE = """fragment Whole on Complaint {
  id trackingId title body reporter { name contact } location { latitude text precision }
  region { code } visibility { secret } handlings { localId } contributions { localId }
}
"""
LIST = "query ($first: Int = 20) { complaints(first: $first) { nodes { ...Whole } complete \
answers { source { id } state } totalCount { value exact } } }" + WHOLE  # fmt: skip
ONE = "query ($id: String!) { complaint(trackingId: $id) { ...Whole } }" + WHOLE
FOUND = """query ($of: [_Any!]!) { _entities(representations: $of) { ...Whole } }""" + WHOLE
NEAR = """query ($id: String!) { complaint(trackingId: $id) {
  related { complaint { trackingId title body } } } }"""


def row(number: str, source: str = "sp4n", **fields: object) -> ComplaintRecord:
    """A complaint with everything personal in it that a complaint can have."""
    known: dict[str, object] = {
        "tracking_id": number,
        "submitted_at": NOW - timedelta(hours=int(number)),
        "updated_at": NOW,
        "status": "IN_PROGRESS",
        "secret": False,
        "title": f"Bapak Budi{number} 08120000{number:0>4}",
        "body": f"isi-{number}",
        "reporter_name": f"Siti{number}",
        "reporter_contact": f"siti{number}@contoh.id",
        "place": f"gang-{number}",
        "latitude": 1.25,
        "longitude": 117.5,
        "region": "64.72.01.1001",
        "category": "1502",
    }
    return ComplaintRecord(source=source, local_id=f"{source}-{number}", **(known | fields))  # type: ignore[arg-type] # told by name


HANDED = row("1", **AGREED)
SECRET_HANDED = row("2", **AGREED, secret=True)
NOT_HANDED = (
    row("3"),
    row("4", status="ESCALATED"),
    row("5", handover_consented_at=NOW),
    row("6", **AGREED, handover_refused_at=NOW),
    row("7", **{**AGREED, "status": "CLOSED_BY_SYSTEM"}),
)
HIDDEN = (
    row("8", secret=True),
    row("9", secret=True, status="ESCALATED"),
    row("10", secret=True, handover_consented_at=NOW),
    row("11", **AGREED, secret=True, handover_refused_at=NOW),
)
NATIONAL = (HANDED, SECRET_HANDED, *NOT_HANDED, *HIDDEN)
HANDLERS = (
    row("1", "pu", secret=True),
    row("3", "pu", **AGREED, secret=True),
    row("8", "pu", **AGREED, secret=True),
)
"""A handler's row may say whatever it wants of consent."""


def world(
    national: Sequence[ComplaintRecord] = NATIONAL, handlers: Sequence[ComplaintRecord] = HANDLERS
) -> tuple[Awkward, Awkward]:
    """The national system and a ministry's."""
    return (
        Awkward("sp4n", national, EVERYTHING, page_size=50),
        Awkward("pu", handlers, EVERYTHING, page_size=50),
    )


def ask(
    query: str,
    variables: Mapping[str, Any] | None = None,
    viewer: Viewer = OMBUDSMAN,
    systems: tuple[Awkward, Awkward] | None = None,
) -> dict[str, Any]:
    """Ask in process."""
    sources = [
        Source(connector=each, title=each.name, kind="memory", national=each.name == "sp4n")
        for each in systems or world()
    ]
    settings = replace(GatewaySettings(), cursor_keys={"test": b"t" * 32})

    async def once() -> Any:
        reader = root.build_reader(sources, settings, lambda: NOW)
        try:
            return await root.build_endpoint(reader, settings).ask(viewer, query, variables)
        finally:
            await root.close(reader, sources)

    told: dict[str, Any] = asyncio.run(once())
    return told


def test_what_was_handed_over_with_consent_is_shown_in_full() -> None:
    """Title, text, place, reporter and the handlers' rows, secret ones too; in a list and alone."""
    nodes = {node["trackingId"]: node for node in ask(LIST)["data"]["complaints"]["nodes"]}

    for record in (HANDED, SECRET_HANDED):
        node = nodes[record.tracking_id]
        assert node["title"] == record.title
        assert node["body"] == record.body
        assert node["reporter"] == {
            "name": record.reporter_name,
            "contact": record.reporter_contact,
        }
        assert node["location"] == {"latitude": 1.25, "text": record.place, "precision": "EXACT"}
        alone = ask(ONE, {"id": record.tracking_id})["data"]["complaint"]
        assert alone == node
    handlers = [each["localId"] for each in nodes["1"]["contributions"]]
    assert handlers == ["sp4n-1", "pu-1"]


def told(query: str, variables: Mapping[str, Any] | None = None) -> str:
    """All that an answer says."""
    return json.dumps(ask(query, variables), ensure_ascii=False)


REPRESENTATIONS = {
    "of": [{"__typename": "Complaint", "trackingId": each.tracking_id} for each in NATIONAL]
}


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (LIST, {}),
        (FOUND, REPRESENTATIONS),
        *((ONE, {"id": each.tracking_id}) for each in (*NOT_HANDED, *HIDDEN)),
        *((NEAR, {"id": each.tracking_id}) for each in (HANDED, *NOT_HANDED)),
    ],
)
def test_nothing_personal_of_any_other_is_in_any_answer(
    query: str, variables: Mapping[str, Any]
) -> None:
    """Escalated without consent, consent without hand-over, a refusal, a hand-over that ended, a
    handler's claim: none of them opens anything.
    """
    text = told(query, variables)

    for record in (*NOT_HANDED, *HIDDEN):
        number = str(record.tracking_id)
        for word in (f"Budi{number} ", f'isi-{number}"', f"Siti{number}", f'gang-{number}"'):
            assert word not in text, (number, word)
        assert f"siti{number}@" not in text
    for record in HIDDEN:
        assert f'"trackingId": "{record.tracking_id}"' not in text
    if query is not NEAR:
        assert '"pu-3"' not in text


def test_what_was_not_handed_over_stays_as_it_was() -> None:
    """Titles redacted, the place to the regency, no text and no reporter, not even a secret one."""
    nodes = {node["trackingId"]: node for node in ask(LIST)["data"]["complaints"]["nodes"]}

    assert set(nodes) == {str(each.tracking_id) for each in (HANDED, SECRET_HANDED, *NOT_HANDED)}
    for record in NOT_HANDED:
        node = nodes[str(record.tracking_id)]
        assert "Budi" not in node["title"]
        assert node["body"] is node["reporter"] is None
        assert not node["location"] or node["location"]["latitude"] is None


@pytest.mark.parametrize("viewer", [PUBLIC, PRESIDENTIAL_STAFF])
def test_nobody_else_is_shown_more_by_a_hand_over(viewer: Viewer) -> None:
    """For the others a complaint that was handed over is like any other."""
    text = json.dumps(ask(LIST, viewer=viewer), ensure_ascii=False)

    for word in ("Siti", "isi-", "gang-", "Budi", '"2"', "pu-1"):
        assert word not in text


def test_hidden_and_unknown_are_the_same() -> None:
    """A secret complaint that was not handed over answers byte for byte like one that is none,
    after the same requests.
    """
    seen = set()
    for number in (*(str(each.tracking_id) for each in HIDDEN), "99"):
        systems = world()
        answer = json.dumps(ask(ONE, {"id": number}, systems=systems))
        asked = [[str(query.fields) for query in each.asked] for each in systems]
        seen.add((answer, str(asked)))

    assert len(seen) == 1


def test_personal_data_of_others_are_not_even_fetched() -> None:
    """Only rows that were handed over are asked for what only the full view shows."""
    systems = world()
    ask(LIST, systems=systems)

    for system in systems:
        for query in system.asked:
            assert query.fields is not None
            if query.fields & PERSONAL:
                assert "sp4n-1" in str(query.where) or "'1'" in str(query.where)
                assert not any(f"sp4n-{n}'" in str(query.where) for n in range(3, 12))
    assert any(query.fields & PERSONAL for query in systems[0].asked if query.fields)


def test_reporters_are_asked_for_few_at_a_time() -> None:
    """As for the administrator: twenty at most."""
    refused = ask(LIST, {"first": 21})

    assert refused["errors"][0]["extensions"]["code"] == "REPORTER_PAGE_TOO_LARGE"


def test_each_reporter_shown_is_recorded() -> None:
    """The record of accesses is told whose reporter the Ombudsman was shown, and of nobody else."""
    recorded: list[str] = []

    async def once() -> None:
        sources = [
            Source(connector=each, title=each.name, kind="memory", national=each.name == "sp4n")
            for each in world()
        ]
        settings = replace(GatewaySettings(), cursor_keys={"test": b"t" * 32})
        reader = root.build_reader(sources, settings, lambda: NOW)
        reader._disclosed = lambda _viewer, rows: recorded.extend(each.local_id for each in rows)
        try:
            await root.build_endpoint(reader, settings).ask(OMBUDSMAN, LIST, None)
        finally:
            await root.close(reader, sources)

    asyncio.run(once())

    assert recorded == ["sp4n-1", "sp4n-2"]


class Changing(Awkward):
    """Changes its rows when it is asked for something personal."""

    change: Callable[[Changing], None]

    async def fetch(self, query: Any) -> Any:
        if query.fields and query.fields & PERSONAL:
            self.change(self)
        return await super().fetch(query)


def changed(change: Callable[[Changing], None]) -> tuple[Awkward, Awkward]:
    """A world whose national system changes between the list and what is shown in full."""
    national = Changing("sp4n", NATIONAL, EVERYTHING, page_size=50)
    national.change = change
    return national, world()[1]


def taken_back(system: Changing) -> None:
    """The reporter withdraws."""
    system.complaints = [
        msgspec.structs.replace(each, handover_refused_at=NOW) for each in system.complaints
    ]


def test_a_consent_taken_back_in_between_shows_nothing() -> None:
    """What only the full view shows is tested by the row that it comes with."""
    text = json.dumps(ask(LIST, systems=changed(taken_back)))

    assert "Siti" not in text
    assert "isi-" not in text


def failing(system: Changing) -> None:
    """It stops answering."""
    raise Unavailable(system.name, "gone")


def test_a_source_that_fails_in_between_is_told() -> None:
    """The rows stay, without what could not be had; the list is incomplete.  A single complaint is
    refused rather than told in part.
    """
    page = ask(LIST, systems=changed(failing))["data"]["complaints"]
    alone = ask(ONE, {"id": "1"}, systems=changed(failing))

    assert len(page["nodes"]) == 7
    assert all(node["reporter"] is None for node in page["nodes"])
    assert not page["complete"]
    assert {"source": {"id": "sp4n"}, "state": "UNAVAILABLE"} in page["answers"]
    assert alone["errors"][0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"
