"""From an operation to what the client may read of its answer, whatever transport carries it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import GraphQLError

from connectors.contract.time_limit import TimeLimit
from gateway.asked import Asked
from gateway.errors import Phase, show
from gateway.executor.incremental import SUBSCRIPTION
from gateway.executor.prepared import Prepared
from gateway.operation import Operations, Outcome, Weight
from gateway.plans import note_cost, noting
from gateway.telemetry import Trace, failed
from gateway.trusted_documents import TrustedDocuments
from resolvers.context import Context
from resolvers.policy import Viewer
from resolvers.reader import Reader
from resolvers.sources import missing_of


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer."""

    body: dict[str, Any]
    """A response map, or an increment to an earlier one."""
    refused: bool = False
    """No field was asked; there is no other part then."""


class Answering:
    """Answers operations: within the deadline, never with an exception, errors masked."""

    def __init__(
        self,
        operations: Operations,
        reader: Reader,
        deadline: float,
        *,
        show_cost: bool = False,
        documents: TrustedDocuments | None = None,
    ) -> None:
        """Answer by *operations* over *reader*, within *deadline* seconds.

        Clients may ask for *documents* by id.
        """
        self._documents = documents or TrustedDocuments({})
        self._show_cost = show_cost
        self._operations = operations
        self._reader = reader
        self.deadline = deadline

    def context(self, viewer: Viewer) -> Context:
        """Give the context of one more request of *viewer*; the time it may take begins now."""
        return Context.of(viewer, self._reader, self.deadline)

    def run(self, asked: Asked, context: Context, trace: Trace) -> Coroutine[None, None, Outcome]:
        """Run *asked*; whatever goes wrong is told by the outcome."""
        if asked.wants_plan and self._reader.shows_plans(context.viewer):
            return self._planned(asked, context, trace)
        return self._run(asked, context, trace)

    async def _planned(self, asked: Asked, context: Context, trace: Trace) -> Outcome:
        with noting() as noted:
            outcome = await self._run(asked, context, trace)
        return msgspec.structs.replace(outcome, plan=noted.text())

    async def _run(self, asked: Asked, context: Context, trace: Trace) -> Outcome:
        try:
            with TimeLimit(self.deadline):
                outcome = await self._operations.run(
                    asked.query, asked.variables, asked.operation_name, context
                )
        except TimeoutError as error:
            outcome = Outcome(None, [GraphQLError("too late", original_error=error)])
        except Exception as error:  # noqa: BLE001 - the last line: everything else is INTERNAL
            failed(error, trace.trace_id)
            outcome = Outcome(None, [GraphQLError("unexpected", original_error=error)])
        else:
            note_cost(outcome.cost)
            trace.cost = None if outcome.cost is None else outcome.cost.cost
        missing = missing_of(context.answers)
        return msgspec.structs.replace(outcome, missing=missing) if missing else outcome

    def body(self, outcome: Outcome, trace: Trace) -> dict[str, Any]:
        """Give the response map of *outcome*, its errors as the client may read them.

        `gateway.executor.encode` writes it: moments stand in it as they are.
        """
        body: dict[str, Any] = {}
        if outcome.errors:
            body["errors"] = [_shown(error, trace, outcome.phase) for error in outcome.errors]
        if outcome.executed:
            body["data"] = outcome.data
        extensions: dict[str, Any] = {}
        if outcome.missing:
            extensions["missing"] = outcome.missing
        if self._show_cost and outcome.cost is not None:
            extensions["cost"] = msgspec.structs.asdict(outcome.cost)
        if outcome.plan is not None:
            extensions["plan"] = outcome.plan
        if extensions:
            body["extensions"] = extensions
        return body

    def fallbacks(self) -> Mapping[str, int]:
        """Say how many operations took the reference executor, by the reason."""
        return self._operations.fallbacks()

    def is_trusted(self, asked: Asked) -> bool:
        """Say whether *asked* names a document that was known beforehand."""
        return self._documents.is_trusted(asked)

    def found(self, asked: Asked) -> Asked:
        """Give *asked* with its text; raises `BadRequest` if a client may not ask that."""
        return self._documents.found(asked, self._can_run)

    def _can_run(self, asked: Asked) -> bool:
        return self._operations.can_run(asked.query, asked.operation_name)

    def weight(self, asked: Asked, viewer: Viewer) -> Weight:
        """Give what *asked* adds to a request of several operations."""
        return self._operations.weight(asked.query, asked.variables, asked.operation_name, viewer)

    def changes(self, asked: Asked) -> bool:
        """Say whether *asked* may change something: a mutation."""
        return self._operations.changes(asked.query, asked.operation_name)

    def parted(self, asked: Asked, viewer: Viewer) -> str | None:
        """Say why the answer to *asked* can come in parts; None if it cannot."""
        prepared = self._prepared(asked, viewer)
        return None if prepared is None else prepared.fallback

    def _prepared(self, asked: Asked, viewer: Viewer) -> Prepared | None:
        return self._operations.in_parts(asked.query, asked.variables, asked.operation_name, viewer)

    async def parts(self, asked: Asked, viewer: Viewer, trace: Trace) -> AsyncGenerator[Part, None]:
        """Give the answer to *asked* in as many parts as it has: most have one.

        Nothing goes on behind it once it is closed.
        """
        prepared = self._prepared(asked, viewer)
        context = self.context(viewer)
        try:
            if prepared is None:
                outcome = await self.run(asked, context, trace)
                trace.parts += 1
                yield Part(self.body(outcome, trace), refused=not outcome.executed)
                return
            source = self._events if prepared.fallback == SUBSCRIPTION else self._increments
            async with aclosing(source(prepared, asked, context, trace)) as bodies:
                async for body in bodies:
                    trace.parts += 1
                    yield Part(body)
        finally:
            context.loaders.cancel()
            trace.answered(context.answers)

    async def _events(
        self, prepared: Prepared, asked: Asked, context: Context, trace: Trace
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Give the answer to each event; the deadline is each event's own."""
        answers = context.answers

        @asynccontextmanager
        async def one_event() -> AsyncIterator[Context]:
            nonlocal answers
            event = self.context(context.viewer)
            answers = event.answers
            try:
                async with asyncio.timeout(self.deadline):
                    yield event
            finally:
                event.loaders.cancel()
                trace.answered(event.answers)

        stream = prepared.stream(
            asked.variables,
            context,
            format_error=lambda error: _shown(error, trace),
            event_context=one_event,
        )
        async with aclosing(stream):
            try:
                async for body in stream:
                    _tell_missing(body, missing_of(answers))
                    yield body
            except Exception as error:  # noqa: BLE001 - the stream is over, and says so
                yield {"data": None, "errors": [_unexpected(error, trace)]}

    async def _increments(
        self, prepared: Prepared, asked: Asked, context: Context, trace: Trace
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Give an answer and what was deferred of it, all within the deadline."""
        until = asyncio.get_running_loop().time() + self.deadline
        stream = prepared.stream(
            asked.variables, context, format_error=lambda error: _shown(error, trace)
        )
        pending: dict[str, None] | None = None
        told: list[dict[str, str]] = []
        async with aclosing(stream):
            while True:
                try:
                    async with asyncio.timeout_at(until):
                        body = await anext(stream, None)
                except Exception as error:  # noqa: BLE001 - what is still pending is told as failed
                    errors = [_unexpected(error, trace)]
                    if pending is None:
                        body = {"data": None, "errors": errors}
                    else:
                        ended = [{"id": each, "errors": errors} for each in pending]
                        body = {"hasNext": False, "completed": ended}
                    _tell_missing(body, missing_of(context.answers))
                    yield body
                    return
                if body is None:
                    return
                pending = pending or {}
                pending |= {each["id"]: None for each in body.get("pending", ())}
                for each in body.get("completed", ()):
                    pending.pop(each["id"], None)
                # Each list holds all that was missing so far, so the last one counts.
                missing = missing_of(context.answers)
                if missing != told:
                    told = missing
                    _tell_missing(body, missing)
                yield body


def _shown(error: GraphQLError, trace: Trace, phase: Phase = Phase.EXECUTE) -> dict[str, Any]:
    """Give *error* as the client may read it; the rest goes to the log."""
    shown = show(error, phase, trace.trace_id)
    trace.coded(shown.code)
    if shown.hidden is not None:
        failed(shown.hidden, trace.trace_id)
    return shown.body


def _tell_missing(body: dict[str, Any], missing: list[dict[str, str]]) -> None:
    if missing:
        body["extensions"] = {**body.get("extensions", {}), "missing": missing}


def _unexpected(error: Exception, trace: Trace) -> dict[str, Any]:
    return _shown(GraphQLError("unexpected", original_error=error), trace)
