"""HTTP to one source: one session, capped bodies, and every failure in the contract's words."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

import aiohttp
from yarl import URL

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
from connectors.web_tls import (
    Tls,
    alert,
    left_without_a_word,
    ours_refused,
    perhaps,
    why_not_accepted,
)
from connectors.web_tokens import ClientCredentials, Tokens

CONNECT_SECONDS = 2.0
USER_AGENT = "Simpul/0.1 (+complaint gateway)"

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
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
    """A transport over aiohttp."""

    def __init__(self, settings: WebSettings) -> None:
        """Reach the source as *settings* say; nothing is opened yet."""
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._authority: Web | None = None
        self._tokens: Tokens | None = None
        if settings.tokens is not None:
            self._authority = _authority(settings, settings.tokens)
            self._tokens = Tokens(settings.tokens, self._authority.send_form)
        self._base = settings.base_url.rstrip("/")
        self._shows: bool | None = None
        if self._base.startswith("https:"):
            self._shows = settings.tls is not None and settings.tls.shows

    async def get(self, path: str, query: Query) -> bytes:
        """Give the body of a successful answer."""
        return (await self.read(path, query)).body

    async def read(self, path: str, query: Query) -> Reply:
        """Give the whole of a successful answer."""
        return await self._exchange("GET", path, query)

    async def post(self, path: str, body: bytes) -> bytes:
        """Give the body of the answer to *body*."""
        headers = {"Content-Type": "application/json"}
        return (await self._exchange("POST", path, (), body, headers)).body

    async def send_form(self, form: bytes) -> bytes:
        """Give the body of the answer to *form*, sent to the address itself."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return (await self._sent("POST", "", (), form, headers)).body

    async def _exchange(
        self,
        method: str,
        path: str,
        query: Query,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        if self._tokens is None:
            return await self._sent(method, path, query, body, headers)
        token = await self._tokens.token()
        known = headers or {}
        try:
            return await self._sent(
                method, path, query, body, {**known, "Authorization": f"Bearer {token}"}
            )
        except NotAccepted:
            # It may have been taken back before its time: once more with a new one.
            self._tokens.forget(token)
            token = await self._tokens.token()
            return await self._sent(
                method, path, query, body, {**known, "Authorization": f"Bearer {token}"}
            )

    async def _sent(
        self,
        method: str,
        path: str,
        query: Query,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        source = self._settings.source
        # The address is given whole and encoded: what stands in an id cannot lead elsewhere.
        url = URL(self._base + path, encoded=True).with_query(list(query))
        try:
            async with self._open().request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return Reply(await self._body(response), response.headers.getall("Link", ()))
        except SourceError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's failure
            raise translated(source, error, shows=self._shows) from None

    async def aclose(self) -> None:
        """Close the session."""
        if self._tokens is not None and self._authority is not None:
            await self._tokens.aclose()
            await self._authority.aclose()
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            secrets = {name: secret.reveal() for name, secret in self._settings.headers.items()}
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._settings.connections,
                    resolver=Pinned(self._settings.source, self._settings.networks),
                    use_dns_cache=False,
                    ssl=True if self._settings.tls is None else self._settings.tls.context,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=None, sock_connect=CONNECT_SECONDS, sock_read=None
                ),
                headers={
                    "Accept": self._settings.accept,
                    "Accept-Encoding": "gzip",
                    "User-Agent": USER_AGENT,
                    **secrets,
                },
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        if response.status != 200:
            raise refusal(
                self._settings.source, response.status, response.headers.get("Retry-After")
            )
        unpack = _unpacker(self._settings.source, response.headers.get("Content-Encoding", ""))
        most = self._settings.max_body
        parts: list[bytes] = []
        size = 0
        async for chunk in response.content.iter_any():
            if unpack is not None:
                chunk = unpack.decompress(chunk, most + 1 - size)
            size += len(chunk)
            if size > most or (unpack is not None and unpack.unconsumed_tail):
                raise Malformed(self._settings.source, f"its answer is larger than {most} bytes")
            parts.append(chunk)
        if unpack is not None and not unpack.eof:
            raise Malformed(self._settings.source, "its compressed answer breaks off")
        return parts[0] if len(parts) == 1 else b"".join(parts)


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


def translated(source: str, error: BaseException, *, shows: bool | None = None) -> SourceError:
    """Give a foreign exception in the contract's words; it is the one place that does.

    The exception's own text may hold an address with its query, and is left out.  *shows* tells,
    where the source is spoken to over TLS, whether we have a certificate to show.
    """
    kind = type(error).__name__
    match error:
        case SourceError():
            return error
        case TimeoutError():
            return TimedOut(source, f"no answer in time ({kind})")
        case aiohttp.ClientConnectorCertificateError():
            cause = getattr(error, "_certificate_error", None)
            said = getattr(cause, "verify_message", None) or kind
            return Refused(source, f"its certificate is not accepted ({why_not_accepted(said)}")
        case aiohttp.ClientOSError() if told := alert(error):
            return Refused(source, ours_refused(told, shows=bool(shows)))
        case aiohttp.ClientSSLError():
            return Refused(source, f"it cannot be spoken to over TLS ({kind})")
        case aiohttp.InvalidURL():
            return Refused(source, f"its address cannot be used ({kind})")
        case aiohttp.ClientPayloadError() | zlib.error():
            return Malformed(source, f"its answer breaks off or cannot be unpacked ({kind})")
        case aiohttp.ClientResponseError() | aiohttp.http_exceptions.HttpProcessingError():
            return Malformed(source, f"its answer is no HTTP ({kind})")
        case _ if shows is not None and left_without_a_word(error):
            return Unavailable(source, f"closed the connection ({kind}); {perhaps(shows=shows)}")
        case _:
            return Unavailable(source, f"could not be reached ({kind})")


def _unpacker(source: str, encoding: str) -> zlib._Decompress | None:
    match encoding.strip().casefold():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(31)
        case other:
            raise Malformed(source, f"its answer is packed in a way not asked for: {other[:20]}")


def _seconds(retry_after: str | None) -> float | None:
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after.strip()[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
