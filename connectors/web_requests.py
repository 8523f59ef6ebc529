"""Write a request: all that is the same for every request of a source is written once.

Nothing that stands in a path, a query or a header can end its line: what would is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from connectors.contract.errors import Refused

USER_AGENT = "Simpul/0.1 (+complaint gateway)"

Query = Sequence[tuple[str, str]]


class Requests:
    """The requests to one source."""

    __slots__ = ("_behind", "_checked", "_prefix", "_source", "host", "port", "secure")

    def __init__(self, source: str, base_url: str, headers: Mapping[str, str]) -> None:
        """Prepare what every request to *base_url* begins with, *headers* among it.

        Raises `Refused` if the address or a header cannot be sent.
        """
        self._source = source
        self._checked = ""
        try:
            parts = urlsplit(base_url)
            host, port = parts.hostname or "", parts.port
            self.host = host if host.isascii() else host.encode("idna").decode()
        except ValueError:
            raise Refused(source, "its address cannot be used") from None
        if parts.scheme not in ("http", "https") or not self.host or not _fits(self.host):
            raise Refused(source, "its address cannot be used")
        self.secure = parts.scheme == "https"
        usual = 443 if self.secure else 80
        self.port = port or usual
        named = f"[{self.host}]" if ":" in self.host else self.host
        if self.port != usual:
            named = f"{named}:{self.port}"
        self._prefix = self._sound(parts.path.rstrip("/"))
        lines = [f"Host: {named}", f"User-Agent: {USER_AGENT}", "Accept-Encoding: gzip"]
        lines += [self._header(name, value) for name, value in headers.items()]
        self._behind = " HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n"

    def get(self, path: str, query: Query, token: str | None = None) -> bytes:
        """Write a question.

        *path* is encoded already, *query* is not, *token* is what we prove ourselves by, if we do.
        """
        return f"GET {self._target(path, query)}{self._behind}{self._bearer(token)}\r\n".encode()

    def post(self, path: str, body: bytes, content_type: str, token: str | None = None) -> bytes:
        """Write a question that has a body."""
        return (
            f"POST {self._target(path, ())}{self._behind}{self._bearer(token)}"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def _target(self, path: str, query: Query) -> str:
        if path != self._checked:
            # Nearly all requests to a source go to one path.
            self._checked = self._sound(path)
        target = self._prefix + path or "/"
        if not query:
            return target
        try:
            words = _written(query)
        except UnicodeEncodeError:
            raise Refused(self._source, "is asked for a text that is no Unicode") from None
        return f"{target}{'&' if '?' in target else '?'}{words}"

    def _sound(self, path: str) -> str:
        # Ids in it were quoted; what is left can only come from the settings.
        if not _fits(path) or "#" in path or (path and path[0] != "/"):
            raise Refused(
                self._source,
                "its path cannot be sent: it begins with `/`, and all but ASCII's visible "
                "characters are written as %XX",
            )
        return path

    def _header(self, name: str, value: str) -> str:
        if not _TOKEN.fullmatch(name) or not (value.isascii() and value.isprintable()):
            raise Refused(self._source, "a header that its settings name cannot be sent")
        return f"{name}: {value}"

    def _bearer(self, token: str | None) -> str:
        return "" if token is None else self._header("Authorization", f"Bearer {token}") + "\r\n"


def _fits(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIT = b"-._~!$'()*,/:?@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""What a query can hold as it is, without another meaning."""


def _written(query: Query) -> str:
    """Write names and values, all looked through at once."""
    text = "".join([f"{name}\0{value}\0" for name, value in query])
    if text.count("\0") != 2 * len(query):
        # One of them has the mark in it.
        return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in query])
    parts = _quoted(text, _FIT_OR_MARK).split("\0")
    return "&".join(map("=".join, zip(parts[::2], parts[1::2], strict=False)))


_FIT_OR_MARK = _FIT + b"\0"
"""The mark ends names and values until they are joined."""


def _quoted(text: str, fit: bytes = _FIT) -> str:
    unfit = _unfit(text, fit)
    if not unfit:
        return text
    if not text.isascii():
        return "".join(
            [_escaped(char) if char.encode().translate(None, fit) else char for char in text]
        )
    # Few different characters; those first that others bring with them.
    for char in sorted(set(unfit.decode()), key="+%".find, reverse=True):
        text = text.replace(char, _escaped(char))
    return text


def _unfit(text: str, fit: bytes) -> bytes:
    return text.encode().translate(None, fit)


def _escaped(char: str) -> str:
    return "+" if char == " " else "".join([f"%{byte:02X}" for byte in char.encode()])
