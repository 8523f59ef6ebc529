"""The console follows subscriptions and shows deferred parts, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.settings import GatewaySettings
from tests.gateway.browser import CHROMIUM, Browser, browsing
from tests.gateway.serving import Client, talk
from tests.gateway.streaming import until
from tests.gateway.test_console_in_browser import ANSWER
from tests.gateway.test_source_health import guarded
from tests.gateway.world import World

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.timeout(120),
]
SETTINGS = GatewaySettings(console=True, introspection=True)
LIST = "{ complaints(first: 3) { nodes { title } } }"


async def put(browser: Browser, name: str, query: str) -> None:
    """Put *query*, called *name*, into the editor at once; typing would be completed."""
    await browser.until("document.querySelector('.graphiql-query-editor .view-line')")
    model = ANSWER.replace("response.json", "operation.graphql")
    await browser.evaluate(f"{model}.setValue({json.dumps(query)})")
    await browser.until(f"document.querySelector('.graphiql-tab-button').textContent === '{name}'")
    await browser.evaluate("document.querySelector('.graphiql-query-editor textarea').focus()")


def test_events_are_shown_until_they_are_stopped(tmp_path: Path) -> None:
    """A source that changes appears in the answer; stopping ends the stream on the server."""
    world = guarded(World())

    async def conversation(client: Client) -> None:
        open_streams = client.server.config.app.state.open_streams  # type: ignore[union-attr] # ours
        async with browsing(f"{client.url}/", tmp_path) as browser:
            await put(browser, "Sehat", "subscription Sehat { sourceHealth { id state } }")
            await browser.press("Enter", 13, control=True)
            await until(lambda: len(open_streams) == 1)
            world.kaltim.mode = "down"
            await client.ask(LIST)
            await browser.until(f"{ANSWER}.getValue().includes('sourceHealth')")
            await browser.evaluate("document.querySelector('.graphiql-execute-button').click()")
            await until(lambda: len(open_streams) == 0)

            assert await browser.evaluate("violations") == []
            assert browser.said == []

    talk(world, conversation, SETTINGS)


def test_deferred_parts_are_put_together(tmp_path: Path) -> None:
    """What comes later stands where one whole answer would have it."""

    async def conversation(client: Client) -> None:
        complaint = 'complaint(trackingId: "9000005") { status }'
        query = f"query Tunda {{ viewer {{ subject }} ... @defer {{ {complaint} }} }}"
        async with browsing(f"{client.url}/", tmp_path) as browser:
            await put(browser, "Tunda", query)
            await browser.press("Enter", 13, control=True)
            await browser.until(f"{ANSWER}.getValue().includes('IN_PROGRESS')")
            answer = await browser.evaluate(f"{ANSWER}.getValue()")

            assert '"subject": "anonymous"' in str(answer)
            assert '"hasNext": true' not in str(answer)
            assert browser.said == []

    talk(World(), conversation, SETTINGS)
