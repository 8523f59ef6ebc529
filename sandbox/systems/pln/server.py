"""The company's interface: a cursor, either direction, for those whose certificate it knows."""

from datetime import datetime
from pathlib import Path

import orjson
from aiohttp import web

from sandbox.systems.pln.certificates import CALLER, written
from sandbox.systems.questions import known_parameters, listed, moment, whole_number
from sandbox.systems.rest_system import LOST_SHARE, Entrance, RestSystem, answer
from sandbox.systems.row_store import Row, RowStore, StepStore, read

_FILTERS = {"wilayah", "status", "no_keluhan", "no_sp4n", "dari", "sampai"}
_LIST = {"urut", "setelah", "ukuran", "hitung", *_FILTERS}


def system(folder: Path, seed: int, secret: str, port: int, control_port: int) -> RestSystem:  # noqa: ARG001 - its secrets are keys
    """Build the company's system over the files in *folder*, its certificates beside it."""
    rows = read(folder / "pln-keluhan.jsonl")
    oldest = RowStore(rows, "no_keluhan", seed)
    newest = RowStore(rows[::-1], "no_keluhan", seed)
    at = {row["no_keluhan"]: number for number, row in enumerate(rows)}
    steps = StepStore(read(folder / "pln-tindakan.jsonl"), "no_keluhan")
    certificates = folder.parent / "pln"
    encrypted = written(certificates)
    routes = web.RouteTableDef()

    def admit(request: web.Request, known: set[str]) -> float:
        if _caller(request) != CALLER:
            raise web.HTTPForbidden(reason="sertifikat ini tidak diberi akses")
        known_parameters(request, known)
        return request[LOST_SHARE]

    @routes.get("/keluhan/v1/keluhan")
    async def keluhan(request: web.Request) -> web.Response:
        lost = admit(request, _LIST)
        size = whole_number(request, "ukuran", 20, 200)
        order = request.query.get("urut", "terbaru")
        if order not in {"terbaru", "terlama"}:
            raise web.HTTPBadRequest(reason="urut harus terbaru atau terlama")
        after = request.query.get("setelah")
        if after is not None and after not in at:
            raise web.HTTPBadRequest(reason="setelah tidak dikenal")
        found = (oldest if order == "terlama" else newest).shown(lost)
        if after is not None:
            later = 1 if order == "terlama" else -1
            found = [row for row in found if (at[row["no_keluhan"]] - at[after]) * later > 0]
        found = [row for row in found if _fits(request, row)]
        if request.query.get("hitung") == "ya":
            return answer(request, orjson.dumps({"jumlah": len(found)}), 0)
        shown = found[:size]
        more = shown[-1]["no_keluhan"] if len(found) > size else None
        return answer(request, orjson.dumps({"keluhan": shown, "setelah": more}), len(shown))

    @routes.get("/keluhan/v1/keluhan/{no}")
    async def satu(request: web.Request) -> web.Response:
        row = oldest.one(request.match_info["no"], admit(request, set()))
        return answer(request, orjson.dumps(row), 1)

    @routes.get("/keluhan/v1/tindakan")
    async def tindakan(request: web.Request) -> web.Response:
        lost = admit(request, {"no_keluhan"})
        wanted = listed(request, "no_keluhan", 50)
        if wanted is None:
            raise web.HTTPBadRequest(reason="no_keluhan wajib diisi")
        found = [
            {"no_keluhan": number, "tindakan": steps.of(number)}
            for number in dict.fromkeys(wanted)
            if oldest.has(number, lost)
        ]
        return answer(request, orjson.dumps({"data": found}), len(found))

    told = {
        "ca": str(certificates / "ca.pem"),
        "certificate": str(certificates / f"{CALLER}.pem"),
        "key": str(certificates / f"{CALLER}.key"),
    }
    entrance = Entrance(credentials=told, encrypted=encrypted)
    return RestSystem(routes, port, control_port, refusal=403, entrance=entrance)


def _caller(request: web.Request) -> str:
    """Name who has shown a certificate; there is one, for TLS has asked for it."""
    transport = request.transport
    shown = transport.get_extra_info("peercert") if transport is not None else None
    pairs = [pair for group in (shown or {}).get("subject", ()) for pair in group]
    return next((value for name, value in pairs if name == "commonName"), "")


def _fits(request: web.Request, row: Row) -> bool:
    regions = listed(request, "wilayah", 50)
    words = listed(request, "status", 15)
    ids, numbers = listed(request, "no_keluhan", 50), listed(request, "no_sp4n", 50)
    since, before = moment(request, "dari"), moment(request, "sampai")
    at = datetime.fromisoformat(row["waktu_lapor"]).timestamp()
    return (
        (regions is None or any(f"{row['kode_wilayah']}.".startswith(f"{it}.") for it in regions))
        and (words is None or str(row["kode_status"]) in words)
        and (ids is None or row["no_keluhan"] in ids)
        and (numbers is None or (row["no_sp4n"] or "").lstrip("#") in numbers)
        and (since is None or at >= since)
        and (before is None or at < before)
    )
