"""What we promise is what was agreed."""

from __future__ import annotations

from pathlib import Path

import graphql
import pytest

from schema.build import printed

AGREED = Path(__file__).with_name("contract.graphql").read_text(encoding="utf-8")
SNAPSHOT = Path(__file__).parents[2] / "schema" / "schema.graphql"

EXTRA: dict[str, str] = {
    "OmbudsmanIntake.UNKNOWN": "a word that no code table maps is neither dropped nor guessed",
    "OmbudsmanStage.UNKNOWN": "as with the statuses of complaints",
    **dict.fromkeys(
        (
            "Query._entities: [_Entity]!",
            "Query._entities(representations: [_Any!]!)",
            "Query._service: _Service!",
            "object_type_definition _Service",
            "_Service.sdl: String!",
            "scalar_type_definition _Any",
            "union_type_definition _Entity",
        ),
        "Apollo Federation's entry points",
    ),
}
"""Names of ours that the contract does not have, each with its reason."""


def shapes(text: str) -> set[str]:
    """Every type, field, argument, value and interface of a schema with its type and default."""
    found: set[str] = set()
    for definition in graphql.parse(text).definitions:
        if not isinstance(definition, graphql.TypeDefinitionNode):
            continue
        name = definition.name.value
        found.add(f"{definition.kind} {name}")
        for interface in getattr(definition, "interfaces", None) or ():
            found.add(f"{name} implements {interface.name.value}")
        for field in getattr(definition, "fields", None) or ():
            found.add(f"{name}.{field.name.value}: {graphql.print_ast(field.type)}")
            default = getattr(field, "default_value", None)
            if default is not None:
                found.add(f"{name}.{field.name.value} = {graphql.print_ast(default)}")
            for argument in getattr(field, "arguments", None) or ():
                shown = f"{name}.{field.name.value}({argument.name.value}"
                found.add(f"{shown}: {graphql.print_ast(argument.type)})")
                if argument.default_value is not None:
                    found.add(f"{shown} = {graphql.print_ast(argument.default_value)})")
        for value in getattr(definition, "values", None) or ():
            found.add(f"{name}.{value.name.value}")
    return found


def test_every_name_and_shape_is_the_contracts() -> None:
    """Nothing of ours differs from the contract: names, types, nullability, defaults."""
    assert shapes(printed()) - shapes(AGREED) == set(EXTRA)


def test_a_type_that_is_there_lacks_no_argument() -> None:
    """Of a field that we have, no argument of the contract is missing."""
    ours = shapes(printed())
    fields = {shape.split(":")[0] for shape in ours if ":" in shape and "(" not in shape}
    promised = {shape for shape in shapes(AGREED) if "(" in shape and shape.split("(")[0] in fields}

    assert promised - ours == set()


def test_the_checker_sees_a_difference() -> None:
    """A changed nullability, type, default or value is told apart."""
    base = "type T { a(x: Int! = 1): String! } enum E { A } input I { b: Int = 2 }"

    for changed in (
        "type T { a(x: Int! = 1): String } enum E { A } input I { b: Int = 2 }",
        "type T { a(x: Int! = 2): String! } enum E { A } input I { b: Int = 2 }",
        "type T { a(x: Int! = 1): String! } enum E { B } input I { b: Int = 2 }",
        "type T { a(x: Int! = 1): String! } enum E { A } input I { b: Int = 3 }",
        "type T { a(y: Int! = 1): String! } enum E { A } input I { b: Int = 2 }",
    ):
        assert shapes(changed) - shapes(base)


def test_the_snapshot_is_what_is_served() -> None:
    """`schema/schema.graphql` is the printed schema; `make sdl` renews it."""
    assert SNAPSHOT.read_text(encoding="utf-8") == printed()


@pytest.mark.parametrize("kind", ["type", "field", "argument", "value"])
def test_everything_is_described(kind: str) -> None:
    """Every type, field, argument and enum value has a description."""
    silent: list[str] = []
    for definition in graphql.parse(printed()).definitions:
        if not isinstance(definition, graphql.TypeDefinitionNode):
            continue
        name = definition.name.value
        nodes: dict[str, list[tuple[str, object]]] = {"type": [(name, definition)]}
        nodes["field"] = [
            (f"{name}.{field.name.value}", field)
            for field in getattr(definition, "fields", None) or ()
        ]
        nodes["value"] = [
            (f"{name}.{value.name.value}", value)
            for value in getattr(definition, "values", None) or ()
        ]
        nodes["argument"] = [
            (f"{path}({argument.name.value})", argument)
            for path, field in nodes["field"]
            for argument in getattr(field, "arguments", None) or ()
        ]
        silent += [path for path, node in nodes[kind] if getattr(node, "description", None) is None]

    assert silent == []


def test_a_number_that_no_system_has_is_not_called_one() -> None:
    """A handling that only the anchor's history tells has an id that is made here: it is said."""
    schema = graphql.build_schema(printed(), assume_valid_sdl=True)
    handling = schema.type_map["Handling"]
    assert isinstance(handling, graphql.GraphQLObjectType)

    told = handling.fields["localId"].description or ""

    assert "no system has one" in told
    assert "`9165816:3`" in told
    merge = Path(__file__).parents[2] / "docs" / "merge.md"
    assert "Of such a disposition no system has a number" in merge.read_text(encoding="utf-8")


def test_descriptions_give_the_official_term() -> None:
    """Every enum value and every field of a complaint gives an Indonesian term, in asterisks."""
    silent: list[str] = []
    for definition in graphql.parse(printed()).definitions:
        nodes: list[graphql.EnumValueDefinitionNode | graphql.FieldDefinitionNode] = []
        if isinstance(definition, graphql.EnumTypeDefinitionNode):
            nodes += definition.values or ()
        elif (
            isinstance(definition, graphql.ObjectTypeDefinitionNode)
            and definition.name.value == "Complaint"
        ):
            nodes += [field for field in definition.fields or () if field.name.value != "id"]
        silent += [
            node.name.value
            for node in nodes
            if node.description is None or "*" not in node.description.value
        ]

    assert silent == []
