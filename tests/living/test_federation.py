"""Our schema as a part of a larger graph: one policy, composed and asked by Apollo's gateway."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway import app as root
from gateway.demo import CONFIGS
from schema.build import printed
from tests.gateway.serving import Client, serving_app
from tests.living.gateway import answer
from tests.living.systems import Systems

ENTITIES = """
query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Complaint { id trackingId status bounces }
    ... on Agency { id code name }
    ... on Region { id code name }
    ... on Category { id name }
    ... on OmbudsmanCase { id caseNumber }
  }
}
"""
NODE = Path(__file__).parents[1] / "node"

Row = dict[str, Any]


def entities(systems: Systems, viewer: str, *representations: Row) -> Row:
    """Ask for the things that *representations* name."""
    return answer(systems, ENTITIES, viewer, {"representations": list(representations)})


def anchors(systems: Systems, *, secret: bool) -> list[str]:
    """National numbers of complaints that were disposed, secret ones or others."""
    return [
        each["tracking"]
        for each in systems.truth()
        if each["secret"] is secret
        for row in each["rows"]
        if row["link"] == "anchor" and row["status"] == "IN_PROGRESS" and not row["dirt"]
    ]


def test_each_key_leads_to_the_thing_that_has_it(systems: Systems) -> None:
    """By id and by the name it goes by elsewhere; what is asked twice comes twice, in order."""
    number = anchors(systems, secret=False)[0]
    by_name = [
        {"__typename": "Complaint", "trackingId": number},
        {"__typename": "Agency", "code": "kemenpu"},
        {"__typename": "Region", "code": "64.72"},
        {"__typename": "Complaint", "trackingId": number},
    ]

    named = entities(systems, "public", *by_name)["data"]["_entities"]
    by_id = [{"__typename": each["__typename"], "id": each["id"]} for each in named]
    again = entities(systems, "public", *by_id)["data"]["_entities"]

    assert [each["__typename"] for each in named] == [each["__typename"] for each in by_name]
    assert named[0]["trackingId"] == number
    assert named[0] == named[3]
    assert again == named


def test_what_is_hidden_is_as_what_is_not(systems: Systems) -> None:
    """A secret complaint and a number nobody has give the same bytes after the same requests."""
    secret = anchors(systems, secret=True)[0]
    told, asked = [], []
    for number in (secret, "1"):
        systems.reset()
        told.append(entities(systems, "public", {"__typename": "Complaint", "trackingId": number}))
        paths = [each["path"] for each in systems["sp4n"].requests()]
        asked.append([path.replace(f"/{number}", "/?") for path in paths])

    assert told[0] == told[1] == {"data": {"_entities": [None]}}
    assert asked[0] == asked[1] != []
    known = entities(systems, "national-admin", {"__typename": "Complaint", "trackingId": secret})
    assert known["data"]["_entities"][0]["trackingId"] == secret


def test_an_id_of_another_type_is_unknown(systems: Systems) -> None:
    """An agency's id leads nowhere where a complaint is asked for, and the other way round."""
    agency = entities(systems, "public", {"__typename": "Agency", "code": "kemenpu"})
    own = agency["data"]["_entities"][0]["id"]
    number = anchors(systems, secret=False)[0]
    complaint = entities(systems, "public", {"__typename": "Complaint", "trackingId": number})
    other = complaint["data"]["_entities"][0]["id"]

    told = entities(
        systems,
        "public",
        {"__typename": "Complaint", "id": own},
        {"__typename": "Region", "id": own},
        {"__typename": "Agency", "id": other},
    )

    assert told == {"data": {"_entities": [None, None, None]}}


@pytest.mark.parametrize(
    ("representations", "code"),
    [
        ([{"__typename": "Viewer", "subject": "anonymous"}], "REPRESENTATION_INVALID"),
        ([{"__typename": "Complaint", "title": "x"}], "REPRESENTATION_INVALID"),
        ([{"__typename": "Complaint", "id": 7}], "REPRESENTATION_INVALID"),
        ([{"__typename": ["Complaint"], "id": "x"}], "REPRESENTATION_INVALID"),
        (["Complaint"], "REPRESENTATION_INVALID"),
        ([{"__typename": "Region", "code": "64"}] * 101, "PAGE_TOO_LARGE"),
    ],
)
def test_what_names_nothing_is_refused(
    systems: Systems, representations: list[Any], code: str
) -> None:
    """A representation without a type and key of ours is a mistake, and so are too many of them."""
    told = answer(systems, ENTITIES, "public", {"representations": representations})

    assert told["errors"][0]["extensions"]["code"] == code
    assert not systems["sp4n"].requests()


@pytest.mark.parametrize("introspection", [True, False])
def test_the_schema_is_given_where_introspection_is(systems: Systems, introspection: bool) -> None:
    """`_service` tells as much as introspection does, so one setting rules both."""

    async def asked(client: Client) -> Row:
        return await client.ask("{ _service { sdl } }")

    told = asyncio.run(served(systems, introspection, asked))

    if introspection:
        assert told["data"]["_service"]["sdl"].strip() == printed().strip()
    else:
        assert told.get("data") is None
        assert told["errors"][0]["extensions"]["code"] == "INTROSPECTION_DISABLED"


async def served(systems: Systems, introspection: bool, conversation: Any) -> Any:
    """Serve the demonstration's sources and hold one *conversation*."""
    configuration = root.load(CONFIGS, systems.environ)
    settings = replace(configuration.gateway, introspection=introspection)
    app = root.build_app(configuration.sources, settings)
    async with serving_app(app, settings) as client:
        return await conversation(client)


@pytest.mark.skipif(
    shutil.which("node") is None or not (NODE / "node_modules" / "@apollo" / "gateway").is_dir(),
    reason="needs Node, and `npm ci` in tests/node",
)
def test_apollos_gateway_joins_us_with_another_part(systems: Systems) -> None:
    """Composed without errors; another part's notes lead to our complaints and agencies, and our
    agency to its notes.
    """
    number = anchors(systems, secret=False)[0]

    async def join(client: Client) -> Row:
        process = await asyncio.create_subprocess_exec(
            "node", "federation.mjs", f"{client.url}/graphql", number, "kemenpu",
            cwd=NODE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        told, _ = await process.communicate()
        found: Row = json.loads(told.splitlines()[-1])
        return found

    told = asyncio.run(served(systems, True, join))

    assert not told.get("errors"), told
    (note,) = told["data"]["notes"]
    assert note["about"]["trackingId"] == number
    assert note["about"]["status"] == "IN_PROGRESS"
    assert note["by"] == {
        "name": "Kementerian Pekerjaan Umum",
        "level": "MINISTRY",
        "notes": [{"id": "1"}],
    }
