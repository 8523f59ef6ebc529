"""Writing requests: exactly one request, whatever stands in its parts."""

from __future__ import annotations

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from connectors.contract.errors import Refused
from connectors.web_requests import Requests


class Heard:
    """What a server's parser makes of a request."""

    def __init__(self, request: bytes) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""
        self.messages = 0
        parser = httptools.HttpRequestParser(self)
        parser.feed_data(request)
        self.method = parser.get_method()

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.messages += 1


def requests(address: str = "https://aduan.go.id/api/v1/", **headers: str) -> Requests:
    return Requests("s", address, headers)


@pytest.mark.parametrize(
    ("address", "host", "prefix"),
    [
        ("http://aduan.go.id", "aduan.go.id", "/"),
        ("http://aduan.go.id:80/", "aduan.go.id", "/"),
        ("http://aduan.go.id:8080/a/b/", "aduan.go.id:8080", "/a/b/"),
        ("https://aduan.go.id:443", "aduan.go.id", "/"),
        ("https://aduan.go.id:80", "aduan.go.id:80", "/"),
        ("http://127.0.0.1:1", "127.0.0.1:1", "/"),
        ("http://[::1]:8000/x", "[::1]:8000", "/x/"),
        ("https://ADUAN.go.id", "aduan.go.id", "/"),
        ("https://münchen.go.id", "xn--mnchen-3ya.go.id", "/"),
    ],
)
def test_the_host_is_named_and_the_path_goes_on_from_the_address(
    address: str, host: str, prefix: str
) -> None:
    """The port only where it is not the usual one; names outside ASCII as DNS has them."""
    heard = Heard(requests(address).get("/laporan", (("q", "x"),)))

    assert heard.headers[0] == (b"Host", host.encode())
    assert heard.url == f"{prefix}laporan?q=x".encode()


def test_a_question_is_one_request_with_all_that_was_prepared() -> None:
    """Method, headers and, where there is one, the body with its length."""
    known = requests(Accept="application/json", Authorization="Basic eDp5")
    got, posted = Heard(known.get("", ())), Heard(known.post("/g", b"{}\r\n\r\n", "a/b", "t0ken"))

    assert (got.method, got.url, got.messages) == (b"GET", b"/api/v1", 1)
    assert (b"Accept", b"application/json") in got.headers
    assert (b"Accept-Encoding", b"gzip") in got.headers
    assert (posted.method, posted.url, posted.messages) == (b"POST", b"/api/v1/g", 1)
    assert posted.body == b"{}\r\n\r\n"
    assert (b"Authorization", b"Bearer t0ken") in posted.headers


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4))
def test_a_query_is_written_as_yarl_writes_it(query: list[tuple[str, str]]) -> None:
    """Byte for byte, so that no source is asked in another way than before."""
    query = [
        (name.encode("utf-8", "ignore").decode(), value.encode("utf-8", "ignore").decode())
        for name, value in query
    ]
    heard = Heard(requests().get("/x", query))
    url = URL("http://a/api/v1/x", encoded=True).with_query(query)

    assert heard.messages == 1
    assert heard.url.decode() == url.raw_path_qs


def test_a_path_with_a_query_of_its_own_keeps_it() -> None:
    """As settings may have it."""
    assert Heard(requests().get("/x?a=1", (("b", "2"),))).url == b"/api/v1/x?a=1&b=2"
    assert Heard(requests().get("/x?a=1", ())).url == b"/api/v1/x?a=1"


@pytest.mark.parametrize(
    "char", ["\r", "\n", "\r\nX: y", " ", "\t", "\0", "\x7f", "é", "#", "\x85"]
)
def test_a_path_cannot_leave_its_line(char: str) -> None:
    """Refused with what to do about it; a query holds anything, and is encoded."""
    with pytest.raises(Refused, match="path cannot be sent"):
        requests().get(f"/a{char}b", ())
    with pytest.raises(Refused, match="path cannot be sent"):
        requests("http://x/a b")
    heard = Heard(requests().get("/x", ((f"a{char}b", f"c{char}d"),)))
    assert heard.messages == 1
    assert len(heard.headers) == 3


def test_a_path_does_not_become_part_of_the_host() -> None:
    """`@elsewhere` behind the address would lead elsewhere."""
    with pytest.raises(Refused):
        requests("http://aduan.go.id").get("@elsewhere/", ())


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\rb", "a\0b", "é", "\x7f", "a\tb"])
def test_a_header_cannot_leave_its_line(value: str) -> None:
    """Neither a credential nor a token nor a name; nothing of it is told."""
    for ask in (
        lambda: requests(Authorization=value),
        lambda: requests(**{f"X{value}": "y"}),
        lambda: requests().get("/", (), value),
        lambda: requests().post("/", b"", "a/b", value),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert value not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["", "aduan.go.id", "ftp://x", "http://", "http://[x", "http://x:99999", "http://a b"],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """In the contract's words, when it is first used."""
    with pytest.raises(Refused, match="address"):
        requests(address)


def test_a_text_that_is_no_unicode_is_refused() -> None:
    """Half a pair of surrogates, as JSON can write it."""
    with pytest.raises(Refused, match="Unicode"):
        requests().get("/", (("q", "\ud800"),))
