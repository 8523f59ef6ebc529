"""GraphQL over HTTP: bytes to operation, result to bytes; a client that leaves ends its work."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.auth import viewer_of
from gateway.errors import CODES, show
from gateway.operation import Operations, Outcome
from gateway.telemetry import Trace, failed, tracing
from resolvers.context import Context
from resolvers.policy import Viewer
from resolvers.reader import Reader

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
DEEPEST_VARIABLES = 64
CLIENT_LEFT = 499
"""Written in the log only: nobody is there to read the answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation as it came in."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


class BadRequest(Exception):
    """The bytes are no GraphQL request; holds the status and the code."""

    def __init__(self, status: int, code: str, message: str | None = None) -> None:
        """Keep *status* and *code*; the words are the code's own unless *message* is given."""
        super().__init__(message or " hint: ".join(CODES[code]))
        self.status = status
        self.code = code


class Endpoint:
    """Serves `/graphql`."""

    def __init__(
        self, operations: Operations, reader: Reader, deadline: float, body_max: int
    ) -> None:
        """Answer within *deadline* seconds; take bodies up to *body_max* bytes."""
        self._operations = operations
        self._reader = reader
        self._deadline = deadline
        self._body_max = body_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as an ASGI application."""
        request = Request(scope, receive)
        with tracing() as trace:
            media = JSON
            try:
                media = accepted(request.headers.get("accept"))
                asked = await self._read(request)
                trace.name(asked.operation_name)
                response = await self._answer(request, asked, media, trace)
            except BadRequest as error:
                trace.codes.append(error.code)
                response = refusal(error, media)
            trace.status = response.status_code
            if trace.status != CLIENT_LEFT:
                await response(scope, receive, send)

    async def ask(
        self, viewer: Viewer, query: str, variables: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Answer one operation of *viewer* in process, as it would be written for HTTP."""
        with tracing() as trace:
            context = Context.of(viewer, self._reader, self._deadline)
            try:
                asked = Asked(query, None if variables is None else dict(variables))
                outcome = await self._run(asked, context, trace)
            finally:
                context.loaders.cancel()
                trace.answered(context.answers)
            trace.status = 200
            return self._body_of(outcome, trace)

    async def _read(self, request: Request) -> Asked:
        if request.method == "GET":
            return from_address(request.query_params)
        if request.method != "POST":
            raise BadRequest(405, "METHOD_NOT_ALLOWED")
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != JSON:
            raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE")
        return from_body(await self._bytes(request))

    async def _bytes(self, request: Request) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._body_max:
                raise BadRequest(413, "BODY_TOO_LARGE")
            chunks.append(chunk)
        return b"".join(chunks)

    async def _answer(self, request: Request, asked: Asked, media: str, trace: Trace) -> Response:
        context = Context.of(viewer_of(request), self._reader, self._deadline)
        work = asyncio.ensure_future(self._run(asked, context, trace))
        leaving = asyncio.ensure_future(_left(request))
        try:
            await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                return Response(status_code=CLIENT_LEFT)
            outcome = work.result()
        finally:
            # Also when we are cancelled ourselves: nothing goes on behind a request that is over.
            work.cancel()
            leaving.cancel()
            context.loaders.cancel()
            await asyncio.gather(work, leaving, return_exceptions=True)
            trace.answered(context.answers)
        return self._written(outcome, media, trace)

    async def _run(self, asked: Asked, context: Context, trace: Trace) -> Outcome:
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

    def _written(self, outcome: Outcome, media: str, trace: Trace) -> Response:
        body = self._body_of(outcome, trace)
        status = 400 if not outcome.executed and media == GRAPHQL_JSON else 200
        return Response(orjson.dumps(body), status, media_type=media, headers=NO_STORE)

    def _body_of(self, outcome: Outcome, trace: Trace) -> dict[str, Any]:
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
        return body


NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def accepted(header: str | None) -> str:
    """Choose the media type of the answer; raises `BadRequest` if none of ours is accepted."""
    if not header:
        return JSON
    offers = [part.partition(";")[0].strip().lower() for part in header.split(",")]
    for offer in offers:
        if offer in (JSON, GRAPHQL_JSON):
            return offer
        if offer in ("*/*", "application/*"):
            return JSON
    raise BadRequest(406, "NOT_ACCEPTABLE")


def from_body(body: bytes) -> Asked:
    """Read a POSTed operation; raises `BadRequest`."""
    try:
        held = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(400, "BAD_REQUEST", "the body is not JSON; hint: check it") from None
    if not isinstance(held, dict):
        raise BadRequest(400, "BAD_REQUEST", "the body is not an object; hint: send one operation")
    return _asked(held.get("query"), held.get("variables"), held.get("operationName"))


def from_address(params: QueryParams) -> Asked:
    """Read an operation out of the address; raises `BadRequest`."""
    variables: object = None
    if params.get("variables"):
        try:
            variables = orjson.loads(params["variables"])
        except orjson.JSONDecodeError:
            raise BadRequest(
                400, "BAD_REQUEST", "`variables` is not JSON; hint: encode it"
            ) from None
    return _asked(params.get("query"), variables, params.get("operationName") or None)


def _asked(query: object, variables: object, name: object) -> Asked:
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "BAD_REQUEST", "`query` is missing; hint: send it as a text")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(400, "BAD_REQUEST", "`variables` is not an object")
    if variables is not None and _deeper_than(variables, DEEPEST_VARIABLES):
        raise BadRequest(400, "QUERY_TOO_DEEP")
    if name is not None and not isinstance(name, str):
        raise BadRequest(400, "BAD_REQUEST", "`operationName` is not a text")
    return Asked(query, variables, name)


def _deeper_than(value: object, most: int) -> bool:
    """Say whether *value* is nested more than *most* deep; takes no stack of its own."""
    layer = [value]
    for _ in range(most):
        inner: list[object] = []
        for each in layer:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        if not inner:
            return False
        layer = inner
    return True


def refusal(error: BadRequest, media: str = JSON) -> Response:
    """Answer what was no operation at all."""
    body = {"errors": [{"message": str(error), "extensions": {"code": error.code}}]}
    headers = NO_STORE | ({"Allow": "GET, POST"} if error.status == 405 else {})
    return Response(orjson.dumps(body), error.status, media_type=media, headers=headers)


async def _left(request: Request) -> None:
    """Return when the client is gone; what it still sends is thrown away, piece by piece."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
