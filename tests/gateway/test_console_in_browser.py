"""The console in a real browser, against a real gateway; skipped where there is no Chromium."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from gateway.settings import GatewaySettings
from tests.gateway.browser import CHROMIUM, Browser, browsing
from tests.gateway.serving import Client, talk
from tests.gateway.world import World

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.timeout(120),
]
TOKEN = "rahasia-2b7e151628aed2a6"
ANSWER = "globalThis.__MONACO?.editor.getModels().find((m) => m.uri.path.endsWith('response.json'))"
STORED = """(async () => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage), document.cookie,
  (await indexedDB.databases()).map((each) => each.name), await caches.keys()]))()"""


async def write(browser: Browser, query: str) -> None:
    """Put *query* into the editor, in place of what is there."""
    await browser.until("document.querySelector('.graphiql-query-editor .view-line')")
    await browser.evaluate("document.querySelector('.graphiql-query-editor textarea').focus()")
    await browser.press("a", 65, control=True)
    await browser.type(query)


async def ask(browser: Browser) -> dict[str, object]:
    """Run what is in the editor, by keyboard, and give the answer shown."""
    await browser.until("document.querySelector('.graphiql-query-editor .view-line')")
    await browser.evaluate("document.querySelector('.graphiql-query-editor textarea').focus()")
    await browser.evaluate(f"{ANSWER}.setValue('')")
    await browser.press("Enter", 13, control=True)
    shown = await browser.until(f"{ANSWER}.getValue()")
    answer: dict[str, object] = json.loads(str(shown))
    return answer


async def credential(browser: Browser) -> None:
    """Type a credential into the editor of headers, which is the one that is open."""
    editor = (
        "document.querySelector('.graphiql-editor-tool .graphiql-editor:not(.hidden) textarea')"
    )
    await browser.until(editor)
    await browser.evaluate(f"{editor}.focus()")
    await browser.press("a", 65, control=True)
    await browser.type(json.dumps({"Authorization": f"Bearer {TOKEN}"}))


def test_a_query_is_run_and_nothing_else_is_asked(tmp_path: Path) -> None:
    """The page opens, runs its query and shows rows; all it asked for is ours, and all allowed."""

    async def conversation(client: Client) -> None:
        async with browsing(f"{client.url}/", tmp_path) as browser:
            answer = await ask(browser)
            await browser.until(
                "[...document.querySelectorAll('.result-window .view-line')]"
                ".some((each) => each.textContent.includes('trackingId'))"
            )
            violations = await browser.evaluate("violations")
            if folder := os.environ.get("SIMPUL_PICTURES"):
                await browser.picture(Path(folder) / "console.png")

            assert "errors" not in answer
            assert "edges" in json.dumps(answer)
            assert violations == []
            assert browser.said == []
            assert [
                each.url for each in browser.requested if not each.url.startswith(f"{client.url}/")
            ] == []

    talk(World(), conversation, GatewaySettings(console=True, introspection=True))


def test_names_of_the_schema_are_offered(tmp_path: Path) -> None:
    """The schema is read, and every worker of the editor runs from our own files."""

    async def conversation(client: Client) -> None:
        async with browsing(f"{client.url}/", tmp_path) as browser:
            await ask(browser)
            await write(browser, "query Me { compl")
            await browser.press(" ", 32, control=True)
            await browser.until(
                "[...document.querySelectorAll('.suggest-widget .monaco-list-row')]"
                ".some((each) => each.textContent.includes('complaints'))"
            )
            workers = {each.url for each in browser.requested if "-worker-" in each.url}

            assert await browser.evaluate("violations") == []
            assert browser.said == []
            assert len(workers) == 3
            assert all(url.startswith(f"{client.url}/console/") for url in workers)

    talk(World(), conversation, GatewaySettings(console=True, introspection=True))


def test_a_credential_is_sent_and_never_written_down(tmp_path: Path) -> None:
    """A header goes out with the query; no storage, cookie or address ever holds it."""

    async def conversation(client: Client) -> None:
        async with browsing(f"{client.url}/", tmp_path / "profile") as browser:
            await ask(browser)
            await credential(browser)
            await ask(browser)
            sent = len(browser.requested)
            stored = await browser.evaluate(STORED)
            address = await browser.evaluate("location.href")
            await browser.reload()
            await ask(browser)

        before, after = (
            [each.headers.get("Authorization") for each in part if each.url.endswith("/graphql")]
            for part in (browser.requested[:sent], browser.requested[sent:])
        )
        assert before[-1] == f"Bearer {TOKEN}"
        assert after
        assert set(after) == {None}
        assert [each.url for each in browser.requested if TOKEN in each.url] == []
        assert stored == json.dumps([[], [], "", [], []], separators=(",", ":"))
        assert TOKEN not in address
        written = [path for path in (tmp_path / "profile").rglob("*") if path.is_file()]
        assert written
        assert [path for path in written if TOKEN.encode() in path.read_bytes()] == []

    talk(World(), conversation, GatewaySettings(console=True, introspection=True))


def test_it_works_without_introspection(tmp_path: Path) -> None:
    """Where the schema is not told, the page opens all the same and runs a query."""

    async def conversation(client: Client) -> None:
        async with browsing(f"{client.url}/", tmp_path) as browser:
            await write(browser, "query Me { viewer { subject } }")
            await browser.until(
                "document.querySelector('.graphiql-tab-button').textContent === 'Me'"
            )
            answer = await ask(browser)

            assert answer == {"data": {"viewer": {"subject": "anonymous"}}}
            assert await browser.evaluate("violations") == []

    talk(World(), conversation, GatewaySettings(console=True))


def test_the_policy_keeps_the_page_from_asking_others(tmp_path: Path) -> None:
    """Even a script in the page reaches no other origin, neither by question nor by picture."""

    async def conversation(client: Client) -> None:
        asked: list[bytes] = []

        async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append(await reader.readline())
            writer.close()

        server = await asyncio.start_server(other, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, browsing(f"{client.url}/", tmp_path) as browser:
            await ask(browser)
            await browser.evaluate(
                f"const other = 'http://127.0.0.1:{port}/'; fetch(other).catch(() => new Promise("
                "(done) => { const image = new Image(); image.onerror = () => done(0);"
                " image.src = other; }))"
            )
            violations = await browser.evaluate("violations")

        assert asked == []
        assert [each.split()[0] for each in violations] == ["connect-src", "img-src"]

    talk(World(), conversation, GatewaySettings(console=True))


def test_an_answer_that_is_no_json_is_told_in_words(tmp_path: Path) -> None:
    """What a proxy in between says in HTML is shown as a status, not as a mistake of parsing."""

    async def conversation(client: Client) -> None:
        async with browsing(f"{client.url}/", tmp_path) as browser:
            await ask(browser)
            await browser.evaluate(
                "globalThis.fetch = async () => new Response('<p>no', {status: 502}); 0"
            )
            answer = await ask(browser)

            assert "The server answered 502, without JSON." in json.dumps(answer)

    talk(World(), conversation, GatewaySettings(console=True))
