"""Which record fields a selection shows: only those are fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from weakref import ref

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from resolvers.complaint.parts import MERGE_FIELDS, Part, Parts
from resolvers.legal_clock import DEADLINE_FIELDS
from resolvers.relations import RELATED_FIELDS
from schema.node import Info

HANDOVER_FIELDS = frozenset({"handover_asked_at", "handover_consented_at", "handover_refused_at"})

COMPLAINT_FIELDS: Mapping[str, frozenset[str]] = {
    "__typename": frozenset(),
    "id": frozenset({"tracking_id"}),
    "trackingId": frozenset({"tracking_id"}),
    "kind": frozenset({"kind"}),
    "supervisory": frozenset({"supervisory"}),
    "title": frozenset({"title"}),
    "body": frozenset({"body"}),
    "category": frozenset({"category"}),
    "channel": frozenset({"channel"}),
    "region": frozenset({"region"}),
    "location": frozenset({"region", "latitude", "longitude", "place", "tracking_id"}),
    "visibility": frozenset({"anonymous", "secret"}),
    "reporter": frozenset({"reporter_name", "reporter_contact"}),
    "submittedAt": frozenset({"submitted_at"}),
    "updatedAt": frozenset({"updated_at"}),
    "closedAt": frozenset({"closed_at"}),
    "status": frozenset({"status"}),
    "statusLabel": frozenset({"status"}),
    "agency": frozenset({"agency"}),
    "deadlines": DEADLINE_FIELDS,
    "sla": DEADLINE_FIELDS,
    "nextDueAt": DEADLINE_FIELDS,
    "indicator": DEADLINE_FIELDS,
    "priorityProgrammes": frozenset({"category", "submitted_at"}),
    "handover": DEADLINE_FIELDS | HANDOVER_FIELDS,
    "ombudsmanCase": MERGE_FIELDS,
    "handlings": MERGE_FIELDS,
    "timeline": MERGE_FIELDS,
    "bounces": MERGE_FIELDS,
    "discrepancies": MERGE_FIELDS,
    "contributions": MERGE_FIELDS,
    "related": RELATED_FIELDS,
}
"""Field of `Complaint` to the record fields it shows."""

PARTS: Mapping[str, Parts] = {
    "handlings": frozenset({Part.ROWS, Part.ANCHOR_EVENTS, Part.EVENTS}),
    "timeline": frozenset({Part.ROWS, Part.ANCHOR_EVENTS, Part.EVENTS, Part.CASES}),
    "ombudsmanCase": frozenset({Part.CASES}),
    "bounces": frozenset({Part.ANCHOR_EVENTS}),
    "discrepancies": frozenset({Part.ROWS}),
    "contributions": frozenset({Part.ROWS}),
    "location": frozenset({Part.PLACE}),
    "related": frozenset({Part.RELATED}),
}
"""Field of `Complaint` to what it is put together out of."""

_MERGED = frozenset(PARTS) - {"location", "related"}
"""Fields that show what was put together: all of them before the complaint is answered, or, if all
are deferred, each when it is asked."""

NODES = ("edges.node", "nodes")
"""The two ways to the complaints of a list."""

_TEXTS = frozenset({"text", "reason"})


Wanted = tuple[frozenset[str], Parts]
"""Record fields, and what complaints have to be put together out of."""

_MOST_REMEMBERED = 1000
_remembered: dict[tuple[object, ...], tuple[list[ref[FieldNode]], Wanted, Wanted]] = {}
"""What was asked where, and what of those who are shown places: an operation that is kept keeps its
nodes, so it is looked through once.

