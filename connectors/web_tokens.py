"""OAuth 2 client credentials: one token for many requests, fetched once whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlencode

import msgspec

from connectors.contract.errors import Malformed, Refused, TimedOut
from connectors.references import Secret

EARLY_SECONDS = 30.0
"""A token is renewed so long before it expires."""
SHORTEST_SECONDS = 5.0
PATIENCE = 10.0
"""Seconds that the authority may take."""

SendForm = Callable[[bytes], Awaitable[bytes]]
"""Posts a form to the authority and gives the body of its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """How a token is asked for."""

    source: str
    token_url: str
    client_id: str
    client_secret: Secret
    scope: str = ""
    audience: str = ""


class _Granted(msgspec.Struct):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - a scheme, not a token
    expires_in: float | None = None


class Tokens:
    """The token of one source."""

    def __init__(self, credentials: ClientCredentials, send: SendForm) -> None:
        """Ask for tokens with *credentials* by *send*."""
        self._credentials = credentials
        self._send = send
        self._token: str | None = None
        self._until = 0.0
        self._asking: asyncio.Task[str] | None = None

    async def token(self) -> str:
        """Give a token that is good for a while; raises `SourceError` if none can be had."""
        if self._token is not None and monotonic() < self._until:
            return self._token
        if self._asking is None or self._asking.done():
            # A waiter that gives up must not take the others' token with it.
            self._asking = asyncio.create_task(self._renew(), name="token")
            self._asking.add_done_callback(_noted)
        return await asyncio.shield(self._asking)

    def forget(self, token: str) -> None:
        """Let go of *token*, which the source refused; a newer one is kept."""
        if self._token == token:
            self._token = None

    async def aclose(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _renew(self) -> str:
        known = self._credentials
        form = {
            "grant_type": "client_credentials",
            "client_id": known.client_id,
            "client_secret": known.client_secret.reveal(),
            "scope": known.scope,
            "audience": known.audience,
        }
        asked = urlencode({name: value for name, value in form.items() if value}).encode()
        try:
            async with asyncio.timeout(PATIENCE):
                body = await self._send(asked)
        except TimeoutError:
            raise TimedOut(known.source, "its authority gives no token in time") from None
        except Refused as error:
            raise Refused(known.source, f"its authority gives no token: {error.message}") from None
        granted = _read(known.source, body)
        lasts = granted.expires_in if granted.expires_in is not None else 300.0
        self._until = monotonic() + max(SHORTEST_SECONDS, lasts - EARLY_SECONDS)
        self._token = granted.access_token
        return granted.access_token


def _noted(asking: asyncio.Task[str]) -> None:
    # If all who waited have gone, nobody else looks at how it ended.
    if not asking.cancelled():
        asking.exception()


def _read(source: str, body: bytes) -> _Granted:
    # The body may hold a token: of its contents nothing is told.
    try:
        granted = msgspec.json.decode(body, type=_Granted)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(source, "its authority's answer is no token") from None
    token = granted.access_token
    if granted.token_type.casefold() != "bearer" or not token or not _can_be_sent(token):
        raise Malformed(source, "its authority's answer is no bearer token")
    return granted


def _can_be_sent(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token
