"""What tells one list from another: a cursor leads on in the list that it came from alone."""

from __future__ import annotations

import hashlib

import msgspec

from resolvers.asked import ComplaintsAsked
from resolvers.policy import Viewer, scope


def fingerprint(asked: ComplaintsAsked, viewer: Viewer) -> bytes:
    """Give what a cursor is bound to: the client's filter, the order, the viewer's rights."""
    whole = (asked.where, asked.order.field, asked.order.descending, scope(viewer))
    return hashlib.sha256(msgspec.msgpack.encode(whole)).digest()[:16]
