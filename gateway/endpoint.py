"""GraphQL over HTTP: bytes to operation, result to bytes; a client that leaves ends its work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.answering import Answering
from gateway.asked import Asked, BadRequest, decoded, from_address, from_decoded
from gateway.auth import viewer_of
from gateway.batch import Batches
from gateway.compression import Compression
from gateway.cors import Cors
from gateway.csrf import CsrfPrevention
from gateway.executor import encode
from gateway.http_cache import NO_STORE, HttpCache, is_known
from gateway.http_settings import HttpSettings
from gateway.media_types import GRAPHQL_JSON, JSON, accepted
from gateway.parted import CLIENT_LEFT, PartedAnswers, left, offers_of
from gateway.telemetry import Trace, tracing
from resolvers.context import Context
from resolvers.policy import Viewer

_T = TypeVar("_T")

# No page may take an answer for anything but data: not for a script, a frame or a picture.
_GUARDS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
)
_VARY = (b"vary", b"Authorization, Accept, Accept-Encoding")
_PACKED = (b"content-encoding", b"gzip")
_HEADS = {media: ((b"content-type", media.encode()), *_GUARDS) for media in (JSON, GRAPHQL_JSON)}


@dataclass(frozen=True, slots=True)
class _Written:
    """An answer as it is sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def send(self, send: Send) -> None:
        length = (b"content-length", b"%d" % len(self.body))
        headers = self.headers if self.status in (204, 304) else [*self.headers, length]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class Endpoint:
    """Serves `/graphql`."""

    def __init__(
        self,
        answering: Answering,
        parted: PartedAnswers,
        body_max: int,
        http: HttpSettings | None = None,
    ) -> None:
        """Answer by *answering*, or by *parted*; take bodies up to *body_max* bytes."""
        http = http or HttpSettings()
        self._answering = answering
        self._parted = parted
        self._body_max = body_max
        self._batches = Batches(answering, http.batch)
        self._csrf = CsrfPrevention(http.origins, require_preflight=http.require_preflight)
        self._cors = Cors(http.origins)
        self._cache = HttpCache(http.max_age)
        self._compression = Compression(is_on=http.compression)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as an ASGI application."""
        request = Request(scope, receive)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        send = self._cors.telling(headers, send)
        with tracing() as trace:
            media = JSON
            try:
                if scope["method"] == "OPTIONS":
                    trace.status = 204
                    await _Written(204, self._cors.options(headers), b"").send(send)
                    return
                accept = request.headers.get("accept")
                offers = offers_of(accept)
                media = accepted(accept, offers)
                asked = await self._read(request, headers)
                if isinstance(asked, list):
                    written = await self._answer_batch(request, headers, asked, media, trace)
                    await self._send(written, send, trace)
                    return
                trace.name(asked.operation_name)
                parted = self._parted.choose(request, asked, offers, json=media not in offers)
                if parted is not None:
                    await self._parted.answer(request, send, asked, parted, trace)
                    return
                written = await self._answer(request, headers, asked, media, trace)
            except BadRequest as error:
                trace.codes.append(error.code)
                response = refusal(error, media if media in _HEADS else JSON)
                trace.status = response.status_code
                await response(scope, receive, send)
                return
            await self._send(written, send, trace)

    async def _send(self, written: _Written | None, send: Send, trace: Trace) -> None:
        if written is None:
            trace.status = CLIENT_LEFT
            return
        trace.status = written.status
        await written.send(send)

    async def ask(
        self,
        viewer: Viewer,
        query: str,
        variables: Mapping[str, Any] | None,
        *,
        plan: bool = False,
    ) -> dict[str, Any]:
        """Answer one operation of *viewer* in process, as it would be written for HTTP."""
        with tracing() as trace:
            context = self._answering.context(viewer)
            try:
                given = None if variables is None else dict(variables)
                asked = Asked(query, given, wants_plan=plan)
                outcome = await self._answering.run(asked, context, trace)
            finally:
                context.loaders.cancel()
                trace.answered(context.answers)
            trace.status = 200
            told: dict[str, Any] = orjson.loads(encode(self._answering.body(outcome, trace)))
            return told

    async def _read(self, request: Request, headers: Mapping[bytes, bytes]) -> Asked | list[Asked]:
        if request.method == "GET":
            asked = from_address(request.query_params)
            # What is known beforehand may be asked by any page: caches carry it to portals.
            if asked.document_id is None and not self._answering.is_trusted(asked):
                self._csrf.check(headers)
            asked = self._answering.found(asked)
            if self._answering.changes(asked):
                raise BadRequest(405, "METHOD_NOT_ALLOWED")
            return asked
        if request.method != "POST":
            raise BadRequest(405, "METHOD_NOT_ALLOWED")
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        # A packed body could be a bomb, and nobody needs to send one.
        if media != JSON or headers.get(b"content-encoding", b"identity") != b"identity":
            raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE")
        held = decoded(await self._bytes(request))
        if isinstance(held, list) and self._batches.is_on:
            return self._batches.read(held)
        return self._answering.found(from_decoded(held))

    async def _bytes(self, request: Request) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._body_max:
                raise BadRequest(413, "BODY_TOO_LARGE")
            chunks.append(chunk)
        return b"".join(chunks)

    async def _answer(
        self,
        request: Request,
        headers: Mapping[bytes, bytes],
        asked: Asked,
        media: str,
        trace: Trace,
    ) -> _Written | None:
        """Give the answer to *asked*; None if the client left before it was there."""
        context = self._answering.context(viewer_of(request))
        running = self._answering.run(asked, context, trace)
        outcome = await self._unless_left(request, running, (context,), trace)
        if outcome is None:
            return None
        body = encode(self._answering.body(outcome, trace))
        status = 400 if not outcome.executed and media == GRAPHQL_JSON else 200
        told = [*_HEADS[media], _VARY]
        if request.method == "GET":
            told += self._cache.headers(outcome, context.viewer, context.answers, body)
            tag = dict(told).get(b"etag")
            if tag is not None and is_known(tag, headers.get(b"if-none-match")):
                return _Written(304, told, b"")
        else:
            told.append(NO_STORE)
        return await self._packed(_Written(status, told, body), context, headers)

    async def _answer_batch(
        self,
        request: Request,
        headers: Mapping[bytes, bytes],
        asked: list[Asked],
        media: str,
        trace: Trace,
    ) -> _Written | None:
        """Give the answers to *asked*, in order; None if the client left before they were there."""
        if media not in _HEADS:
            raise BadRequest(406, "NOT_ACCEPTABLE")
        viewer = viewer_of(request)
        self._batches.check(asked, viewer)
        contexts = [self._answering.context(viewer) for _ in asked]
        pairs = zip(asked, contexts, strict=True)
        running = asyncio.gather(*(self._answering.run(*pair, trace) for pair in pairs))
        outcomes = await self._unless_left(request, running, contexts, trace)
        if outcomes is None:
            return None
        bodies = [encode(self._answering.body(outcome, trace)) for outcome in outcomes]
        written = _Written(200, [*_HEADS[media], _VARY, NO_STORE], b"[" + b",".join(bodies) + b"]")
        return await self._packed(written, contexts[0], headers)

    async def _unless_left(
        self,
        request: Request,
        running: Awaitable[_T],
        contexts: Sequence[Context],
        trace: Trace,
    ) -> _T | None:
        """Give what *running* comes to within *contexts*; None, and it ends, if the client left."""
        work = asyncio.ensure_future(running)
        leaving = asyncio.ensure_future(left(request.receive))
        try:
            await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else None
        finally:
            # Also when we are cancelled ourselves: nothing goes on behind a request that is over.
            work.cancel()
            leaving.cancel()
            for context in contexts:
                context.loaders.cancel()
            await asyncio.gather(work, leaving, return_exceptions=True)
            for context in contexts:
                trace.answered(context.answers)

    async def _packed(
        self, written: _Written, context: Context, headers: Mapping[bytes, bytes]
    ) -> _Written:
        accepts = headers.get(b"accept-encoding")
        packed = await self._compression.packed(written.body, context.viewer, accepts)
        if packed is None:
            return written
        return _Written(written.status, [*written.headers, _PACKED], packed)


def refusal(error: BadRequest, media: str = JSON) -> Response:
    """Answer what was no operation at all."""
    body = {"errors": [told(error)]}
    headers = {name.decode(): value.decode() for name, value in (*_GUARDS, NO_STORE)}
    if error.status == 405:
        headers["allow"] = "GET, POST, OPTIONS"
    status = 400 if error.status == 200 and media == GRAPHQL_JSON else error.status
    return Response(orjson.dumps(body), status, media_type=media, headers=headers)


def told(error: BadRequest) -> dict[str, Any]:
    """Give *error* as the client reads it."""
    return {"message": str(error), "extensions": {"code": error.code}}
