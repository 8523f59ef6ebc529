"""Which fields at the root of an operation cost most: told only to whoever is refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
)

from .cost import PLAIN, Factor, FieldCost, Price, pricing_of
from .limits import LimitExceeded

_SHOWN: Final = 3
_MOST_VISITED: Final = 1_500
"""Nodes looked at; whoever spreads so much that there are more learns the whole price only."""


@dataclass(frozen=True, slots=True)
class RootPrice:
    """What one field at the root of an operation costs."""

    name: str
    """As the schema has it, whatever its alias."""
    cost: FieldCost
    price: Price


def root_prices(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    costs: Mapping[str, FieldCost],
) -> tuple[RootPrice, ...]:
    """Price each field at the root of *operation*, as `price` does all of them together.

    None are given if fragments make too many of them: they are not to cost more than was refused.
    """
    pricing, fragments = pricing_of(schema, document, operation, costs)
    root = schema.get_root_type(operation.operation)
    found: list[RootPrice] = []
    # Fragments may stand in fragments deeper than calls may in calls.
    waiting: deque[tuple[SelectionNode, GraphQLNamedType | None, tuple[Factor, ...]]] = deque(
        (node, root, ()) for node in operation.selection_set.selections
    )
    visited = 0
    while waiting:
        visited += 1
        if visited + len(waiting) > _MOST_VISITED:
            return ()
        node, parent, switches = waiting.popleft()
        switches = (*switches, *pricing.switches(node))
        if isinstance(node, FieldNode):
            name = node.name.value
            cost = costs.get(f"{parent.name}.{name}", PLAIN) if parent is not None else PLAIN
            found.append(RootPrice(name, cost, pricing.root_field(node, parent, switches)))
            continue
        inside: Any = (
            fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
        )
        if inside is not None:
            condition = inside.type_condition
            inner = schema.get_type(condition.name.value) if condition else parent
            waiting.extend((each, inner, switches) for each in inside.selection_set.selections)
    return tuple(found)


def too_costly(
    cost: int,
    budget: int,
    roots: Sequence[RootPrice] = (),
    variables: Mapping[str, Any] | None = None,
) -> LimitExceeded:
    """Make the error for an operation that costs more than its *budget*: which of its *roots* are
    dearest at *variables*, and how the dearest becomes cheaper.
    """
    spent: dict[str, int] = {}
    for each in roots:
        spent[each.name] = spent.get(each.name, 0) + each.price.of(variables)
    dearest = sorted(spent, key=lambda name: spent[name], reverse=True)[:_SHOWN]
    told = ", ".join(f"`{name}` {_costing(spent[name])}" for name in dearest if spent[name])
    return LimitExceeded(
        "QUERY_TOO_COSTLY",
        f"The query costs too much: {_costing(cost)} (at most {budget:,})"
        + (f"; dearest: {told}" if told else ""),
        _cheaper(next((each for each in roots if told and each.name == dearest[0]), None)),
    )


def _cheaper(dearest: RootPrice | None) -> str:
    if dearest is None or dearest.cost.is_page or dearest.cost.arguments:
        return "ask for shorter lists, or for fewer things at a time"
    name, argument = dearest.name, dearest.cost.narrowed_by
    if argument is None:
        return f"ask for less below `{name}`, or for fewer things at a time"
    return f"narrow `{name}` by its argument `{argument}`, or ask for less below it"


def _costing(amount: int) -> str:
    return f"{amount:,}" if amount < 1_000_000 else "over a million"
