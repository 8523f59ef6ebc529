"""Agencies, regions, categories, channels, nodes and sources, over real HTTP."""

# ruff: noqa: E501 - the table reads better unbroken

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.serving import Client, talk
from tests.gateway.world import REGISTRY, Registry, World


@pytest.mark.parametrize(
    ("query", "data"),
    [
        (
            "{ agencies(filter: {levels: [MINISTRY]}) { totalCount { value } nodes { code } } }",
            {"agencies": {"totalCount": {"value": 2}, "nodes": [{"code": "kemenpkp"}, {"code": "kemenpu"}]}},
        ),
        (
            '{ agency(code: "kempupr") { validTo successors { code } parent { code } } }',
            {"agency": {"validTo": "2024-10-20", "successors": [{"code": "kemenpu"}, {"code": "kemenpkp"}], "parent": None}},
        ),
        ('{ agency(code: "tidak-ada") { code } }', {"agency": None}),
        ('{ agency(code: "kemenpu") { asOf } }', {"agency": {"asOf": "2026-11-01T00:00:00Z"}}),
        (
            '{ agencies(filter: {text: "bina"}) { nodes { code parent { code } } } }',
            {"agencies": {"nodes": [{"code": "kemenpu-binamarga", "parent": {"code": "kemenpu"}}]}},
        ),
        (
            '{ agencies(filter: {acceptsCategories: ["311"], connected: true, decreeValid: true}) { nodes { code } } }',
            {"agencies": {"nodes": [{"code": "kemenpu"}]}},
        ),
        (
            '{ agencies(filter: {activeSince: "2026-10-01T00:00:00Z"}) { nodes { code } } }',
            {"agencies": {"nodes": [{"code": "kemenpu"}]}},
        ),
        (
            '{ agencies(filter: {regions: ["64"], levels: [PROVINCE]}) { nodes { code region { name } } } }',
            {"agencies": {"nodes": [{"code": "pemprov-64", "region": {"name": "Kalimantan Timur"}}]}},
        ),
        ("{ regions { code } }", {"regions": [{"code": "31"}, {"code": "64"}]}),
        ('{ regions(parent: "64") { code } }', {"regions": [{"code": "64.72"}]}),
        ('{ regions(parent: "64", level: DISTRICT) { code } }', {"regions": [{"code": "64.72.01"}]}),
        ("{ regions(level: DISTRICT) { code } }", {"regions": [{"code": "64.72.01"}]}),
        ('{ region(code: "64.72") { name parent { code } } }', {"region": {"name": "Kota Samarinda", "parent": {"code": "64"}}}),
        ('{ region(code: "99") { name } }', {"region": None}),
        ("{ categories { name children { name } } }", {"categories": [
            {"name": "Pekerjaan Umum", "children": [{"name": "Infrastruktur jalan"}]},
            {"name": "Kesehatan", "children": []},
        ]}),
        ('{ categories(parent: "31") { name } }', {"categories": [{"name": "Jalan berlubang"}]}),
        ("{ channels { id } }", {"channels": [{"id": "sms"}, {"id": "web"}]}),
        (
            '{ coordinationNode(region: "64") { region { name } verifier { code } supervisor { code } coordinator { code } members { code } } }',
            {"coordinationNode": {
                "region": {"name": "Kalimantan Timur"},
                "verifier": {"code": "pemprov-64-diskominfo"},
                "supervisor": {"code": "pemprov-64-inspektorat"},
                "coordinator": None,
                "members": [{"code": "pemprov-64-diskominfo"}, {"code": "pemprov-64-inspektorat"}],
            }},
        ),
        ('{ coordinationNode(region: "64.72") { region { name } } }', {"coordinationNode": None}),
        ("{ viewer { subject roles purpose agencies { code } regions { code } } }", {"viewer": {
            "subject": "anonymous", "roles": ["PUBLIC"], "purpose": "PORTAL_PUBLIC", "agencies": [], "regions": [],
        }}),
        (
            "{ sources { id name agency { code } connector state reason capabilities errorRate rejected } }",
            {"sources": [
                {"id": name, "name": title, "agency": agency, "connector": None, "state": "UNKNOWN", "reason": None,
                 "capabilities": None, "errorRate": None, "rejected": None}
                for name, title, agency in (
                    ("sp4n", "SP4N-LAPOR!", {"code": "kemenpu"}), ("kaltim", "Kaltim", None),
                    ("kota", "Kota", None), ("registry", "Registri", None),
                )
            ]},
        ),
    ],
)  # fmt: skip
def test_reference_data_are_answered(query: str, data: dict[str, Any]) -> None:
    """Each question about the reference data has the registry's answer, as of today."""

    async def conversation(client: Client) -> None:
        assert await client.data(query) == data

    talk(World(), conversation)


