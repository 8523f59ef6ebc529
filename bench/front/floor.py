"""The floor: what a person would write by hand in Python for this one question.

A bare ASGI application on uvicorn, aiohttp to the sources, msgspec to decode, a hand-written
projection, orjson to encode.  Nothing is checked, limited, masked, merged in order or logged.

    python -m bench.front.floor PORT STUB_PORT
"""

from __future__ import annotations

import asyncio
import base64
import sys
from typing import Any

import aiohttp
import msgspec
import orjson
import uvicorn

from bench.front.shapes import SHAPES


class Agency(msgspec.Struct):
    """An agency in a row."""

    kode: str
    nama: str
    jenis: str


class Row(msgspec.Struct):
    """A row of the stub."""

    nomor: str
    klasifikasi: str
    pengawasan: bool
    judul: str
    masuk: str
    diubah: str
    selesai: str | None
    status: str
    label: str
    instansi: Agency


class Rows(msgspec.Struct):
    """The stub's answer."""

    data: list[Row]


DECODE = msgspec.json.Decoder(Rows).decode
SHAPE = {shape.name: shape for shape in SHAPES}


class Floor:
    """The application."""

    def __init__(self, stub: str) -> None:
        """Ask the stub at *stub*."""
        self._stub = stub
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        variables = orjson.loads(body)["variables"]
        shape = SHAPE[scope["path"][1:]]
        since = variables["since"].replace("+", "%2B")
        lists = await asyncio.gather(
            *(
                self._rows(f"{self._stub}/{n}/{shape.rows}/laporan?dari={since}")
                for n in range(shape.sources)
            )
        )
        answer = orjson.dumps(
            {"data": {"complaints": {"nodes": [shown(row) for rows in lists for row in rows]}}}
        )
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"application/json"),
                    (b"content-length", str(len(answer)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": answer})

    async def _rows(self, url: str) -> list[Row]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=64), cookie_jar=aiohttp.DummyCookieJar()
            )
        async with self._session.get(url) as response:
            return DECODE(await response.read()).data


def shown(row: Row) -> dict[str, Any]:
    """Project one row."""
    agency = row.instansi
    return {
        "id": base64.urlsafe_b64encode(row.nomor.encode()).decode(),
        "trackingId": row.nomor,
        "kind": row.klasifikasi,
        "supervisory": row.pengawasan,
        "title": row.judul,
        "submittedAt": row.masuk,
        "updatedAt": row.diubah,
        "closedAt": row.selesai,
        "status": row.status,
        "statusLabel": row.label,
        "agency": {"code": agency.kode, "name": agency.nama, "level": agency.jenis},
    }


if __name__ == "__main__":
    uvicorn.run(
        Floor(f"http://127.0.0.1:{sys.argv[2]}"),
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
    )
