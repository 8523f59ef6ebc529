"""GraphiQL from our own files: a page to try queries on, without anything from elsewhere.

The files in `console_files` are built from `console/` by `make console`, packed, and named by their
content; only names in that folder are served.  The page keeps what is typed, credentials above all,
in memory.
"""

from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gateway.compression import takes_gzip

FOLDER = Path(__file__).with_name("console_files")
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FILE_HEADERS = {
    **EVERYWHERE,
    "Cache-Control": "public, max-age=31536000, immutable",
    # The workers run under this one: they compute, and can neither ask nor load anything.
    "Content-Security-Policy": "default-src 'none'",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class _File:
    packed: bytes
    media_type: str


class Console:
    """The page and its files; every answer has a nonce of its own in its content policy."""

    def __init__(self, examples: Sequence[str]) -> None:
        """Open *examples*, queries, each in a tab of its own."""
        self._files: Mapping[str, _File] = {
            path.stem: _File(path.read_bytes(), MEDIA_TYPES[Path(path.stem).suffix])
            for path in FOLDER.glob("*.gz")
        }
        entries = json.loads((FOLDER / "entries.json").read_bytes())
        told = json.dumps(list(examples)).replace("<", "\\u003c")
        page = Path(__file__).with_name("console.html").read_text(encoding="utf-8")
        for mark, text in (("SCRIPT", entries["script"]), ("STYLE", entries["style"])):
            page = page.replace(mark, text, 1)
        before, after = page.split("EXAMPLES", 1)
        self._page = (before, told, after)

    def routes(self) -> list[Route]:
        """Give the routes: the page at the root, its files below `/console/`."""
        return [Route("/", self.page), Route("/console/{name}", self.file)]

    async def page(self, _request: Request) -> Response:
        """Give the page."""
        nonce = secrets.token_urlsafe(16)
        before, examples, after = self._page
        text = before.replace("NONCE", nonce) + examples + after.replace("NONCE", nonce)
        headers = {**EVERYWHERE, "Content-Security-Policy": policy(nonce)}
        return HTMLResponse(text, headers={**headers, "Cache-Control": "no-store"})

    async def file(self, request: Request) -> Response:
        """Give one of the files, packed if the client takes it; raises 404 for any other name."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        if takes_gzip(request.headers.get("accept-encoding", "")):
            headers = {**FILE_HEADERS, "Content-Encoding": "gzip"}
            return Response(found.packed, headers=headers, media_type=found.media_type)
        unpacked = gzip.decompress(found.packed)
        return Response(unpacked, headers=FILE_HEADERS, media_type=found.media_type)


def policy(nonce: str) -> str:
    """Give the page's content policy: scripts by *nonce* only, questions to this server only.

    The editor places its lines with style attributes, which is why those are allowed; an attribute
    can load pictures and fonts only, and of those none that is not in the file itself.
    """
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; worker-src 'self'; "
        f"style-src-elem 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
        "font-src data:; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
