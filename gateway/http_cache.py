"""What caches on the way may keep: whole answers to queries of the public that came by GET."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from gateway.operation import Outcome
from resolvers.planner.plan import AnswerState
from resolvers.policy import PUBLIC, Viewer
from resolvers.sources import Took

NO_STORE = (b"cache-control", b"no-store")


class HttpCache:
    """Says for how long an answer holds, and recognises what a client has already."""

    def __init__(self, max_age: float) -> None:
        """Let answers be kept for *max_age* seconds, and asked about afterwards."""
        self._public = (b"cache-control", b"public, max-age=%d" % max_age)

    def headers(
        self, outcome: Outcome, viewer: Viewer, answers: Sequence[Took], body: bytes
    ) -> Sequence[tuple[bytes, bytes]]:
        """Give the headers of an answer to a GET of *viewer*: anybody may keep it, or nobody.

        *answers* say how each source took part.  Nobody keeps what is not whole, of now and without
        errors, or was for somebody's eyes.
        """
        whole = all(took.state is AnswerState.ANSWERED for took in answers)
        if not whole or outcome.errors or not outcome.executed or viewer != PUBLIC:
            return (NO_STORE,)
        return (self._public, (b"etag", _tag(body)))


def is_known(tag: bytes, if_none_match: bytes | None) -> bool:
    """Say whether a client that sent *if_none_match* has the answer of *tag* already."""
    if if_none_match is None:
        return False
    return tag in (b"W/" + each.strip().removeprefix(b"W/") for each in if_none_match.split(b","))


def _tag(body: bytes) -> bytes:
    # Weak: the same answer can be compressed or not.
    return b'W/"%b"' % blake2b(body, digest_size=16).hexdigest().encode()
