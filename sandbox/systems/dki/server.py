"""The province's interface: offsets over rows in no order, and 500 of them whatever is asked."""

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import orjson
from aiohttp import web

from sandbox.systems.admission import by_token
from sandbox.systems.questions import folded
from sandbox.systems.rest_system import RestSystem, answer
from sandbox.systems.row_store import Row, RowStore, read, shuffled

MOST_ROWS = 500
"""No answer has more, and none says that it was cut."""
_USUAL_ROWS = 50


def system(folder: Path, seed: int, token: str, port: int, control_port: int) -> RestSystem:
    """Build the province's system over the files in *folder*."""
    store = RowStore(
        shuffled(read(folder / "dki-aduan.jsonl"), "nomor_tiket", seed), "nomor_tiket", seed
    )
    updates: dict[str, list[Row]] = {}
    for update in shuffled(read(folder / "dki-pembaruan.jsonl"), "id", seed):
        updates.setdefault(update["nomor_tiket"], []).append(update)
    routes = web.RouteTableDef()
    admit = by_token(token)

    described = Path(__file__).with_name("openapi.json").read_bytes()

    @routes.get("/layanan/v1/openapi.json")
    async def dokumen(request: web.Request) -> web.Response:
        return answer(request, described, 0)

    @routes.get("/layanan/v1/aduan")
    async def aduan(request: web.Request) -> web.Response:
        lost = admit(request, {"offset", "limit", "status", "nomor_tiket", "nomor_sp4n"})
        found = store.shown(
            lost,
            _one_of(request, "status", folded),
            _one_of(request, "nomor_tiket", str),
            _one_of(request, "nomor_sp4n", lambda word: str(word).lstrip("#")),
        )
        return _page(request, found)

    @routes.get("/layanan/v1/aduan/{id}")
    async def satu(request: web.Request) -> web.Response:
        row = store.one(request.match_info["id"], admit(request, set()))
        return answer(request, orjson.dumps({"data": row}), 1)

    @routes.get("/layanan/v1/pembaruan")
    async def pembaruan(request: web.Request) -> web.Response:
        lost = admit(request, {"offset", "limit", "nomor_tiket"})
        wanted = request.query.get("nomor_tiket", "").split(",")
        if not request.query.get("nomor_tiket") or len(wanted) > 100:
            raise web.HTTPBadRequest(reason="nomor_tiket harus 1 sampai 100 nomor")
        shown = [row_id for row_id in dict.fromkeys(wanted) if store.has(row_id, lost)]
        found = [update for row_id in shown for update in updates.get(row_id, ())]
        return _page(request, sorted(found, key=lambda it: crc32(it["id"].encode())))

    return RestSystem(routes, port, control_port, refusal=401)


def _page(request: web.Request, found: list[Row]) -> web.Response:
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
) -> Callable[[Row], bool] | None:
    if name not in request.query:
        return None
    wanted = {read(word) for word in request.query[name].split(",")}
    return lambda row: row[name] is not None and read(row[name]) in wanted
