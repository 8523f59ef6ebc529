"""uvicorn's HTTP, but requests sent without waiting are bounded, and all end with their client.

uvicorn queues as many as are sent, and tells only the newest one that its client has left.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.wire.heads import Heads

MOST_WAITING = 32
"""Requests of one connection that wait for an earlier one's answer."""


class Pipelines(Heads):
    """The protocol of one connection."""

    _running: RequestResponseCycle | None = None

    def on_headers_complete(self) -> None:
        """Answer a request when those before it are answered."""
        if len(self.pipeline) >= MOST_WAITING:
            raise ValueError("too many requests at once")
        super().on_headers_complete()

    def is_running(self) -> bool:
        """Say whether a request is being answered: not only the newest."""
        return self._running is not None and not self._running.response_complete

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell every request that its client has left."""
        for cycle in (self._running, *(cycle for cycle, _ in self.pipeline)):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        self.pipeline.clear()
        self._running = None
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over; close it if an answer is still to be written to it."""
        if self.is_running():
            self.close()
        else:
            super().handle_websocket_upgrade()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)
