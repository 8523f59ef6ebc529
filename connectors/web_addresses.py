"""Which network addresses a source may turn out to have: names are not trusted with that.

An address that the settings write in digits is taken as written.  A name may lead to public
addresses, and to others only where `networks` allows them, so that whoever rules a name elsewhere
cannot lead us to what stands in our own network.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from time import monotonic

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from connectors.contract.errors import Refused

Network = IPv4Network | IPv6Network

PINNED_SECONDS = 300.0
"""How long an address that was found is kept to."""


class Pinned(AbstractResolver):
    """Resolves names for one source: only to addresses that are allowed, and keeps to them."""

    def __init__(
        self,
        source: str,
        networks: Sequence[Network] = (),
        resolver: AbstractResolver | None = None,
    ) -> None:
        """Allow public addresses and those in *networks*."""
        self._source = source
        self._networks = tuple(networks)
        self._resolver = resolver or ThreadedResolver()
        self._known: dict[tuple[str, int, int], tuple[float, list[ResolveResult]]] = {}
        self._asking: dict[tuple[str, int, int], asyncio.Task[list[ResolveResult]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the addresses of *host*; raises `Refused` if none of them is allowed, `OSError` if
        there is none.  An address that was good stays good while the name cannot be resolved.
        """
        key = (host, port, int(family))
        until, known = self._known.get(key, (0.0, []))
        if monotonic() < until:
            return known
        asking = self._asking.get(key)
        if asking is None:
            # Many connections wait for one answer, and outlive whoever asked first.
            asking = asyncio.ensure_future(self._resolver.resolve(host, port, family))
            self._asking[key] = asking
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        try:
            found = await asyncio.shield(asking)
        except OSError:
            if known:
                return known
            raise
        allowed = [each for each in found if self._allows(each["host"])]
        if not allowed:
            raise Refused(
                self._source,
                "its name leads to an address in a private network that its settings do not "
                "allow (`networks`)",
            )
        self._known[key] = (monotonic() + PINNED_SECONDS, allowed)
        return allowed

    async def close(self) -> None:
        """Give up what is still being resolved."""
        for asking in tuple(self._asking.values()):
            asking.cancel()
        await self._resolver.close()

    def _allows(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return is_allowed(address, self._networks)


def is_allowed(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    """Say whether a name may lead to *address*: it is public, or lies in one of *networks*."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    seen = inner or address
    if any(each.version == seen.version and seen in each for each in networks):
        return True
    return seen.is_global and not seen.is_multicast
