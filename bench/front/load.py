"""A load generator: so many connections, each sends the next question when it has its answer."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)


class WrongAnswer(Exception):
    """An answer that does not belong to its question, or is none."""


@dataclass(slots=True)
class Question:
    """The same question with a new argument each time."""

    port: int
    path: str
    before: bytes
    """The body up to the argument."""
    behind: bytes
    argument: str
    """A pattern with a number in it."""
    shown: str
    """How the argument shows in a right answer: a pattern with the same number."""


@dataclass(slots=True)
class _Count:
    left: int
    next: int
    done: asyncio.Future[None] = field(repr=False)
    open: int = 0


class _Client(asyncio.Protocol):
    def __init__(self, question: Question, count: _Count) -> None:
        self._question = question
        self._count = count
        self._held = bytearray()
        self._transport: asyncio.Transport | None = None
        self._shown = b""
        self._whole = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._count.done.done():
            self._count.done.set_exception(WrongAnswer(f"the connection broke off: {exc}"))

    def data_received(self, data: bytes) -> None:
        held = self._held
        held += data
        if self._whole < 0:
            self._whole = _whole(held)
        if self._whole == 0:
            if not held.endswith(b"0\r\n\r\n"):
                return
        elif self._whole < 0 or len(held) < self._whole:
            return
        if not held.startswith(b"HTTP/1.1 200") or self._shown not in held:
            if not self._count.done.done():
                self._count.done.set_exception(WrongAnswer(bytes(held[:600]).decode("latin-1")))
            return
        held.clear()
        self._ask()

    def _ask(self) -> None:
        count, question = self._count, self._question
        assert self._transport is not None  # noqa: S101 - it is connected
        if count.left == 0:
            count.open -= 1
            if count.open == 0 and not count.done.done():
                count.done.set_result(None)
            return
        count.left -= 1
        count.next += 1
        number = count.next
        self._shown = (question.shown % (number % 1_000_000)).encode()
        self._whole = -1
        body = (
            question.before + (question.argument % (number % 1_000_000)).encode() + question.behind
        )
        self._transport.write(
            b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Accept: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (question.path.encode(), len(body), body)
        )


def _whole(held: bytearray) -> int:
    """Give the length of the whole answer; 0: it comes in chunks, -1: not known yet."""
    end = held.find(b"\r\n\r\n")
    if end < 0:
        return -1
    head = bytes(held[:end])
    length = _LENGTH.search(head)
    if length:
        return end + 4 + int(length.group(1))
    if _CHUNKED.search(head):
        return 0
    raise WrongAnswer(head.decode("latin-1"))


async def _run(question: Question, requests: int, connections: int, begin: int) -> float:
    loop = asyncio.get_running_loop()
    count = _Count(requests, begin, loop.create_future(), connections)
    began = perf_counter()
    made = [
        await loop.create_connection(lambda: _Client(question, count), "127.0.0.1", question.port)
        for _ in range(connections)
    ]
    async with asyncio.timeout(120):
        await count.done
    seconds = perf_counter() - began
    for transport, _ in made:
        transport.close()
    return seconds


def ask(question: Question, requests: int, connections: int, begin: int) -> float:
    """Put *question* so many times; give the seconds.  Raises `WrongAnswer`.

    Arguments are numbered from *begin* on.
    """
    return uvloop.run(_run(question, requests, connections, begin))
