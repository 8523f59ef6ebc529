"""From text to a result: parsed, limited, validated and compiled once per text, then run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import strawberry
from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
)

from gateway.errors import Phase, show
from gateway.executor.cost import FieldCost
from gateway.executor.dearest import too_costly
from gateway.executor.document import Documents
from gateway.executor.incremental import INCREMENTAL, SUBSCRIPTION
from gateway.executor.limits import Limits
from gateway.executor.prepared import Prepared, Result
from resolvers.context import Context
from resolvers.policy import Viewer


class Cost(msgspec.Struct, frozen=True):
    """What an operation costs, beside what its viewer may spend."""

    cost: int
    budget: int


class Outcome(msgspec.Struct, frozen=True):
    """What an operation came to."""

    data: dict[str, Any] | None
    """Written by `gateway.executor.encode`, which alone knows how moments are written."""
    errors: list[GraphQLError] = []
    phase: Phase = Phase.EXECUTE
    """How far it came; only EXECUTE may have data."""
    executed: bool = True
    """False if it was refused before any field was asked."""
    cost: Cost | None = None
    """What it costs; None if it cannot run at all."""
    missing: Sequence[Mapping[str, str]] = ()
    """The sources that did not answer whole, each with its state."""
    plan: str | None = None
    """How it was planned, if that was asked for and the viewer may see it."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What an operation adds to a request of several."""

    cost: int = 0
    budget: int = sys.maxsize
    root_fields: int = 0
    most_root_fields: int = sys.maxsize


class Operations:
    """Runs operations on one schema, within limits."""

    def __init__(
        self,
        schema: strawberry.Schema,
        limits: Limits,
        costs: Mapping[str, FieldCost] | None = None,
        budget_of: Callable[[Viewer], int] | None = None,
    ) -> None:
        """Run on *schema* what keeps within *limits* and, by its *costs*, the viewer's budget."""
        self._documents = Documents(schema, limits, costs=costs, leave_to_encoder=True)
        self._budget_of = budget_of

    def fallbacks(self) -> Mapping[str, int]:
        """Say how many operations took the reference executor, by the reason."""
        return dict(self._documents.engine.reference.runs)

    async def run(
        self,
        text: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: Context,
    ) -> Outcome:
        """Run *text* for *context*; a mistake in it is an outcome, never an exception."""
        try:
            prepared = self._documents.prepare(text, operation_name)
        except RecursionError as error:
            return _refused([_too_deep(error)], Phase.EXECUTE)
        cost = self.cost_of(prepared, variables, context.viewer)
        if cost is not None and cost.cost > cost.budget:
            roots = self._documents.roots_of(prepared)
            costly = too_costly(cost.cost, cost.budget, roots, variables)
            return Outcome(None, [costly], Phase.EXECUTE, executed=False, cost=cost)
        if prepared.problems:
            broken = isinstance(prepared.problems[0], GraphQLSyntaxError)
            return _refused(prepared.problems, Phase.PARSE if broken else Phase.VALIDATE)
        if prepared.kind is OperationType.SUBSCRIPTION:
            problems = prepared.refusal(dict(variables or {}))
            return _refused(problems or [_needs_stream()], Phase.EXECUTE)
        try:
            running = prepared.start(dict(variables or {}), context)
            result = running if isinstance(running, Result) else await running
        except RecursionError as error:
            return _refused([_too_deep(error)], Phase.EXECUTE)
        return Outcome(result.data, result.originals, executed=result.executed, cost=cost)

    def weight(
        self,
        text: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        viewer: Viewer,
    ) -> Weight:
        """Give what *text* adds to a request of several; nothing if it cannot run."""
        try:
            prepared = self._documents.prepare(text, operation_name)
        except RecursionError:
            return Weight()
        if prepared.problems or prepared.operation is None:
            return Weight()
        cost = self.cost_of(prepared, variables, viewer)
        most = prepared.limits.max_root_fields
        return Weight(
            0 if cost is None else cost.cost,
            sys.maxsize if cost is None else cost.budget,
            _root_fields(prepared.operation.selection_set, prepared.fragments),
            sys.maxsize if most is None else most,
        )

    def mistaken(self, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Give the id of each of *texts* that cannot run any more, and the code of its mistake."""
        for text_id, text in texts.items():
            names = [
                definition.name.value if definition.name else None
                for definition in parse(text, no_location=True).definitions
                if isinstance(definition, OperationDefinitionNode)
            ]
            for name in names:
                problems = self._documents.prepare(text, name).problems
                if problems:
                    yield text_id, show(problems[0], Phase.VALIDATE, "").code
                    break

    def can_run(self, text: str, operation_name: str | None) -> bool:
        """Say whether *text* is without mistakes."""
        try:
            return not self._documents.prepare(text, operation_name).problems
        except RecursionError:
            return False

    def changes(self, text: str, operation_name: str | None) -> bool:
        """Say whether *text* is a mutation; what cannot run changes nothing."""
        try:
            prepared = self._documents.prepare(text, operation_name)
        except RecursionError:
            return False
        return prepared.kind is OperationType.MUTATION

    def in_parts(
        self,
        text: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        viewer: Viewer,
    ) -> Prepared | None:
        """Give *text* prepared if its answer can come in parts; None if it has to be `run`."""
        try:
            prepared = self._documents.prepare(text, operation_name)
        except RecursionError:
            return None
        cost = self.cost_of(prepared, variables, viewer)
        if cost is not None and cost.cost > cost.budget:
            return None
        if prepared.fallback not in (SUBSCRIPTION, INCREMENTAL):
            return None
        return None if prepared.refusal(dict(variables or {})) else prepared

    def cost_of(
        self, prepared: Prepared, variables: Mapping[str, Any] | None, viewer: Viewer
    ) -> Cost | None:
        """Give what *prepared* costs *viewer* at these *variables*; None if nothing is priced."""
        if prepared.price is None or self._budget_of is None:
            return None
        return Cost(prepared.price.of(variables), self._budget_of(viewer))


def _root_fields(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> int:
    """Count the fields of *selections*, which are valid and within the limits of one operation."""
    total = 0
    for node in selections.selections:
        if isinstance(node, InlineFragmentNode):
            total += _root_fields(node.selection_set, fragments)
        elif isinstance(node, FragmentSpreadNode):
            total += _root_fields(fragments[node.name.value].selection_set, fragments)
        else:
            total += 1
    return total


def _needs_stream() -> GraphQLError:
    return GraphQLError(
        "a subscription has no single answer; hint: ask over WebSocket "
        "(graphql-transport-ws), or accept `text/event-stream`",
        extensions={"code": "SUBSCRIPTION_NEEDS_STREAM"},
    )


def _too_deep(error: RecursionError) -> GraphQLError:
    return GraphQLError(
        "the query is nested too deep; hint: ask for less at a time",
        original_error=error,
        extensions={"code": "QUERY_TOO_DEEP"},
    )


def _refused(errors: list[GraphQLError], phase: Phase) -> Outcome:
    return Outcome(None, errors, phase, executed=False)
