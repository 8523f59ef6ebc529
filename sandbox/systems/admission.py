"""Who is let in: the credentials that a request has to show."""

import hmac
from collections.abc import Callable

from aiohttp import web

from sandbox.systems.questions import known_parameters
from sandbox.systems.rest_system import LOST_SHARE

Admit = Callable[[web.Request, set[str]], float]
"""Lets a request in that asks for known parameters only; gives the share of rows to lose."""


def shows(request: web.Request, header: str, value: str) -> bool:
    """Tell whether a request carries the right credentials."""
    return hmac.compare_digest(request.headers.get(header, "").encode(), value.encode())


def by_header(
    header: str, value: str, refusal: Callable[..., web.HTTPException] = web.HTTPUnauthorized
) -> Admit:
    """Let in who shows *value* in *header*, and answer all others with *refusal*."""

    def admit(request: web.Request, known: set[str]) -> float:
        if not shows(request, header, value):
            raise refusal(reason="kredensial tidak sah")
        known_parameters(request, known)
        return request[LOST_SHARE]

    return admit


def by_token(token: str) -> Admit:
    """Let in who bears *token*."""
    return by_header("Authorization", f"Bearer {token}")
