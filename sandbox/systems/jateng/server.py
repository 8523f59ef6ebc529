"""LaporGub's interface: GeoReport v2, which promises no order and answers so many rows at most."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import orjson
from aiohttp import web

from sandbox.systems.admission import by_header
from sandbox.systems.rest_system import ROWS, RestSystem
from sandbox.systems.row_store import read, shuffled
from sandbox.vocabulary import rows as table_rows
from sandbox.world.dirt import lot
from sandbox.world.moments import WIB

MOST_ROWS = 40
"""No answer has more, and none says that it was cut."""
WIDEST = timedelta(days=90)
_PARAMETERS = {"start_date", "end_date", "status", "service_code", "service_request_id"}

_Row = dict[str, Any]


class Store:
    """All service requests, in an order that means nothing."""

    def __init__(self, folder: Path, seed: int) -> None:
        found = shuffled(read(folder / "jateng-requests.jsonl"), "service_request_id", seed)
        self._rows = [
            (
                datetime.fromisoformat(row["requested_datetime"]),
                lot(seed, row["service_request_id"]),
                row,
            )
            for row in found
        ]
        self.newest = max(at for at, _, _ in self._rows)
        self._by_id = {row["service_request_id"]: (its_lot, row) for _, its_lot, row in self._rows}

    def between(
        self, start: datetime, end: datetime, lost_share: float, wanted: dict[str, set[str]]
    ) -> list[_Row]:
        """Give rows requested from *start* to *end*, both included: the first that come."""
        found = (
            row
            for at, its_lot, row in self._rows
            if start <= at <= end
            and its_lot >= lost_share
            and all(row.get(name) in words for name, words in wanted.items())
        )
        return [row for row, _ in zip(found, range(MOST_ROWS), strict=False)]

    def row(self, row_id: str, lost_share: float) -> _Row | None:
        """Give one row."""
        its_lot, row = self._by_id.get(row_id, (-1.0, None))
        return row if its_lot >= lost_share else None


def system(folder: Path, seed: int, token: str, port: int, control_port: int) -> RestSystem:
    """Build the province's system over the file in *folder*."""
    store = Store(folder, seed)
    routes = web.RouteTableDef()
    services = [
        {
            "service_code": row["word"],
            "service_name": row["name"],
            "description": row["name"],
            "metadata": False,
            "type": "realtime",
            "keywords": row["group"].lower(),
            "group": row["group"],
        }
        for row in table_rows("jateng-services")
    ]

    admit = by_header("X-Api-Key", token, web.HTTPForbidden)

    @routes.get("/open311/v2/services.{form:json|xml}")
    async def list_services(request: web.Request) -> web.Response:
        admit(request, set())
        return _written(request, services, "services", "service")

    @routes.get("/open311/v2/requests.{form:json|xml}")
    async def list_requests(request: web.Request) -> web.Response:
        lost_share = admit(request, _PARAMETERS)
        if "service_request_id" in request.query:
            asked = request.query["service_request_id"].split(",")[:MOST_ROWS]
            singles = (store.row(each, lost_share) for each in asked)
            found = [row for row in singles if row is not None]
        else:
            end = _moment(request, "end_date") or store.newest
            start = _moment(request, "start_date") or end - WIDEST
            if end - start > WIDEST:
                raise web.HTTPBadRequest(reason="jendela lebih dari 90 hari")
            found = store.between(start, end, lost_share, _wanted(request))
        return _written(request, found, "service_requests", "request")

    @routes.get("/open311/v2/requests/{id}.{form:json|xml}")
    async def one_request(request: web.Request) -> web.Response:
        row = store.row(request.match_info["id"], admit(request, set()))
        if row is None:
            raise web.HTTPNotFound(reason="laporan tidak ditemukan")
        return _written(request, [row], "service_requests", "request")

    return RestSystem(routes, port, control_port, refusal=403)


def _wanted(request: web.Request) -> dict[str, set[str]]:
    wanted = {}
    for name in ("status", "service_code"):
        if name in request.query:
            wanted[name] = set(request.query[name].split(","))
    if not wanted.get("status", set()) <= {"open", "closed"}:
        raise web.HTTPBadRequest(reason="status harus open atau closed")
    return wanted


def _moment(request: web.Request, name: str) -> datetime | None:
    text = request.query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise web.HTTPBadRequest(reason=f"{name} bukan waktu ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=WIB)


def _written(request: web.Request, found: list[_Row], many: str, one: str) -> web.Response:
    request[ROWS] = len(found)
    if request.match_info["form"] == "json":
        return web.Response(body=orjson.dumps(found), content_type="application/json")
    inner = "".join(f"<{one}>{_elements(row)}</{one}>\n" for row in found)
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<{many}>\n{inner}</{many}>\n'
    return web.Response(body=text.encode(), content_type="application/xml")


def _elements(row: _Row) -> str:
    return "".join(f"<{name}>{_element(value)}</{name}>" for name, value in row.items())


def _element(value: object) -> str:
    if isinstance(value, dict):
        return _elements(value)
    if isinstance(value, bool):
        return str(value).lower()
    return escape("".join(c for c in str(value) if c.isprintable() or c in "\n\t"))
