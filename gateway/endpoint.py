"""GraphQL over HTTP: bytes to operation, result to bytes; a client that leaves ends its work."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.answering import Answering
from gateway.asked import Asked, BadRequest, from_address, from_body
from gateway.auth import viewer_of
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
            if written is None:
                trace.status = CLIENT_LEFT
                return
            trace.status = written.status
            await written.send(send)

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

    async def _read(self, request: Request, headers: Mapping[bytes, bytes]) -> Asked:
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
        if media != JSON:
            raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE")
        return self._answering.found(from_body(await self._bytes(request)))

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
        work = asyncio.ensure_future(self._answering.run(asked, context, trace))
        leaving = asyncio.ensure_future(left(request.receive))
        try:
            await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                return None
            outcome = work.result()
        finally:
            # Also when we are cancelled ourselves: nothing goes on behind a request that is over.
            work.cancel()
            leaving.cancel()
            context.loaders.cancel()
            await asyncio.gather(work, leaving, return_exceptions=True)
            trace.answered(context.answers)
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
