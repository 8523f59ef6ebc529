"""A listening address that can be closed and opened again without losing its number."""

import socket
import ssl

from aiohttp import web

HOST = "127.0.0.1"


def bind(port: int) -> socket.socket:
    """Bind a socket to *port* (0 for any), in a way that lets its twin bind there too."""
    # The protocol is named, else asyncio would not switch off the delay of small packets.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((HOST, port))
    bound.setblocking(False)
    return bound


class Reservation:
    """A port kept by a socket that never listens: closed doors refuse, and nobody moves in."""

    def __init__(self, port: int) -> None:
        self._kept = bind(port)
        self.port: int = self._kept.getsockname()[1]

    def socket(self) -> socket.socket:
        """Give a fresh socket on the same port."""
        return bind(self.port)

    def release(self) -> None:
        """Give the port back."""
        self._kept.close()


class HttpDoor:
    """An HTTP application behind a door that can be shut."""

    def __init__(
        self, app: web.Application, port: int, encrypted: ssl.SSLContext | None = None
    ) -> None:
        self._encrypted = encrypted
        self._reservation = Reservation(port)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=0.2
        )
        self._site: web.SockSite | None = None
        self._ready = False

    @property
    def port(self) -> int:
        """The port, whether open or not."""
        return self._reservation.port

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        server = self._runner.server
        return len(server.connections) if server else 0

    async def open(self) -> None:
        """Take connections."""
        if self._site is not None:
            return
        if not self._ready:
            await self._runner.setup()
            self._ready = True
        self._site = web.SockSite(
            self._runner, self._reservation.socket(), ssl_context=self._encrypted, backlog=512
        )
        await self._site.start()

    async def shut(self) -> None:
        """Refuse new connections and drop those there are."""
        site, self._site = self._site, None
        if site is not None:
            await site.stop()
        if self._runner.server is not None:
            for connection in self._runner.server.connections:
                connection.force_close()

    async def aclose(self) -> None:
        """Shut for good."""
        await self.shut()
        await self._runner.cleanup()
        self._reservation.release()
