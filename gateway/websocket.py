"""graphql-transport-ws: operations and their answers over one WebSocket.

The protocol is that of npm's `graphql-ws`; its predecessor, the subprotocol called `graphql-ws`, is
refused.  Frames are text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing, suppress
from enum import IntEnum
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.answering import Answering
from gateway.asked import DEEPEST_VARIABLES, Asked, BadRequest, deeper_than, from_object
from gateway.auth import viewer_of
from gateway.endpoint import refusal, told
from gateway.executor.encode import encode
from gateway.open_streams import OpenStreams
from gateway.parted import CLIENT_LEFT
from gateway.stream_settings import StreamSettings
from gateway.telemetry import failed, tracing
from resolvers.policy import Viewer

SUBPROTOCOL = "graphql-transport-ws"
LONGEST_ID = 128
TRANSPORT = "websocket"
"""What the log calls it."""


class Close(IntEnum):
    """Why we close a connection."""

    IDLE = 1000
    STALLED = 1008
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    SUBPROTOCOL_REFUSED = 4406
    INIT_TIMEOUT = 4408
    DUPLICATE_ID = 4409
    INIT_TWICE = 4429
    INTERNAL = 4500


class Closing(Exception):
    """The connection has to be closed; holds the code, and the reason in words."""

    def __init__(self, code: Close, reason: str) -> None:
        """Keep *code*, and *reason* as far as a close frame can hold it."""
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:120].decode(errors="ignore")


class WebSocketEndpoint:
    """Serves `/graphql` to WebSockets."""

    def __init__(
        self, answering: Answering, open_streams: OpenStreams, settings: StreamSettings
    ) -> None:
        """Answer by *answering*, each connection within *settings*."""
        self._answering = answering
        self._open = open_streams
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as an ASGI application."""
        socket = WebSocket(scope, receive, send)
        try:
            with self._open.one(socket):
                if SUBPROTOCOL not in scope["subprotocols"]:
                    await socket.accept()
                    await socket.close(Close.SUBPROTOCOL_REFUSED, f"Only {SUBPROTOCOL} is spoken")
                    return
                await socket.accept(SUBPROTOCOL)
                await _Connection(socket, self._answering, self._settings).serve()
        except BadRequest as error:
            await deny(socket, error)


async def deny(socket: WebSocket, error: BadRequest) -> None:
    """Refuse a connection that was not accepted yet."""
    with tracing() as trace, suppress(WebSocketDisconnect):
        trace.transport = TRANSPORT
        trace.status = error.status
        trace.coded(error.code)
        await socket.send_denial_response(refusal(error))


