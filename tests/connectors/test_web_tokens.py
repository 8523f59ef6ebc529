"""OAuth 2 client credentials against a real authority and a real source, both on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from connectors.contract.errors import Malformed, Refused, SourceError, Unavailable
from connectors.references import Secret
from connectors.web import Web, WebSettings
from connectors.web_tokens import ClientCredentials
from tests.connectors.serving import serving


async def plain(_: web.Request) -> web.Response:
    """Answer with an empty document."""
    return web.json_response({})


@dataclass
class Authority:
    """Gives tokens, and is the source that takes them."""

    lasts: object = 3600
    delay: float = 0.0
    answer: object = None
    status: int = 200
    given: int = 0
    taken_back: set[str] = field(default_factory=set)
    forms: list[dict[str, str]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        if request.path == "/token":
            return await self._token(request)
        token = request.headers.get("Authorization", "")
        self.seen.append(token)
        number = token.removeprefix("Bearer token-")
        good = number.isdigit() and 0 < int(number) <= self.given
        if not good or token in self.taken_back:
            return web.Response(status=401)
        return web.json_response({"token": token})

    async def _token(self, request: web.Request) -> web.Response:
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        await asyncio.sleep(self.delay)
        if self.status != 200:
            return web.Response(status=self.status, text="client_secret is wrong: geheim")
        self.given += 1
        if self.answer is not None:
            return web.json_response(self.answer)
        told = {"access_token": f"token-{self.given}", "token_type": "bearer"}
        return web.json_response(told | ({"expires_in": self.lasts} if self.lasts else {}))


def talk(authority: Authority, conversation: Callable[[Web], Awaitable[None]]) -> None:
    """Reach *authority* with client credentials for one conversation."""

    async def run() -> None:
        async with serving(authority.handle) as address:
            credentials = ClientCredentials(
                source="s",
                token_url=f"{address}/token",
                client_id="simpul",
                client_secret=Secret("geheim", "env:SECRET"),
                scope="aduan.baca",
            )
            reached = Web(WebSettings(source="s", base_url=address, tokens=credentials))
            try:
                await conversation(reached)
            finally:
                await reached.aclose()

    asyncio.run(run())


def test_one_token_serves_many_who_wait_for_it() -> None:
    """Twenty requests at once ask the authority once, with the whole form."""
    authority = Authority(delay=0.05)

    async def many(source: Web) -> None:
        await asyncio.gather(*(source.get("/", ()) for _ in range(20)))
        await source.get("/", ())

    talk(authority, many)

    assert authority.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": "simpul",
            "client_secret": "geheim",
            "scope": "aduan.baca",
        }
    ]
    assert set(authority.seen) == {"Bearer token-1"}
    assert len(authority.seen) == 21


def test_who_gives_up_takes_no_token_from_the_others() -> None:
    """A request that is cancelled while the token is on its way leaves the others their answer."""
    authority = Authority(delay=0.1)

    async def some(source: Web) -> None:
        first, second = (asyncio.ensure_future(source.get("/", ())) for _ in range(2))
        await asyncio.sleep(0.02)
        first.cancel()
        assert await second

    talk(authority, some)

    assert authority.given == 1


def test_a_token_is_renewed_before_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute early: it is not to expire on its way."""
    authority = Authority(lasts=100)
    moment = 1000.0
    monkeypatch.setattr("connectors.web_tokens.monotonic", lambda: moment)

    async def later(source: Web) -> None:
        nonlocal moment
        for moment in (1000.0, 1069.0, 1071.0):  # noqa: B007 - the clock reads it
            await source.get("/", ())

    talk(authority, later)

    assert authority.seen == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_token_that_was_taken_back_is_replaced_once() -> None:
    """A refused token is given up and the request tried with a new one, but not for ever."""
    authority = Authority()

    async def refused(source: Web) -> None:
        await source.get("/", ())
        authority.taken_back.add("Bearer token-1")
        assert b"token-2" in await source.get("/", ())
        authority.taken_back.update(f"Bearer token-{number}" for number in range(9))
        with pytest.raises(Refused, match="credentials"):
            await source.get("/", ())

    talk(authority, refused)

    assert authority.given == 3


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"status": 401}, Refused),
        ({"status": 400}, Refused),
        ({"status": 503}, Unavailable),
        ({"answer": {"token": "x"}}, Malformed),
        ({"answer": {"access_token": "x", "token_type": "mac"}}, Malformed),
        ({"answer": {"access_token": "a\r\nX-Admin: yes"}}, Malformed),
        ({"answer": {"access_token": ""}}, Malformed),
        ({"answer": ["geheim"]}, Malformed),
    ],
)
def test_what_the_authority_does_wrong_is_told_without_its_words(
    change: dict[str, object], error: type[SourceError]
) -> None:
    """No token means no request to the source, and no word of the authority's answer is told."""
    authority = Authority(**change)  # type: ignore[arg-type] # told by name

    async def fails(source: Web) -> None:
        with pytest.raises(error) as failed:
            await source.get("/", ())
        assert "geheim" not in failed.value.message
        assert "Admin" not in failed.value.message

    talk(authority, fails)

    assert authority.seen == []
