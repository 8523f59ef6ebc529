"""Who gives the tokens: OAuth 2 client credentials (RFC 6749, section 4.4), tokens for a minute."""

import hmac
from time import monotonic

import orjson
from aiohttp import web

from sandbox.systems.control import PREFIX, told
from sandbox.systems.rest_system import answer

CLIENT_ID = "simpul"
SCOPE = "pengaduan.baca"
LIFETIME = 60.0


class Authority:
    """Gives tokens, knows which still hold, and counts."""

    def __init__(self, seed: int, client_secret: str) -> None:
        self._seed = seed
        self._client_secret = client_secret
        self._until: dict[str, float] = {}
        self._asked = 0
        self._given = 0
        self.lifetime = LIFETIME

    async def token(self, request: web.Request) -> web.Response:
        """Answer a request for a token."""
        self._asked += 1
        form = {name: str(value) for name, value in (await request.post()).items()}
        known = form.get("client_id") == CLIENT_ID and hmac.compare_digest(
            form.get("client_secret", "").encode(), self._client_secret.encode()
        )
        if not known:
            return _refused("invalid_client", 401)
        if form.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type")
        if form.get("scope") != SCOPE:
            return _refused("invalid_scope")
        self._given += 1
        token = f"kemensos-{self._seed}-{self._given}"
        self._until[token] = monotonic() + self.lifetime
        granted = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": round(self.lifetime),
            "scope": SCOPE,
        }
        return answer(request, orjson.dumps(granted), 0)

    def holds(self, header: str) -> bool:
        """Tell whether *header* bears a token that still holds."""
        scheme, _, token = header.partition(" ")
        return scheme.casefold() == "bearer" and monotonic() < self._until.get(token, 0.0)

    def side_routes(self) -> web.RouteTableDef:
        """Give what can be told it at the side door."""
        routes = web.RouteTableDef()

        @routes.get(f"{PREFIX}/tokens")
        async def count(_: web.Request) -> web.Response:
            return told(self._counted())

        @routes.post(f"{PREFIX}/tokens")
        async def order(request: web.Request) -> web.Response:
            wanted = orjson.loads(await request.read() or b"{}")
            if wanted.get("revoke"):
                self._until.clear()
            if "lifetime" in wanted:
                self.lifetime = float(wanted["lifetime"])
            return told(self._counted())

        return routes

    def _counted(self) -> dict[str, object]:
        now = monotonic()
        return {
            "asked": self._asked,
            "given": self._given,
            "live": sum(now < until for until in self._until.values()),
            "lifetime": self.lifetime,
        }


def _refused(error: str, status: int = 400) -> web.Response:
    body = orjson.dumps({"error": error})
    return web.Response(body=body, status=status, content_type="application/json")
