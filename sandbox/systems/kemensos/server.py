"""The ministry's interface: numbered pages, newest first, for who holds a token of its own."""

from pathlib import Path

import orjson
from aiohttp import web

from sandbox.systems.kemensos.authority import CLIENT_ID, SCOPE, Authority
from sandbox.systems.questions import known_parameters, listed, moment, whole_number
from sandbox.systems.rest_system import LOST_SHARE, Entrance, RestSystem, answer
from sandbox.systems.row_store import Row, RowStore, StepStore, read

_LIST = {"halaman", "ukuran", "status", "nomor_lapor", "masuk_sejak", "masuk_sebelum"}


def system(folder: Path, seed: int, secret: str, port: int, control_port: int) -> RestSystem:
    """Build the ministry's system over the files in *folder*."""
    store = RowStore(read(folder / "kemensos-pengaduan.jsonl"), "nomor", seed)
    steps = StepStore(read(folder / "kemensos-riwayat.jsonl"), "nomor")
    authority = Authority(seed, secret)
    routes = web.RouteTableDef()
    routes.post("/oauth2/token")(authority.token)

    def admit(request: web.Request, known: set[str]) -> float:
        if not authority.holds(request.headers.get("Authorization", "")):
            raise web.HTTPUnauthorized(reason="token tidak berlaku")
        known_parameters(request, known)
        return request[LOST_SHARE]

    @routes.get("/api/v2/pengaduan")
    async def pengaduan(request: web.Request) -> web.Response:
        lost = admit(request, _LIST)
        page = whole_number(request, "halaman", 1, 1_000_000)
        size = whole_number(request, "ukuran", 25, 100)
        found = [row for row in store.shown(lost) if _fits(request, row)]
        shown = found[(page - 1) * size : page * size]
        told = {"data": {"pengaduan": shown}, "halaman": {"nomor": page, "jumlah": len(found)}}
        return answer(request, orjson.dumps(told), len(shown))

    @routes.get("/api/v2/pengaduan/{nomor}")
    async def satu(request: web.Request) -> web.Response:
        row = store.one(request.match_info["nomor"], admit(request, set()))
        return answer(request, orjson.dumps({"data": row}), 1)

    @routes.get("/api/v2/pengaduan/{nomor}/riwayat")
    async def riwayat(request: web.Request) -> web.Response:
        row = store.one(request.match_info["nomor"], admit(request, set()))
        found = steps.of(row["nomor"])
        return answer(request, orjson.dumps({"data": found}), len(found))

    entrance = Entrance(
        credentials={
            "client_id": CLIENT_ID,
            "client_secret": secret,
            "scope": SCOPE,
        },
        token_path="/oauth2/token",  # noqa: S106 - an address
        side_routes=authority.side_routes(),
    )
    return RestSystem(routes, port, control_port, refusal=401, entrance=entrance)


def _fits(request: web.Request, row: Row) -> bool:
    words = listed(request, "status", 15)
    numbers = listed(request, "nomor_lapor", 50)
    since, before = moment(request, "masuk_sejak"), moment(request, "masuk_sebelum")
    at = row["masuk"] / 1_000
    return (
        (words is None or row["status"] in words)
        and (numbers is None or (row["nomor_lapor"] or "").lstrip("#") in numbers)
        and (since is None or at >= since)
        and (before is None or at < before)
    )
