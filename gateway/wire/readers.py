"""uvicorn's HTTP, but a client that does not read its answer is given up after a while.

What it does not take stays in memory, and closing waits until it is taken.
"""

from __future__ import annotations

import asyncio

from connectors.contract.ticks import Bucket, end_after
from gateway.wire.pipelines import Pipelines

STALLED_SECONDS = 20.0
"""For how long a client may take nothing of what was written to it."""


class Readers(Pipelines):
    """The protocol of one connection."""

    _watch: _Watch | None = None

    def pause_writing(self) -> None:
        """Begin to watch whether the client reads."""
        super().pause_writing()
        self._begin()

    def resume_writing(self) -> None:
        """Stop watching: it has read."""
        super().resume_writing()
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching."""
        self._end()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, also if the client does not read the last of its answers."""
        super().timeout_keep_alive_handler()
        self.watch_the_rest()

    def close(self) -> None:
        """Close the connection, also if the client does not read what was written to it."""
        super().close()
        self.watch_the_rest()

    def shutdown(self) -> None:
        """End the connection when the server stops."""
        super().shutdown()
        self.watch_the_rest()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over; close it if earlier answers are still to be read."""
        if self.flow.write_paused:
            self.close()
        else:
            self._end()
            super().handle_websocket_upgrade()

    def watch_the_rest(self) -> None:
        """Watch whether the client reads what is left of a connection that is being closed."""
        if self.transport.get_write_buffer_size() > 0:
            self._begin()

    def _begin(self) -> None:
        if self._watch is None:
            self._watch = _Watch(self.loop, self.transport)

    def _end(self) -> None:
        if self._watch is not None:
            self._watch.drop()
            self._watch = None


class _Watch:
    """Ends a connection of whose written bytes none is taken for `STALLED_SECONDS`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop = loop
        self._transport = transport
        self._left = transport.get_write_buffer_size()
        self._bucket: Bucket = end_after(loop, STALLED_SECONDS, self)

    def drop(self) -> None:
        self._bucket.discard(self)

    def end(self) -> None:
        left = self._transport.get_write_buffer_size()
        if left >= self._left:
            self._transport.abort()
            return
        self._left = left
        self._bucket = end_after(self._loop, STALLED_SECONDS, self)
