"""Answers in parts over HTTP: graphql-sse's distinct connections, and multipart/mixed.

Parts come only where `Accept` names their medium, and only for what has parts: subscriptions as
`text/event-stream`, `@defer` and `@stream` as either.  Everything else is one JSON answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.types import Send

from gateway.answering import Answering
from gateway.asked import Asked, BadRequest
from gateway.auth import viewer_of
from gateway.departure import left
from gateway.executor.encode import encode
from gateway.executor.incremental import SUBSCRIPTION
from gateway.guards import GUARDS, VARY
from gateway.http_cache import NO_STORE
from gateway.open_streams import OpenStreams
from gateway.stream_settings import StreamSettings
from gateway.telemetry import Trace, failed

EVENT_STREAM: Final = "text/event-stream"
MULTIPART: Final = "multipart/mixed"
CLIENT_LEFT: Final = 499
"""Written in the log only: nobody is there to read the answer."""

_OLD_FORMATS: Final = ("deferspec", "subscriptionspec")
"""Parameters of `multipart/mixed` that ask for formats that came before this one."""


def _event(body: bytes) -> bytes:
    return b"event: next\ndata: %b\n\n" % body


def _body_part(body: bytes) -> bytes:
    # The boundary follows at once: only then does the client know that the part is whole.
    head = b"\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body + b"\r\n---"


@dataclass(frozen=True, slots=True)
class _Framing:
    """How parts are written one after another."""

    content_type: str
    opening: bytes
    part: Callable[[bytes], bytes]
    heartbeat: bytes
    """Empty where none is needed, for the whole answer comes within the deadline."""
    complete: bytes


_EVENTS = _Framing(
    f"{EVENT_STREAM}; charset=utf-8", b":\n\n", _event, b":\n\n", b"event: complete\ndata:\n\n"
)
_PARTS = _Framing(f'{MULTIPART}; boundary="-"', b"---", _body_part, b"", b"--\r\n")
_FRAMINGS: Final = {EVENT_STREAM: _EVENTS, MULTIPART: _PARTS}


def offers_of(header: str | None) -> tuple[str, ...]:
    """List the media of parts that *header* names, in its order."""
    if header is None:
        return ()
    header = header.lower()
    # Most requests name none, and every one of them comes by here.
    if EVENT_STREAM not in header and MULTIPART not in header:
        return ()
    offers: list[str] = []
    for offer in header.split(","):
        medium, *parameters = (each.strip() for each in offer.split(";"))
        named = dict(each.partition("=")[::2] for each in parameters)
        is_refused = named.get("q", "1").rstrip("0") in ("0.", "")
        is_old = any(each in named for each in _OLD_FORMATS)
        if medium in _FRAMINGS and not is_refused and not is_old:
            offers.append(medium)
    return tuple(offers)


class PartedAnswers:
    """Answers in parts what was asked that way."""

    def __init__(
        self, answering: Answering, open_streams: OpenStreams, settings: StreamSettings
    ) -> None:
        """Answer by *answering*, within *settings*."""
        self._answering = answering
        self._open = open_streams
        self._settings = settings

    def choose(
        self, request: Request, asked: Asked, offers: tuple[str, ...], *, json: bool
    ) -> str | None:
        """Choose how *asked* is answered: a medium of parts, or None for one piece of *json*.

        Raises `BadRequest` if it cannot be answered as anything that is accepted.
        """
        if not offers:
            return None
        reason = self._answering.parted(asked, viewer_of(request.scope))
        if reason == SUBSCRIPTION:
            # Over multipart/mixed subscriptions speak a protocol of its own, which is not ours.
            if EVENT_STREAM in offers:
                return EVENT_STREAM
            if not json:
                raise BadRequest(
                    406,
                    "NOT_ACCEPTABLE",
                    f"a subscription is not answered as `{MULTIPART}`; hint: accept "
                    f"`{EVENT_STREAM}`, or ask over WebSocket (`graphql-transport-ws`)",
                )
            return None
        return offers[0] if reason is not None or not json else None

    async def answer(
        self, request: Request, send: Send, asked: Asked, medium: str, trace: Trace
    ) -> None:
        """Send the answer to *asked* as *medium*; raises `BadRequest` before anything is sent.

        It ends with the answer, the client, or the gateway, whichever is first.
        """
        with self._open.one(request):
            trace.transport = medium
            trace.status = CLIENT_LEFT
            stream = _Stream(_FRAMINGS[medium], send, self._settings)
            works: set[asyncio.Task[Any]] = {
                asyncio.create_task(self._write(stream, request, asked, trace)),
                asyncio.create_task(stream.beat()),
                asyncio.create_task(left(request.receive)),
                asyncio.create_task(self._open.stopping.wait()),
            }
            try:
                await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for work in works:
                    work.cancel()
                ended = await asyncio.gather(*works, return_exceptions=True)
            for error in ended:
                if isinstance(error, Exception) and not isinstance(error, TimeoutError):
                    failed(error, trace.trace_id)
            # Without a word that it is complete: whoever is still there asks again elsewhere.
            with suppress(TimeoutError):
                await stream.end()

    async def _write(self, stream: _Stream, request: Request, asked: Asked, trace: Trace) -> None:
        await stream.open()
        viewer = viewer_of(request.scope)
        async with aclosing(self._answering.parts(asked, viewer, trace)) as parts:
            async for part in parts:
                await stream.part(part.body)
        trace.status = 200
        await stream.complete()


class _Stream:
    """One answer on its way; every step raises `TimeoutError` if the client does not read."""

    def __init__(self, framing: _Framing, send: Send, settings: StreamSettings) -> None:
        self._framing = framing
        self._send = send
        self._settings = settings

    async def open(self) -> None:
        """Send the head, and something for proxies to pass on."""
        raw = [
            (b"content-type", self._framing.content_type.encode()),
            *GUARDS,
            VARY,
            NO_STORE,
            (b"x-accel-buffering", b"no"),
        ]
        await self._told({"type": "http.response.start", "status": 200, "headers": raw})
        await self._bytes(self._framing.opening)

    async def part(self, body: Mapping[str, Any]) -> None:
        """Send one part."""
        await self._bytes(self._framing.part(encode(body)))

    async def beat(self) -> None:
        """Send a sign of life every now and then, without end."""
        while True:
            await asyncio.sleep(self._settings.heartbeat)
            if self._framing.heartbeat:
                await self._bytes(self._framing.heartbeat)

    async def complete(self) -> None:
        """Say that there is no more."""
        await self._bytes(self._framing.complete)

    async def end(self) -> None:
        """End the response."""
        await self._told({"type": "http.response.body", "body": b"", "more_body": False})

    async def _bytes(self, body: bytes) -> None:
        await self._told({"type": "http.response.body", "body": body, "more_body": True})

    async def _told(self, message: MutableMapping[str, Any]) -> None:
        async with asyncio.timeout(self._settings.stalled):
            await self._send(message)
