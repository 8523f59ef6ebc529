"""uvicorn's HTTP, but what is there at once is read at once, and an answer goes out in one write.

uvicorn writes the head of a response and its body one by one, and each write is a call of the
system and mostly a packet: a quarter of what a short answer costs the server.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from gateway.wire.readers import Readers

EXCHANGE = "simpul.exchange"
"""The name of an extension of ASGI: the `Exchange` of a request, where the server has one."""

Headers = Iterable[tuple[bytes, bytes]]


class OneWrite(Readers):
    """The protocol of one connection."""

    def on_headers_complete(self) -> None:
        """Answer a request whose head was read."""
        if self.is_over():
            return
        super().on_headers_complete()
        cycle: Any = self.cycle
        # There is none, or an earlier one, where the connection becomes a WebSocket.
        if cycle is not None and type(cycle.transport) is not Exchange:
            exchange = cycle.transport = Exchange(cycle, self.watch_the_rest)
            cycle.scope["extensions"] = {EXCHANGE: exchange}
            cycle.__class__ = _Cycle
            if cycle.waiting_for_100_continue and cycle.scope["http_version"] == "1.0":
                cycle.waiting_for_100_continue = False  # It does not know what that is.

    def on_message_complete(self) -> None:
        """Note that a request is whole; close if its answer ended the connection before."""
        super().on_message_complete()
        if self.is_over():
            self.close()


class _Cycle(RequestResponseCycle):
    """A cycle that ends the connection if it answers before the request is whole.

    What is still to come of the request must not be taken for the next one.
    """

    def send(self, message: Any) -> Coroutine[Any, Any, None]:
        """Send a part of the answer."""
        if self.more_body and not self.response_started:
            self.keep_alive = False
            exchange: Any = self.transport
            exchange.lingers = True
        return super().send(message)


class Exchange:
    """What a cycle needs of its transport, and the short ways for a request and its answer.

    It keeps a head until the body that it announces comes.  Sent at once are that of a stream,
    whose parts come whenever they come, and one without a body.
    """

    __slots__ = ("_closing", "_cycle", "_head", "_transport", "lingers")

    def __init__(self, cycle: RequestResponseCycle, closing: Callable[[], None]) -> None:
        """Write to the transport of *cycle*; *closing* is called when it is closed."""
        self._closing = closing
        self._cycle: RequestResponseCycle | None = cycle
        """Let go of once the head is written: the two hold each other."""
        self._transport = cycle.transport
        self._head = b""
        self.lingers = False
        """Whether more of the request is read when the connection is closed: a client that is
        still sending would else be told of a reset instead of the answer."""

    def body(self) -> bytes | None:
        """Take the request's whole body if it has come; None if it is to be received.

        Behind it, nothing but the client's departure is received.
        """
        cycle = self._cycle
        if cycle is None or cycle.more_body or cycle.disconnected:
            return None
        body = bytes(cycle.body)
        cycle.body = bytearray()
        cycle.message_event.clear()
        cycle.flow.resume_reading()
        # Who has sent the body does not wait to be told to go on.
        cycle.waiting_for_100_continue = False
        return body

    def answer(self, head: bytes, body: bytes) -> bool:
        """Write a whole answer, with *head* as `head_of` gives it; False if it is to be sent.

        That is so where sending has begun, has to wait, or has nobody left to read it.
        """
        cycle = self._cycle
        if (
            cycle is None
            or cycle.response_started
            or cycle.disconnected
            or cycle.more_body
            or cycle.flow.write_paused
            or cycle.access_log
            or cycle.scope["method"] == "HEAD"
        ):
            return False
        self._cycle = None
        cycle.response_started = cycle.response_complete = True
        transport = self._transport
        more = _lines(tuple(cycle.default_headers))
        if cycle.keep_alive:
            end = b"%b%bcontent-length: %d\r\n\r\n%b"
        else:
            end = b"%b%bcontent-length: %d\r\nconnection: close\r\n\r\n%b"
        transport.write(end % (head, more, len(body), body))
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.close()
        cycle.on_response()
        return True

    def write(self, data: bytes) -> None:
        """Write *data*, or keep it until the body comes."""
        cycle = self._cycle
        if cycle is None or not cycle.response_started:
            self._transport.write(data)  # More of the body, or `100 Continue`.
        elif self._head:
            head, self._head, self._cycle = self._head, b"", None
            self._transport.write(head + data)
        elif _announces(cycle):
            self._head = data
        else:
            self._cycle = None
            self._transport.write(data)

    def close(self) -> None:
        """Close once all is written."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""
        if self.lingers and self._transport.can_write_eof():
            # What is left is read and forgotten, for as long as the next head would be waited for.
            self._transport.write_eof()
        else:
            self._transport.close()
        self._closing()

    def is_closing(self) -> bool:
        """Say whether nothing can be written any more."""
        return self._transport.is_closing()


def head_of(status: int, headers: Headers) -> bytes:
    """Write the head of an answer with *status* and *headers*, but for its length and its end.

    For what is the same again and again: uvicorn looks through each header of each answer.
    """
    return STATUS_LINE[status] + _lines(tuple(headers))


@lru_cache(maxsize=16)
def _lines(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def _announces(cycle: RequestResponseCycle) -> bool:
    """Say whether a body follows the head of *cycle*, and at once."""
    return (
        cycle.chunked_encoding is False
        and cycle.expected_content_length > 0
        and cycle.scope["method"] != "HEAD"
    )
