"""A small schema with subscriptions and slow fields, served by the gateway's own application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import strawberry
from strawberry.schema.config import StrawberryConfig

from gateway.app import build_app
from gateway.settings import GatewaySettings
from gateway.stream_settings import StreamSettings
from gateway.websocket import SUBPROTOCOL
from resolvers.asked import ComplaintsAsked
from tests.gateway.serving import SETTINGS, Client, serving_app
from tests.gateway.world import World, clock

SECRET = "kata sandi 0812-0000-7777"
"""What no client may read: it stands in exceptions only."""

QUIET = "subscription { quiet }"
TICKS = "subscription Detak($n: Int! = 3) { ticks(count: $n) { number word } }"


@dataclass
class Seen:
    """What the resolvers of one test saw."""

    begun: int = 0
    """Streams and slow fields that began."""
    ended: int = 0
    """How many of them ended, by themselves or cancelled."""
    contexts: set[int] = field(default_factory=set)
    """The contexts that events were answered with."""
    kept: list[object] = field(default_factory=list)

    def note(self, context: object) -> None:
        """Take note of a *context*; it is kept, so that no other gets its number."""
        self.kept.append(context)
        self.contexts.add(id(context))


def build_schema(seen: Seen) -> strawberry.Schema:
    """Build the schema; what happens in it is told to *seen*."""

    async def word_(info: strawberry.Info[Any, None], after_ms: int = 0) -> str:
        seen.note(info.context)
        await asyncio.sleep(after_ms / 1000)
        return "kata"

    async def hanging_() -> str:
        seen.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            seen.ended += 1
        return ""

    async def stubborn_() -> str:
        seen.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.2)
            seen.ended += 1
        return ""

    def failing_() -> str:
        raise ValueError(SECRET)

    async def newest_(info: strawberry.Info[Any, None]) -> str:
        page = await info.context.complaints(ComplaintsAsked(first=1), frozenset({"title"}))
        return str(page.nodes[0].title)

    @strawberry.type
    class Tick:
        number: int
        newest = strawberry.field(resolver=newest_, graphql_type=str)
        word = strawberry.field(resolver=word_, graphql_type=str)
        failing = strawberry.field(resolver=failing_, graphql_type=str | None)
        hanging = strawberry.field(resolver=hanging_, graphql_type=str | None)

    def greeting_(name: str = "dunia") -> str:
        return f"halo {name}"

    async def numbers_(count: int = 3) -> AsyncGenerator[int, None]:
        for number in range(count):
            await asyncio.sleep(0.01)
            yield number

    def tick_() -> Tick:
        return Tick(number=1)

    def running_() -> int:
        return seen.begun - seen.ended

    @strawberry.type
    class Query:
        running = strawberry.field(resolver=running_, graphql_type=int)
        greeting = strawberry.field(resolver=greeting_, graphql_type=str)
        failing = strawberry.field(resolver=failing_, graphql_type=str | None)
        hanging = strawberry.field(resolver=hanging_, graphql_type=str | None)
        stubborn = strawberry.field(resolver=stubborn_, graphql_type=str | None)
        numbers = strawberry.field(resolver=numbers_, graphql_type=strawberry.Streamable[int])
        tick = strawberry.field(resolver=tick_, graphql_type=Tick)

    async def ticks_(count: int = 3, every_ms: int = 1) -> AsyncGenerator[Tick, None]:
        seen.begun += 1
        try:
            for number in range(count):
                yield Tick(number=number)
                await asyncio.sleep(every_ms / 1000)
        finally:
            seen.ended += 1

    async def quiet_() -> AsyncGenerator[int, None]:
        seen.begun += 1
        try:
            await asyncio.Event().wait()
            yield 0
        finally:
            seen.ended += 1

    async def loud_() -> AsyncGenerator[str, None]:
        seen.begun += 1
        try:
            while True:
                yield "x" * 1_000_000
        finally:
            seen.ended += 1

    async def breaking_() -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError(SECRET)

    async def refusing_() -> AsyncGenerator[int, None]:
        raise ValueError(SECRET)
        yield 1

    @strawberry.type
    class Subscription:
        ticks = strawberry.subscription(resolver=ticks_, graphql_type=Tick)
        quiet = strawberry.subscription(resolver=quiet_, graphql_type=int)
        loud = strawberry.subscription(resolver=loud_, graphql_type=str)
        breaking = strawberry.subscription(resolver=breaking_, graphql_type=int)
        refusing = strawberry.subscription(resolver=refusing_, graphql_type=int)

    return strawberry.Schema(
        Query,
        subscription=Subscription,
        config=StrawberryConfig(enable_experimental_incremental_execution=True),
    )


def settings(deadline: float = 8.0, **streams: Any) -> GatewaySettings:
    """Give settings that differ from the usual in the table of *streams*."""
    return replace(SETTINGS, deadline=deadline, streams=StreamSettings(**streams))


def stream(
    conversation: Callable[[Client, Seen], Awaitable[None]],
    given: GatewaySettings = SETTINGS,
    world: World | None = None,
) -> None:
    """Serve the small schema for one *conversation*; afterwards nothing may be left running."""
    seen = Seen()

    async def run() -> None:
        app = build_app((world or World()).sources, given, clock=clock, schema=build_schema(seen))
        async with serving_app(app, given) as client:
            await conversation(client, seen)
        assert len(app.state.open_streams) == 0

    asyncio.run(run())
    assert seen.begun == seen.ended


async def until(claim: Callable[[], bool]) -> None:
    """Wait until *claim* is true, for five seconds at most."""
    async with asyncio.timeout(5):
        while not claim():  # noqa: ASYNC110 - the claims are about other parts of this process
            await asyncio.sleep(0.005)


class Socket:
    """A client's end of a WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, type_: str, id_: str | None = None, payload: object = None) -> None:
        """Send a message."""
        message = {"type": type_, "id": id_, "payload": payload}
        await self.socket.send_json({key: each for key, each in message.items() if each})

    async def ask(self, id_: str, query: str, **more: object) -> None:
        """Send an operation."""
        await self.say("subscribe", id_, {"query": query, **more})

    async def hear(self) -> dict[str, Any]:
        """Give the next message, which must be a text frame."""
        message = await self.socket.receive(timeout=5)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        held: dict[str, Any] = message.json()
        return held

    async def closed(self) -> int:
        """Give the code by which the server closes, with nothing said before."""
        message = await self.socket.receive(timeout=5)
        assert message.type is aiohttp.WSMsgType.CLOSE, message
        code: int = message.data
        return code


async def connect(client: Client, *, init: bool = True, **options: Any) -> Socket:
    """Open a WebSocket, and wait for its acknowledgement unless *init* is off."""
    options = {"protocols": [SUBPROTOCOL]} | options
    socket = Socket(await client.session.ws_connect(f"{client.url}/graphql", **options))
    if init:
        await socket.say("connection_init")
        assert await socket.hear() == {"type": "connection_ack"}
    return socket
