"""What a page of another site may not ask: whatever a browser sends for it without asking us first.

A POST is safe by its media type: for JSON a browser asks us first.  A GET is safe if it carries a
header that a page cannot add without that question, or one by which the browser vouches for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gateway.asked import BadRequest

PREFLIGHTED = (
    b"apollo-require-preflight",
    b"x-apollo-operation-name",
    b"graphql-require-preflight",
)
"""Headers that say nothing but that the browser would have asked first; any value will do."""


_OTHER_SITE = (
    "a page of another site asks; hint: whoever runs this gateway has to name the page's origin in "
    "`origins` of [gateway.http], then it may ask and read"
)
_NO_SITE = (
    "a page that is of no site asks, a file or a closed frame; hint: serve it from a site "
    "whose origin is named in `origins` of [gateway.http]"
)


class CsrfPrevention:
    """Refuses what may come of another site's page."""

    def __init__(self, origins: Collection[str], *, require_preflight: bool) -> None:
        """Trust pages of *origins*; with *require_preflight* what shows no browser is refused too.

        Without it a GET passes unless the browser says that another site's page asks.
        """
        self._origins = frozenset(each.encode() for each in origins)
        self._require = require_preflight

    def check(self, headers: Mapping[bytes, bytes]) -> None:
        """Raise `BadRequest` if a GET with *headers* may come of another site's page."""
        for name in PREFLIGHTED:
            if headers.get(name):
                return
        site = headers.get(b"sec-fetch-site")
        origin = headers.get(b"origin")
        # Only the browser itself can write this one.
        if site == b"same-origin" or (origin is not None and origin.lower() in self._origins):
            return
        if origin is not None:
            # No header lets its page read the answer: browsers ask the operator's settings.
            words = _NO_SITE if origin == b"null" else _OTHER_SITE
            raise BadRequest(400, "CSRF_PREVENTED", words)
        if self._require or site not in (None, b"none"):
            raise BadRequest(400, "CSRF_PREVENTED")
