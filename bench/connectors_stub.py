"""The complaints that every kind of source is measured with, and a server that answers with them.

    python -m bench.connectors_stub ROWS

It tells its port on standard output.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

PAGE = 500
START = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=45)
"""So that all lie within one window of the GeoReport specification."""
_STATES = ("Baru", "Proses", "Selesai")
FIELDS = ("nomor", "lapor", "jenis", "judul", "isi", "kategori", "wilayah", "status", "masuk",
          "diubah", "selesai", "rahasia")  # fmt: skip

Row = dict[str, object]


def rows(count: int) -> list[Row]:
    """Give *count* complaints as a source writes them."""
    return [
        {
            "nomor": f"A-{number:06}",
            "lapor": str(8_000_000 + number) if number % 3 == 0 else None,
            "jenis": "P",
            "judul": f"Jalan berlubang di depan SDN {number % 900:03} Sempaja",
            "isi": "Sudah dua bulan jalan ini rusak dan belum ada perbaikan dari dinas terkait. "
            * 3,
            "kategori": ("JLN", "LMP", "AIR")[number % 3],
            "wilayah": f"64.{(1, 2, 71, 72)[number % 4]:02}",
            "status": _STATES[number % 3],
            "masuk": (START + timedelta(minutes=7 * number)).isoformat(),
            "diubah": (START + timedelta(minutes=9 * number)).isoformat(),
            "selesai": (START + timedelta(days=60)).isoformat() if number % 3 == 2 else None,
            "rahasia": False,
        }
        for number in range(count)
    ]


class Answers:
    """Prepared bodies by path and position."""

    def __init__(self, count: int) -> None:
        """Prepare *count* rows for every kind."""
        self.all = rows(count)
        self.made: dict[tuple[str, int], bytes] = {}

    def body(self, path: str, at: int) -> bytes:
        """Give the page of *path* that begins at *at*, made once."""
        known = self.made.get((path, at))
        if known is None:
            known = self.made[path, at] = self._make(path, at)
        return known

    def _make(self, path: str, at: int) -> bytes:
        page = self.all[at : at + PAGE]
        more = at + PAGE < len(self.all)
        if path == "/graphql":
            edges = [{"node": row} for row in page]
            info = {"hasNextPage": more, "endCursor": str(at + PAGE)}
            return _json({"data": {"aduan": {"edges": edges, "pageInfo": info}}})
        if path == "/cursor":
            return _json({"data": page, "next": str(at + PAGE) if more else None})
        if path == "/open311/requests.json":
            return _json([_request(row) for row in self.all])
        if path == "/open311/requests.xml":
            return _xml([_request(row) for row in self.all])
        return _json({"data": page, "total": len(self.all)})


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _request(row: Row) -> Row:
    return {
        "service_request_id": row["nomor"],
        "status": "closed" if row["selesai"] else "open",
        "status_notes": row["status"],
        "service_code": row["kategori"],
        "description": row["isi"],
        "requested_datetime": row["masuk"],
        "updated_datetime": row["diubah"],
        "extended_attributes": {
            name: row[name]
            for name in ("lapor", "jenis", "judul", "wilayah", "selesai", "rahasia")
            if row[name] is not None
        },
    }


def _xml(requests: Sequence[Row]) -> bytes:
    def tag(name: str, value: object) -> str:
        if isinstance(value, dict):
            inner = "".join(tag(*each) for each in value.items())
            return f"<{name}>{inner}</{name}>"
        return f"<{name}>{str(value).lower() if isinstance(value, bool) else value}</{name}>"

    inner = "".join(tag("request", each) for each in requests)
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return f"{head}<service_requests>{inner}</service_requests>".encode()


async def serve(count: int) -> None:
    """Answer until the standard input ends; tell the port first."""
    answers = Answers(count)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                target = urlsplit(head.split(" ", 2)[1])
                asked = parse_qs(target.query)
                at = 0
                if target.path == "/graphql":
                    length = int(head.lower().split("content-length:")[1].split("\r\n")[0])
                    variables = json.loads(await reader.readexactly(length))["variables"]
                    at = int(variables.get("after") or 0)
                elif "cursor" in asked or "offset" in asked:
                    at = int((asked.get("cursor") or asked["offset"])[0])
                elif "page" in asked:
                    at = (int(asked["page"][0]) - 1) * PAGE
                elif target.path == "/link":
                    at = int(asked.get("at", ["0"])[0])
                body = answers.body(target.path, at)
                link = ""
                if target.path == "/link" and at + PAGE < count:
                    link = f'Link: </link?at={at + PAGE}>; rel="next"\r\n'
                start = f"HTTP/1.1 200 OK\r\n{link}Content-Length: {len(body)}\r\n\r\n"
                writer.write(start.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
