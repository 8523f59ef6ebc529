"""One connection to a source: a request out, its answer in, one at a time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from connectors.contract.errors import Malformed, SourceError, TimedOut, Unavailable
from connectors.web_answers import Answer, AnswerReader
from connectors.web_errors import Lost, lost, translated

IDLE_SECONDS = 15.0
"""How long a connection is kept without use, if the source does not say less."""


class Connection(asyncio.Protocol):
    """A connection that was opened.

    It may be asked again as long as it is `usable`; who gives up an answer calls `abort`.
    """

    def __init__(
        self,
        source: str,
        most: int,
        left: Callable[[Connection], None],
        *,
        shows: bool | None = None,
    ) -> None:
        """Read answers of at most *most* bytes; *left* is told when the connection is gone.

        *shows* tells, if it is over TLS, whether we have a certificate to show.
        """
        self._source = source
        self._shows = shows
        self._reader = AnswerReader(source, most)
        self._left = left
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._problem: SourceError | None = None
        self._gone: asyncio.Future[None] | None = None
        self.usable = False
        self.asked = 0
        """How many requests were sent."""
        self.since = 0.0
        """When it was last asked or laid to rest, by the loop's clock."""
        self.idle_seconds = IDLE_SECONDS

    def ask(self, request: bytes, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Answer]:
        """Send *request*; the answer, or a `SourceError`, comes with what is returned."""
        waiting: asyncio.Future[Answer] = loop.create_future()
        if not self.usable or self._transport is None:
            # It was lost, or spoke, before it could be asked.
            waiting.set_exception(self._problem or self._lost())
            return waiting
        self.asked += 1
        self.since = loop.time()
        self._reader.begin()
        self._waiting = waiting
        self._transport.write(request)
        return waiting

    def abort(self, problem: SourceError | None = None) -> None:
        """Close at once; whoever waits for an answer gets *problem* instead."""
        self.usable = False
        waiting, self._waiting = self._waiting, None
        if problem is not None:
            self._problem = problem
            if waiting is not None and not waiting.done():
                waiting.set_exception(problem)
        if self._transport is not None:
            self._transport.abort()

    async def aclose(self) -> None:
        """Close at once, and return when it is closed."""
        self.abort(Unavailable(self._source, "its connections are being closed"))
        if self._transport is not None:
            # Whoever else closes it waits for the same end.
            self._gone = self._gone or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._gone)

    @property
    def is_open(self) -> bool:
        """Whether it is still there, be it in use, at rest or about to be closed."""
        return self._transport is not None

    def is_late(self, now: float, longest: float) -> bool:
        """Say whether an answer has been waited for more than *longest* seconds."""
        return self._waiting is not None and now - self.since > longest

    def give_up(self) -> None:
        """Close at once because no answer came."""
        self.abort(TimedOut(self._source, "no answer in time"))

    # What follows is called by the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready to be asked."""
        self._transport = cast("asyncio.Transport", transport)
        self.usable = True

    def data_received(self, data: bytes) -> None:
        """Read a part of the answer."""
        waiting = self._waiting
        if waiting is None:
            self.abort(Malformed(self._source, "it speaks without being asked"))
            return
        reader = self._reader
        try:
            answer = reader.feed(data)
        except SourceError as error:
            self.abort(error)
            return
        if answer is not None:
            self._answered(waiting, answer)

    def eof_received(self) -> bool:
        """See whether the answer was meant to end here; nobody is asked again after that."""
        self._ended()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever still waits."""
        self._transport = None
        if exc is None:
            self._ended()
        elif isinstance(exc, ssl.SSLError):
            self.abort(translated(self._source, exc, shows=self._shows))
        elif self._reader.received or not self.asked:
            self.abort(Unavailable(self._source, f"the connection broke ({type(exc).__name__})"))
        else:
            self.abort(self._lost(type(exc).__name__))
        self._left(self)
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    def _ended(self) -> None:
        self.usable = False
        waiting = self._waiting
        if waiting is None:
            return
        if not self._reader.received:
            self.abort(self._lost())
            return
        try:
            answer = self._reader.end()
        except SourceError as error:
            self.abort(error)
        else:
            self._answered(waiting, answer)

    def _lost(self, how: str = "without an answer") -> Lost:
        # Who was answered once over this connection was let in.
        return lost(self._source, how, shows=self._shows if self.asked <= 1 else None)

    def _answered(self, waiting: asyncio.Future[Answer], answer: Answer) -> None:
        self._waiting = None
        reader, transport = self._reader, self._transport
        told = reader.idle_seconds
        if told is not None:
            # A little earlier than it says: a request is not to cross its good-bye.
            self.idle_seconds = min(IDLE_SECONDS, told - 1.0)
        if not reader.keeps_alive or transport is None or transport.get_write_buffer_size():
            # Also where it answered before it had heard all.
            self.usable = False
            if transport is not None:
                transport.abort()
        if not waiting.done():
            waiting.set_result(answer)
