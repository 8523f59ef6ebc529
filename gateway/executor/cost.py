"""Price an operation: what its fields cost, as often as the lists around them are long.

Each fragment is priced once.  What does not depend on variables is added up when the operation is
prepared; the rest is a short list of sums, done anew for each request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

from .factors import Asked, Size, SizeOf, Switch, written_length, written_value
from .incremental import INCREMENTAL_DIRECTIVES
from .measure import MOST, innermost_first

PARTING: Final = 5
"""What a `@defer` or `@stream` costs, as often as the lists around it are long.

Some 0.13 ms are spent on each part, whoever takes it, beside 3 µs on an object."""


class FieldCost(Protocol):
    """What a field costs, as a schema declares it."""

    @property
    def own(self) -> int:
        """What asking it costs, however many it gives."""

    @property
    def size(self) -> int:
        """How many objects it gives where no argument says so."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """Arguments that say how many: by number, or by the length of a list."""

    @property
    def most(self) -> int:
        """The field gives no more than this, or refuses."""

    @property
    def size_of(self) -> SizeOf | None:
        """Tells the size by all arguments, where their number or length does not say it."""

    @property
    def narrowed_by(self) -> str | None:
        """The argument that lets it give less, where none says how many."""

    @property
    def is_page(self) -> bool:
        """The size is not its own, but that of the lists right below it."""

    @property
    def is_in_page(self) -> bool:
        """It is such a list: as many as the field around it says."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """A field of which nothing is declared."""

    own: int = 0
    size: int = 1
    arguments: tuple[str, ...] = ()
    most: int = 1
    size_of: SizeOf | None = None
    narrowed_by: str | None = None
    is_page: bool = False
    is_in_page: bool = False


PLAIN: Final = _Plain()


@dataclass(frozen=True, slots=True)
class _Later:
    """The sum at this place, known once the variables are."""

    index: int


Factor = int | Size | Asked | Switch
_Value = int | _Later
_Sum = tuple[int, tuple[tuple[Factor, _Value], ...]]
_MOST_KNOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Price:
    """What one operation costs."""

    _total: _Value
    _sums: tuple[_Sum, ...]
    _only: str | None = None
    """The one variable that changes it; None if several do."""
    _known: dict[int, int] = field(default_factory=dict, init=False, compare=False)
    """What it costs at values of `_only`: pages mostly have one of a few lengths."""

    @property
    def is_fixed(self) -> bool:
        """No variable changes it."""
        return isinstance(self._total, int)

    def of(self, variables: Mapping[str, Any] | None = None) -> int:
        """Give the price at *variables* as they came, before they are coerced."""
        if isinstance(self._total, int):
            return self._total
        if self._only is None or variables is None:
            return self._add(variables or {})
        value = variables.get(self._only)
        if type(value) is not int:
            return self._add(variables)
        found = self._known.get(value)
        if found is None:
            found = self._add(variables)
            if len(self._known) < _MOST_KNOWN:
                self._known[value] = found
        return found

    def least(self) -> int:
        """Give what it costs at least, whatever the variables."""
        return self._total if isinstance(self._total, int) else self._add(None)

    def _add(self, variables: Mapping[str, Any] | None) -> int:
        known: list[int] = []
        for constant, terms in self._sums:
            total = constant
            for factor, value in terms:
                if not isinstance(factor, int):
                    factor = factor.least() if variables is None else factor.given(variables)
                total += factor * (value if isinstance(value, int) else known[value.index])
            known.append(min(total, MOST))
        return known[-1]


def price(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    costs: Mapping[str, FieldCost],
) -> Price:
    """Price *operation* by *costs*, which are declared as `Type.field`.

    An object costs 1 and what is declared, a leaf only what is declared.  The document need not be
    valid: what is not in the schema costs nothing.  Its fragments may not go round.
    """
    pricing, _ = pricing_of(schema, document, operation, costs)
    root = schema.get_root_type(operation.operation)
    own, in_page = pricing.selections(operation.selection_set, root)
    return pricing.finish(own, in_page)


def pricing_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    costs: Mapping[str, FieldCost],
) -> tuple[Pricing, Mapping[str, FragmentDefinitionNode]]:
    """Price the fragments of *document*, and give them beside what they were priced with."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    pricing = Pricing(schema, costs, operation.variable_definitions or ())
    for name in innermost_first(fragments, lambda each: _spreads(fragments[each].selection_set)):
        each = fragments[name]
        condition = schema.get_type(each.type_condition.name.value)
        pricing.fragments[name] = pricing.selections(each.selection_set, condition)
    return pricing, fragments


def _spreads(root: SelectionSetNode) -> Iterable[str]:
    stack = [root]
    while stack:
        for node in stack.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                yield node.name.value
            elif (inside := getattr(node, "selection_set", None)) is not None:
                stack.append(inside)


