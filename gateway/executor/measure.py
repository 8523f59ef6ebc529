"""Add a document's shape up: one visit per fragment, and sums along the spreads.

A bomb of fragments that would expand to billions of fields costs what its text costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from .shape import Body, Shape

MOST: Final = 10**12
"""Where counting stops: numbers of fragments that double each other have no end."""


class Cycle(Exception):
    """Fragments spread each other without end; the arguments are their names."""


@dataclass(slots=True)
class Measure:
    """What an operation adds up to, spreads included."""

    depth: int
    introspection_depth: int
    height: int
    """Depth of both kinds together."""
    fields: int
    aliases: int
    root_fields: int


@dataclass(slots=True)
class Analysis:
    """The measures of a document, and how many bodies were added up to find them."""

    measures: list[Measure]
    """One for each operation."""
    directives: int
    introspects: bool
    pairs: int
    """Pairs of fields with one response name, which validation may compare."""
    visits: int


def measure(shape: Shape) -> Analysis:
    """Measure every operation of *shape*, visiting each fragment once; raises `Cycle`."""
    fragments = shape.fragments
    whole: dict[str, Measure] = {}
    for name in innermost_first(fragments, lambda each: (to for to, _ in fragments[each].spreads)):
        whole[name] = _total(fragments[name], whole)
    return Analysis(
        measures=[_total(body, whole) for body in shape.operations],
        directives=shape.directives,
        introspects=shape.introspects,
        pairs=sum(count * (count - 1) // 2 for count in shape.names.values()),
        visits=len(whole),
    )


def _total(body: Body, whole: dict[str, Measure]) -> Measure:
    total = Measure(
        body.depth,
        body.introspection_depth,
        body.height,
        body.fields,
        body.aliases,
        body.root_fields,
    )
    for name, place in body.spreads:
        part = whole.get(name)
        if part is None:
            continue  # an unknown fragment: validation says so
        if place.introspection_depth:
            deeper = place.introspection_depth + part.height
            total.introspection_depth = max(total.introspection_depth, deeper)
        else:
            total.depth = max(total.depth, place.depth + part.depth)
            total.introspection_depth = max(total.introspection_depth, part.introspection_depth)
        around = place.depth + place.introspection_depth
        total.height = max(total.height, around + part.height)
        total.fields = min(total.fields + part.fields, MOST)
        total.aliases = min(total.aliases + part.aliases, MOST)
        total.root_fields = min(total.root_fields + part.root_fields * place.at_root, MOST)
    return total


def innermost_first(names: Iterable[str], spreads_of: Callable[[str], Iterable[str]]) -> list[str]:
    """Order fragments so that each comes after those it spreads; raises `Cycle`."""
    known = dict.fromkeys(names)
    ordered: dict[str, None] = {}
    for start in known:
        trail: dict[str, Iterator[str]] = {}
        stack = [start] if start not in ordered else []
        while stack:
            name = stack[-1]
            if name not in trail:
                trail[name] = iter(spreads_of(name))
            for target in trail[name]:
                if target in trail:
                    cycle = [*trail]
                    raise Cycle(*cycle[cycle.index(target) :])
                if target in known and target not in ordered:
                    stack.append(target)
                    break
            else:
                stack.pop()
                del trail[name]
                ordered[name] = None
    return [*ordered]
