"""What stays open: how much of it there may be, and from whose pages it may be opened."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from starlette.requests import HTTPConnection

from gateway.asked import BadRequest


class OpenStreams:
    """Counts WebSockets and answers in parts, and tells them when the gateway stops."""

    def __init__(self, most: int, origins: Collection[str]) -> None:
        """Let *most* be open at once, opened by our own pages and those of *origins*."""
        self._most = most
        self._origins = frozenset(origins)
        self._open = 0
        self.stopping = asyncio.Event()
        """Set once the server takes nothing new: streams end, for clients to go elsewhere."""

    def __len__(self) -> int:
        return self._open

    @contextmanager
    def one(self, connection: HTTPConnection) -> Iterator[None]:
        """Hold a place for *connection*; raises `BadRequest` if it may not have one.

        A browser sends cookies and reaches closed networks for any page, and lets any page open a
        WebSocket: the origin is what tells ours from others.
        """
        origin = connection.headers.get("origin")
        if origin is not None and not self._is_ours(origin.lower(), connection):
            raise BadRequest(403, "ORIGIN_NOT_ALLOWED")
        if self._open >= self._most or self.stopping.is_set():
            raise BadRequest(503, "TOO_MANY_STREAMS")
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    def _is_ours(self, origin: str, connection: HTTPConnection) -> bool:
        if origin in self._origins:
            return True
        # The scheme is not compared: where TLS ends before us, we see another one than the page.
        _, _, host = origin.partition("://")
        return bool(host) and host == connection.headers.get("host", "").lower()
