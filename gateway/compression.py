"""Answers compressed with gzip, where it pays and tells nobody anything.

How well a text is compressed tells of what stands in it (BREACH): an answer that holds what one
viewer may see and another may not, beside what a third can put there, is sent as it is.
"""

from __future__ import annotations

import asyncio
import gzip

from resolvers.policy import PUBLIC, Viewer

FEWEST = 4 * 1024
"""Bytes below which it takes more time than it saves."""
MOST = 16 * 1024 * 1024
"""Bytes above which it takes too long."""
_AT_ONCE = 64 * 1024
"""Bytes up to which it is done between two other requests; above, on a thread."""
_LEVEL = 1


class Compression:
    """Compresses answers of the public for clients that take them so."""

    def __init__(self, *, is_on: bool) -> None:
        """Compress if it *is_on*."""
        self._is_on = is_on

    async def packed(self, body: bytes, viewer: Viewer, accepts: bytes) -> bytes | None:
        """Give *body* compressed for a client that *accepts* codings; None to send it as it is."""
        if len(body) < FEWEST or not self._is_on or viewer != PUBLIC:
            return None
        if len(body) > MOST or not takes_gzip(accepts.decode("latin-1")):
            return None
        if len(body) <= _AT_ONCE:
            return gzip.compress(body, _LEVEL, mtime=0)
        return await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)


def takes_gzip(header: str) -> bool:
    """Tell whether an `Accept-Encoding` *header* names gzip without refusing it."""
    for part in header.split(","):
        coding, _, weight = part.replace(" ", "").lower().partition(";")
        if coding == "gzip":
            return weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
