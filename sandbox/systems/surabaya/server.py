"""WargaKu's interface: lists as they are, the next page in a `Link` header (RFC 8288)."""

import base64
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import orjson
from aiohttp import web

from sandbox.systems.admission import by_header
from sandbox.systems.questions import listed, moment, whole_number
from sandbox.systems.rest_system import Entrance, RestSystem, answer
from sandbox.systems.row_store import Row, RowStore, StepStore, read

USER = "simpul"
MOST_ROWS = 50
_LIST = {"per_page", "after", "updated_since", "topic", "id", "lapor_id"}
_PATH = "/wargaku/api/complaints"


def system(folder: Path, seed: int, secret: str, port: int, control_port: int) -> RestSystem:
    """Build the city's system over the files in *folder*."""
    rows = read(folder / "surabaya-aduan.jsonl")
    store = RowStore(rows, "id", seed)
    at = {row["id"]: number for number, row in enumerate(rows)}
    steps = StepStore(read(folder / "surabaya-progres.jsonl"), "complaint")
    routes = web.RouteTableDef()
    pair = base64.b64encode(f"{USER}:{secret}".encode()).decode()
    admit = by_header("Authorization", f"Basic {pair}", _asking)

    @routes.get(_PATH)
    async def complaints(request: web.Request) -> web.Response:
        lost = admit(request, _LIST)
        size = whole_number(request, "per_page", 20, MOST_ROWS)
        after = request.query.get("after")
        if after is not None and after not in at:
            raise web.HTTPBadRequest(reason="after tidak dikenal")
        start = -1 if after is None else at[after]
        found = [row for row in store.shown(lost) if at[row["id"]] > start and _fits(request, row)]
        shown = found[:size]
        response = answer(request, orjson.dumps(shown), len(shown))
        if len(found) > size:
            asked = {**request.query, "after": shown[-1]["id"]}
            first = {name: value for name, value in request.query.items() if name != "after"}
            response.headers["Link"] = (
                f'<{_PATH}?{urlencode(first)}>; rel="first", '
                f'<{_PATH}?{urlencode(asked)}>; rel="next"'
            )
        return response

    @routes.get(_PATH + "/{id}")
    async def complaint(request: web.Request) -> web.Response:
        row = store.one(request.match_info["id"], admit(request, set()))
        return answer(request, orjson.dumps(row), 1)

    @routes.get(_PATH + "/{id}/progress")
    async def progress(request: web.Request) -> web.Response:
        row = store.one(request.match_info["id"], admit(request, set()))
        found = steps.of(row["id"])
        return answer(request, orjson.dumps(found), len(found))

    entrance = Entrance(credentials={"user": USER, "password": secret})
    return RestSystem(routes, port, control_port, refusal=401, entrance=entrance)


def _asking(reason: str) -> web.HTTPException:
    headers = {"WWW-Authenticate": 'Basic realm="WargaKu"'}
    return web.HTTPUnauthorized(reason=reason, headers=headers)


def _fits(request: web.Request, row: Row) -> bool:
    since = moment(request, "updated_since")
    topics = listed(request, "topic", 20)
    ids, numbers = listed(request, "id", MOST_ROWS), listed(request, "lapor_id", MOST_ROWS)
    return (
        (since is None or _seconds(row["updated_at"]) >= since)
        and (topics is None or row["topic"] in topics)
        and (ids is None or row["id"] in ids)
        and (numbers is None or (row["lapor_id"] or "").lstrip("#") in numbers)
    )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