class _Connection:
    """One accepted connection."""

    def __init__(self, socket: WebSocket, answering: Answering, settings: StreamSettings) -> None:
        self._socket = socket
        self._answering = answering
        self._settings = settings
        self._viewer: Viewer | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._ended: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._since = asyncio.get_running_loop().time()
        """When the last operation ended, or the connection began."""

    async def serve(self) -> None:
        """Serve until either side ends it; then nothing goes on behind it."""
        hearing = self._hearing = asyncio.create_task(self._hear())
        try:
            await asyncio.wait({hearing})
        finally:
            works = {hearing, *self._running.values(), *self._ended}
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)
        await self._close(self._failure or (None if hearing.cancelled() else hearing.exception()))

    async def _close(self, error: BaseException | None) -> None:
        if error is None or isinstance(error, WebSocketDisconnect):
            return
        if not isinstance(error, Closing):
            failed(error, "")
            error = Closing(Close.INTERNAL, "Internal server error")
        with suppress(WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(self._settings.stalled):
                await self._socket.close(error.code, error.reason)

    async def _hear(self) -> None:
        while True:
            message = await self._message()
            match message.get("type"):
                case "connection_init":
                    await self._init(message)
                case "ping":
                    await self._send({"type": "pong", **_payload_of(message)})
                case "pong":
                    _payload_of(message)
                case "subscribe":
                    await self._subscribe(message)
                case "complete":
                    self._complete(_id_of(message))
                case _:
                    raise Closing(Close.BAD_MESSAGE, "Invalid message: no such `type`")

    async def _message(self) -> Mapping[str, Any]:
        """Give the client's next message; raises `Closing` if it is none, or came too late."""
        while True:
            try:
                async with asyncio.timeout_at(self._patience()):
                    event = await self._socket.receive()
                break
            except TimeoutError:
                if self._viewer is None:
                    raise Closing(Close.INIT_TIMEOUT, "Connection initialisation timeout") from None
                if not self._busy() and self._patience() <= asyncio.get_running_loop().time():
                    raise Closing(Close.IDLE, "Idle") from None
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        text = event.get("text")
        if text is None:
            raise Closing(Close.BAD_MESSAGE, "Invalid message: frames are text")
        try:
            held = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Closing(Close.BAD_MESSAGE, "Invalid message: not JSON") from None
        if not isinstance(held, dict):
            raise Closing(Close.BAD_MESSAGE, "Invalid message: not an object")
        return held

    def _patience(self) -> float:
        if self._viewer is None:
            return self._since + self._settings.init
        now = asyncio.get_running_loop().time()
        return (now if self._busy() else self._since) + self._settings.idle

    def _busy(self) -> int:
        return len(self._running) + len(self._ended)

    async def _init(self, message: Mapping[str, Any]) -> None:
        _payload_of(message)
        if self._viewer is not None:
            raise Closing(Close.INIT_TWICE, "Too many initialisation requests")
        self._viewer = viewer_of(self._socket.scope)
        self._since = asyncio.get_running_loop().time()
        await self._send({"type": "connection_ack"})

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        operation_id, held = _id_of(message), message.get("payload")
        if not isinstance(held, dict) or not _is_operation(held):
            raise Closing(Close.BAD_MESSAGE, "Invalid message: no operation in `payload`")
        if self._viewer is None:
            raise Closing(Close.UNAUTHORIZED, "Unauthorized")
        if operation_id in self._running:
            raise Closing(Close.DUPLICATE_ID, f"Subscriber for {operation_id} already exists")
        if self._busy() >= self._settings.operations:
            await self._error(operation_id, [told(BadRequest(429, "TOO_MANY_OPERATIONS"))])
            return
        try:
            asked = self._answering.found(from_object(held))
        except BadRequest as error:
            await self._error(operation_id, [told(error)])
            return
        work = asyncio.create_task(self._operate(operation_id, asked, self._viewer))
        self._running[operation_id] = work
        work.add_done_callback(self._over)

    def _complete(self, operation_id: str) -> None:
        work = self._forget(operation_id)
        if work is not None:
            work.cancel()

    def _forget(self, operation_id: str) -> asyncio.Task[None] | None:
        """Free the id, which the client may use again at once, and give what ran under it.

        It counts as running until it is over: what is still being cancelled is work, too.
        """
        work = self._running.pop(operation_id, None)
        if work is not None:
            self._ended.add(work)
        return work

    def _over(self, work: asyncio.Task[None]) -> None:
        self._ended.discard(work)
        self._since = asyncio.get_running_loop().time()
        error = None if work.cancelled() else work.exception()
        if error is not None and self._hearing is not None:
            self._failure = self._failure or error
            self._hearing.cancel()

    async def _operate(self, operation_id: str, asked: Asked, viewer: Viewer) -> None:
        with tracing() as trace:
            trace.transport = TRANSPORT
            trace.name(asked.operation_name)
            trace.status = CLIENT_LEFT
            async with aclosing(self._answering.parts(asked, viewer, trace)) as parts:
                async for part in parts:
                    if part.refused:
                        trace.status = 400
                        self._forget(operation_id)
                        await self._error(operation_id, part.body["errors"])
                        return
                    await self._send({"id": operation_id, "type": "next", "payload": part.body})
            trace.status = 200
            self._forget(operation_id)
            await self._send({"id": operation_id, "type": "complete"})

    async def _error(self, operation_id: str, errors: Sequence[Mapping[str, Any]]) -> None:
        await self._send({"id": operation_id, "type": "error", "payload": errors})

    async def _send(self, message: Mapping[str, Any]) -> None:
        """Send *message*; raises `Closing` if the client does not read."""
        try:
            async with asyncio.timeout(self._settings.stalled):
                await self._socket.send_text(encode(message).decode())
        except TimeoutError:
            raise Closing(Close.STALLED, "The client does not read") from None


def _id_of(message: Mapping[str, Any]) -> str:
    operation_id = message.get("id")
    if not isinstance(operation_id, str) or not 0 < len(operation_id) <= LONGEST_ID:
        raise Closing(Close.BAD_MESSAGE, "Invalid message: `id` is no short text")
    return operation_id


def _payload_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """Give the payload as a message's part that can be sent back; none if there is none."""
    payload = message.get("payload")
    if payload is None:
        return {}
    if not isinstance(payload, dict) or deeper_than(payload, DEEPEST_VARIABLES):
        raise Closing(Close.BAD_MESSAGE, "Invalid message: `payload` is no object, or too deep")
    return {"payload": payload}


def _is_operation(held: Mapping[str, Any]) -> bool:
    return (
        isinstance(held.get("query"), str | None)
        and isinstance(held.get("documentId"), str | None)
        and not held.keys().isdisjoint(("query", "documentId", "extensions"))
        and isinstance(held.get("operationName"), str | None)
        and isinstance(held.get("variables"), dict | None)
        and isinstance(held.get("extensions"), dict | None)
    )
