"""HTTP to one source: what is asked of it, and what each status means."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn, Protocol

import msgspec

from connectors.contract.errors import (
    Malformed,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    Unavailable,
)
from connectors.references import Secret
from connectors.web_addresses import Network, Pinned
from connectors.web_answers import Answer
from connectors.web_dial import Dialler, usual_tls
from connectors.web_pool import Pool
from connectors.web_requests import Query, Requests
from connectors.web_tls import Tls
from connectors.web_tokens import ClientCredentials, Tokens


class Reply(msgspec.Struct, frozen=True):
    """A successful answer."""

    body: bytes
    links: Sequence[str] = ()
    """Its `Link` headers."""


class Transport(Protocol):
    """A way to read from one source over HTTP."""

    async def get(self, path: str, query: Query) -> bytes:
        """Give the body of a successful answer; raises `SourceError`, `Absent` for a 404."""
        ...

    async def read(self, path: str, query: Query) -> Reply:
        """Give the whole of a successful answer; raises what `get` raises."""
        ...

    async def post(self, path: str, body: bytes) -> bytes:
        """Give the body of the answer to *body*, a JSON document; raises what `get` raises."""
        ...

    async def aclose(self) -> None:
        """Give back connections.  Safe to call twice."""
        ...


class Absent(Refused):
    """The source does not have what was asked for by its id."""


class NotAccepted(Refused):
    """The source does not accept our credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How one source is reached."""

    source: str
    base_url: str
    headers: Mapping[str, Secret] = field(default_factory=dict)
    """Sent with every request: the credentials."""
    tokens: ClientCredentials | None = None
    """Instead of credentials that stay the same: where to get a token."""
    tls: Tls | None = None
    """None: the authorities that the system trusts, and no certificate of our own."""
    networks: Sequence[Network] = ()
    """Private networks in which the source's name may lie."""
    accept: str = "application/json"
    connections: int = 8
    max_body: int = 32 * 1024 * 1024
    """Bytes of one answer, unpacked."""


class Web:
    """A transport over HTTP/1.1."""

    def __init__(self, settings: WebSettings) -> None:
        """Reach the source as *settings* say; nothing is opened yet."""
        self._settings = settings
        self._source = settings.source
        self._pool: Pool | None = None
        self._requests: Requests
        self._addresses = Pinned(settings.source, settings.networks)
        self._authority: Web | None = None
        self._tokens: Tokens | None = None
        if settings.tokens is not None:
            self._authority = _authority(settings, settings.tokens)
            self._tokens = Tokens(settings.tokens, self._authority.send_form)

    async def get(self, path: str, query: Query) -> bytes:
        """Give the body of a successful answer."""
        return (await self._got(path, query)).body

    async def read(self, path: str, query: Query) -> Reply:
        """Give the whole of a successful answer."""
        if self._tokens is None:
            # Written out: nearly all that is asked of anybody goes this way.
            pool = self._pool or self._prepared()
            answer = await pool.send(self._requests.get(path, query), again=True)
            if answer.status != 200:
                self._refused(answer)
        else:
            answer = await self._got(path, query)
        return Reply(answer.body, answer.values(b"link"))

    async def post(self, path: str, body: bytes) -> bytes:
        """Give the body of the answer to *body*."""
        return (await self._posted(path, body, "application/json", self._tokens)).body

    async def send_form(self, form: bytes) -> bytes:
        """Give the body of the answer to *form*, sent to the address itself."""
        return (await self._posted("", form, "application/x-www-form-urlencoded", None)).body

    async def aclose(self) -> None:
        """Close the connections."""
        if self._tokens is not None and self._authority is not None:
            await self._tokens.aclose()
            await self._authority.aclose()
        await self._addresses.aclose()
        if self._pool is not None:
            await self._pool.aclose()

    async def _got(self, path: str, query: Query) -> Answer:
        pool = self._pool or self._prepared()
        if self._tokens is None:
            answer = await pool.send(self._requests.get(path, query), again=True)
            return answer if answer.status == 200 else self._refused(answer)
        return await self._proved(
            self._tokens,
            lambda token: pool.send(self._requests.get(path, query, token), again=True),
        )

    async def _posted(self, path: str, body: bytes, kind: str, tokens: Tokens | None) -> Answer:
        pool = self._pool or self._prepared()
        if tokens is None:
            answer = await pool.send(self._requests.post(path, body, kind), again=False)
            return answer if answer.status == 200 else self._refused(answer)
        return await self._proved(
            tokens,
            lambda token: pool.send(self._requests.post(path, body, kind, token), again=False),
        )

    async def _proved(
        self, tokens: Tokens, send: Callable[[str], Coroutine[None, None, Answer]]
    ) -> Answer:
        token = await tokens.token()
        answer = await send(token)
        if answer.status == 401:
            # It may have been taken back before its time: once more with a new one.
            tokens.forget(token)
            answer = await send(await tokens.token())
        return answer if answer.status == 200 else self._refused(answer)

    def _prepared(self) -> Pool:
        settings = self._settings
        known = {name: secret.reveal() for name, secret in settings.headers.items()}
        headers = {"Accept": settings.accept, **known}
        requests = self._requests = Requests(settings.source, settings.base_url, headers)
        tls = None
        if requests.secure:
            tls = settings.tls or usual_tls()
        dialler = Dialler(settings.source, requests.host, requests.port, tls, self._addresses)
        self._pool = Pool(settings.source, dialler, settings.connections, settings.max_body)
        return self._pool

    def _refused(self, answer: Answer) -> NoReturn:
        retry_after = next(iter(answer.values(b"retry-after")), None)
        raise refusal(self._source, answer.status, retry_after)


def _authority(settings: WebSettings, credentials: ClientCredentials) -> Web:
    """Reach who gives the tokens: by the same networks and certificates as the source itself."""
    return Web(
        WebSettings(
            source=settings.source,
            base_url=credentials.token_url,
            connections=1,
            max_body=64 * 1024,
            tls=settings.tls,
            networks=settings.networks,
        )
    )


def refusal(source: str, status: int, retry_after: str | None = None) -> SourceError:
    """Give the error that an answer with *status* stands for."""
    if status == 404:
        return Absent(source, "answered 404: there is no such thing")
    if status == 401:
        return NotAccepted(source, "answered 401: it does not accept our credentials")
    if status == 403:
        return Refused(source, "answered 403: our credentials do not allow it")
    if status == 408:
        return TimedOut(source, "answered 408: the request took too long")
    if status == 429:
        return RateLimited(source, "answered 429: too many requests", _seconds(retry_after))
    if status >= 500:
        return Unavailable(source, f"answered {status}: it failed")
    if 300 <= status < 400:
        return Refused(source, f"answered {status}: it points elsewhere, which is not followed")
    if status < 300:
        return Malformed(source, f"answered {status} where 200 was promised")
    return Refused(source, f"answered {status}: it rejects the question")


def _seconds(retry_after: str | None) -> float | None:
    if not retry_after:
        return None
    told = retry_after.strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
