"""uvicorn's HTTP, but a connection whose client sends no whole head is closed after a while.

uvicorn waits for ever for the first request of a connection, and for the rest of a head that has
begun: whoever opens connections and goes on to say nothing would hold them all.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from connectors.contract.ticks import Bucket, end_after

HEAD_SECONDS = 10.0
"""What a client gets to send the whole head of a request."""


class HeadsInTime(HttpToolsProtocol):
    """The protocol of one connection."""

    _is_in_head = False
    _limit: Bucket | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._limit = end_after(self.loop, HEAD_SECONDS, self)

    def data_received(self, data: bytes) -> None:
        """Read *data*; begin to wait if it ends within a head."""
        super().data_received(data)
        if self._is_in_head and self._limit is None:
            self._limit = end_after(self.loop, HEAD_SECONDS, self)

    def on_message_begin(self) -> None:
        """Note that a head begins; most are whole a moment later."""
        super().on_message_begin()
        self._is_in_head = True

    def on_headers_complete(self) -> None:
        """Stop waiting."""
        self._is_in_head = False
        self._drop()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._drop()
        super().connection_lost(exc)

    def end(self) -> None:
        """Close the connection: no head came in time."""
        self.transport.close()

    def _drop(self) -> None:
        if self._limit is not None:
            self._limit.discard(self)
            self._limit = None
