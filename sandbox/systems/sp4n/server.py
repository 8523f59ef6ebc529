"""The national system's interface."""

from pathlib import Path

import orjson
from aiohttp import web

from sandbox.systems.admission import by_token
from sandbox.systems.questions import listed, moment, whole_number
from sandbox.systems.rest_system import RestSystem, answer
from sandbox.systems.sp4n.store import Store, Wish, folded

_MAX_STATUSES, _MAX_CATEGORIES, _MAX_NUMBERS, _MAX_CHANGES = 15, 20, 50, 500
_LIST = {"halaman", "per_halaman", "status", "kategori", "diubah_sejak", "hitung", "nomor"}


def system(folder: Path, seed: int, token: str, port: int, control_port: int) -> RestSystem:
    """Build the national system over the files in *folder*."""
    store = Store(folder, seed)
    recap = (folder / "sp4n-rekap.json").read_bytes()
    routes = web.RouteTableDef()

    admit = by_token(token)

    @routes.get("/api/v1/laporan")
    async def laporan(request: web.Request) -> web.Response:
        lost_share = admit(request, _LIST)
        page = whole_number(request, "halaman", 1, 1_000_000)
        size = whole_number(request, "per_halaman", 100, 100)
        found = store.select(_wish(request, lost_share))
        total = len(found)
        shown = found[(page - 1) * size : page * size]
        meta = b'{"total":%d,"halaman":%d,"per_halaman":%d}' % (total, page, size)
        if _flag(request, "hitung"):
            return answer(request, b'{"meta":%b}' % meta, 0)
        body = b'{"data":[%b],"meta":%b}' % (store.rows(shown), meta)
        return answer(request, body, len(shown))

    @routes.get("/api/v1/laporan/{nomor}")
    async def satu(request: web.Request) -> web.Response:
        row = store.row(request.match_info["nomor"], admit(request, set()))
        if row is None:
            raise web.HTTPNotFound(reason="laporan tidak ditemukan")
        return answer(request, b'{"data":%b}' % row, 1)

    @routes.get("/api/v1/laporan/{nomor}/riwayat")
    async def riwayat_satu(request: web.Request) -> web.Response:
        history = store.history(request.match_info["nomor"], admit(request, set()))
        if history is None:
            raise web.HTTPNotFound(reason="laporan tidak ditemukan")
        return answer(request, b'{"data":%b}' % history, 1)

    @routes.get("/api/v1/riwayat")
    async def riwayat(request: web.Request) -> web.Response:
        lost_share = admit(request, {"nomor"})
        numbers = listed(request, "nomor", _MAX_NUMBERS)
        if numbers is None:
            raise web.HTTPBadRequest(reason="nomor wajib diisi")
        found = [(number, store.history(number, lost_share)) for number in dict.fromkeys(numbers)]
        parts = [
            b'{"nomor":%b,"riwayat":%b}' % (orjson.dumps(number), history)
            for number, history in found
            if history is not None
        ]
        return answer(request, b'{"data":[%b]}' % b",".join(parts), len(parts))

    @routes.get("/api/v1/perubahan")
    async def perubahan(request: web.Request) -> web.Response:
        lost_share = admit(request, {"sejak", "batas"})
        since = moment(request, "sejak")
        if since is None:
            raise web.HTTPBadRequest(reason="sejak wajib diisi")
        at_most = whole_number(request, "batas", _MAX_CHANGES, _MAX_CHANGES)
        shown, until = store.changes(since, at_most, lost_share)
        body = {"data": shown, "sampai": until or request.query["sejak"]}
        return answer(request, orjson.dumps(body), len(shown))

    @routes.get("/api/v1/rekap")
    async def rekap(request: web.Request) -> web.Response:
        admit(request, set())
        return answer(request, recap, 1)

    return RestSystem(routes, port, control_port, refusal=401)


def _wish(request: web.Request, lost_share: float) -> Wish:
    statuses = listed(request, "status", _MAX_STATUSES)
    categories = listed(request, "kategori", _MAX_CATEGORIES)
    numbers = listed(request, "nomor", _MAX_NUMBERS)
    if categories is not None and not all(it.isascii() and it.isdigit() for it in categories):
        raise web.HTTPBadRequest(reason="kategori harus angka")
    return Wish(
        statuses=None if statuses is None else frozenset(map(folded, statuses)),
        categories=None if categories is None else frozenset(map(int, categories)),
        numbers=None if numbers is None else frozenset(numbers),
        since=moment(request, "diubah_sejak"),
        lost_share=lost_share,
    )


def _flag(request: web.Request, name: str) -> bool:
    text = request.query.get(name, "0")
    if text not in {"0", "1"}:
        raise web.HTTPBadRequest(reason=f"{name} harus 0 atau 1")
    return text == "1"
