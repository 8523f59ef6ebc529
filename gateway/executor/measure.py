"""Measure a document: one visit per fragment, and sums along the spreads.

A bomb of fragments that would expand to billions of fields costs what its text costs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

FieldCost = Callable[[FieldNode], tuple[int, int]]
"""Tells what a field costs by itself, and how often what is asked below it is answered."""

MOST: Final = 10**12
"""Where counting stops: numbers of fragments that double each other have no end."""


class Cycle(Exception):
    """Fragments spread each other without end; the arguments are their names."""


@dataclass(slots=True)
class Measure:
    """What a selection adds up to, spreads included."""

    depth: int = 0
    introspection_depth: int = 0
    aliases: int = 0
    root_fields: int = 0
    cost: int = 0


@dataclass(slots=True)
class _Spread:
    """A place in a body, where a fragment may be spread."""

    name: str
    depth: int
    introspection_depth: int
    at_root: bool
    times: int


@dataclass(slots=True)
class _Body:
    """One selection set tree as it is written, its spreads not yet followed."""

    own: Measure = field(default_factory=Measure)
    spreads: list[_Spread] = field(default_factory=list)


@dataclass(slots=True)
class Analysis:
    """The measures of a document, and how many bodies were visited to find them."""

    measures: list[Measure]
    directives: int
    introspects: bool
    pairs: int
    """Pairs of fields with one response name, which validation may compare."""
    visits: int


def analyse(
    document: DocumentNode,
    introspection_fields: frozenset[str] = frozenset(),
    cost_of: FieldCost | None = None,
) -> Analysis:
    """Measure every operation of *document*, visiting each fragment once; raises `Cycle`."""
    walk = _Walk(introspection_fields, cost_of)
    operations: list[_Body] = []
    fragments: dict[str, _Body] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            walk.count(definition.directives)
            for variable in definition.variable_definitions or ():
                walk.count(variable.directives)
            operations.append(walk.body(definition.selection_set))
        elif isinstance(definition, FragmentDefinitionNode):
            walk.count(definition.directives)
            fragments[definition.name.value] = walk.body(definition.selection_set)
    whole: dict[str, Measure] = {}
    for name in _innermost_first(fragments):
        whole[name] = _total(fragments[name], whole)
    return Analysis(
        measures=[_total(body, whole) for body in operations],
        directives=walk.directives,
        introspects=walk.introspects,
        pairs=sum(count * (count - 1) // 2 for count in walk.names.values()),
        visits=walk.visits - len(operations),
    )


class _Walk:
    """Reads bodies without following their spreads, and without recursion."""

    def __init__(self, introspection_fields: frozenset[str], cost_of: FieldCost | None) -> None:
        self._introspection_fields = introspection_fields
        self._cost_of = cost_of
        self.names: Counter[str] = Counter()
        self.directives = 0
        self.introspects = False
        self.visits = 0

    def count(self, directives: Iterable[object] | None) -> None:
        self.directives += len(tuple(directives or ()))

    def body(self, root: SelectionSetNode) -> _Body:
        self.visits += 1
        found = _Body()
        own = found.own
        stack = [(root, _Spread("", 0, 0, at_root=True, times=1))]
        while stack:
            selection_set, place = stack.pop()
            for node in selection_set.selections:
                self.count(node.directives)
                if isinstance(node, FragmentSpreadNode):
                    found.spreads.append(replace(place, name=node.name.value))
                    continue
                below = self._field(node, place, own) if isinstance(node, FieldNode) else place
                inside: SelectionSetNode | None = getattr(node, "selection_set", None)
                if inside is not None:
                    stack.append((inside, below))
        return found

    def _field(self, node: FieldNode, place: _Spread, own: Measure) -> _Spread:
        """Add one field at *place* to *own*; the place below it."""
        name = node.name.value
        self.names[node.alias.value if node.alias else name] += 1
        introspects = name in self._introspection_fields
        self.introspects = self.introspects or introspects
        below = replace(place, at_root=False)
        if place.introspection_depth or introspects:
            below.introspection_depth += 1
        else:
            below.depth += 1
        own.depth = max(own.depth, below.depth)
        own.introspection_depth = max(own.introspection_depth, below.introspection_depth)
        own.aliases += node.alias is not None
        own.root_fields += place.at_root
        if self._cost_of:
            weight, size = self._cost_of(node)
            own.cost = min(own.cost + place.times * weight, MOST)
            below.times = min(place.times * size, MOST)
        return below


def _total(body: _Body, whole: dict[str, Measure]) -> Measure:
    total = replace(body.own)
    for spread in body.spreads:
        part = whole.get(spread.name)
        if part is None:
            continue  # an unknown fragment: validation says so
        if spread.introspection_depth:
            deeper = spread.introspection_depth + max(part.depth, part.introspection_depth)
            total.introspection_depth = max(total.introspection_depth, deeper)
        else:
            total.depth = max(total.depth, spread.depth + part.depth)
            total.introspection_depth = max(total.introspection_depth, part.introspection_depth)
        total.aliases = min(total.aliases + part.aliases, MOST)
        total.root_fields = min(total.root_fields + part.root_fields * spread.at_root, MOST)
        total.cost = min(total.cost + part.cost * spread.times, MOST)
    return total


def _innermost_first(fragments: dict[str, _Body]) -> list[str]:
    """Order *fragments* so that each comes after those it spreads; raises `Cycle`."""
    ordered: dict[str, None] = {}
    for start in fragments:
        trail: dict[str, Iterable[_Spread]] = {}
        stack = [start] if start not in ordered else []
        while stack:
            name = stack[-1]
            if name not in trail:
                trail[name] = iter(fragments[name].spreads)
            for spread in trail[name]:
                if spread.name in trail:
                    names = [*trail]
                    raise Cycle(*names[names.index(spread.name) :])
                if spread.name in fragments and spread.name not in ordered:
                    stack.append(spread.name)
                    break
            else:
                stack.pop()
                del trail[name]
                ordered[name] = None
    return [*ordered]
