"""The checks of Apollo's subgraph compatibility suite that apply to us; `docs/federation.md` has
the list.

What our schema uses is tested on our schema; what only the library offers, and our executor would
have to carry, on a small one of its own.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import graphql
import pytest
import strawberry
from strawberry.federation import Schema

from gateway.executor import UNLIMITED, Documents
from schema.build import build_schema, printed
from schema.federation import KEYS

PAGE = Path(__file__).parents[2] / "docs" / "federation.md"
DOCUMENT = graphql.parse(printed())


def keys() -> dict[str, list[str]]:
    """Type to the fields of each of its keys, as printed."""
    found: dict[str, list[str]] = {}
    for definition in DOCUMENT.definitions:
        if not isinstance(definition, graphql.ObjectTypeDefinitionNode):
            continue
        for directive in definition.directives or ():
            if directive.name.value == "key":
                ((_, value),) = ((a.name.value, a.value) for a in directive.arguments or ())
                assert isinstance(value, graphql.StringValueNode)
                found.setdefault(definition.name.value, []).append(value.value)
    return found


def test_service_gives_the_printed_schema() -> None:
    """`_service { sdl }` is the schema with its directives, and parses."""
    documents = Documents(build_schema(), inline_after=0, max_bytes=0)
    prepared = documents.prepare("{ _service { sdl } }", limits=UNLIMITED)
    result = asyncio.run(prepared.run(None, None, None))

    assert not result.errors
    sdl = result.data["_service"]["sdl"]
    assert sdl.strip() == printed().strip()
    graphql.parse(sdl)


def test_keys_are_printed_singly_and_repeated() -> None:
    """One key, or several on one type; just those that `_entities` answers by."""
    printed_keys = keys()

    assert {name: sorted(each) for name, each in printed_keys.items()} == {
        name: sorted(each) for name, each in KEYS.items()
    }
    assert printed_keys["Category"] == ["id"]
    assert len(printed_keys["Complaint"]) == 2


def test_link_names_the_version_and_what_is_used() -> None:
    """`@link` imports each directive that is used, and no other."""
    (definition,) = (
        each for each in DOCUMENT.definitions if isinstance(each, graphql.SchemaDefinitionNode)
    )
    (link,) = (each for each in definition.directives or () if each.name.value == "link")
    told = {a.name.value: graphql.print_ast(a.value) for a in link.arguments or ()}
    used: set[str] = set()

    class Used(graphql.Visitor):
        def enter_directive(self, node: graphql.DirectiveNode, *_: object) -> None:
            used.add(f"@{node.name.value}")

    graphql.visit(DOCUMENT, Used())

    assert told["url"] == '"https://specs.apollo.dev/federation/v2.3"'
    imported = set(re.findall(r"@\w+", told["import"]))
    assert imported == used - {"@link", "@deprecated", "@specifiedBy"}


def test_the_entry_points_have_the_specifications_types() -> None:
    """`_Service`, `_Any` and a `_Entity` that has every type with a key."""
    schema = graphql.build_schema(printed(), assume_valid=True)
    entity = schema.type_map["_Entity"]

    assert isinstance(entity, graphql.GraphQLUnionType)
    assert {each.name for each in entity.types} == set(keys())
    assert isinstance(schema.type_map["_Any"], graphql.GraphQLScalarType)
    assert schema.query_type is not None
    assert str(schema.query_type.fields["_entities"].type) == "[_Entity]!"
    assert str(schema.query_type.fields["_service"].type) == "_Service!"


# ── What the library offers, carried by our executor ─────────────────────────────────────────────


@strawberry.federation.type(keys=["number"], extend=True)
class Office:
    """Another part's office, of which we are told the seats."""

    number: strawberry.ID = strawberry.federation.field(external=True)
    seats: int = strawberry.federation.field(external=True, default=0)

    @strawberry.federation.field(requires=["seats"])
    def is_large(self) -> bool:
        """Computed from what the other part gave."""
        return self.seats > 100

    @classmethod
    def resolve_reference(cls, number: strawberry.ID, seats: int = 0) -> Office:
        """Make it of a representation."""
        return cls(number=number, seats=seats)


