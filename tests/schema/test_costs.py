"""The table of costs fits the schema, and forgets no list."""

from __future__ import annotations

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)

from schema.build import build_schema
from schema.costs import COSTS, regions_asked

SCHEMA = build_schema()._schema
FIELDS = {
    f"{name}.{field}": definition
    for name, type_ in SCHEMA.type_map.items()
    if isinstance(type_, GraphQLObjectType) and not name.startswith("__")
    for field, definition in type_.fields.items()
}


def is_list(field: GraphQLField) -> bool:
    """Whether *field* gives many objects."""
    type_ = field.type.of_type if is_non_null_type(field.type) else field.type
    return is_list_type(type_) and is_composite_type(get_named_type(type_))


def test_costs_are_those_of_fields() -> None:
    """Each entry names a field that there is, and arguments that it has."""
    assert COSTS.keys() <= FIELDS.keys()
    for name, cost in COSTS.items():
        assert set(cost.arguments) <= set(FIELDS[name].args), name


@pytest.mark.parametrize("name", [each for each, field in FIELDS.items() if is_list(field)])
def test_no_list_is_forgotten(name: str) -> None:
    """The size of every list of objects is declared: its own, or that of the page around it."""
    assert name in COSTS
    assert COSTS[name].is_in_page or COSTS[name].size > 1 or COSTS[name].size_of is not None
    assert not COSTS[name].is_page


@pytest.mark.parametrize("name", [each for each, field in FIELDS.items() if "first" in field.args])
def test_no_page_is_forgotten(name: str) -> None:
    """Whatever takes `first` is a page or a list, and takes its size from every argument that says
    one.
    """
    arguments = {"first", "last"} & set(FIELDS[name].args)

    assert COSTS[name].is_page is not is_list(FIELDS[name])
    assert set(COSTS[name].arguments) == arguments


def test_lists_in_pages_stand_in_pages_only() -> None:
    """The type of a list that takes its page's size is only given by pages."""
    inside = {name.split(".")[0] for name, cost in COSTS.items() if cost.is_in_page}
    around = {
        get_named_type(field.type).name: COSTS[name].is_page
        for name, field in FIELDS.items()
        if get_named_type(field.type).name in inside
    }

    assert around == dict.fromkeys(inside, True)


def test_fields_that_ask_every_source_cost_more() -> None:
    """Complaints cost more than agencies from the registry, a reporter more than a title."""
    assert COSTS["Query.complaints"].own > COSTS["Query.agencies"].own
    assert COSTS["Agency.complaints"].own == COSTS["Query.complaints"].own
    assert COSTS["Complaint.reporter"].own > 0
    assert "Complaint.title" not in COSTS


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        ({}, 2),
        ({"level": "REGENCY"}, 26),
        ({"level": "VILLAGE"}, 4201),
        ({"parent": "64"}, 2),
        ({"parent": "64", "level": "VILLAGE"}, 431),
        ({"parent": "64.72", "level": "VILLAGE"}, 44),
        ({"parent": "64.72", "level": "PROVINCE"}, 1),
        ({"parent": "64.72.01.1001"}, 1),
        ({"parent": "." * 99, "level": 7}, 1),
        ({"parent": 64, "level": "LEVEL"}, 2),
    ],
)
def test_regions_count_by_level_and_parent(arguments: dict[str, object], size: int) -> None:
    """All villages of the country are more than anybody's page, those of a regency are few."""
    assert regions_asked(arguments) == size
