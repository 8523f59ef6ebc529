"""The province's interface: offsets over rows in no order, and 500 of them whatever is asked."""

import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson
from aiohttp import web

from sandbox.systems.rest_system import LOST_SHARE, RestSystem, answer, known_parameters
from sandbox.world.dirt import lot

MOST_ROWS = 500
"""No answer has more, and none says that it was cut."""
_USUAL_ROWS = 50

_Row = dict[str, Any]


class Store:
    """All rows and all updates, each in an order that means nothing."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._lots: dict[str, float] = {}
        self.rows = self._read(folder / "dki-aduan.jsonl", "nomor_tiket", seed)
        self.by_id = {row["nomor_tiket"]: row for row in self.rows}
        self._lots = {row_id: lot(seed, row_id) for row_id in self.by_id}
        self._updates: dict[str, list[_Row]] = {}
        for update in self._read(folder / "dki-pembaruan.jsonl", "id", seed):
            self._updates.setdefault(update["nomor_tiket"], []).append(update)

    def is_lost(self, row_id: str, lost_share: float) -> bool:
        """Tell whether the fault in force hides the row."""
        return self._lots.get(row_id, 1.0) < lost_share

    def updates(self, row_ids: list[str]) -> list[_Row]:
        """Give what was done about some rows, mixed."""
        found = [update for row_id in row_ids for update in self._updates.get(row_id, ())]
        return sorted(found, key=lambda it: crc32(it["id"].encode()))

    @staticmethod
    def _read(path: Path, key: str, seed: int) -> list[_Row]:
        found = [orjson.loads(line) for line in path.read_bytes().splitlines()]
        return sorted(found, key=lambda it: crc32(f"{seed}:{it[key]}".encode()))


def system(folder: Path, seed: int, token: str, port: int, control_port: int) -> RestSystem:
    """Build the province's system over the files in *folder*."""
    store = Store(folder, seed)
    routes = web.RouteTableDef()

    def admit(request: web.Request, known: set[str]) -> float:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise web.HTTPUnauthorized(reason="token tidak sah")
        known_parameters(request, known)
        return request[LOST_SHARE]

    @routes.get("/layanan/v1/aduan")
    async def aduan(request: web.Request) -> web.Response:
        lost = admit(request, {"offset", "limit", "status", "nomor_tiket", "nomor_sp4n"})
        tests = [
            test
            for name, read in (
                ("status", _folded),
                ("nomor_tiket", str),
                ("nomor_sp4n", lambda word: str(word).lstrip("#")),
            )
            if (test := _one_of(request, name, read)) is not None
        ]
        found = [
            row
            for row in store.rows
            if all(test(row) for test in tests) and not store.is_lost(row["nomor_tiket"], lost)
        ]
        return _page(request, found)

    @routes.get("/layanan/v1/aduan/{id}")
    async def satu(request: web.Request) -> web.Response:
        lost = admit(request, set())
        row_id = request.match_info["id"]
        if row_id not in store.by_id or store.is_lost(row_id, lost):
            raise web.HTTPNotFound(reason="aduan tidak ditemukan")
        return answer(request, orjson.dumps({"data": store.by_id[row_id]}), 1)

    @routes.get("/layanan/v1/pembaruan")
    async def pembaruan(request: web.Request) -> web.Response:
        lost = admit(request, {"offset", "limit", "nomor_tiket"})
        wanted = request.query.get("nomor_tiket", "").split(",")
        if not request.query.get("nomor_tiket") or len(wanted) > 100:
            raise web.HTTPBadRequest(reason="nomor_tiket harus 1 sampai 100 nomor")
        shown = [row_id for row_id in dict.fromkeys(wanted) if not store.is_lost(row_id, lost)]
        return _page(request, store.updates(shown))

    return RestSystem(routes, port, control_port, refusal=401)


def _page(request: web.Request, found: list[_Row]) -> web.Response:
    start, size = _count(request, "offset", 0), _count(request, "limit", _USUAL_ROWS)
    page = found[start : start + min(size, MOST_ROWS)]
    return answer(request, orjson.dumps({"data": page}), len(page))


def _count(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise web.HTTPBadRequest(reason=f"{name} harus bilangan")
    return int(text)


def _one_of(
    request: web.Request, name: str, read: Callable[[object], str]
) -> Callable[[_Row], bool] | None:
    if name not in request.query:
        return None
    wanted = {read(word) for word in request.query[name].split(",")}
    return lambda row: row[name] is not None and read(row[name]) in wanted


def _folded(word: object) -> str:
    return " ".join(str(word).split()).casefold()
