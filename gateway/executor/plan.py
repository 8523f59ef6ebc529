"""Which fields a selection asks of a type, once the request's switches are known.

`@skip` and `@include` are decided here, before anything is compiled: an operation has one plan per
combination of its switches, so the code that runs has no conditions left in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

_SWITCHES = ("skip", "include")


@dataclass(slots=True)
class Site:
    """One field of an answer: the place where it is asked, and what the schema says of it."""

    key: str
    name: str
    nodes: list[FieldNode]
    parent: GraphQLObjectType
    definition: GraphQLField


@dataclass(slots=True)
class Plan:
    """An operation under fixed switches."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    switches: Mapping[str, bool]
    hide_suggestions: bool = False
    _below: dict[tuple[int, str], tuple[Site, list[Site]]] = field(default_factory=dict)

    def root(self, root_type: GraphQLObjectType) -> list[Site]:
        """List the fields asked of the operation's root type."""
        return self._sites(root_type, [self.operation.selection_set])

    def below(self, site: Site, runtime_type: GraphQLObjectType) -> list[Site]:
        """List the fields asked of *runtime_type* where it answers *site*."""
        # Sites are told apart by identity, so each is kept and listed once.
        key = (id(site), runtime_type.name)
        found = self._below.get(key)
        if found is None:
            selections = [node.selection_set for node in site.nodes if node.selection_set]
            found = self._below[key] = (site, self._sites(runtime_type, selections))
        return found[1]

    def _sites(
        self, runtime_type: GraphQLObjectType, selections: Iterable[SelectionSetNode]
    ) -> list[Site]:
        groups: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in selections:
            self._collect(runtime_type, selection_set, groups, seen)
        sites = []
        for key, nodes in groups.items():
            name = nodes[0].name.value
            definition = self.schema.get_field(runtime_type, name)
            if definition is not None:
                sites.append(Site(key, name, nodes, runtime_type, definition))
        return sites

    def _collect(
        self,
        runtime_type: GraphQLObjectType,
        selection_set: SelectionSetNode,
        groups: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for selection in selection_set.selections:
            if not self._is_wanted(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                groups.setdefault(key, []).append(selection)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                if condition is None or self._applies(condition.name.value, runtime_type):
                    self._collect(runtime_type, selection.selection_set, groups, seen)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                fragment = self.fragments.get(name)
                if fragment is None or name in seen:
                    continue
                if self._applies(fragment.type_condition.name.value, runtime_type):
                    seen.add(name)
                    self._collect(runtime_type, fragment.selection_set, groups, seen)

    def _applies(self, condition: str, runtime_type: GraphQLObjectType) -> bool:
        if condition == runtime_type.name:
            return True
        conditional = self.schema.get_type(condition)
        return is_abstract_type(conditional) and self.schema.is_sub_type(conditional, runtime_type)

    def _is_wanted(self, directives: Iterable[DirectiveNode] | None) -> bool:
        wanted = True
        for directive, switch in _switches(directives or ()):
            value = (
                switch.value
                if isinstance(switch, BooleanValueNode)
                else self.switches[switch.name.value]
            )
            wanted = wanted and value is (directive == "include")
        return wanted


def _switches(
    directives: Iterable[DirectiveNode],
) -> Iterator[tuple[str, BooleanValueNode | VariableNode]]:
    for directive in directives:
        name = directive.name.value
        if name not in _SWITCHES:
            continue
        for argument in directive.arguments or ():
            value = argument.value
            if isinstance(value, (BooleanValueNode, VariableNode)):
                yield name, value


def switch_variables(document: DocumentNode) -> tuple[str, ...]:
    """Name the variables that decide `@skip` and `@include` anywhere in *document*."""
    names: dict[str, None] = {}
    stack: list[SelectionSetNode] = [
        definition.selection_set
        for definition in document.definitions
        if isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode))
    ]
    while stack:
        for selection in stack.pop().selections:
            for _, switch in _switches(selection.directives or ()):
                if isinstance(switch, VariableNode):
                    names[switch.name.value] = None
            if isinstance(selection, (FieldNode, InlineFragmentNode)) and selection.selection_set:
                stack.append(selection.selection_set)
    return tuple(sorted(names))
