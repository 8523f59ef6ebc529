"""graphql-core with the same signature: the fallback for what is not compiled, and the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    experimental_execute_incrementally,
    subscribe,
)

FormatError = Callable[[GraphQLError], Any]
"""Turns an error into what the client may read of it."""


@dataclass(slots=True)
class Reference:
    """Runs operations through graphql-core, and counts why."""

    schema: GraphQLSchema
    runs: Counter[str] = field(default_factory=Counter)
    """How often each reason led here."""

    def execute(
        self,
        document: DocumentNode,
        operation_name: str | None,
        variables: dict[str, Any] | None,
        context: Any,
        root: Any,
        **options: Any,
    ) -> Any:
        """Run a query or mutation: a result, incremental results, or an awaitable of one."""
        return experimental_execute_incrementally(
            self.schema,
            document,
            root_value=root,
            context_value=context,
            variable_values=variables,
            operation_name=operation_name,
            **self._as_strawberry(options),
        )

    async def stream(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: dict[str, Any] | None,
        context: Any,
        root: Any,
        format_error: FormatError,
        **options: Any,
    ) -> AsyncIterator[dict[str, Any]]:
        """Give the payloads of a subscription, or of an operation with `@defer` or `@stream`."""
        name = operation.name.value if operation.name else None
        if operation.operation.value == "subscription":
            source: Any = subscribe(
                self.schema,
                document,
                root_value=root,
                context_value=context,
                variable_values=variables,
                operation_name=name,
                **self._as_strawberry(options),
            )
        else:
            source = self.execute(document, name, variables, context, root, **options)
        if isawaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            yield payload(source, format_error)
            return
        if hasattr(source, "initial_result"):
            yield payload(source.initial_result, format_error)
            source = source.subsequent_results
        try:
            async for part in source:
                yield payload(part, format_error)
        finally:
            await source.aclose()

    def _as_strawberry(self, options: dict[str, Any]) -> dict[str, Any]:
        """Add what Strawberry's own executor would be given, where the schema is Strawberry's."""
        strawberry_schema = getattr(self.schema, "_strawberry_schema", None)
        extensions = options.pop("operation_extensions", None)
        if strawberry_schema is None:
            return options
        return {
            "executor_class": strawberry_schema.execution_context_class,
            "operation_extensions": extensions,
            **options,
        }


def payload(result: Any, format_error: FormatError) -> dict[str, Any]:
    """Format one result of graphql-core, its errors through *format_error*."""
    formatted: dict[str, Any] = dict(result.formatted)
    _put_errors(formatted, result, format_error)
    for key in ("incremental", "completed"):
        entries = getattr(result, key, None)
        if entries and key in formatted:
            formatted[key] = [dict(entry) for entry in formatted[key]]
            for entry, original in zip(formatted[key], entries, strict=True):
                _put_errors(entry, original, format_error)
    return formatted


def _put_errors(formatted: dict[str, Any], original: Any, format_error: FormatError) -> None:
    errors = getattr(original, "errors", None)
    if errors:
        formatted["errors"] = [format_error(error) for error in errors]
