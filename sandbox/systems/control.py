"""The side door of every system: order faults, read what was asked, see what is in flight."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import orjson
from aiohttp import web

from sandbox.systems.faults import BadFault, Fault

PREFIX = "/_sandbox"


class Controlled(Protocol):
    """What a system must offer to be controlled."""

    async def set_fault(self, fault: Fault) -> None:
        """Put *fault* in force; raise `BadFault` if this system cannot misbehave so."""

    async def fault(self) -> Fault:
        """Give the fault in force."""

    async def requests(self) -> list[dict[str, Any]]:
        """List what was asked since the last reset, oldest first."""

    async def inflight(self) -> dict[str, int]:
        """Count what is being worked on, and what clients gave up."""

    async def reset(self) -> None:
        """Forget what was asked and lift the fault."""


def control_app(system: Controlled, more: web.RouteTableDef | None = None) -> web.Application:
    """Build the side door for *system*; *more* is what it alone can be told, below `PREFIX`."""

    async def post_fault(request: web.Request) -> web.Response:
        try:
            fault = Fault.read(orjson.loads(await request.read()))
            await system.set_fault(fault)
        except (BadFault, orjson.JSONDecodeError) as error:
            return told({"error": str(error)}, status=400)
        return told(fault.describe())

    async def get_fault(_: web.Request) -> web.Response:
        return told((await system.fault()).describe())

    async def get_requests(_: web.Request) -> web.Response:
        return told(await system.requests())

    async def get_inflight(_: web.Request) -> web.Response:
        return told(await system.inflight())

    async def post_reset(_: web.Request) -> web.Response:
        await system.reset()
        return told({"reset": True})

    app = web.Application()
    table: list[tuple[str, str, Callable[[web.Request], Awaitable[web.Response]]]] = [
        ("POST", "/fault", post_fault),
        ("GET", "/fault", get_fault),
        ("GET", "/requests", get_requests),
        ("GET", "/inflight", get_inflight),
        ("POST", "/reset", post_reset),
    ]
    for method, path, handler in table:
        app.router.add_route(method, PREFIX + path, handler)
    app.router.add_routes(more or ())
    return app


def told(body: object, status: int = 200) -> web.Response:
    """Answer with *body* as JSON."""
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
