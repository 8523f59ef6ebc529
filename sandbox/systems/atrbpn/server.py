"""The ministry's interface: one GraphQL endpoint, pages as Relay has them, newest first."""

import base64
from bisect import bisect_right
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from graphql import GraphQLError, build_schema, graphql_sync

from sandbox.systems.admission import shows
from sandbox.systems.rest_system import ASKED, LOST_SHARE, RestSystem, answer
from sandbox.systems.row_store import read
from sandbox.world.dirt import lot

MOST_FIRST = 100
MOST_NUMBERS = 50
_SCHEMA = build_schema((Path(__file__).parent / "schema.graphql").read_text("utf-8"))

_Row = dict[str, Any]


class Store:
    """All objects, newest first."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rows = read(folder / "atrbpn-pengaduan.jsonl")
        # Newest first is ascending by what is older: by the negated moment, then the position.
        self.ages = [-datetime.fromisoformat(row["dibuat"]).timestamp() for row in self.rows]
        self.at = {row["nomor"]: at for at, row in enumerate(self.rows)}
        self.lots = [lot(seed, row["nomor"]) for row in self.rows]


class Root:
    """What can be asked, over the rows that no fault hides; it counts what it gave."""

    def __init__(self, store: Store, lost_share: float) -> None:
        self._store = store
        self._lost_share = lost_share
        self.given = 0

    def pengaduan(self, _info: object, **asked: Any) -> _Row:
        """Give one page."""
        first = asked.get("first")
        if not isinstance(first, int) or not 1 <= first <= MOST_FIRST:
            raise _bad(f"first harus 1 sampai {MOST_FIRST}")
        store = self._store
        low = 0 if asked.get("after") is None else self._opened(asked["after"]) + 1
        if asked.get("dibuatSebelum") is not None:
            low = max(low, bisect_right(store.ages, -_moment(asked["dibuatSebelum"])))
        since = _moment(asked["dibuatSejak"]) if asked.get("dibuatSejak") is not None else None
        status = asked.get("status")
        found: list[int] = []
        for at in range(low, len(store.rows)):
            if since is not None and -store.ages[at] < since:
                break
            if store.lots[at] < self._lost_share:
                continue
            if status is None or store.rows[at]["status"] in status:
                found.append(at)
                if len(found) > first:
                    break
        page = found[:first]
        self.given += len(page)
        edges = [{"cursor": self._sealed(at), "node": store.rows[at]} for at in page]
        return {
            "edges": edges,
            "pageInfo": {
                "hasNextPage": len(found) > first,
                "hasPreviousPage": low > 0,
                "startCursor": edges[0]["cursor"] if edges else None,
                "endCursor": edges[-1]["cursor"] if edges else None,
            },
        }

    def pengaduanMenurutNomor(self, _info: object, nomor: list[str]) -> list[_Row | None]:  # noqa: N802 - the schema's name
        """Give some by number."""
        if len(nomor) > MOST_NUMBERS:
            raise _bad(f"paling banyak {MOST_NUMBERS} nomor")
        found = [self._one(each) for each in nomor]
        self.given += sum(each is not None for each in found)
        return found

    def _one(self, number: str) -> _Row | None:
        at = self._store.at.get(number)
        if at is None or self._store.lots[at] < self._lost_share:
            return None
        return self._store.rows[at]

    def _sealed(self, at: int) -> str:
        return base64.urlsafe_b64encode(
            f"pengaduan:{self._store.rows[at]['nomor']}".encode()
        ).decode()

    def _opened(self, cursor: str) -> int:
        try:
            kind, _, number = base64.urlsafe_b64decode(cursor).decode().partition(":")
            if kind == "pengaduan":
                return self._store.at[number]
        except (ValueError, KeyError):
            pass
        raise _bad("kursor tidak sah")


def system(folder: Path, seed: int, token: str, port: int, control_port: int) -> RestSystem:
    """Build the ministry's system over the file in *folder*."""
    store = Store(folder, seed)
    routes = web.RouteTableDef()

    @routes.post("/graphql")
    async def graphql(request: web.Request) -> web.Response:
        if not shows(request, "Authorization", f"Bearer {token}"):
            return _refused(request, "token tidak sah", "UNAUTHENTICATED")
        try:
            question = orjson.loads(await request.read())
            text, variables = question["query"], question.get("variables") or {}
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise web.HTTPBadRequest(reason="bukan permintaan GraphQL") from None
        request[ASKED] = sorted([name, orjson.dumps(it).decode()] for name, it in variables.items())
        root = Root(store, request[LOST_SHARE])
        result = graphql_sync(_SCHEMA, text, root, variable_values=variables)
        told: dict[str, object] = {}
        if result.errors:
            told["errors"] = [error.formatted for error in result.errors]
        if result.data is not None or not result.errors or result.errors[0].path:
            told["data"] = result.data
        return answer(request, orjson.dumps(told), root.given)

    return RestSystem(routes, port, control_port, refusal=401)


def _refused(request: web.Request, words: str, code: str) -> web.Response:
    body = {"data": None, "errors": [{"message": words, "extensions": {"code": code}}]}
    return answer(request, orjson.dumps(body), 0)


def _bad(words: str) -> GraphQLError:
    return GraphQLError(words, extensions={"code": "BAD_USER_INPUT"})


def _moment(text: object) -> float:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise _bad("waktu tidak sah") from None
    if moment.tzinfo is None:
        raise _bad("waktu tanpa zona")
    return moment.timestamp()
