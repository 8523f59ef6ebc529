"""graphql-core with the same signature: the fallback for what is not compiled, and the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    create_source_event_stream,
    execute_subscription_event,
    experimental_execute_incrementally,
    map_source_to_response_event,
)
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental

FormatError = Callable[[GraphQLError], Any]
"""Turns an error into what the client may read of it."""

EventContext = Callable[[], AbstractAsyncContextManager[Any]]
"""Gives the context value of one event of a subscription, for as long as it is answered."""

Respond = Callable[[Any, Any], Any]
"""Answers an event in a context: a result, an awaitable of one, or None to leave it to others."""


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

    async def _events(
        self, executor: Executor[Any], event_context: EventContext | None, respond: Respond | None
    ) -> AsyncGenerator[ExecutionResult, None] | ExecutionResult:
        """Give the answers to a subscription's events, or why there are none."""
        source = create_source_event_stream(executor)
        if isawaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            return source

        def one(event: Executor[Any]) -> Any:
            answered = respond and respond(event.root_value, event.context_value)
            return execute_subscription_event(event) if answered is None else answered

        if event_context is None:
            return map_source_to_response_event(executor, source, one)
        contexts = event_context

        async def answer(event: Executor[Any]) -> ExecutionResult:
            try:
                async with contexts() as event.context_value:
                    answered = one(event)
                    result: ExecutionResult = await answered if isawaitable(answered) else answered
                    return result
            except Exception as error:  # noqa: BLE001 - one event's failure does not end the others
                told = GraphQLError("the event could not be answered", original_error=error)
                return ExecutionResult(None, [told])

        return map_source_to_response_event(executor, source, answer)

    async def stream(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: dict[str, Any] | None,
        context: Any,
        root: Any,
        format_error: FormatError,
        event_context: EventContext | None = None,
        respond: Respond | None = None,
        **options: Any,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Give the payloads of a subscription, or of an operation with `@defer` or `@stream`."""
        name = operation.name.value if operation.name else None
        if operation.operation.value == "subscription":
            executor = self._executor(document, name, variables, context, root, options)
            source: Any = (
                ExecutionResult(None, executor)
                if isinstance(executor, list)
                else self._events(executor, event_context, respond)
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

    def _executor(
        self,
        document: DocumentNode,
        name: str | None,
        variables: dict[str, Any] | None,
        context: Any,
        root: Any,
        options: dict[str, Any],
    ) -> Executor[Any] | list[GraphQLError]:
        given = self._as_strawberry(options)
        executor_class = given.pop("executor_class", None) or ExecutorThrowingOnIncremental
        executor: Executor[Any] | list[GraphQLError] = executor_class.build(
            self.schema, document, root, context, variables, name, **given
        )
        return executor

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
