"""A real server on a real port, and a client to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import uvicorn
from starlette.applications import Starlette

from gateway.app import build_app
from gateway.http_settings import HttpSettings
from gateway.server import address_of, build_server, listen
from gateway.settings import GatewaySettings
from tests.gateway.world import World, clock

SETTINGS = GatewaySettings(introspection=True, http=HttpSettings(require_preflight=False))


@dataclass
class Client:
    """Asks one server."""

    session: aiohttp.ClientSession
    url: str
    server: uvicorn.Server

    def stop(self) -> None:
        """Tell the server to stop."""
        self.server.should_exit = True

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """POST *query* and give the decoded answer."""
        async with self.session.post(
            f"{self.url}/graphql", json={"query": query, "variables": variables}
        ) as response:
            assert response.status == 200
            answer: dict[str, Any] = await response.json()
            return answer

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """Give the data of an answer that must have no errors."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def code(self, query: str, **variables: Any) -> str:
        """Give the code of the one error that an answer must have."""
        answer = await self.ask(query, **variables)
        (error,) = answer["errors"]
        assert error["message"]
        code: str = error["extensions"]["code"]
        return code


async def everything(reader: asyncio.StreamReader) -> bytes:
    """Give all that comes until the connection is closed, or broken off for what we still sent."""
    found = b""
    with suppress(ConnectionResetError):
        while chunk := await reader.read(65_536):
            found += chunk
    return found


@asynccontextmanager
async def serving_app(app: Starlette, settings: GatewaySettings) -> AsyncIterator[Client]:
    """Serve *app* on a free port of the loopback interface."""
    listening = listen("127.0.0.1", 0)
    server = build_server(app, settings)
    work = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - the server tells nobody else
        await asyncio.sleep(0.005)
    try:
        async with aiohttp.ClientSession() as session:
            yield Client(session, address_of(listening), server)
    finally:
        server.should_exit = True
        await work
        listening.close()


def serving(
    world: World, settings: GatewaySettings = SETTINGS
) -> AbstractAsyncContextManager[Client]:
    """Serve *world*."""
    return serving_app(build_app(world.sources, settings, clock=clock), settings)


def talk(
    world: World,
    conversation: Callable[[Client], Awaitable[None]],
    settings: GatewaySettings = SETTINGS,
) -> None:
    """Serve *world* for the length of one *conversation*."""

    async def run() -> None:
        async with serving(world, settings) as client:
            await conversation(client)

    asyncio.run(run())