Its nodes are not kept for that: all of a text hangs on each of them.
"""


def wanted_of(info: Info, *paths: str, whole: bool = False) -> Wanted:
    """Tell what is wanted of the complaints at *paths* (`edges.node`; empty: the field itself).

    Selections under another type's condition count too: asking a field too many is harmless.
    What is deferred is put together later, unless they are wanted *whole*.
    """
    nodes = info._raw_info.field_nodes  # noqa: SLF001 - Strawberry's info has no door to them
    switches = [item for item in info.variable_values.items() if isinstance(item[1], bool)]
    key = (*map(id, nodes), paths, whole, *switches)
    known = _remembered.get(key)
    # Once they are gone, others may have their identity.
    if known is None or [each() for each in known[0]] != nodes:
        fields = _record_fields(info, paths)
        at_once = usual = (fields, _parts(info, paths))
        if not whole and _all_wait(info, paths):
            usual = (fields, _parts(info, paths, _MERGED))
        placed = at_once if Part.PLACE in usual[1] else usual
        known = ([ref(node) for node in nodes], usual, placed)
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = known
    _, usual, placed = known
    # Who is shown places has rows put together for them, and so all that is merged with it.
    return placed if placed is not usual and info.context.sees(PARTS["location"]) else usual


def _record_fields(info: Info, paths: tuple[str, ...]) -> frozenset[str]:
    wanted: set[str] = set()
    for node in _selected(info, paths):
        wanted |= COMPLAINT_FIELDS.get(node.name.value, frozenset())
    return frozenset(wanted)


def _parts(info: Info, paths: tuple[str, ...], later: frozenset[str] = frozenset()) -> Parts:
    wanted: set[Part] = set()
    for node in _selected(info, paths):
        if node.name.value in PARTS and node.name.value not in later:
            wanted |= _needed(info, node)
    return frozenset(wanted)


def _all_wait(info: Info, paths: tuple[str, ...]) -> bool:
    """Say whether all that is merged is deferred: half a merge would be told as the whole."""
    return all(node.name.value not in _MERGED for node in _selected(info, paths, deferred=False))


def parts_of(info: Info) -> Parts:
    """Tell what the field that is being answered is put together out of."""
    nodes = info._raw_info.field_nodes  # noqa: SLF001 - as above
    return frozenset().union(*(_needed(info, node) for node in nodes))


def _needed(info: Info, node: FieldNode) -> Parts:
    needed = PARTS[node.name.value]
    return needed | {Part.TEXTS} if _mentions(info, node, _TEXTS) else needed


def selects(info: Info, name: str, *paths: str) -> bool:
    """Say whether the field *name* is selected at one of *paths*."""
    return any(node.name.value == name for node in _selected(info, paths))


def _selected(info: Info, paths: Iterable[str], *, deferred: bool = True) -> Iterator[FieldNode]:
    """Yield what is selected at *paths*; without what is *deferred*, if that is not wanted."""
    raw = info._raw_info  # noqa: SLF001 - the walk through fragments needs the parsed document
    variables: Mapping[str, Any] = info.variable_values
    for path in paths or ("",):
        sets = [node.selection_set for node in raw.field_nodes]
        for name in filter(None, path.split(".")):
            sets = [
                node.selection_set
                for node in _fields(sets, raw.fragments, variables, deferred=deferred)
                if node.name.value == name
            ]
        yield from _fields(sets, raw.fragments, variables, deferred=deferred)


def _mentions(info: Info, node: FieldNode, names: frozenset[str]) -> bool:
    raw = info._raw_info  # noqa: SLF001 - same
    sets = [node.selection_set]
    while sets:
        fields = list(_fields(sets, raw.fragments, info.variable_values))
        if any(each.name.value in names for each in fields):
            return True
        sets = [each.selection_set for each in fields if each.selection_set is not None]
    return False


def _fields(
    sets: Iterable[SelectionSetNode | None],
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
    *,
    deferred: bool = True,
) -> Iterator[FieldNode]:
    """Yield the fields selected in *sets*, through fragments, each fragment once."""
    seen: set[str] = set()
    waiting: list[SelectionNode] = [
        node for each in sets if each is not None for node in each.selections
    ]
    while waiting:
        node = waiting.pop()
        if not _included(node.directives, variables):
            continue
        if not deferred and _is_deferred(node.directives, variables):
            continue
        match node:
            case FieldNode():
                yield node
            case InlineFragmentNode():
                waiting.extend(node.selection_set.selections)
            case FragmentSpreadNode() if node.name.value not in seen:
                seen.add(node.name.value)
                waiting.extend(fragments[node.name.value].selection_set.selections)


def _is_deferred(directives: Iterable[DirectiveNode] | None, variables: Mapping[str, Any]) -> bool:
    # Where an operation is answered in one piece, it has no such directive any more.
    for directive in directives or ():
        if directive.name.value == "defer":
            given = next(
                (each for each in directive.arguments or () if each.name.value == "if"), None
            )
            return given is None or _switch(given.value, variables, wanted=True) is True
    return False


def _included(directives: Iterable[DirectiveNode] | None, variables: Mapping[str, Any]) -> bool:
    for directive in directives or ():
        wanted = {"include": True, "skip": False}.get(directive.name.value)
        if wanted is None or not directive.arguments:
            continue
        if _switch(directive.arguments[0].value, variables, wanted=wanted) is not wanted:
            return False
    return True


def _switch(value: ValueNode, variables: Mapping[str, Any], *, wanted: bool) -> Any:
    """Give the Boolean *value*, or what is *wanted* where it cannot be told."""
    if isinstance(value, VariableNode):
        return variables.get(value.name.value, wanted)
    return getattr(value, "value", wanted)
