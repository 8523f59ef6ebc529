"""A page to try queries on, without anything from elsewhere: for demonstrations."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response


class Console:
    """Serves the page; every answer has a nonce of its own in its content policy."""

    def __init__(self, examples: Mapping[str, str]) -> None:
        """Offer *examples*, name to query."""
        page = Path(__file__).with_name("console.html").read_text(encoding="utf-8")
        told = json.dumps(dict(examples)).replace("<", "\\u003c")
        self._page = page.replace("EXAMPLES", told, 1)

    async def page(self, _request: Request) -> Response:
        """Give the page."""
        nonce = secrets.token_urlsafe(16)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return HTMLResponse(
            self._page.replace("NONCE", nonce),
            headers={
                "Content-Security-Policy": policy,
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
            },
        )
