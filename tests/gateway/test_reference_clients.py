"""npm's reference clients against our server: graphql-ws, graphql-sse, Apollo, meros.

Needs Node and what `npm ci` puts into `tests/node`; without them each scenario is skipped.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from gateway.app import build_app
from gateway.server import build_server, listen
from tests.gateway.serving import serving_app
from tests.gateway.streaming import Seen, build_schema, settings
from tests.gateway.world import World, clock

FOLDER = Path(__file__).parents[1] / "node"
NODE = shutil.which("node")
SETTINGS = settings(init=2.0, heartbeat=0.05, stalled=30.0)

pytestmark = pytest.mark.skipif(
    NODE is None or not (FOLDER / "node_modules" / "graphql-ws").is_dir(),
    reason="needs Node, and `npm ci` in tests/node",
)


def scenarios(script: str) -> list[tuple[str, str]]:
    """List the scenarios that *script* declares, but for those that need a second server."""
    text = (FOLDER / f"{script}.mjs").read_text(encoding="utf-8")
    names = re.findall(r'^  async (?:"([^"]+)"|(\w+))\(url\)', text, re.MULTILINE)
    return [(script, quoted or bare) for quoted, bare in names if bare != "reconnecting"]


async def node(script: str, url: str, *arguments: str) -> asyncio.subprocess.Process:
    assert NODE is not None
    return await asyncio.create_subprocess_exec(
        NODE, f"{script}.mjs", f"{url}/graphql", *arguments, cwd=FOLDER,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


@functools.cache
def outcomes(script: str) -> dict[str, str | None]:
    """Run every scenario of *script* against one server, once; give the errors by name."""

    async def run() -> dict[str, str | None]:
        app = build_app(World().sources, SETTINGS, clock=clock, schema=build_schema(Seen()))
        async with serving_app(app, SETTINGS) as client:
            names = [name for _, name in scenarios(script)]
            process = await node(script, client.url, *names)
            told, _ = await process.communicate()
        assert len(app.state.open_streams) == 0
        lines: list[dict[str, Any]] = [json.loads(line) for line in told.splitlines()]
        return {line["scenario"]: line.get("error") for line in lines}

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("script", "name"),
    [each for script in ("websocket", "event_stream", "incremental") for each in scenarios(script)],
)
def test_the_reference_client_is_content(script: str, name: str) -> None:
    """Each scenario ends as its client expects."""
    found = outcomes(script)

    assert name in found
    assert found[name] is None


@pytest.mark.parametrize("script", ["websocket", "event_stream"])
def test_clients_go_on_with_the_next_server(script: str) -> None:
    """When the gateway is stopped, the reference clients connect again by themselves."""

    async def run() -> None:
        first = build_app(World().sources, SETTINGS, clock=clock, schema=build_schema(Seen()))
        async with serving_app(first, SETTINGS) as client:
            process = await node(script, client.url, "reconnecting")
            assert process.stdout is not None
            assert json.loads(await process.stdout.readline()) == {"ready": True}
            await asyncio.sleep(0.1)
        second = build_app(World().sources, SETTINGS, clock=clock, schema=build_schema(Seen()))
        listening = listen("127.0.0.1", int(client.url.rpartition(":")[2]))
        server = build_server(second, SETTINGS)
        work = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            told, _ = await asyncio.wait_for(process.communicate(), 40)
        finally:
            server.should_exit = True
            await work
            listening.close()

        assert json.loads(told.splitlines()[-1]) == {"scenario": "reconnecting"}

    asyncio.run(run())