def test_agencies_page_by_page() -> None:
    """The pages of the agencies hold every one that exists today once, by code."""

    async def conversation(client: Client) -> None:
        query = """query($after: String) { agencies(first: 2, after: $after) {
            edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
        found: list[str] = []
        after = None
        while True:
            page = (await client.data(query, after=after))["agencies"]
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            found += [edge["node"]["code"] for edge in page["edges"]]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]

        assert found == sorted(found)
        assert len(found) == 7
        assert "kempupr" not in found

    talk(World(), conversation)


def test_a_category_is_named_by_either_id() -> None:
    """A filter takes the global id that a category shows as well as the registry's own."""

    async def conversation(client: Client) -> None:
        shown = (await client.data('{ categories(parent: "3") { id } }'))["categories"][0]["id"]
        query = "query($id: ID!) { complaints(filter: {categories: [$id]}) { nodes { id } } }"

        assert await client.data(query, id=shown) == await client.data(query, id="31")

    talk(World(), conversation)


def test_the_registry_may_be_down_at_start() -> None:
    """Lists go on without the registry, what needs it is told so, and all is well when it is up."""
    world = World()
    world.registry.mode = "down"

    async def conversation(client: Client) -> None:
        query = "{ complaints(first: 2) { nodes { title agency { code } } complete } }"
        answer = await client.ask(query)
        assert len(answer["data"]["complaints"]["nodes"]) == 2
        assert answer["data"]["complaints"]["nodes"][0]["agency"] is None
        assert {each["extensions"]["code"] for each in answer["errors"]} == {
            "REFERENCE_UNAVAILABLE"
        }
        by_agency = '{ complaints(filter: {agencies: ["kemenpu"]}) { complete } }'
        assert await client.code(by_agency) == "REFERENCE_UNAVAILABLE"
        by_level = "{ complaints(filter: {agencyLevels: [CITY]}) { complete } }"
        assert await client.code(by_level) == "REFERENCE_UNAVAILABLE"
        assert await client.code("{ channels { id } }") == "REFERENCE_UNAVAILABLE"
        by_region = '{ complaints(filter: {regions: ["64"]}) { nodes { id } } }'
        assert (await client.data(by_region))["complaints"]["nodes"]
        malformed = '{ complaints(filter: {regions: ["Samarinda"]}) { complete } }'
        assert await client.code(malformed) == "UNKNOWN_REGION"

    talk(world, conversation)


def test_what_nobody_configured_is_told_apart_from_what_is_down() -> None:
    """Without any source of it, nobody is told to ask again: the message says what to add where."""
    world = World(registry=Registry({"channels": REGISTRY["channels"]}))

    async def conversation(client: Client) -> None:
        rows = await client.ask("{ complaints(first: 1) { nodes { title region { name } } } }")
        (error,) = rows["errors"]
        assert error["extensions"]["code"] == "REFERENCE_NOT_CONFIGURED"
        assert error["message"].startswith("no source of regions is configured here; hint: ")
        assert "docs/connecting.md" in error["message"]
        assert "again" not in error["message"]
        assert rows["data"]["complaints"]["nodes"][0]["region"] is None
        for query in (
            "{ agencies { nodes { code } } }",
            '{ agency(code: "kemenpu") { code } }',
            "{ regions { code } }",
            "{ categories { name } }",
            "{ priorityProgrammes { id } }",
            "{ complaints(filter: {agencyLevels: [CITY]}) { complete } }",
            '{ complaints(filter: {priorityProgrammes: ["mbg"]}) { complete } }',
        ):
            assert await client.code(query) == "REFERENCE_NOT_CONFIGURED"
        assert (await client.data("{ channels { id } }"))["channels"]

    talk(world, conversation)


def test_a_wrong_code_that_nobody_lists_is_told_how_codes_are_written() -> None:
    """Without a registry no hint leads to a query that could not answer."""
    world = World(registry=Registry({"channels": REGISTRY["channels"]}))

    async def conversation(client: Client) -> None:
        for name, code, words in (
            ("regions", "Samarinda", "like `64` or `64.72`"),
            ("agencies", "Dinas PU", "write 1 to 64 letters"),
            ("categories", "Jalan rusak", "write 1 to 64 letters"),
        ):
            query = '{ complaints(filter: {%s: ["%s"]}) { complete } }'
            message = (await client.ask(query % (name, code)))["errors"][0]["message"]

            assert words in message
            assert "the query" not in message

    talk(world, conversation)


def test_codes_that_nobody_lists_stand_for_themselves() -> None:
    """Without a registry a filter takes any well-formed code; one that no row has finds nothing."""
    world = World(registry=Registry({"channels": REGISTRY["channels"]}))

    async def conversation(client: Client) -> None:
        for name, code, unknown in (
            ("regions", "64.72", "99"),
            ("categories", "311", "999"),
            ("agencies", "kemenpu", "nobody"),
        ):
            query = '{ complaints(filter: {%s: ["%s"]}) { nodes { title } complete } }'
            some = (await client.data(query % (name, code)))["complaints"]
            none = (await client.data(query % (name, unknown)))["complaints"]

            assert some["nodes"]
            assert none == {"nodes": [], "complete": True}

    talk(world, conversation)