@strawberry.federation.type(keys=["letter { year serial }"])
class File:
    """A file by a key inside a key."""

    year: int
    serial: int
    note: str = strawberry.federation.field(tags=["internal"], inaccessible=True)
    shelf: str = strawberry.federation.field(shareable=True, override="archive")

    @strawberry.field
    def letter(self) -> Letter:
        """Give the number."""
        return Letter(year=self.year, serial=self.serial)

    @strawberry.federation.field(provides=["seats"])
    def keeper(self) -> Office:
        """Give who keeps it, with its seats."""
        return Office(number=strawberry.ID("7"), seats=12)

    @classmethod
    def resolve_reference(cls, letter: dict[str, int]) -> File:
        """Make it of a representation."""
        return cls(year=letter["year"], serial=letter["serial"], note="", shelf="A")


@strawberry.federation.type(shareable=True)
@dataclass
class Letter:
    """A number of two parts."""

    year: int
    serial: int


@strawberry.type
class Query:
    """One entry."""

    @strawberry.field
    def file(self) -> File:
        """Give one file."""
        return File(year=2026, serial=1, note="", shelf="A")


SMALL = Schema(query=Query, types=[Office, File], federation_version="2.3")


def asked(representation: dict[str, Any], selection: str) -> Any:
    """Ask the small schema's `_entities` through our executor."""
    documents = Documents(SMALL, inline_after=0, max_bytes=0)
    text = f"query ($of: [_Any!]!) {{ _entities(representations: $of) {{ {selection} }} }}"
    prepared = documents.prepare(text, limits=UNLIMITED)
    assert not prepared.problems
    result = asyncio.run(prepared.run({"of": [representation]}, None, None))
    assert not result.errors
    (found,) = result.data["_entities"]
    return found


@pytest.mark.parametrize(("seats", "large"), [(12, False), (900, True)])
def test_requires_is_computed_from_what_the_representation_brings(seats: int, large: bool) -> None:
    """`@requires`: the external field comes with the representation, and the answer hangs on it."""
    office = {"__typename": "Office", "number": "7", "seats": seats}

    assert asked(office, "... on Office { isLarge }") == {"isLarge": large}


def test_a_key_inside_a_key_leads_to_its_thing() -> None:
    """`@key` composite: a representation with nested fields; `@provides` beside it."""
    file = {"__typename": "File", "letter": {"year": 2026, "serial": 4}}

    assert asked(file, "... on File { letter { serial } keeper { number seats } }") == {
        "letter": {"serial": 4},
        "keeper": {"number": "7", "seats": 12},
    }


@pytest.mark.parametrize(
    "written",
    [
        '@key(fields: "letter { year serial }")',
        '@provides(fields: "seats")',
        '@requires(fields: "seats")',
        "@external",
        '@override(from: "archive")',
        '@tag(name: "internal")',
        "@inaccessible",
        "@shareable",
    ],
)
def test_directives_that_we_do_not_use_are_printed_where_they_are_declared(written: str) -> None:
    """What the library is told stands in the schema that others compose from."""
    assert written in SMALL.as_str()


# ── The list ─────────────────────────────────────────────────────────────────────────────────────

CHECKS = (
    "_service", "@key (single)", "@key (multi)", "@key (composite)", "repeatable @key",
    "@requires", "@provides", "federated tracing", "@link", "@shareable", "@tag", "@override",
    "@inaccessible", "@composeDirective", "@interfaceObject",
)  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_is_listed_with_its_outcome(check: str) -> None:
    """The page says of each whether it passes, or why it does not apply."""
    row = next(
        (
            line
            for line in PAGE.read_text("utf-8").splitlines()
            if line.startswith(f"| `{check}` |")
        ),
        "",
    )

    assert re.search(r"\| (passes|does not apply, because .+) \|", row), check
