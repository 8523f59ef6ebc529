"""What all imitated REST systems share: a public door, a side door, faults, a log."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.systems.control import PREFIX, control_app
from sandbox.systems.door import HOST, HttpDoor
from sandbox.systems.faults import NO_FAULT, Fault, FaultBox, Mode

LOST_SHARE = web.RequestKey("lost_share", float)
ROWS = web.RequestKey("rows", int)
ASKED = web.RequestKey("asked", list[list[str]])
"""What was asked where the address does not say it: pairs of names and values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """How callers get into a system, where it is not by a token that stays the same."""

    credentials: Mapping[str, str] = field(default_factory=dict)
    """What callers are told, beside the address."""
    token_path: str = ""
    """Where tokens are given, if anywhere."""
    encrypted: ssl.SSLContext | None = None
    side_routes: web.RouteTableDef | None = None
    """What the system alone can be told at its side door."""


class RestSystem:
    """One REST system; *refusal* is the status with which it turns a caller away."""

    def __init__(
        self,
        routes: web.RouteTableDef,
        port: int,
        control_port: int,
        refusal: int,
        entrance: Entrance | None = None,
    ) -> None:
        self._entrance = entrance or Entrance()
        self._refusal = refusal
        self._box = FaultBox()
        self._log: list[dict[str, Any]] = []
        self._inflight = 0
        self._cancelled = 0
        app = web.Application(middlewares=[self._middleware()])
        app.router.add_routes(routes)
        self._door = HttpDoor(app, port, self._entrance.encrypted)
        self._side_door = HttpDoor(control_app(self, self._entrance.side_routes), control_port)

    async def open(self) -> dict[str, object]:
        """Open both doors and give their addresses."""
        await self._door.open()
        await self._side_door.open()
        entrance = self._entrance
        scheme = "http" if entrance.encrypted is None else "https"
        address = f"{scheme}://{HOST}:{self._door.port}"
        where = {"token_url": address + entrance.token_path} if entrance.token_path else {}
        return {
            "address": address,
            "credentials": {**where, **entrance.credentials},
            "control_url": f"http://{HOST}:{self._side_door.port}{PREFIX}",
        }

    async def aclose(self) -> None:
        """Close both doors."""
        self._box.set(NO_FAULT)
        await self._door.aclose()
        await self._side_door.aclose()

    async def set_fault(self, fault: Fault) -> None:
        """Put *fault* in force."""
        self._box.set(fault)
        if fault.mode is Mode.DOWN:
            await self._door.shut()
        else:
            await self._door.open()

    async def fault(self) -> Fault:
        """Give the fault in force."""
        return self._box.current

    async def requests(self) -> list[dict[str, Any]]:
        """List what was asked since the last reset."""
        return self._log

    async def inflight(self) -> dict[str, int]:
        """Count what is being worked on."""
        return {
            "inflight": self._inflight,
            "cancelled": self._cancelled,
            "connections": self._door.connections,
        }

    async def reset(self) -> None:
        """Forget what was asked and lift the fault."""
        await self.set_fault(NO_FAULT)
        self._log = []
        self._cancelled = 0

    def _middleware(self) -> Any:
        @web.middleware
        async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
            entry: dict[str, Any] = {
                "method": request.method,
                "path": request.path,
                "query": sorted([name, value] for name, value in request.query.items()),
                "status": None,
                "rows": None,
                "cancelled": False,
            }
            self._log.append(entry)
            self._inflight += 1
            try:
                response = await self._answer(request, handler)
            except asyncio.CancelledError:
                entry["cancelled"] = True
                self._cancelled += 1
                raise
            finally:
                self._inflight -= 1
            entry["status"] = response.status
            entry["rows"] = request.get(ROWS)
            entry["query"] = request.get(ASKED, entry["query"])
            return response

        return watch

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        lifted = self._box.lifted
        fault = self._box.take()
        if fault.mode is Mode.SLOW:
            await asyncio.sleep(fault.delay_ms / 1_000)
        elif fault.mode is Mode.HANG:
            await lifted.wait()
        elif fault.mode is Mode.FAIL:
            response = refuse(fault.status, "layanan sedang tidak tersedia")
            if fault.retry_after is not None:
                response.headers["Retry-After"] = str(fault.retry_after)
            return response
        elif fault.mode is Mode.REFUSE:
            return refuse(self._refusal, "kredensial tidak diterima")
        request[LOST_SHARE] = fault.share if fault.mode is Mode.LOSE else 0.0
        try:
            answered = await handler(request)
        except web.HTTPException as error:
            answered = refuse(error.status, error.reason)
        if fault.mode is Mode.GARBAGE and isinstance(answered, web.Response):
            return _half(answered)
        return answered


def refuse(status: int, reason: str) -> web.Response:
    """Say no, with a reason."""
    body = orjson.dumps({"galat": {"kode": status, "pesan": reason}})
    return web.Response(body=body, status=status, content_type="application/json")


def answer(request: web.Request, body: bytes, rows: int) -> web.Response:
    """Answer with JSON already encoded, noting how many *rows* it holds."""
    request[ROWS] = rows
    return web.Response(body=body, content_type="application/json")


def _half(response: web.Response) -> web.Response:
    body = response.body
    whole = body if isinstance(body, bytes) else b""
    broken = whole[: len(whole) * 2 // 3] + b"\xff\xfe<html>"
    return web.Response(body=broken, content_type="application/json")
