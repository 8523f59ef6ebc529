"""The province's interface: newest first, behind a cursor that says nothing."""

import base64
import hmac
from bisect import bisect_right
from datetime import date
from pathlib import Path

import orjson
from aiohttp import web

from sandbox.systems.admission import by_header
from sandbox.systems.questions import whole_number
from sandbox.systems.rest_system import RestSystem, answer
from sandbox.world.dirt import lot

_Key = tuple[str, str]


class Store:
    """All rows of the province, oldest first inside, newest first outside."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._raw = (folder / "kaltim-aduan.jsonl").read_bytes().splitlines()[::-1]
        rows = [orjson.loads(line) for line in self._raw]
        self._keys: list[_Key] = [(row["waktu_lapor"], row["id"]) for row in rows]
        self._lots = [lot(seed, row["id"]) for row in rows]
        self._at = {row["id"]: at for at, row in enumerate(rows)}
        self._steps: dict[str, bytes] = {}
        for line in (folder / "kaltim-tindakan.jsonl").read_bytes().splitlines():
            row_id, steps = orjson.loads(line)
            self._steps[row_id] = orjson.dumps(steps)

    def page(
        self, first_day: str, last_day: str, before: _Key | None, size: int, lost_share: float
    ) -> tuple[list[bytes], _Key | None]:
        """Give at most *size* rows older than *before*, and the key to go on from, if any."""
        low = bisect_right(self._keys, (first_day, ""))
        at = bisect_right(self._keys, (f"{last_day} 99", ""))
        if before is not None:
            at = min(at, self._first_not_before(before))
        found: list[bytes] = []
        last = at
        while at > low and len(found) <= size:
            at -= 1
            if self._lots[at] >= lost_share:
                if len(found) == size:
                    return found, self._keys[last]
                found.append(self._raw[at])
                last = at
        return found, None

    def row(self, row_id: str, lost_share: float) -> bytes | None:
        """Give one row."""
        at = self._at.get(row_id)
        return None if at is None or self._lots[at] < lost_share else self._raw[at]

    def steps(self, row_id: str, lost_share: float) -> bytes | None:
        """Give one row's follow-ups."""
        if self.row(row_id, lost_share) is None:
            return None
        return self._steps.get(row_id, b"[]")

    def _first_not_before(self, key: _Key) -> int:
        at = bisect_right(self._keys, key)
        while at and self._keys[at - 1] == key:
            at -= 1
        return at


def system(folder: Path, seed: int, token: str, port: int, control_port: int) -> RestSystem:
    """Build the province's system over the files in *folder*."""
    store = Store(folder, seed)
    secret = f"kursor:{seed}".encode()
    routes = web.RouteTableDef()

    admit = by_header("X-Api-Key", token)

    @routes.get("/v2/aduan")
    async def aduan(request: web.Request) -> web.Response:
        lost_share = admit(request, {"ukuran", "kursor", "dari", "sampai"})
        size = whole_number(request, "ukuran", 50, 50)
        first, last = _day(request, "dari", "0001-01-01"), _day(request, "sampai", "9999-12-31")
        scope = f"{first}/{last}"
        before = (
            _open(request.query["kursor"], scope, secret) if "kursor" in request.query else None
        )
        found, next_key = store.page(first, last, before, size, lost_share)
        cursor = "null" if next_key is None else f'"{_seal(next_key, scope, secret)}"'
        body = b'{"aduan":[%b],"kursor_berikut":%b}' % (b",".join(found), cursor.encode())
        return answer(request, body, len(found))

    @routes.get("/v2/aduan/{id}")
    async def satu(request: web.Request) -> web.Response:
        row = store.row(request.match_info["id"], admit(request, set()))
        if row is None:
            raise web.HTTPNotFound(reason="aduan tidak ditemukan")
        return answer(request, row, 1)

    @routes.get("/v2/aduan/{id}/tindakan")
    async def tindakan(request: web.Request) -> web.Response:
        steps = store.steps(request.match_info["id"], admit(request, set()))
        if steps is None:
            raise web.HTTPNotFound(reason="aduan tidak ditemukan")
        return answer(request, b'{"tindakan":%b}' % steps, 1)

    return RestSystem(routes, port, control_port, refusal=403)


def _day(request: web.Request, name: str, default: str) -> str:
    text = request.query.get(name, default)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise web.HTTPBadRequest(reason=f"{name} bukan tanggal YYYY-MM-DD") from None


def _seal(key: _Key, scope: str, secret: bytes) -> str:
    plain = "|".join((*key, scope)).encode()
    mark = hmac.digest(secret, plain, "sha256")[:9]
    return base64.urlsafe_b64encode(mark + plain).decode().rstrip("=")


def _open(cursor: str, scope: str, secret: bytes) -> _Key:
    try:
        whole = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        mark, plain = whole[:9], whole[9:]
        if hmac.compare_digest(mark, hmac.digest(secret, plain, "sha256")[:9]):
            moment, row_id, sealed_scope = plain.decode().split("|")
            if sealed_scope == scope:
                return moment, row_id
    except ValueError:
        pass
    raise web.HTTPBadRequest(reason="kursor tidak sah")
