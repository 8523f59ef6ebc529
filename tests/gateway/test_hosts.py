"""A page whose name was led to the gateway's address is refused, whatever it asks."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from gateway.asked import BadRequest
from gateway.hosts import REMEMBERED, Hosts, hosts_of
from gateway.http_settings import HttpSettings
from gateway.settings import GatewaySettings
from tests.gateway.serving import SETTINGS, Client, everything, talk
from tests.gateway.streaming import Seen, connect, stream
from tests.gateway.test_telemetry import Lines, lines
from tests.gateway.world import World

__all__ = ["lines"]

QUERY = "{ viewer { subject } }"
PORTAL = "portal.example.go.id"
REBOUND = "jahat.example"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - only a value here


def named(*hosts: str, **more: Any) -> GatewaySettings:
    """Settings that name *hosts*."""
    http = HttpSettings(hosts=hosts, require_preflight=False)
    return replace(SETTINGS, console=True, http=http, **more)


async def told(
    client: Client, path: str, *more: str, method: str = "GET", body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    """Send one request with no headers but *more*; its status, headers and body."""
    port = int(client.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [f"{method} {path} HTTP/1.1", *more, "Connection: close"]
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    writer.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)
    first, _, rest = (await everything(reader)).partition(b"\r\n\r\n")
    writer.close()
    line, *headers = first.decode().split("\r\n")
    split = (each.partition(": ") for each in headers)
    return int(line.split()[1]), {name.lower(): value for name, _, value in split}, rest


async def posted(client: Client, *hosts: str) -> int:
    """POST a query with *hosts* for headers, and give the status."""
    lines_of_hosts = [f"Host: {each}" for each in hosts]
    body = json.dumps({"query": QUERY}).encode()
    status, _, _ = await told(client, "/graphql", *lines_of_hosts, method="POST", body=body)
    return status


@pytest.mark.parametrize(
    ("settings", "host", "is_served"),
    [
        (named(PORTAL), PORTAL, True),
        (named(PORTAL), "Portal.Example.GO.ID", True),
        (named(PORTAL), f"{PORTAL}:8443", True),
        (named(PORTAL), f"{PORTAL}.", True),
        (named(PORTAL), f"{PORTAL}.:80", True),
        (named(f"{PORTAL}."), PORTAL, True),
        (named(PORTAL), f"{PORTAL}:", True),
        (named(PORTAL), f"{PORTAL}..", False),
        (named(PORTAL), f"{PORTAL}:8x", False),
        (named(PORTAL), f"{PORTAL}:65536", False),
        (named(PORTAL), f"{PORTAL}:0", False),
        (named(PORTAL), f"{PORTAL}:80:80", False),
        (named(PORTAL), f"{PORTAL}, {REBOUND}", False),
        (named(PORTAL), f"{PORTAL}@{REBOUND}", False),
        (named(PORTAL), f"{REBOUND}/{PORTAL}", False),
        (named(PORTAL), f"{PORTAL}.{REBOUND}", False),
        (named(PORTAL), f"a.{PORTAL}", False),
        (named(PORTAL), f"a{PORTAL}", False),
        (named(PORTAL), f"http://{PORTAL}", False),
        (named(PORTAL), "pörtal.example.go.id", False),
        (named(PORTAL), REBOUND, False),
        (named(PORTAL), "localhost", False),
        (named(PORTAL), "127.0.0.1", False),
        (named(PORTAL), "", False),
        (named(f"{PORTAL}:8443"), f"{PORTAL}:8443", True),
        (named(f"{PORTAL}:8443"), f"{PORTAL}:8444", False),
        (named(f"{PORTAL}:8443"), PORTAL, False),
        (named(f"{PORTAL}:443"), PORTAL, True),
        (named(f"{PORTAL}:443"), f"{PORTAL}:80", False),
        (named("[2001:db8::1]"), "[2001:DB8:0::1]:8000", True),
        (named("[2001:db8:0:0::1]"), "[2001:db8::1]", True),
        (named("[2001:db8::1]"), "[2001:db8::2]", False),
        (named("[2001:db8::1]"), "2001:db8::1", False),
        (named("[2001:db8::1]"), "[2001:db8::1", False),
        (named("[2001:db8::1]"), "[:::1]", False),
        (named("*.example.go.id"), PORTAL, True),
        (named("*.example.go.id"), "a.b.example.go.id:1", True),
        (named("*.example.go.id:8443"), "a.example.go.id:8443", True),
        (named("*.example.go.id:8443"), "a.example.go.id", False),
        (named("*.example.go.id"), "example.go.id", False),
        (named("*.example.go.id"), ".example.go.id", False),
        (named("*.example.go.id"), "*.example.go.id", False),
        (named("*.example.go.id"), "jahatexample.go.id", False),
        (named("*.example.go.id"), "a" * 300 + ".example.go.id", False),
        (named(PORTAL, REBOUND), REBOUND, True),
        (named("*"), REBOUND, True),
        (named(PORTAL, "*"), REBOUND, True),
        (named(), "localhost:1", True),
        (named(), "LOCALHOST", True),
        (named(), "127.0.0.1:8000", True),
        (named(), "[::1]", True),
        (named(), "localhost." + REBOUND, False),
        (named(), "127.0.0.2", False),
        (named(), REBOUND, False),
        (named(host="127.0.0.2"), "127.0.0.2", True),
        (named(host="::1"), "[0:0:0:0:0:0:0:1]:80", True),
        (named(host="localhost"), "localhost", True),
        (named(host="localhost"), REBOUND, False),
        (named(host=EVERYWHERE), REBOUND, True),
        (named(host="::"), REBOUND, True),
        (named(host="10.1.2.3"), REBOUND, True),
        (named(host="gateway.internal"), REBOUND, True),
        (named(PORTAL, host=EVERYWHERE), REBOUND, False),
    ],
)
def test_only_under_its_own_names_it_is_asked(
    settings: GatewaySettings, host: str, is_served: bool
) -> None:
    """Those that are named, or else, where only this machine reaches it, those of this machine."""

    async def conversation(client: Client) -> None:
        for _ in range(2):  # The second time it may be remembered.
            assert await posted(client, host) == (200 if is_served else 421)

    talk(World(), conversation, settings)


@pytest.mark.parametrize("settings", [named(), named("localhost")])
def test_one_host_is_named_and_only_one(settings: GatewaySettings) -> None:
    """None, two that contradict each other, and the same one twice are refused."""

    async def conversation(client: Client) -> None:
        assert await posted(client, "localhost") == 200
        assert await posted(client) == 421
        for hosts in (("localhost", REBOUND), (REBOUND, "localhost"), ("localhost", "localhost")):
            assert await posted(client, *hosts) == 421
        status, _, _ = await told(
            client,
            f"/graphql?query={QUERY.replace(' ', '%20')}",
            "Host: localhost",
            "Via: a",
            "Via: b",
        )
        assert status == 200

    talk(World(), conversation, settings)


def test_where_any_name_is_served_none_is_needed() -> None:
    """Listening on every address, with no names given, it does not look at them."""

    async def conversation(client: Client) -> None:
        assert await posted(client) == 200

    talk(World(), conversation, named(host=EVERYWHERE))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/graphql"),
        ("GET", "/graphql?query={viewer{subject}}"),
        ("OPTIONS", "/graphql"),
        ("PUT", "/graphql"),
        ("GET", "/graphql/"),
        ("GET", "/"),
        ("GET", "/console/entries.json"),
        ("GET", "/health/"),
        ("POST", "/elsewhere"),
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/event-stream", "multipart/mixed"])
def test_whatever_is_asked_is_refused_alike(method: str, path: str, accept: str) -> None:
    """With a status, a code and a form of its own, and no word of what was sent."""
    body = json.dumps({"query": QUERY}).encode() if method == "POST" else b""

    async def conversation(client: Client) -> None:
        asking = (path, f"Host: {REBOUND}", f"Accept: {accept}", "Sec-Fetch-Site: same-origin")
        status, headers, answer = await told(client, *asking, method=method, body=body)

        assert status == 421
        assert headers["content-type"] == "application/json"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert not any(name.startswith("access-control-") for name in headers)
        (error,) = json.loads(answer)["errors"]
        assert error["extensions"] == {"code": "HOST_NOT_SERVED"}
        assert REBOUND not in str(headers) + answer.decode()

    talk(World(), conversation, named(PORTAL))


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_balancers_ask_by_any_name(path: str) -> None:
    """Whether it is up is told to whoever asks by address, and tells nothing."""

    async def conversation(client: Client) -> None:
        for host in (["Host: 10.1.2.3:8000"], []):
            status, _, _ = await told(client, path, *host)
            assert status == 200

    talk(World(), conversation, named(PORTAL))


@pytest.mark.parametrize("path", ["/graphql", "/elsewhere"])
def test_a_web_socket_is_refused_too(path: str, lines: Lines) -> None:
    """Also where the page's origin and its name agree, which makes it one of ours."""

    async def conversation(client: Client, _seen: Seen) -> None:
        await connect(client, headers={"Host": PORTAL, "Origin": f"https://{PORTAL}"})
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.session.ws_connect(
                f"{client.url}{path}", headers={"Host": REBOUND, "Origin": f"http://{REBOUND}"}
            )

        assert refused.value.status == 421
        (line,) = lines.of("simpul.request")
        assert (line["status"], line["codes"]) == (421, ["HOST_NOT_SERVED"])

    stream(conversation, named(PORTAL))


