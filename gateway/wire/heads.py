"""uvicorn's HTTP, but the head of a request, and what follows its body, are bounded.

uvicorn waits for ever for the first request of a connection, and for the rest of a head that has
begun, and keeps whatever comes: whoever opens connections and says little, or too much, would hold
them all, or all the memory.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from connectors.contract.ticks import Bucket, end_after
from gateway.wire.upgrades import Upgrades

HEAD_SECONDS = 10.0
"""What a client gets to send the whole head of a request, from its connecting or first byte on."""
HEAD_BYTES = 65_536
"""Of a head, behind what comes together with its first byte."""
HEAD_LINES = 200


class Heads(Upgrades):
    """The protocol of one connection."""

    _is_in_head = False
    _moves = False
    """Whether the last piece brought anything but more of a head, a trailer, or nothing at all."""
    _bytes = 0
    """Of such, without the piece that it began in."""
    _limit: Bucket | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._limit = end_after(self.loop, HEAD_SECONDS, self)

    def data_received(self, data: bytes) -> None:
        """Read *data*; begin to wait if nothing is asked, or not all of it, when it ends."""
        self._moves = False
        super().data_received(data)
        self._bytes = 0 if self._moves else self._bytes + len(data)
        is_long = self._is_in_head and len(self.headers) > HEAD_LINES
        if (is_long or self._bytes > HEAD_BYTES) and not self.has_left:
            self.refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            self.refuse()
        if self._limit is None and not self.has_left and not self.is_running():
            self._limit = end_after(self.loop, HEAD_SECONDS, self)

    def on_message_begin(self) -> None:
        """Note that a head begins; most are whole a moment later."""
        super().on_message_begin()
        self._is_in_head = self._moves = True

    def on_body(self, body: bytes) -> None:
        """Note that a body goes on."""
        self._moves = True
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Stop waiting."""
        self._is_in_head = False
        self._moves = True
        self._drop()
        if len(self.headers) > HEAD_LINES:
            self.refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise ValueError("too many header lines")
        super().on_headers_complete()
        if not self.parser.should_upgrade():
            # What comes behind the body is no part of the head: the request keeps its own list.
            self.headers = []

    def on_response_complete(self) -> None:
        """Begin to wait for the rest of a head that has begun meanwhile."""
        super().on_response_complete()
        if self._is_in_head and self._limit is None:
            self._limit = end_after(self.loop, HEAD_SECONDS, self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._drop()
        super().connection_lost(exc)

    def end(self) -> None:
        """Close the connection: no head came in time."""
        self.close()

    def _drop(self) -> None:
        if self._limit is not None:
            self._limit.discard(self)
            self._limit = None
