"""The console over HTTP: its page, its files, and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from html.parser import HTMLParser

import pytest
from yarl import URL

from gateway.app import build_app
from gateway.compression import takes_gzip
from gateway.console import FOLDER
from gateway.settings import GatewaySettings
from tests.gateway.serving import Client, serving_app, talk
from tests.gateway.world import World, clock

SETTINGS = GatewaySettings(console=True)
MOST = 4 * 1024 * 1024


class Tags(HTMLParser):
    """What a page loads and runs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


async def page(client: Client) -> tuple[str, str]:
    """Give the page and its content policy."""
    async with client.session.get(client.url) as response:
        assert response.status == 200
        return await response.text(), response.headers["Content-Security-Policy"]


def test_the_page_runs_under_a_nonce_of_its_own() -> None:
    """Every script and sheet has the nonce of its answer's policy, and no two answers share one."""

    async def conversation(client: Client) -> None:
        pages = [await page(client) for _ in range(2)]
        nonces = []
        for text, policy in pages:
            (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
            nonces.append(nonce)
            directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
            assert directives["default-src"] == "'none'"
            assert directives["script-src"] == f"'nonce-{nonce}'"
            assert directives["connect-src"] == "'self'"
            loading = [held for tag, held in Tags(text).found if tag in ("script", "style", "link")]
            assert len(loading) == 5
            for held in loading:
                assert held.get("nonce") == nonce or held.get("href") == "data:,"
            assert not re.search(r"https?:|NONCE|EXAMPLES|SCRIPT\b|STYLE\b", text)

        assert nonces[0] != nonces[1]

    talk(World(), conversation, SETTINGS)


def test_files_are_kept_for_good_and_the_page_never() -> None:
    """What is named by its content may stay in caches; the page holds a nonce and may not."""

    async def conversation(client: Client) -> None:
        async with client.session.get(client.url) as response:
            assert response.headers["Cache-Control"] == "no-store"
            text = await response.text()
        names = re.findall(r'"console/([^"]+)"', text)
        assert len(names) == 2
        for name in names:
            async with client.session.get(f"{client.url}/console/{name}") as response:
                assert response.status == 200
                assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
                assert response.headers["Content-Encoding"] == "gzip"
                assert response.headers["Content-Security-Policy"] == "default-src 'none'"
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["Vary"] == "Accept-Encoding"
                packed = await response.read()
            plain = {"Accept-Encoding": "identity"}
            async with client.session.get(
                f"{client.url}/console/{name}", headers=plain
            ) as response:
                assert "Content-Encoding" not in response.headers
                assert await response.read() == packed
            kind = "text/css" if name.endswith(".css") else "text/javascript"
            assert response.headers["Content-Type"] == f"{kind}; charset=utf-8"

    talk(World(), conversation, SETTINGS)


@pytest.mark.parametrize(
    "path",
    [
        "console/",
        "console/entries.json",
        "console/LICENCES.txt",
        "console/../console.py",
        "console/%2e%2e%2fconsole.py",
        "console/..%2fconsole.html",
        "console/%2fetc%2fpasswd",
        "console/..%5cconsole.py",
        "console/console.js%00",
    ],
)
def test_nothing_but_the_files_is_served(path: str) -> None:
    """A name that is not one of the page's files is not found, however it is written."""

    async def conversation(client: Client) -> None:
        # Sent as it is written, not tidied first.
        async with client.session.get(URL(f"{client.url}/{path}", encoded=True)) as response:
            assert response.status == 404
            assert (await response.json())["errors"][0]["extensions"]["code"] == "NOT_FOUND"

    talk(World(), conversation, SETTINGS)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_page_and_files_can_only_be_got(method: str) -> None:
    """Any method that could change something is refused."""
    name = next(FOLDER.glob("*.gz")).stem

    async def conversation(client: Client) -> None:
        for path in ("", f"console/{name}"):
            async with client.session.request(method, f"{client.url}/{path}") as response:
                assert response.status == 405

    talk(World(), conversation, SETTINGS)


def test_without_the_setting_there_are_no_files_either() -> None:
    """The console is off unless it is set: neither page nor files."""
    name = next(FOLDER.glob("*.gz")).stem

    async def conversation(client: Client) -> None:
        for path in ("", f"console/{name}"):
            async with client.session.get(f"{client.url}/{path}") as response:
                assert response.status == 404

    talk(World(), conversation, GatewaySettings())


def test_an_example_cannot_leave_its_place() -> None:
    """An example that looks like markup, or like a mark of the page, stays a text."""
    example = '{ a(b: "</script><script>alert(1)</script> NONCE SCRIPT") }'
    app = build_app(World().sources, SETTINGS, clock=clock, examples=(example,))

    async def conversation() -> None:
        async with serving_app(app, SETTINGS) as client:
            text, _ = await page(client)
        (held,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', text)

        assert json.loads(held) == [example]
        assert [tag for tag, _ in Tags(text).found].count("script") == 2

    asyncio.run(conversation())


def test_the_files_are_small_and_name_no_map() -> None:
    """Under 4 MiB in all, packed, without source maps, and with the licences beside them."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST
    for path in FOLDER.glob("*.gz"):
        assert b"sourceMappingURL=" not in gzip.decompress(path.read_bytes())
    licences = (FOLDER / "LICENCES.txt").read_text(encoding="utf-8")
    for name in ("graphiql", "monaco-editor", "react", "graphql", "prettier"):
        assert re.search(rf"^{name} \d+\.\d+\.\d+: MIT$", licences, re.MULTILINE)


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5, br", True),
        ("gzip;q=1.0", True),
        ("gzip; q=0", False),
        ("gzip;q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
def test_who_takes_gzip(header: str, takes: bool) -> None:
    """A coding with weight zero is refused by the client."""
    assert takes_gzip(header) is takes
