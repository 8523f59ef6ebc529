"""From text to a result: parsed and limited once per text, run by graphql-core."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    execute,
    get_operation_ast,
    parse,
    validate,
)

from gateway.errors import Phase
from gateway.executor.limits import Limits, check_document, check_text, too_many_tokens
from resolvers.context import Context

_MOST_KEPT = 512
_LONGEST_KEPT = 8192


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation came to."""

    data: dict[str, Any] | None
    errors: list[GraphQLError] = field(default_factory=list)
    phase: Phase = Phase.EXECUTE
    """How far it came; only EXECUTE may have data."""
    executed: bool = True
    """False if it was refused before any field was asked."""


class Operations:
    """Runs operations on one schema, within limits."""

    def __init__(self, schema: strawberry.Schema, limits: Limits) -> None:
        """Run on *schema* what keeps within *limits*."""
        self._schema = schema._schema  # noqa: SLF001 - graphql-core runs graphql-core's schema
        self._limits = limits
        self._kept: OrderedDict[str, DocumentNode | Outcome] = OrderedDict()

    async def run(
        self,
        text: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        context: Context,
    ) -> Outcome:
        """Run *text* for *context*; a mistake in it is an outcome, never an exception."""
        document = self._document(text)
        if isinstance(document, Outcome):
            return document
        operation = get_operation_ast(document, operation_name)
        if operation is None:
            return _refused(_no_operation(document, operation_name), Phase.VALIDATE)
        try:
            running = execute(
                self._schema,
                document,
                context_value=context,
                variable_values=dict(variables or {}),
                operation_name=operation_name,
            )
            result = await running if inspect.isawaitable(running) else running
        except GraphQLError as error:
            return _refused(error, Phase.EXECUTE)
        except RecursionError as error:
            return _refused(GraphQLError("too deep", original_error=error), Phase.EXECUTE)
        errors = list(result.errors or ())
        started = result.data is not None or any(error.path for error in errors)
        return Outcome(result.data, errors, executed=started)

    def _document(self, text: str) -> DocumentNode | Outcome:
        kept = self._kept.get(text)
        if kept is not None:
            self._kept.move_to_end(text)
            return kept
        document = self._checked(text)
        if len(text) <= _LONGEST_KEPT:
            self._kept[text] = document
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return document

    def _checked(self, text: str) -> DocumentNode | Outcome:
        phase = Phase.PARSE
        try:
            check_text(text, self._limits)
            document = _parsed(text, self._limits)
            phase = Phase.VALIDATE
            check_document(document, self._limits)
            errors = validate(
                self._schema,
                document,
                max_errors=self._limits.max_validation_errors,
                hide_suggestions=not self._limits.suggestions,
            )
        except GraphQLError as error:
            return _refused(error, phase)
        except RecursionError as error:
            return _refused(
                GraphQLError(
                    "the query is nested too deep; hint: ask for less at a time",
                    original_error=error,
                    extensions={"code": "QUERY_TOO_DEEP"},
                ),
                Phase.EXECUTE,
            )
        # With the limit reached, graphql-core adds an error that says so.
        most = self._limits.max_validation_errors
        return Outcome(None, errors[:most], phase, executed=False) if errors else document


def _parsed(text: str, limits: Limits) -> DocumentNode:
    try:
        return parse(text, max_tokens=limits.max_tokens)
    except GraphQLSyntaxError as error:
        if error.message.endswith("tokens. Parsing aborted."):
            raise too_many_tokens(limits) from error
        raise


def _no_operation(document: DocumentNode, name: str | None) -> GraphQLError:
    held = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if not held:
        return GraphQLError("the document holds no operation; hint: write a query")
    if name is None:
        return GraphQLError("the document holds several operations; hint: send operationName")
    return GraphQLError("the document holds no operation of that name")


def _refused(error: GraphQLError, phase: Phase) -> Outcome:
    return Outcome(None, [error], phase, executed=False)
