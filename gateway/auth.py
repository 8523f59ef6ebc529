"""From a request to its viewer: over HTTP, everybody is the public."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from resolvers.policy import PUBLIC, Viewer


def viewer_of(_connection: HTTPConnection) -> Viewer:
    """Give the viewer of a request; no header makes anyone more than the public."""
    return PUBLIC
