"""Read answers off one connection: bytes in, whole answers out, and never a part of one.

The grammar is llhttp's, by httptools.  What is decided here is how much of anything is taken, what
is unpacked, and when an answer is whole; there is no input or output.
"""

from __future__ import annotations

import zlib

import httptools

from connectors.contract.errors import Malformed
from connectors.web_errors import Lost

MOST_HEAD = 64 * 1024
"""Bytes that may come without any of the body among them: headers, trailers, sizes of chunks."""
MOST_REFUSAL = 64 * 1024
"""Bytes of an answer that is none: they are read so that the connection can be used again."""

_KEPT = frozenset(
    (
        b"content-length",
        b"transfer-encoding",
        b"content-encoding",
        b"link",
        b"retry-after",
        b"keep-alive",
    )
)


class Answer:
    """A whole answer; of one that is no success, only its status and its headers."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Keep what was read."""
        self.status = status
        self.headers = headers
        """Those that mean something here; their names in small letters."""
        self.body = body

    def values(self, name: bytes) -> list[str]:
        """Give the values of the header *name*."""
        return [value.decode("latin-1") for known, value in self.headers if known == name]


class AnswerReader:
    """Reads the answers of one connection, one after the other.

    Whatever comes in, it raises nothing but `SourceError`; after that, the connection is of no use.
    """

    def __init__(self, source: str, most: int) -> None:
        """Read what *source* says; no body may be larger than *most* bytes, unpacked."""
        self._source = source
        self._most = most
        self._most_wire = 8 * most + MOST_HEAD
        self._parser = httptools.HttpResponseParser(self)
        # Both are seen in the wild, and neither can make one answer look like two.
        self._parser.set_dangerous_leniencies(
            lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self.keeps_alive = True
        """Whether another request may be sent once an answer is whole."""
        self.begin()

    def begin(self) -> None:
        """Wait for the next answer."""
        self.received = 0
        self.idle_seconds: float | None = None
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._framed = False
        self._in_body = False
        self._whole = False
        self._enough = False
        self._problem: Malformed | None = None
        self._unpack: zlib._Decompress | None = None
        self._size = 0
        self._first = b""
        self._more: bytearray | None = None
        self._seen = 0
        self._barren = 0

    def feed(self, data: bytes) -> Answer | None:
        """Take *data*; gives the answer if that completes it."""
        if self._in_body or len(data) <= MOST_HEAD:
            return self._fed(data)
        view = memoryview(data)
        for start in range(0, len(data), MOST_HEAD):
            answer = self._fed(view[start : start + MOST_HEAD])
            if answer is not None:
                if start + MOST_HEAD < len(data):
                    self.keeps_alive = False
                return answer
        return None

    def end(self) -> Answer:
        """Take that nothing more comes; gives the answer if that completes it."""
        if not self.received:
            raise Lost(self._source, "closed the connection (without an answer)")
        if self._in_body and (not self._framed or self._status != 200):
            self.keeps_alive = False
            return self._answer()
        raise Malformed(self._source, "its answer breaks off")

    def _fed(self, data: bytes | memoryview) -> Answer | None:
        self.received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.keeps_alive = False
            if self._problem is not None:
                raise self._problem from None
            if not self._whole and not self._enough:
                # What llhttp says is one of its own sentences, nothing out of the answer.
                said = str(error) if isinstance(error, httptools.HttpParserError) else "an upgrade"
                raise Malformed(self._source, f"its answer is no HTTP ({said})") from None
        if self._whole or self._enough:
            return self._answer()
        if self._seen:
            self._seen = self._barren = 0
        else:
            self._barren += len(data)
            if self._barren > MOST_HEAD:
                raise Malformed(self._source, f"its headers are larger than {MOST_HEAD} bytes")
        if self.received > self._most_wire:
            raise self._too_large()
        return None

    def _answer(self) -> Answer:
        if self._unpack is not None and not self._unpack.eof:
            raise Malformed(self._source, "its compressed answer breaks off")
        body = self._first if self._more is None else self._first + self._more
        return Answer(self._status, self._headers, body)

    # What follows is called by the parser; what is raised in there comes out of `feed_data`.

    def on_message_begin(self) -> None:
        """Refuse a second answer to one request."""
        if self._whole:
            self.keeps_alive = False
            raise ValueError

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header that means something here; trailers do not."""
        name = name.lower()
        if name in _KEPT and not self._in_body:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Decide how the body is to be read."""
        status = self._status = self._parser.get_status_code()
        if status < 200:
            if status < 100:
                raise self._found(f"answered {status}, which is no answer")
            return
        self._in_body = True
        packed = b""
        for name, value in self._headers:
            if name == b"content-length":
                self._framed = True
                if status == 200 and int(value) > self._most:
                    raise self._found(self._too_large())
            elif name == b"transfer-encoding":
                self._framed = True
                if value.lower() != b"chunked":
                    raise self._found("its answer is sent in a way not asked for")
            elif name == b"content-encoding":
                packed = packed + b"," + value if packed else value
            elif name == b"keep-alive":
                self.idle_seconds = _seconds(value)
        if packed and status == 200:
            self._unpack = self._unpacker(packed)

    def on_body(self, data: bytes) -> None:
        """Take a part of the body."""
        self._seen += 1
        if self._status != 200:
            if self._status < 200:
                raise self._found(f"its answer {self._status} has a body, which none has")
            self._size += len(data)
            if self._size > MOST_REFUSAL:
                self._enough = True
                raise ValueError
            return
        if self._unpack is not None:
            data = self._unpacked(self._unpack, data)
        self._size += len(data)
        if self._size > self._most:
            raise self._found(self._too_large())
        if self._more is not None:
            self._more += data
        elif self._first:
            self._more = bytearray(data)
        else:
            self._first = data

    def on_message_complete(self) -> None:
        """Note that the answer is whole, or that only a foretaste of it is over."""
        if self._status < 200:
            self._headers.clear()
            return
        self._whole = True
        self.keeps_alive = self._parser.should_keep_alive()

    def _unpacker(self, packed: bytes) -> zlib._Decompress | None:
        match packed.strip().lower():
            case b"identity":
                return None
            case b"gzip" | b"x-gzip":
                return zlib.decompressobj(31)
            case b"deflate":
                return zlib.decompressobj(15)
        told = packed[:20].decode("ascii", "replace")
        raise self._found(f"its answer is packed in a way not asked for: {told}")

    def _unpacked(self, unpack: zlib._Decompress, data: bytes) -> bytes:
        try:
            found = unpack.decompress(data, self._most + 1 - self._size)
        except zlib.error:
            raise self._found("its answer cannot be unpacked") from None
        if unpack.unused_data:
            raise self._found("something follows its compressed answer")
        return found

    def _too_large(self) -> Malformed:
        return Malformed(self._source, f"its answer is larger than {self._most} bytes")

    def _found(self, problem: str | Malformed) -> Malformed:
        if isinstance(problem, str):
            problem = Malformed(self._source, problem)
        self._problem = problem
        return problem


def _seconds(value: bytes) -> float | None:
    """Read how long the source keeps a connection that is not used: `timeout=5, max=100`."""
    for part in value.split(b","):
        name, _, number = part.partition(b"=")
        if name.strip().lower() == b"timeout" and number.strip().isdigit():
            return float(number.strip()[:9])
    return None
