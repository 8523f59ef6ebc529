"""HTTP: every failure in the contract's words, capped bodies, no secret in any message."""

from __future__ import annotations

import asyncio
import builtins
import gzip
import inspect
import json
import socket
import ssl
from typing import Any

import httptools
import pytest
from aiohttp import web

from connectors.contract.connector import Connector
from connectors.contract.errors import (
    Malformed,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    Unavailable,
)
from connectors.contract.query import SourceQuery
from connectors.resilience.guarded import Guarded
from connectors.web import refusal
from connectors.web_errors import translated
from tests.connectors.serving import NUMBERED, Handler, connector, row, serving, speaking

FOREIGN = sorted(
    {
        error
        for module in (builtins, httptools, socket, ssl)
        for _, error in inspect.getmembers(module, inspect.isclass)
        if issubclass(error, Exception) and not issubclass(error, ExceptionGroup | Warning)
    },
    key=lambda error: error.__name__,
)


@pytest.mark.parametrize("error", FOREIGN, ids=[each.__name__ for each in FOREIGN])
def test_no_foreign_exception_is_missed(error: type[Exception]) -> None:
    """Whatever sockets, TLS and the parser can raise becomes one of the contract's failures."""
    found = translated("s", error.__new__(error))

    assert type(found) in {Unavailable, TimedOut, Refused, Malformed}
    assert error.__name__ in found.message


def test_there_are_foreign_exceptions_to_miss() -> None:
    """The list above is not empty by accident."""
    names = {each.__name__ for each in FOREIGN}

    assert {"ConnectionResetError", "SSLCertVerificationError", "HttpParserError"} <= names


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), TimedOut),
        (ConnectionRefusedError(), Unavailable),
        (socket.gaierror(), Unavailable),
        (httptools.HttpParserError("x"), Malformed),
        (httptools.HttpParserUpgrade(1), Malformed),
        (UnicodeError("x"), Refused),
        (ssl.SSLCertVerificationError(), Refused),
        (ConnectionResetError(), Unavailable),
        (ssl.SSLError(), Unavailable),
    ],
)
def test_failures_are_told_apart(error: Exception, kind: type[SourceError]) -> None:
    """No answer in time, no answer at all, and an answer that is none are three things."""
    assert type(translated("s", error)) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Refused),
        (403, Refused),
        (404, Refused),
        (408, TimedOut),
        (429, RateLimited),
        (302, Refused),
        (204, Malformed),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_each_status_has_its_meaning(status: int, kind: type[SourceError]) -> None:
    """What the source's status says of whose fault it is."""
    assert isinstance(refusal("s", status), kind)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("", None),
        (None, None),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("\u00b2", None),
        (f"Wed, 21 Oct 2015 07:28:00 +{'9' * 20}", None),
    ],
)
def test_retry_after_is_read(header: str | None, seconds: float | None) -> None:
    """Seconds or a date; anything else is no wish."""
    error = refusal("s", 429, header)

    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def asked(handler: Handler, collection: str = NUMBERED) -> Any:
    """Ask a source served by *handler* for one page, without second tries."""

    async def ask() -> Any:
        async with serving(handler) as address:
            guarded = connector(address, collection)
            assert isinstance(guarded, Guarded)
            inner: Connector = guarded.inner
            try:
                return await inner.fetch(SourceQuery())
            finally:
                await inner.aclose()

    return asyncio.run(ask())


def test_the_request_says_who_asks_and_what_it_accepts() -> None:
    """Credentials, our own name, JSON; no cookies, and no proxy from the environment."""
    seen: dict[str, str] = {}

    async def handler(request: web.Request) -> web.Response:
        seen.update(request.headers)
        response = web.json_response({"data": [row(1)], "total": 1})
        response.set_cookie("a", "b")
        return response

    asked(handler)

    assert seen["Authorization"] == "Bearer sangat-rahasia"
    assert seen["Accept"] == "application/json"
    assert seen["User-Agent"].startswith("Simpul/")


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may set a variable must not read complaints."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"data": [row(1)], "total": 1})

    assert len(asked(handler).rows) == 1


def test_a_body_over_the_limit_is_malformed() -> None:
    """Reading stops at the limit."""

    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"data": [], "x": "x" * 200_000})

    with pytest.raises(Malformed, match="larger than 65536 bytes"):
        asked(handler)


def test_a_gzip_bomb_is_not_unpacked() -> None:
    """Fifty megabytes of nothing in fifty kilobytes: reading stops at the limit."""
    bomb = gzip.compress(b" " * 50_000_000)

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(Malformed, match="larger than"):
        asked(handler)


def test_packed_answers_are_unpacked() -> None:
    """gzip, as we said we accept."""
    body = gzip.compress(json.dumps({"data": [row(n) for n in range(5)], "total": 5}).encode())

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    assert len(asked(handler).rows) == 5


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(gzip.compress(b'{"data": []}')[:-12], "gzip"), (b"no gzip", "gzip"), (b"x", "br")],
    ids=["cut off", "not packed", "packed otherwise"],
)
def test_an_answer_that_cannot_be_unpacked_is_malformed(body: bytes, encoding: str) -> None:
    """Cut off, not packed at all, or packed in a way that we did not ask for."""

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    with pytest.raises(Malformed):
        asked(handler)


def test_redirects_are_not_followed() -> None:
    """The token goes to the address in the settings and nowhere else."""
    seen = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    with pytest.raises(Refused, match="points elsewhere"):
        asked(handler)

    assert seen == ["/laporan"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"data": [1,]}', b"<html>", b"[" * 5000]
)
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    """Broken, empty, not UTF-8, nested without end."""

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body)

    with pytest.raises(Malformed):
        asked(handler)


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 99999 ?\r\n\r\n",
    ],
)
def test_what_is_no_http_is_the_sources_failure(answer: bytes) -> None:
    """Bytes of another protocol, and an answer that ends too early."""

    async def ask() -> None:
        async with speaking(answer) as address:
            guarded = connector(address, NUMBERED)
            try:
                await guarded.fetch(SourceQuery())
            finally:
                await guarded.aclose()

    with pytest.raises(Malformed):
        asyncio.run(ask())


def test_nobody_there_is_unavailable_and_names_no_secret() -> None:
    """A refused connection; neither the token nor the address stands in the message."""

    async def ask() -> None:
        guarded = connector("http://127.0.0.1:1", NUMBERED)
        try:
            await guarded.fetch(SourceQuery())
        finally:
            await guarded.aclose()

    with pytest.raises(Unavailable) as raised:
        asyncio.run(ask())

    assert "sangat-rahasia" not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)


def test_cancelling_closes_the_connection() -> None:
    """The source notices at once that nobody waits any more."""

    async def ask() -> bool:
        came, left = asyncio.Event(), asyncio.Event()

        async def handler(_: web.Request) -> web.Response:
            came.set()
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                left.set()
                raise
            return web.Response()

        async with serving(handler) as address:
            guarded = connector(address, NUMBERED)
            task = asyncio.ensure_future(guarded.fetch(SourceQuery()))
            await came.wait()
            task.cancel()
            async with asyncio.timeout(2):
                await left.wait()
            await guarded.aclose()
            return task.cancelled() or task.done()

    assert asyncio.run(ask())


def test_closing_twice_is_fine() -> None:
    """And closing what was never opened."""

    async def close() -> None:
        guarded = connector("http://127.0.0.1:1")
        await guarded.aclose()
        await guarded.aclose()

    asyncio.run(close())
