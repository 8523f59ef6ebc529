"""Only what a selection shows is fetched."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from weakref import ref

import msgspec
import pytest
from graphql import SelectionNode

from connectors.contract.records import ComplaintRecord
from gateway.app import build_endpoint, build_reader, close
from gateway.executor import Documents
from gateway.settings import GatewaySettings
from resolvers.context import Context
from resolvers.policy import NATIONAL_ADMIN, PUBLIC
from schema.build import build_schema
from schema.selection import COMPLAINT_FIELDS
from tests.gateway.world import World, clock

PLACE_OF_ORDER = frozenset({"submitted_at"})
"""What the planner fetches beside the selection, to put rows in order."""


def fetched(query: str, **variables: object) -> frozenset[str]:
    """Ask *query* as the national administrator; give the fields asked of the national source."""

    async def run() -> frozenset[str]:
        world = World()
        reader = build_reader(world.sources, GatewaySettings(), clock)
        endpoint = build_endpoint(reader, GatewaySettings())
        answer = await endpoint.ask(NATIONAL_ADMIN, query, variables)
        await close(reader, world.sources)
        assert "errors" not in answer, answer
        asked = [query.fields for query in world.sp4n.queries]
        asked += [fields for _, fields in world.sp4n.ids]
        assert len(set(asked)) == 1
        assert asked[0] is not None
        return asked[0]

    return asyncio.run(run())


def test_the_table_names_every_field_of_a_complaint() -> None:
    """Each field of `Complaint` has an entry, and no other."""
    declared = build_schema()._schema.type_map["Complaint"]

    assert set(declared.fields) | {"__typename"} == set(COMPLAINT_FIELDS)  # type: ignore[attr-defined] # it is an object type


def test_the_table_names_record_fields_only() -> None:
    """What stands in the table is an attribute of the record."""
    known = {field.name for field in msgspec.structs.fields(ComplaintRecord)}

    assert frozenset().union(*COMPLAINT_FIELDS.values()) <= known


@pytest.mark.parametrize(
    ("selection", "fields"),
    [
        ("edges { node { title } }", {"title"}),
        ("nodes { title } edges { node { kind } }", {"title", "kind"}),
        ("nodes { agency { code name } }", {"agency"}),
        ("nodes { a: body b: body }", {"body"}),
        (
            "nodes { location { text } }",
            {"region", "latitude", "longitude", "place", "tracking_id"},
        ),
        ("nodes { reporter { name } }", {"reporter_name", "reporter_contact"}),
        ("nodes { ... on Complaint { ...F } }", {"status", "closed_at"}),
        ("...C", {"title"}),
        ("nodes { title @skip(if: true) kind @include(if: false) status }", {"status"}),
        ("nodes { title @include(if: $yes) kind @skip(if: $yes) }", {"title"}),
        ("nodes { ... @skip(if: $yes) { title } ...F @skip(if: $yes) kind }", {"kind"}),
        ("complete", set()),
    ],
)
def test_a_selection_is_looked_through(selection: str, fields: set[str]) -> None:
    """Aliases, fragments, directives and both ways to the rows are followed."""
    query = f"""
        query($yes: Boolean! = true) {{
          complaints(first: 5) {{ {selection} complete @include(if: $yes) }}
        }}
        fragment F on Complaint {{ status closedAt }}
        fragment C on ComplaintConnection {{ edges {{ node {{ title }} }} }}
    """
    for name in ("F", "C"):
        if f"...{name}" not in selection:
            query = "\n".join(
                line for line in query.splitlines() if f"fragment {name} " not in line
            )

    assert fetched(query) == fields | PLACE_OF_ORDER


def test_a_bomb_of_fragments_is_looked_through_once() -> None:
    """Fragments that spread one another many times cost no more than their number."""
    levels = 10
    spreads = "\n".join(
        f"fragment F{level} on Complaint {{ ...F{level + 1} ...F{level + 1} }}"
        for level in range(levels)
    )
    query = f"""
        {{ complaints {{ nodes {{ ...F0 }} }} }}
        {spreads}
        fragment F{levels} on Complaint {{ kind }}
    """

    assert fetched(query) == {"kind"} | PLACE_OF_ORDER


@pytest.mark.parametrize(
    "ask",
    [
        lambda fields: f'{{ complaint(trackingId: "9000001") {{ {fields} }} }}',
        lambda fields: (
            '{ node(id: "Q29tcGxhaW50OnRyYWNraW5nOjkwMDAwMDE") '
            f"{{ ... on Complaint {{ {fields} }} }} }}"
        ),
    ],
)
def test_single_complaints_too(ask: Callable[[str], str]) -> None:
    """A complaint asked for alone is fetched with its selection only, and its number."""
    assert fetched(ask("title kind")) == {"title", "kind", "tracking_id"}


def test_what_is_remembered_of_a_selection_keeps_no_text() -> None:
    """A document that is dropped is gone, though it is known what it asked for."""

    async def run() -> None:
        world = World()
        reader = build_reader(world.sources, GatewaySettings(), clock)
        for number in range(3):
            documents = Documents(build_schema(), max_bytes=10**6)
            prepared = documents.prepare(f"{{ c{number}: complaints {{ nodes {{ title }} }} }}")
            for _ in range(3):
                assert (await prepared.run(context=Context.of(PUBLIC, reader))).errors is None
            assert prepared.operation is not None
            kept.append(ref(prepared.operation.selection_set.selections[0]))
        await close(reader, world.sources)

    kept: list[ref[SelectionNode]] = []
    asyncio.run(run())
    gc.collect()

    assert [each() for each in kept] == [None] * 3
