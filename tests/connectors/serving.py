"""A small real HTTP server on the loopback, for what the sandbox does not do wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from connectors.contract.connector import Connector
from connectors.registry import load

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Serve every path with *handler*; gives the address."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def speaking(bytes_out: bytes) -> AsyncIterator[str]:
    """Serve every connection with the same bytes, whatever was asked."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(bytes_out)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


SOURCE = """
[sources.s]
kind = "rest"
base_url = "{address}"
auth = {{ kind = "bearer", token = "env:TOKEN" }}
time_zone = "Asia/Jakarta"
time_limit = "2s"
max_body = "64KiB"
row_budget = 500
{source}
[sources.s.collections.complaints]
path = "/laporan"
rows = "data"
{collection}
[sources.s.collections.complaints.mapping]
local_id = "id"
title = "judul"
updated_at = {{ path = "ubah", required = true }}
{mapping}
"""


def connector(
    address: str, collection: str = "", *, source: str = "", mapping: str = ""
) -> Connector:
    """Give the connector of a source at *address*, guarded as in life."""
    text = SOURCE.format(address=address, collection=collection, source=source, mapping=mapping)
    (found,) = load(text, {"TOKEN": "sangat-rahasia"})
    return found.connector


NUMBERED = """
total = "total"
page = { style = "number", param = "halaman", size_param = "per", max_size = 10 }
by_id = { path = "/laporan/{id}" }
"""
CHAINED = """
page = { style = "cursor", param = "kursor", next = "berikut", size_param = "per", max_size = 10 }
"""


def row(number: int) -> dict[str, object]:
    """Give a row; the higher its number, the later it was updated."""
    day = f"{2000 + number // 300:04}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
    return {"id": f"r{number:05}", "judul": f"Laporan {number}", "ubah": day}
