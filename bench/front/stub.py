"""Stub sources: they answer at once, so that what is measured is what stands before them.

    python -m bench.front.stub PORT

`GET /N/ROWS/laporan?dari=…` is the list of the source N; its oldest row was submitted at the moment
that was asked for, so that an answer shows whose question it belongs to.  `GET /instansi` lists the
agencies.  `POST /N/ROWS/graphql` is the same list for gateways whose sources speak GraphQL.
"""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import cast
from urllib.parse import unquote

import orjson
import uvloop

from bench.front.shapes import CODES

WORDS = ("Dalam Proses", "Selesai", "Terdisposisi", "Dijawab")
TITLES = (
    "Jalan berlubang di depan SDN 014 Sempaja",
    "Lampu jalan mati sepanjang Jalan Juanda",
    "Pelayanan puskesmas lambat saat jam siang",
    "Sampah menumpuk di simpang tiga pasar pagi",
    "Air PDAM keruh sejak hari Minggu",
)
HELD = "@since@"
"""Stands in a prepared answer for the request's own argument."""
_START = datetime(2026, 11, 20, tzinfo=UTC)


def row(source: int, number: int, *, oldest: bool) -> dict[str, object]:
    """Give one complaint as the stub's system writes it."""
    moment = (_START - timedelta(minutes=7 * number + source)).isoformat()
    code = CODES[number % len(CODES)]
    return {
        "nomor": str(8_000_000 + 1000 * source + number),
        "klasifikasi": "PENGADUAN" if number % 3 else "ASPIRASI",
        "pengawasan": number % 11 == 0,
        "judul": TITLES[number % len(TITLES)],
        "masuk": HELD if oldest else moment,
        "diubah": (_START + timedelta(minutes=number)).isoformat(),
        "selesai": moment if number % 4 == 1 else None,
        "status": WORDS[number % len(WORDS)],
        "label": WORDS[number % len(WORDS)].upper(),
        "kanal": "WEB",
        "rahasia": False,
        "instansi": {"kode": code, "nama": f"Nama {code}", "jenis": "OPD"},
    }


@cache
def answer(source: int, rows: int, *, graphql: bool) -> tuple[bytes, bytes, int]:
    """Give what stands before and behind the argument, and the length without it."""
    found = [row(source, number, oldest=number == rows - 1) for number in range(rows)]
    body: dict[str, object] = {"data": found, "meta": {"total": rows}}
    if graphql:
        # Some ask for the types, and are told; nobody minds.
        found = [{"__typename": "Row", **each} for each in found]
        for each in found:
            each["instansi"] = {
                "__typename": "Instansi",
                **cast("dict[str, str]", each["instansi"]),
            }
        body = {"data": {f"s{source}": found}}
    before, _, behind = orjson.dumps(body).partition(HELD.encode())
    return before, behind, len(before) + len(behind)


@cache
def agencies() -> bytes:
    """Give the answer that lists the agencies."""
    listed = [{"kode": code, "nama": f"Nama {code}", "jenis": "OPD"} for code in CODES]
    return orjson.dumps({"data": listed})


_SINCE = re.compile(rb'[?&]dari=([^& ]+)|since\\?"?\s*:\s*\\?"([^"\\]+)')
_TARGET = re.compile(rb"/(\d+)/(\d+)/(laporan|graphql)")
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)


class Stub(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._waiting = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every whole request in *data*."""
        held = self._waiting + data
        while (end := held.find(b"\r\n\r\n")) >= 0:
            head, whole = held[:end], end + 4
            if head.startswith(b"POST"):
                length = _LENGTH.search(head)
                whole += int(length.group(1)) if length else 0
            if len(held) < whole:
                break
            assert self._transport is not None  # noqa: S101 - data came over it
            self._transport.write(answered(held[:whole]))
            held = held[whole:]
        self._waiting = held


def answered(request: bytes) -> bytes:
    """Give the bytes that answer *request*."""
    line = request[: request.find(b"\r\n")]
    target = _TARGET.search(line)
    if target is None:
        body = agencies()
        return _head(len(body)) + body
    asked = _SINCE.search(request)
    since = (
        unquote((asked.group(1) or asked.group(2)).decode()).encode()
        if asked
        else b"2026-01-01T00:00:00+00:00"
    )
    graphql = target.group(3) == b"graphql"
    before, behind, length = answer(int(target.group(1)), int(target.group(2)), graphql=graphql)
    return b"".join((_head(length + len(since)), before, since, behind))


def _head(length: int) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % length
    )


async def serve(port: int) -> None:
    """Serve until told to stop."""
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
