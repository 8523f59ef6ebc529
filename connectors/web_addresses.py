"""Which network addresses a source may turn out to have: names are not trusted with that.

An address that the settings write in digits is taken as written.  A name may lead to public
addresses, and to others only where `networks` allows them, so that whoever rules a name elsewhere
cannot lead us to what stands in our own network.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from time import monotonic

from connectors.contract.errors import Refused

Network = IPv4Network | IPv6Network

INSIDE = "its name leads into a private network that its settings do not allow"
"""What is said of a name that leads where it may not."""
PINNED_SECONDS = 300.0
"""How long an address that was found is kept to."""


Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses that a name leads to at a port; raises `OSError` if there is none."""


async def ask_system(host: str, port: int) -> Sequence[str]:
    """Give the addresses of *host* as the system resolves it."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
    )
    # A link-local address means nothing without its zone, which is its fourth part.
    named = (
        f"{where[0]}%{where[3]}" if len(where) > 3 and where[3] else str(where[0])
        for *_, where in found
    )
    return tuple(dict.fromkeys(named))


class Pinned:
    """Resolves names for one source: only to addresses that are allowed, and keeps to them."""

    def __init__(
        self, source: str, networks: Sequence[Network] = (), resolve: Resolve = ask_system
    ) -> None:
        """Allow public addresses and those in *networks*."""
        self._source = source
        self._networks = tuple(networks)
        self._resolve = resolve
        self._known: dict[tuple[str, int], tuple[float, Sequence[str]]] = {}
        self._asking: dict[tuple[str, int], asyncio.Task[Sequence[str]]] = {}

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Give the addresses of *host*; raises `Refused` if none of them is allowed, `OSError` if
        there is none.  An address that was good stays good while the name cannot be resolved.
        """
        if _is_address(host):
            return (host,)
        key = (host, port)
        until, known = self._known.get(key, (0.0, ()))
        if monotonic() < until:
            return known
        asking = self._asking.get(key)
        if asking is None:
            # Many connections wait for one answer, and outlive whoever asked first.
            asking = asyncio.ensure_future(self._asked(host, port))
            self._asking[key] = asking
            asking.add_done_callback(lambda done: self._told(key, done))
        try:
            found = await asyncio.shield(asking)
        except OSError:
            if known:
                return known
            raise
        allowed = [each for each in found if self._allows(each)]
        if not allowed:
            raise Refused(
                self._source,
                f'{INSIDE}; hint: networks = ["10.12.0.0/16"] allows one, 127.0.0.0/8 is this '
                "machine",
            )
        self._known[key] = (monotonic() + PINNED_SECONDS, allowed)
        return allowed

    async def aclose(self) -> None:
        """Give up what is still being resolved."""
        waiting = tuple(self._asking.values())
        for asking in waiting:
            asking.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _asked(self, host: str, port: int) -> Sequence[str]:
        return await self._resolve(host, port)

    def _told(self, key: tuple[str, int], done: asyncio.Task[Sequence[str]]) -> None:
        self._asking.pop(key, None)
        # If all who waited have gone, nobody else looks at how it ended.
        if not done.cancelled():
            done.exception()

    def _allows(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return is_allowed(address, self._networks)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_allowed(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    """Say whether a name may lead to *address*: it is public, or lies in one of *networks*."""
    seen = _led_to(address)
    if any(each.version == seen.version and seen in each for each in networks):
        return True
    if seen.version == 6 and seen not in _GIVEN_OUT:
        return False
    return seen.is_global and not seen.is_multicast


_GIVEN_OUT = IPv6Network("2000::/3")
"""What addresses of the Internet are taken from.  Outside are other ways to write an IPv4 address
(`::10.0.0.1`, a translator's own prefix) and sites' old private ones, which Python calls public."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""By its last four bytes a translator (NAT64) leads to IPv4, private networks among it."""


def _led_to(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that *address* is another name of; else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
