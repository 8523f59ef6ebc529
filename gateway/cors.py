"""Which other sites' pages may read our answers: none but those that the settings name.

Cookies and other credentials that a browser keeps are never let in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableMapping
from typing import Any

from starlette.types import Send

from gateway.csrf import PREFLIGHTED

_ALLOWED = b", ".join(
    (b"accept", b"authorization", b"content-type", b"if-none-match", *PREFLIGHTED)
)
_PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", _ALLOWED),
    (b"access-control-max-age", b"7200"),
)


class Cors:
    """Tells browsers what pages of other sites may do."""

    def __init__(self, origins: Collection[str]) -> None:
        """Let pages of *origins* ask and read."""
        self._origins = frozenset(each.encode() for each in origins)

    def telling(self, headers: Mapping[bytes, bytes], send: Send) -> Send:
        """Give *send*, which adds to the answer what the browser has to be told."""
        if not self._origins:
            return send
        origin = headers.get(b"origin")
        # What one origin is told must not be kept for another, or for none.
        told = [(b"vary", b"Origin")]
        if origin is not None and origin.lower() in self._origins:
            told.append((b"access-control-allow-origin", origin))
            told.append((b"access-control-expose-headers", b"etag"))

        async def telling(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *told]
            await send(message)

        return telling

    def options(self, headers: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """Give what an `OPTIONS` request with *headers* is answered with, beside `telling`."""
        told = [(b"allow", b"GET, POST, OPTIONS"), (b"cache-control", b"no-store")]
        origin = headers.get(b"origin")
        asks = b"access-control-request-method" in headers
        if asks and origin is not None and origin.lower() in self._origins:
            told.extend(_PREFLIGHT)
        return told
