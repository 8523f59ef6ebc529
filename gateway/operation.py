"""From text to a result: parsed, limited, validated and compiled once per text, then run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSyntaxError

from gateway.errors import Phase
from gateway.executor.document import Documents
from gateway.executor.limits import Limits
from gateway.executor.prepared import Result
from resolvers.context import Context


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
        self._documents = Documents(schema, limits)

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
        if prepared.problems:
            broken = isinstance(prepared.problems[0], GraphQLSyntaxError)
            return _refused(prepared.problems, Phase.PARSE if broken else Phase.VALIDATE)
        try:
            running = prepared.start(dict(variables or {}), context)
            result = running if isinstance(running, Result) else await running
        except RecursionError as error:
            return _refused([_too_deep(error)], Phase.EXECUTE)
        return Outcome(result.data, result.originals, executed=result.executed)


def _too_deep(error: RecursionError) -> GraphQLError:
    return GraphQLError(
        "the query is nested too deep; hint: ask for less at a time",
        original_error=error,
        extensions={"code": "QUERY_TOO_DEEP"},
    )


def _refused(errors: list[GraphQLError], phase: Phase) -> Outcome:
    return Outcome(None, errors, phase, executed=False)
