"""Open a connection to a source: its addresses in turn, each with a head start, then TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import cache

from connectors.contract.errors import TimedOut
from connectors.web_addresses import Pinned
from connectors.web_connection import Connection
from connectors.web_errors import translated
from connectors.web_tls import Tls

CONNECT_SECONDS = 2.0
HEAD_START_SECONDS = 0.25
"""How long an address is waited for before the next is tried beside it."""


class Dialler:
    """Opens connections to one source."""

    def __init__(
        self, source: str, host: str, port: int, tls: Tls | None, addresses: Pinned
    ) -> None:
        """Reach *host*, by its *addresses*; over TLS if there is something set for it."""
        self._source = source
        self._host = host
        self._port = port
        self._tls = None if tls is None else tls.context
        self._shows = None if tls is None else tls.shows
        self._addresses = addresses

    async def dial(self, most: int, left: Callable[[Connection], None]) -> Connection:
        """Give a connection of which *left* is told when it is gone; raises `SourceError`.

        No answer on it may be larger than *most* bytes.
        """

        def made() -> Connection:
            return Connection(self._source, most, left, shows=self._shows)

        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await self._dialled(made)
        except TimeoutError:
            raise TimedOut(self._source, f"no connection within {CONNECT_SECONDS:g} s") from None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's failure
            raise translated(self._source, error, shows=self._shows) from None

    async def _dialled(self, made: Callable[[], Connection]) -> Connection:
        found = await self._addresses.resolve(self._host, self._port)
        connected = await _first(found, self._port)
        tls = self._tls
        _, connection = await asyncio.get_running_loop().create_connection(
            made,
            sock=connected,
            ssl=tls,
            # It is the name that has to be proved, whatever address it led to.
            server_hostname=None if tls is None else self._host.rstrip("."),
        )
        return connection


@cache
def usual_tls() -> Tls:
    """Give what holds for sources without settings of their own: the system's authorities."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return Tls(context)


async def _first(addresses: Sequence[str], port: int) -> socket.socket:
    """Give a socket connected to the first of *addresses* that answers; raises `OSError`."""
    if len(addresses) == 1:
        return await _connected(addresses[0], port)
    pending: set[asyncio.Task[socket.socket]] = set()
    error: BaseException = OSError("no address")
    try:
        for at, address in enumerate(addresses):
            pending.add(asyncio.create_task(_connected(address, port)))
            last = at + 1 == len(addresses)
            while pending:
                done, pending = await asyncio.wait(
                    pending,
                    timeout=None if last else HEAD_START_SECONDS,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                sound = [each for each in done if each.exception() is None]
                for spare in sound[1:]:
                    spare.result().close()
                if sound:
                    return sound[0].result()
                error = next((found for each in done if (found := each.exception())), error)
                if not last:
                    break
    finally:
        for each in pending:
            each.add_done_callback(_closed)
            each.cancel()
    raise error


def _closed(attempt: asyncio.Task[socket.socket]) -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()


async def _connected(address: str, port: int) -> socket.socket:
    # It is written in digits: nobody is asked.
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    family, kind, proto, _, target = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=numeric
    )[0]
    opened = socket.socket(family, kind, proto)
    try:
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, target)
    except BaseException:
        opened.close()
        raise
    return opened
