import json
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.sandbox.running import System

LIST = {"sp4n": "/laporan", "kaltim": "/aduan"}


def _ask_and_leave(system: System, wait: float) -> None:
    """Send a request by hand, wait a little, and hang up."""
    url = urlsplit(system.settings["base_url"])
    head = "".join(f"{name}: {value}\r\n" for name, value in system.headers.items())
    with socket.create_connection((url.hostname or "", url.port or 0)) as client:
        request = f"GET {url.path}{LIST[system.name]} HTTP/1.1\r\nHost: x\r\n{head}\r\n"
        client.sendall(request.encode())
        time.sleep(wait)
        assert system.control("GET", "/inflight")["inflight"] == 1


def _settled(system: System) -> dict[str, int]:
    for _ in range(100):
        counts: dict[str, int] = system.control("GET", "/inflight")
        if not counts["inflight"]:
            break
        time.sleep(0.01)
    return counts


def test_slow_answers_late_but_right(rest: System) -> None:
    """`slow` delays the answer and leaves it as it is."""
    before = rest.get(LIST[rest.name])
    rest.fault("slow", delay_ms=200)
    began = time.monotonic()
    late = rest.get(LIST[rest.name])

    assert time.monotonic() - began >= 0.2
    assert late == before


@pytest.mark.parametrize("mode", ["hang", "slow"])
def test_leaving_clients_are_noticed(rest: System, mode: str) -> None:
    """A client that hangs up while it waits is counted, and its request ends."""
    rest.fault(mode, delay_ms=30_000)
    _ask_and_leave(rest, 0.1)

    assert _settled(rest)["inflight"] == 0
    assert _settled(rest)["cancelled"] == 1
    assert rest.control("GET", "/requests")[0]["cancelled"] is True


def test_hang_ends_when_lifted(rest: System) -> None:
    """Whoever hangs gets the right answer once the order is lifted."""
    whole = rest.get(LIST[rest.name])
    rest.fault("hang")
    url = urlsplit(rest.settings["base_url"])
    head = "".join(f"{name}: {value}\r\n" for name, value in rest.headers.items())
    with socket.create_connection((url.hostname or "", url.port or 0)) as client:
        client.settimeout(5)
        request = (
            f"GET {url.path}{LIST[rest.name]} HTTP/1.1\r\n"
            f"Host: x\r\n{head}Connection: close\r\n\r\n"
        )
        client.sendall(request.encode())
        time.sleep(0.1)
        rest.fault("none")
        answer = b"".join(iter(lambda: client.recv(65_536), b""))

    assert answer.endswith(whole.body)


def test_fail_refuse_and_garbage(rest: System) -> None:
    """`fail` answers its status, `refuse` turns away, `garbage` is no JSON."""
    rest.fault("fail", status=502)
    assert rest.get(LIST[rest.name]).status == 502
    rest.fault("fail", status=429, retry_after=3)
    assert rest.get(LIST[rest.name]).headers["Retry-After"] == "3"
    rest.fault("refuse")
    assert rest.get(LIST[rest.name]).status == {"sp4n": 401, "kaltim": 403}[rest.name]
    rest.fault("garbage")
    broken = rest.get(LIST[rest.name])
    assert broken.status == 200
    with pytest.raises(ValueError):
        json.loads(broken.body)


def test_times_limits_a_fault(rest: System) -> None:
    """With `times` only the next requests suffer."""
    rest.fault("fail", times=2)

    assert [rest.get(LIST[rest.name]).status for _ in range(3)] == [503, 503, 200]


def test_down_refuses_connections_and_comes_back(rest: System) -> None:
    """`down` closes the door, the side door stays open, and lifting opens the same address."""
    rest.fault("down")
    with pytest.raises(ConnectionRefusedError):
        rest.get(LIST[rest.name])
    rest.fault("none")

    assert rest.get(LIST[rest.name]).status == 200


def test_lose_leaves_out_the_same_rows_everywhere(sp4n: System) -> None:
    """`lose` hides a share of rows, always the same, from lists, counts, single rows, histories."""
    whole = sp4n.get("/laporan").json()
    sp4n.fault("lose", share=0.4)
    part = sp4n.get("/laporan").json()
    again = sp4n.get("/laporan").json()
    shown = {row["nomor"] for row in part["data"]}
    lost = next(row["nomor"] for row in whole["data"] if row["nomor"] not in shown)

    assert part == again
    assert 0.5 < part["meta"]["total"] / whole["meta"]["total"] < 0.7
    assert sp4n.get("/laporan", hitung=1).json()["meta"]["total"] == part["meta"]["total"]
    assert sp4n.get(f"/laporan/{lost}").status == 404
    assert sp4n.get(f"/laporan/{lost}/riwayat").status == 404


def test_lose_leaves_out_rows_of_the_province(kaltim: System) -> None:
    """The province, too, loses always the same rows, without leaving a trace."""
    whole = kaltim.get("/aduan").json()["aduan"]
    kaltim.fault("lose", share=0.5)
    part = kaltim.get("/aduan").json()["aduan"]
    lost = {row["id"] for row in whole} - {row["id"] for row in part}

    assert len(part) == 50
    assert lost
    assert all(kaltim.get(f"/aduan/{row_id}").status == 404 for row_id in lost)


def test_requests_are_listed_without_secrets(rest: System) -> None:
    """The list tells method, path, sorted query, status and rows, and never the token."""
    query = {"sp4n": {"per_halaman": 3, "halaman": 2}, "kaltim": {"ukuran": 3}}[rest.name]
    rest.get(LIST[rest.name], **query)
    rest.get(LIST[rest.name], salah="ya")
    listed = rest.control("GET", "/requests")

    assert [it["status"] for it in listed] == [200, 400]
    assert listed[0]["rows"] == 3
    assert listed[0]["query"] == sorted([name, str(value)] for name, value in query.items())
    assert rest.settings["token"] not in json.dumps(listed)


@pytest.mark.parametrize(
    "order",
    [{"mode": "explode"}, {"mode": "slow", "delay": 3}, {"mode": "down", "times": 1}, ["slow"]],
)
def test_orders_that_make_no_sense_are_refused(rest: System, order: object) -> None:
    """A fault that nobody knows changes nothing."""
    assert "error" in rest.control("POST", "/fault", order)
    assert rest.control("GET", "/fault")["mode"] == "none"
