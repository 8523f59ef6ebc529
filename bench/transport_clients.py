"""The clients that are compared: ours, the one before it, aiohttp as it comes, and the least."""

from __future__ import annotations

import asyncio
import zlib
from typing import Protocol, cast
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from connectors.web import Web, WebSettings

Query = tuple[tuple[str, str], ...]


class Client(Protocol):
    """Asks one source."""

    async def get(self, path: str, query: Query) -> bytes:
        """Give the body."""
        ...

    async def aclose(self) -> None:
        """Give back connections."""
        ...


class Ours(Web):
    """The transport of the product."""

    def __init__(self, address: str, connections: int) -> None:
        """Reach *address*."""
        super().__init__(WebSettings(source="s", base_url=address, connections=connections))


class Aiohttp:
    """aiohttp as one would use it: the address is a text."""

    def __init__(self, address: str, connections: int) -> None:
        """Reach *address*."""
        self._address = address
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    def opened(self) -> aiohttp.ClientSession:
        """Give the session."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def get(self, path: str, query: Query) -> bytes:
        """Give the body."""
        words = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in query)
        async with self.opened().get(f"{self._address}{path}?{words}") as response:
            return await response.read()

    async def aclose(self) -> None:
        """Give back connections."""
        await self.opened().close()


class Before(Aiohttp):
    """What the product had: an encoded address, capped chunks, packed bodies, no redirects."""

    async def get(self, path: str, query: Query) -> bytes:
        """Give the body."""
        url = URL(self._address + path, encoded=True).with_query(list(query))
        try:
            async with self.opened().request("GET", url, allow_redirects=False) as response:
                if response.status != 200:
                    raise RuntimeError(response.status)
                encoding = response.headers.get("Content-Encoding", "")
                unpack = zlib.decompressobj(31) if encoding == "gzip" else None
                parts, size, most = [], 0, 32 * 1024 * 1024
                async for chunk in response.content.iter_any():
                    if unpack is not None:
                        chunk = unpack.decompress(chunk, most + 1 - size)
                    size += len(chunk)
                    if size > most:
                        raise RuntimeError(size)
                    parts.append(chunk)
                return parts[0] if len(parts) == 1 else b"".join(parts)
        except aiohttp.ClientError as error:
            raise RuntimeError from error


class Bare:
    """The least that can be done: no grammar, no limits, no failures."""

    def __init__(self, address: str, connections: int) -> None:  # noqa: ARG002 - like the others
        """Reach *address*."""
        parts = urlsplit(address)
        self._where = (parts.hostname or "", parts.port or 80)
        self._idle: list[_BareConnection] = []
        self._open: list[_BareConnection] = []

    async def get(self, path: str, query: Query) -> bytes:
        """Give the body."""
        if self._idle:
            connection = self._idle.pop()
        else:
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(_BareConnection, *self._where)
            self._open.append(connection)
        words = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in query)
        body = await connection.ask(f"GET {path}?{words} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        self._idle.append(connection)
        return body

    async def aclose(self) -> None:
        """Give back connections."""
        for connection in self._open:
            connection.transport.close()
        await asyncio.sleep(0)


class _BareConnection(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        self._held = b""
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        held = self._held = self._held + data
        end = held.find(b"\r\n\r\n")
        at = held.find(b"Content-Length: ")
        if end > 0 and len(held) >= end + 4 + int(held[at + 16 : held.index(b"\r\n", at)]):
            self._waiting.set_result(held[end + 4 :])
