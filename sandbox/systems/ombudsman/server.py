"""The Ombudsman's interface: pages of cases, newest first."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from sandbox.systems.admission import by_token
from sandbox.systems.questions import folded, listed, moment, whole_number
from sandbox.systems.rest_system import LOST_SHARE, RestSystem, answer
from sandbox.world.dirt import lot

_MOST = {"nomor": 50, "nomor_sp4n": 50, "tahap": 5, "terlapor": 50, "maladministrasi": 10}
_LIST = {*_MOST, "halaman", "per_halaman", "sejak", "sebelum", "ada_nomor_sp4n"}


@dataclass(frozen=True, slots=True)
class _Held:
    raw: bytes
    row: dict[str, Any]
    received: float
    lot: float


class Store:
    """All cases, in the order in which they are listed."""

    def __init__(self, folder: Path, seed: int) -> None:
        lines = (folder / "ombudsman-laporan.jsonl").read_bytes().splitlines()
        self._held = []
        for raw in lines:
            row = orjson.loads(raw)
            received = datetime.fromisoformat(row["tanggal_terima"]).timestamp()
            self._held.append(_Held(raw, row, received, lot(seed, row["nomor_laporan"])))

    def select(self, request: web.Request) -> list[_Held]:
        """Give the cases that *request* asks for."""
        lost_share = request[LOST_SHARE]
        found = [it for it in self._held if it.lot >= lost_share]
        since, before = moment(request, "sejak"), moment(request, "sebelum")
        if since is not None:
            found = [it for it in found if it.received >= since]
        if before is not None:
            found = [it for it in found if it.received < before]
        linked = request.query.get("ada_nomor_sp4n")
        if linked is not None:
            if linked not in {"ya", "tidak"}:
                raise web.HTTPBadRequest(reason="ada_nomor_sp4n harus ya atau tidak")
            found = [it for it in found if bool(it.row["nomor_sp4n"]) is (linked == "ya")]
        for name, most in _MOST.items():
            wanted = _listed(request, name, most)
            if wanted is not None:
                found = [it for it in found if not wanted.isdisjoint(_told(it.row, name))]
        return found


def _told(row: dict[str, Any], name: str) -> list[str]:
    match name:
        case "nomor":
            return [row["nomor_laporan"]]
        case "nomor_sp4n":
            return [number.removeprefix("#") for number in row["nomor_sp4n"]]
        case "maladministrasi":
            return [folded(word) for word in row["dugaan_maladministrasi"]]
        case "tahap":
            return [folded(row["tahap"])]
        case _:
            return [row[name] or ""]


def system(folder: Path, seed: int, token: str, port: int, control_port: int) -> RestSystem:
    """Build the Ombudsman's system over the file in *folder*."""
    store = Store(folder, seed)
    routes = web.RouteTableDef()
    admit = by_token(token)

    @routes.get("/simpel/v3/laporan")
    async def laporan(request: web.Request) -> web.Response:
        admit(request, _LIST)
        page = whole_number(request, "halaman", 1, 1_000_000)
        size = whole_number(request, "per_halaman", 50, 50)
        found = store.select(request)
        shown = found[(page - 1) * size : page * size]
        rows = b",".join(it.raw for it in shown)
        body = b'{"laporan":[%b],"jumlah":%d,"halaman":%d}' % (rows, len(found), page)
        return answer(request, body, len(shown))

    return RestSystem(routes, port, control_port, refusal=401)


def _listed(request: web.Request, name: str, at_most: int) -> frozenset[str] | None:
    found = listed(request, name, at_most, "|")
    if found is None:
        return None
    return frozenset(map(folded, found) if name in {"tahap", "maladministrasi"} else found)