def test_a_refusal_has_its_line(lines: Lines) -> None:
    """The log tells that it was refused, not under which name."""

    async def conversation(client: Client) -> None:
        assert await posted(client, REBOUND) == 421

    talk(World(), conversation, named(PORTAL))

    (line,) = lines.of("simpul.request")
    assert (line["status"], line["codes"]) == (421, ["HOST_NOT_SERVED"])
    assert REBOUND not in str(line)


@pytest.mark.parametrize(
    ("settings", "is_told"),
    [
        (named(host=EVERYWHERE), True),
        (named(), False),
        (named("*", host=EVERYWHERE), False),
        (named(PORTAL, host=EVERYWHERE), False),
    ],
)
def test_whoever_serves_any_name_without_saying_so_is_told(
    settings: GatewaySettings, is_told: bool, lines: Lines
) -> None:
    """A line at the start says what is left open."""

    async def conversation(_client: Client) -> None:
        pass

    talk(World(), conversation, settings)

    assert any("no host is named" in str(line) for line in lines.of("simpul.gateway")) is is_told


def test_what_is_remembered_is_bounded() -> None:
    """Ever other ports of a name that is served fill no memory."""
    hosts = hosts_of((), "127.0.0.1")
    assert hosts is not None

    for port in range(1, 1000):
        host = {b"host": b"localhost:%d" % port}
        hosts.check(host, list(host.items()))
        assert len(hosts.met) <= REMEMBERED


def test_what_is_refused_is_not_remembered() -> None:
    """A name that was refused is refused again, also after one that was served."""
    hosts = Hosts(["*.example.go.id"])
    good, bad = {b"host": b"a.example.go.id"}, {b"host": REBOUND.encode()}

    for _ in range(2):
        hosts.check(good, list(good.items()))
        with pytest.raises(BadRequest):
            hosts.check(bad, list(bad.items()))
