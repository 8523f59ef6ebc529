"""Clients that would rather speak another protocol are answered in this one."""

from __future__ import annotations

import pytest

from tests.gateway.wire import Echo, request, told

LAST = request("/last", "Connection: close")
UPGRADES = ("h2c", "foo", "websocket")


@pytest.mark.parametrize("upgrade", UPGRADES)
@pytest.mark.parametrize("cut", [0, 30, -40, -2])
def test_a_body_behind_a_wish_for_an_upgrade_is_read(upgrade: str, cut: int) -> None:
    """Whole, in pieces, and never as a request of its own."""
    inner = request("/smuggled", body=b"a")
    asked = request("/asked", "Connection: Upgrade", f"Upgrade: {upgrade}", body=inner)
    parts = (asked[:cut], asked[cut:] + LAST) if cut else (asked + LAST,)
    app = Echo()
    came = told(app, *parts)
    assert app.begun == ["/asked", "/last"]
    assert b"[/asked %b]" % inner in came
    assert came.endswith(b"[/last ]")


def test_a_body_in_chunks_behind_one_is_read_too() -> None:
    """As curl sends what it does not know the length of."""
    lines = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "Transfer-Encoding: chunked")
    came = told(Echo(), request("/asked", *lines) + b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n" + LAST)
    assert b"[/asked abcde]" in came
    assert came.endswith(b"[/last ]")


def test_no_wish_is_remembered() -> None:
    """Several on one connection, with and without."""
    wish = request("/wish", "Connection: Upgrade", "Upgrade: h2c", body=b"1")
    app = Echo()
    told(app, wish + request("/none", body=b"2") + wish, request("/none") + LAST)
    assert app.begun == ["/wish", "/none", "/wish", "/none", "/last"]


def test_nobody_is_connected_elsewhere() -> None:
    """CONNECT is a wish too, and no request of ours."""
    app = Echo()
    came = told(app, b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n" + LAST)
    assert came.startswith(b"HTTP/1.1 400 ")
    assert app.begun == []
