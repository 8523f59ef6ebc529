"""GraphQL over HTTP: bytes to operation, result to bytes; a client that leaves ends its work."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connectors.contract.time_limit import TimeLimit
from gateway.answering import Answering
from gateway.asked import Asked, BadRequest, decoded, from_address, from_decoded
from gateway.auth import viewer_of
from gateway.batch import Batches
from gateway.compression import Compression
from gateway.cors import Cors
from gateway.csrf import CsrfPrevention
from gateway.departure import ClientLeft, Departure
from gateway.executor import encode
from gateway.guards import GUARDS, VARY
from gateway.hosts import Hosts
from gateway.http_cache import NO_STORE, HttpCache, is_known
from gateway.http_settings import HttpSettings
from gateway.media_types import GRAPHQL_JSON, JSON, accepted, insist_on_json
from gateway.parted import CLIENT_LEFT, PartedAnswers, offers_of
from gateway.telemetry import Trace, tracing
from gateway.wire.one_write import EXCHANGE, Exchange, head_of
from resolvers.context import Context
from resolvers.policy import Viewer

_PACKED = (b"content-encoding", b"gzip")
_HEADS = {media: ((b"content-type", media.encode()), *GUARDS) for media in (JSON, GRAPHQL_JSON)}
_TOLD = {media: [*head, VARY, NO_STORE] for media, head in _HEADS.items()}
"""Of whatever did not come by GET."""
_BEGUN = {
    (status, media): head_of(status, told) for media, told in _TOLD.items() for status in (200, 400)
}
"""The same, as they are written."""


class _Written(msgspec.Struct, frozen=True):
    """An answer as it is sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    head: bytes = b""
    """Status and *headers* as they are written, for a server that takes them so."""

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
        hosts: Hosts | None = None,
    ) -> None:
        """Answer by *answering*, or by *parted*; take bodies up to *body_max* bytes.

        Asked under other names than *hosts* it answers nothing; None are any.
        """
        http = http or HttpSettings()
        self._answering = answering
        self._parted = parted
        self._body_max = body_max
        self._hosts = hosts
        self._batches = Batches(answering, http.batch)
        self._csrf = CsrfPrevention(http.origins, require_preflight=http.require_preflight)
        self._cors = Cors(http.origins)
        self._cache = HttpCache(http.max_age)
        self._compression = Compression(is_on=http.compression)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as an ASGI application."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        extensions = scope.get("extensions")
        exchange: Exchange | None = None if extensions is None else extensions.get(EXCHANGE)
        telling = self._cors.telling(headers, send)
        if telling is not send:
            send, exchange = telling, None
        with tracing() as trace:
            media = JSON
            try:
                if self._hosts is not None:
                    self._hosts.check(headers, scope["headers"])
                if scope["method"] == "OPTIONS":
                    trace.status = 204
                    await _Written(204, self._cors.options(headers), b"").send(send)
                    return
                named = headers.get(b"accept")
                accept = None if named is None else named.decode("latin-1")
                offers = offers_of(accept)
                media = accepted(accept, offers)
                asked = await self._read(scope, receive, headers, exchange)
                if isinstance(asked, list):
                    written = await self._answer_batch(scope, receive, headers, asked, media, trace)
                else:
                    trace.name(asked.operation_name)
                    if offers:
                        request = Request(scope, receive)
                        json = media not in offers
                        parted = self._parted.choose(request, asked, offers, json=json)
                        if parted is not None:
                            await self._parted.answer(request, send, asked, parted, trace)
                            return
                    written = await self._answer(scope, receive, headers, asked, media, trace)
            except BadRequest as error:
                trace.codes.append(error.code)
                response = refusal(error, media if media in _HEADS else JSON)
                trace.status = response.status_code
                await response(scope, receive, send)
                return
            except ClientLeft:
                trace.status = CLIENT_LEFT
                return
            except asyncio.CancelledError:
                # A server that stops gives up what still runs when its time is over.
                trace.status = 503
                trace.coded("GATEWAY_STOPPING")
                if exchange is None or not exchange.answer(*_STOPPING):
                    raise
                return
            trace.status = written.status
            if not (exchange and written.head and exchange.answer(written.head, written.body)):
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
                _end(context, trace)
            trace.status = 200
            told: dict[str, Any] = orjson.loads(encode(self._answering.body(outcome, trace)))
            return told

    async def _read(
        self,
        scope: Scope,
        receive: Receive,
        headers: Mapping[bytes, bytes],
        exchange: Exchange | None,
    ) -> Asked | list[Asked]:
        if scope["method"] == "GET":
            asked = from_address(QueryParams(scope["query_string"]))
            # What is known beforehand may be asked by any page: caches carry it to portals.
            if asked.document_id is None and not self._answering.is_trusted(asked):
                self._csrf.check(headers)
            asked = self._answering.found(asked)
            if self._answering.changes(asked):
                raise BadRequest(405, "METHOD_NOT_ALLOWED")
            return asked
        if scope["method"] != "POST":
            raise BadRequest(405, "METHOD_NOT_ALLOWED")
        insist_on_json(headers)
        body = None if exchange is None else exchange.body()
        if body is None:
            body = await self._bytes(receive)
        elif len(body) > self._body_max:
            raise self._too_large()
        held = decoded(body)
        if isinstance(held, list) and self._batches.is_on:
            return self._batches.read(held)
        return self._answering.found(from_decoded(held))

    def _too_large(self) -> BadRequest:
        return BadRequest(
            413,
            "BODY_TOO_LARGE",
            f"the body is over the limit of {self._body_max:,} bytes; hint: ask for less at a time",
        )

    async def _bytes(self, receive: Receive) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            # Whoever sends a body never, or letter by letter, holds a connection for nothing.
            with TimeLimit(self._answering.deadline):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientLeft
                    chunk: bytes = message.get("body", b"")
                    size += len(chunk)
                    if size > self._body_max:
                        raise self._too_large()
                    chunks.append(chunk)
                    if not message.get("more_body", False):
                        return chunk if len(chunks) == 1 else b"".join(chunks)
        except TimeoutError:
            raise BadRequest(408, "BODY_TOO_SLOW") from None

    async def _answer(
        self,
        scope: Scope,
        receive: Receive,
        headers: Mapping[bytes, bytes],
        asked: Asked,
        media: str,
        trace: Trace,
    ) -> _Written:
        """Give the answer to *asked*; raises `ClientLeft` if nobody waits for it any more."""
        context = self._answering.context(viewer_of(scope))
        try:
            with Departure(receive):
                outcome = await self._answering.run(asked, context, trace)
        finally:
            _end(context, trace)
        body = encode(self._answering.body(outcome, trace))
        status = 400 if not outcome.executed and media == GRAPHQL_JSON else 200
        if scope["method"] != "GET":
            written = _Written(status, _TOLD[media], body, _BEGUN[status, media])
            return await self._packed(written, context, headers)
        told = [*_HEADS[media], VARY]
        told += self._cache.headers(outcome, context.viewer, context.answers, body)
        tag = dict(told).get(b"etag")
        if tag is not None and is_known(tag, headers.get(b"if-none-match")):
            return _Written(304, told, b"")
        return await self._packed(_Written(status, told, body), context, headers)

    async def _answer_batch(
        self,
        scope: Scope,
        receive: Receive,
        headers: Mapping[bytes, bytes],
        asked: list[Asked],
        media: str,
        trace: Trace,
    ) -> _Written:
        """Give the answers to *asked*, in order; raises `ClientLeft` if nobody waits for them."""
        if media not in _HEADS:
            raise BadRequest(406, "NOT_ACCEPTABLE")
        viewer = viewer_of(scope)
        self._batches.check(asked, viewer)
        contexts = [self._answering.context(viewer) for _ in asked]
        try:
            with Departure(receive):
                outcomes = await asyncio.gather(
                    *(
                        self._answering.run(each, context, trace)
                        for each, context in zip(asked, contexts, strict=True)
                    )
                )
        finally:
            for context in contexts:
                _end(context, trace)
        bodies = [encode(self._answering.body(outcome, trace)) for outcome in outcomes]
        written = _Written(200, _TOLD[media], b"[" + b",".join(bodies) + b"]")
        return await self._packed(written, contexts[0], headers)

    async def _packed(
        self, written: _Written, context: Context, headers: Mapping[bytes, bytes]
    ) -> _Written:
        accepts = headers.get(b"accept-encoding")
        if accepts is None:
            return written
        packed = await self._compression.packed(written.body, context.viewer, accepts)
        if packed is None:
            return written
        return _Written(written.status, [*written.headers, _PACKED], packed)


def _end(context: Context, trace: Trace) -> None:
    # However it ended, also when we are cancelled ourselves: nothing goes on behind a request.
    context.loaders.cancel()
    trace.answered(context.answers)


def refusal(error: BadRequest, media: str = JSON) -> Response:
    """Answer what was no operation at all."""
    body = {"errors": [told(error)]}
    headers = {name.decode(): value.decode() for name, value in (*GUARDS, NO_STORE)}
    if error.status == 405:
        headers["allow"] = "GET, POST, OPTIONS"
    if error.status == 408:
        # What is still to come of the body is not to be taken for the next request.
        headers["connection"] = "close"
    status = 400 if error.status == 200 and media == GRAPHQL_JSON else error.status
    return Response(orjson.dumps(body), status, media_type=media, headers=headers)


def told(error: BadRequest) -> dict[str, Any]:
    """Give *error* as the client reads it."""
    return {"message": str(error), "extensions": {"code": error.code}}


_STOPPING = (
    head_of(503, [*_TOLD[JSON], (b"retry-after", b"1")]),
    orjson.dumps({"errors": [told(BadRequest(503, "GATEWAY_STOPPING"))]}),
)
