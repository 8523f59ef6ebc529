"""GraphQL over HTTP: bytes to operation, result to bytes; a client that leaves ends its work."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.answering import Answering
from gateway.asked import Asked, BadRequest, from_address, from_body
from gateway.auth import viewer_of
from gateway.executor import encode
from gateway.operation import Outcome
from gateway.parted import CLIENT_LEFT, PartedAnswers, left, offers_of
from gateway.telemetry import Trace, tracing
from resolvers.policy import Viewer

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"


class Endpoint:
    """Serves `/graphql`."""

    def __init__(self, answering: Answering, parted: PartedAnswers, body_max: int) -> None:
        """Answer by *answering*, or by *parted*; take bodies up to *body_max* bytes."""
        self._answering = answering
        self._parted = parted
        self._body_max = body_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as an ASGI application."""
        request = Request(scope, receive)
        with tracing() as trace:
            media = JSON
            try:
                offers = offers_of(request.headers.get("accept"))
                media = accepted(request.headers.get("accept"), offers)
                asked = await self._read(request)
                trace.name(asked.operation_name)
                parted = self._parted.choose(request, asked, offers, json=media not in offers)
                if parted is not None:
                    await self._parted.answer(request, send, asked, parted, trace)
                    return
                response = await self._answer(request, asked, media, trace)
            except BadRequest as error:
                trace.codes.append(error.code)
                response = refusal(error, media if media in (JSON, GRAPHQL_JSON) else JSON)
            trace.status = response.status_code
            if trace.status != CLIENT_LEFT:
                await response(scope, receive, send)

    async def ask(
        self, viewer: Viewer, query: str, variables: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Answer one operation of *viewer* in process, as it would be written for HTTP."""
        with tracing() as trace:
            context = self._answering.context(viewer)
            try:
                asked = Asked(query, None if variables is None else dict(variables))
                outcome = await self._answering.run(asked, context, trace)
            finally:
                context.loaders.cancel()
                trace.answered(context.answers)
            trace.status = 200
            told: dict[str, Any] = orjson.loads(encode(self._answering.body(outcome, trace)))
            return told

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
        context = self._answering.context(viewer_of(request))
        work = asyncio.ensure_future(self._answering.run(asked, context, trace))
        leaving = asyncio.ensure_future(left(request.receive))
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

    def _written(self, outcome: Outcome, media: str, trace: Trace) -> Response:
        body = self._answering.body(outcome, trace)
        status = 400 if not outcome.executed and media == GRAPHQL_JSON else 200
        return Response(encode(body), status, media_type=media, headers=NO_STORE)


NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def accepted(header: str | None, parted: Sequence[str] = ()) -> str:
    """Choose the media type of the answer; raises `BadRequest` if none of ours is accepted.

    Where nothing but media of *parted* answers is, it is the first of them.
    """
    if not header:
        return JSON
    offers = [part.partition(";")[0].strip().lower() for part in header.split(",")]
    for offer in offers:
        if offer in (JSON, GRAPHQL_JSON):
            return offer
        if offer in ("*/*", "application/*"):
            return JSON
    if parted:
        return parted[0]
    raise BadRequest(406, "NOT_ACCEPTABLE")


def refusal(error: BadRequest, media: str = JSON) -> Response:
    """Answer what was no operation at all."""
    body = {"errors": [told(error)]}
    headers = NO_STORE | ({"Allow": "GET, POST"} if error.status == 405 else {})
    return Response(orjson.dumps(body), error.status, media_type=media, headers=headers)


def told(error: BadRequest) -> dict[str, Any]:
    """Give *error* as the client reads it."""
    return {"message": str(error), "extensions": {"code": error.code}}