class Pricing:
    """Adds prices up.

    A selection set has two: what it costs once, and what it costs for each entry of the page that
    it may be asked of.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        costs: Mapping[str, FieldCost],
        definitions: Iterable[VariableDefinitionNode],
    ) -> None:
        self._schema = schema
        self._costs = costs
        self._defaults = {each.variable.name.value: each.default_value for each in definitions}
        self._sums: list[_Sum] = []
        self.fragments: dict[str, tuple[_Value, _Value]] = {}

    def finish(self, *values: _Value) -> Price:
        """Give the price that is the sum of *values*."""
        total = self._sum(0, [(1, value) for value in values])
        if isinstance(total, _Later) and total.index != len(self._sums) - 1:
            self._sums.append((0, ((1, total),)))
        names = {
            name
            for _, terms in self._sums
            for factor, _ in terms
            if not isinstance(factor, int)
            for name in factor.variables
        }
        return Price(total, tuple(self._sums), names.pop() if len(names) == 1 else None)

    def root_field(
        self, node: FieldNode, parent: GraphQLNamedType | None, switches: Iterable[Factor]
    ) -> Price:
        """Price *node* alone, where it is asked of *parent* and under *switches*."""
        value, _ = self._field(node, parent)
        for switch in switches:
            value = self._sum(0, [(switch, value)])
        return self.finish(value)

    def selections(
        self, root: SelectionSetNode, parent: GraphQLNamedType | None
    ) -> tuple[_Value, _Value]:
        """Price *root* where it is asked of *parent*: once, and for each entry of its page."""
        once: list[tuple[Factor, _Value]] = []
        each: list[tuple[Factor, _Value]] = []
        for node in root.selections:
            own, in_page = self._selection(node, parent)
            if any(each.name.value in INCREMENTAL_DIRECTIVES for each in node.directives or ()):
                own = self._sum(PARTING, [(1, own)])
            for switch in self.switches(node):
                own, in_page = self._sum(0, [(switch, own)]), self._sum(0, [(switch, in_page)])
            once.append((1, own))
            each.append((1, in_page))
        return self._sum(0, once), self._sum(0, each)

    def _selection(
        self, node: SelectionNode, parent: GraphQLNamedType | None
    ) -> tuple[_Value, _Value]:
        if isinstance(node, FieldNode):
            return self._field(node, parent)
        if isinstance(node, FragmentSpreadNode):
            return self.fragments.get(node.name.value, (0, 0))
        condition = getattr(node, "type_condition", None)
        inner = self._schema.get_type(condition.name.value) if condition else parent
        inside: SelectionSetNode = node.selection_set  # type: ignore[attr-defined] # inline fragments have one
        return self.selections(inside, inner)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> tuple[_Value, _Value]:
        name = node.name.value
        if parent is None or not is_composite_type(parent) or name.startswith("__"):
            return 0, 0
        definition = self._schema.get_field(parent, name)
        if definition is None:
            return 0, 0
        cost = self._costs.get(f"{parent.name}.{name}", PLAIN)
        named = get_named_type(definition.type)
        if not is_composite_type(named):
            return cost.own, 0
        once: _Value = 0
        each: _Value = 0
        if node.selection_set is not None:
            once, each = self.selections(node.selection_set, named)
        if cost.is_in_page:
            return 0, self._sum(cost.own + 1, [(1, once), (1, each)])
        size = self._size(node, cost)
        if cost.is_page:
            return self._sum(cost.own + 1, [(1, once), (size, each)]), 0
        return self._sum(cost.own, [(size, self._sum(1, [(1, once), (1, each)]))]), 0

    def _size(self, node: FieldNode, cost: FieldCost) -> int | Size | Asked:
        if cost.size_of is not None:
            return self._asked(node, cost.size_of)
        names: list[str] = []
        told: list[int] = []
        for argument in node.arguments or ():
            if argument.name.value not in cost.arguments:
                continue
            if isinstance(argument.value, VariableNode):
                names.append(argument.value.name.value)
            elif (length := written_length(argument.value)) is not None:
                told.append(length)
        said = max(told) if told else None
        if names:
            defaults = {name: written_length(self._defaults.get(name)) for name in names}
            return Size(tuple(names), defaults, said, cost.size, cost.most)
        return cost.size if said is None else min(said, cost.most)

    def _asked(self, node: FieldNode, size_of: SizeOf) -> int | Asked:
        written: dict[str, object] = {}
        names: dict[str, str] = {}
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                names[argument.name.value] = argument.value.name.value
            elif (value := written_value(argument.value)) is not None:
                written[argument.name.value] = value
        if not names:
            return size_of(written)
        defaults = {name: written_value(self._defaults.get(name)) for name in names.values()}
        return Asked(size_of, written, names, defaults)

    def switches(self, node: SelectionNode) -> Iterable[Factor]:
        """Give what `@include` and `@skip` of *node* multiply its price by."""
        for directive in node.directives or ():
            if directive.name.value not in ("include", "skip"):
                continue
            includes = directive.name.value == "include"
            for argument in directive.arguments or ():
                if isinstance(argument.value, BooleanValueNode):
                    yield int(argument.value.value is includes)
                elif isinstance(argument.value, VariableNode):
                    name = argument.value.name.value
                    default = self._defaults.get(name)
                    value = default.value if isinstance(default, BooleanValueNode) else includes
                    yield Switch(name, includes, value)

    def _sum(self, constant: int, terms: list[tuple[Factor, _Value]]) -> _Value:
        """Add *terms* up, as far as they are known."""
        open_terms: list[tuple[Factor, _Value]] = []
        for factor, value in terms:
            if isinstance(factor, int) and isinstance(value, int):
                constant += factor * value
            elif factor != 0 and value != 0:
                open_terms.append((factor, value))
        constant = min(constant, MOST)
        if not open_terms:
            return constant
        if constant == 0 and len(open_terms) == 1 and open_terms[0][0] == 1:
            return open_terms[0][1]
        self._sums.append((constant, tuple(open_terms)))
        return _Later(len(self._sums) - 1)
