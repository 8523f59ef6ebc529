"""uvicorn's HTTP, but a wish for another protocol is ignored unless it is a WebSocket's.

A server may ignore such a wish (RFC 9110, 7.8), and clients count on it: those of Java and curl ask
every server whether it speaks HTTP/2.  The parser stops behind the head of such a request, so its
body would be lost, or taken for a request of its own.
"""

from __future__ import annotations

from http import HTTPStatus

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

_BODIES = frozenset({b"content-length", b"transfer-encoding"})


class Upgrades(HttpToolsProtocol):
    """The protocol of one connection."""

    has_left = False
    """Whether the connection speaks another protocol by now."""
    refusal = HTTPStatus.BAD_REQUEST
    """How what cannot be read is answered."""
    _ignored: bytes | None = None
    """The head of a request without its wish, to be read again."""

    def data_received(self, data: bytes) -> None:
        """Read *data*; what comes behind a head that wished for an upgrade belongs to it too."""
        self._unset_keepalive_if_required()
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as wish:
                if self.is_over():
                    self.close()
                    return
                if self._ignored is None:
                    self.handle_websocket_upgrade()
                    return
                head, self._ignored = self._ignored, None
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
                data = head + data[wish.args[0] :]
            except httptools.HttpParserError:
                self.refuse()
                return
            else:
                return

    def on_headers_complete(self) -> None:
        """Answer a request whose head was read, or read it again."""
        if not self.parser.should_upgrade() or self._is_websocket():
            super().on_headers_complete()
            return
        method = self.parser.get_method()
        if method == b"CONNECT":
            raise ValueError("nobody is connected to by us")
        version = self.parser.get_http_version().encode()
        lines = [b"%b: %b\r\n" % each for each in self.headers if each[0] != b"upgrade"]
        self._ignored = b"%b %b HTTP/%b\r\n%b\r\n" % (method, self.url, version, b"".join(lines))

    def on_message_complete(self) -> None:
        """Note that a request is whole."""
        if self._ignored is None:
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over."""
        self.has_left = True
        super().handle_websocket_upgrade()

    def is_running(self) -> bool:
        """Say whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def is_over(self) -> bool:
        """Say whether the client was told that nothing more is answered here."""
        cycle = self.cycle
        return cycle is not None and cycle.response_complete and not cycle.keep_alive

    def refuse(self) -> None:
        """Say that what came cannot be read, and close.

        Nothing is said behind an answer that was the last, or in front of one that is on its way,
        which does not come then.
        """
        self.logger.warning("Invalid HTTP request received.")
        if not self.is_running() and not self.is_over() and not self.transport.is_closing():
            end = b"content-length: 0\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[self.refusal] + end)
        self.close()

    def close(self) -> None:
        """Close the connection, once all is written."""
        self.transport.close()

    def _is_websocket(self) -> bool:
        return (
            self._should_upgrade()
            and self.parser.get_method() == b"GET"
            and all(name not in _BODIES for name, _ in self.headers)
        )
