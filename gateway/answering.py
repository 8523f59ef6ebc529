"""From an operation to what the client may read of its answer, whatever transport carries it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from graphql import GraphQLError

from gateway.asked import Asked
from gateway.errors import show
from gateway.operation import Operations, Outcome
from gateway.telemetry import Trace, failed
from resolvers.context import Context
from resolvers.policy import Viewer
from resolvers.reader import Reader


class Answering:
    """Answers operations: within the deadline, never with an exception, errors masked."""

    def __init__(
        self, operations: Operations, reader: Reader, deadline: float, *, show_cost: bool = False
    ) -> None:
        """Answer by *operations* over *reader*, within *deadline* seconds."""
        self._show_cost = show_cost
        self._operations = operations
        self._reader = reader
        self._deadline = deadline

    def context(self, viewer: Viewer) -> Context:
        """Give the context of one more request of *viewer*; the time it may take begins now."""
        return Context.of(viewer, self._reader, self._deadline)

    async def run(self, asked: Asked, context: Context, trace: Trace) -> Outcome:
        """Run *asked*; whatever goes wrong is told by the outcome."""
        try:
            async with asyncio.timeout(self._deadline):
                return await self._operations.run(
                    asked.query, asked.variables, asked.operation_name, context
                )
        except TimeoutError as error:
            return Outcome(None, [GraphQLError("too late", original_error=error)])
        except Exception as error:  # noqa: BLE001 - the last line: everything else is INTERNAL
            failed(error, trace.trace_id)
            return Outcome(None, [GraphQLError("unexpected", original_error=error)])

    def body(self, outcome: Outcome, trace: Trace) -> dict[str, Any]:
        """Give the response map of *outcome*, its errors as the client may read them.

        `gateway.executor.encode` writes it: moments stand in it as they are.
        """
        body: dict[str, Any] = {}
        if outcome.errors:
            shown = [show(error, outcome.phase, trace.trace_id) for error in outcome.errors]
            trace.codes.extend(each.code for each in shown)
            for each in shown:
                if each.hidden is not None:
                    failed(each.hidden, trace.trace_id)
            body["errors"] = [each.body for each in shown]
        if outcome.executed:
            body["data"] = outcome.data
        if self._show_cost and outcome.cost is not None:
            body["extensions"] = {"cost": asdict(outcome.cost)}
        return body
