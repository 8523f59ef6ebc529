"""uvicorn's HTTP, but a head goes out together with what follows it at once.

uvicorn writes the head of a response and its body one by one, and each write is a call of the
system and mostly a packet: a quarter of what a short answer costs the server.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.heads_in_time import HeadsInTime

HEADER_LINES = "simpul.header_lines"
"""The name of an extension of ASGI: a function that takes header lines, as they are written, to be
added to the head of the response.  For headers that are the same again and again: uvicorn looks
through each of its own."""


class OneWrite(HeadsInTime):
    """The protocol of one connection."""

    def on_headers_complete(self) -> None:
        """Answer a request whose head was read."""
        super().on_headers_complete()
        cycle: Any = self.cycle
        # There is none, or an earlier one, where the connection becomes a WebSocket.
        if cycle is not None and type(cycle.transport) is not Held:
            held = cycle.transport = Held(cycle)
            cycle.scope["extensions"] = {HEADER_LINES: held.add_lines}


class Held:
    """What a cycle needs of its transport; keeps a head until the body that it announces comes.

    Sent at once are that of a stream, whose parts come whenever they come, and one without a body.
    """

    __slots__ = ("_cycle", "_head", "_lines", "_transport")

    def __init__(self, cycle: RequestResponseCycle) -> None:
        """Write to the transport of *cycle*."""
        self._cycle: RequestResponseCycle | None = cycle
        """Let go of once the head is written: the two hold each other."""
        self._transport = cycle.transport
        self._head = b""
        self._lines = b""

    def add_lines(self, lines: bytes) -> None:
        """Add header *lines*, each with its end, to the head, which is not written yet."""
        self._lines += lines

    def write(self, data: bytes) -> None:
        """Write *data*, or keep it until the body comes."""
        cycle = self._cycle
        if cycle is None or not cycle.response_started:
            self._transport.write(data)  # More of the body, or `100 Continue`.
        elif self._head:
            head, self._head, self._cycle = self._head, b"", None
            self._transport.write(head + data)
        else:
            # In front of the empty line.
            head = b"%b%b\r\n" % (data[:-2], self._lines) if self._lines else data
            if _announces(cycle):
                self._head = head
            else:
                self._cycle = None
                self._transport.write(head)

    def close(self) -> None:
        """Close once all is written."""
        if self._head:
            self._transport.write(self._head)
        self._transport.close()

    def is_closing(self) -> bool:
        """Say whether nothing can be written any more."""
        return self._transport.is_closing()


def _announces(cycle: RequestResponseCycle) -> bool:
    """Say whether a body follows the head of *cycle*, and at once."""
    return (
        cycle.chunked_encoding is False
        and cycle.expected_content_length > 0
        and cycle.scope["method"] != "HEAD"
    )
