"""Under which names the gateway is asked: a page whose name was led to our address is not ours.

A browser takes two pages for one site if their names are the same, and whoever owns a name may lead
it to any address, also to ours (DNS rebinding).  What such a page asks carries its own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv6Address, ip_address

from gateway.asked import BadRequest

ANY = "*"
"""Said instead of names, by whom something in front of us looks at them."""

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""No page of another site has one of these names."""

_HOST = re.compile(
    r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(?::(?P<port>[0-9]{0,5}))?"
)
_LONGEST = 300
_USUAL = (80, 443)
"""Ports that are not written; which of the two it is, we do not see where TLS ends before us."""
REMEMBERED = 64

Host = tuple[str, int | None]
"""A name as it is compared, and a port; None: whichever."""


class Hosts:
    """The names that are served, each under one port or under any."""

    def __init__(self, names: Iterable[str]) -> None:
        """Serve *names*; `*.NAME` is whatever lies below NAME.  Raises `ValueError`."""
        served = [served_of(each) for each in names]
        self._names = frozenset(each for each in served if not each[0].startswith("."))
        self._below = tuple(each for each in served if each[0].startswith("."))
        self.met: set[bytes] = set()
        """Hosts that were found served, as they were written."""

    def check(self, headers: Mapping[bytes, bytes], lines: Sequence[tuple[bytes, bytes]]) -> None:
        """Raise `BadRequest` unless *headers*, made of *lines*, name one host, and it is served."""
        host = headers.get(b"host")
        is_met = host in self.met
        # Nearly always so, and nothing stands in two lines.
        if is_met and len(headers) == len(lines):
            return
        if (
            host is None
            or sum(name == b"host" for name, _ in lines) > 1
            or not (is_met or self._serves(host.decode("latin-1")))
        ):
            raise BadRequest(421, "HOST_NOT_SERVED")
        if is_met:
            return
        if len(self.met) >= REMEMBERED:
            self.met.clear()
        self.met.add(host)

    def _serves(self, text: str) -> bool:
        host = _parsed(text)
        if host is None:
            return False
        name, port = host
        ports = (None, *_USUAL) if port is None else (None, port)
        if any((name, each) in self._names for each in ports):
            return True
        return any(name.endswith(end) and each in ports for end, each in self._below)


def hosts_of(named: Sequence[str], address: str) -> Hosts | None:
    """Give what is served where *named* are set and *address* is listened on; None: any name.

    Where nothing is named and only this machine reaches us, that is what it calls itself.
    """
    if ANY in named:
        return None
    if named:
        return Hosts(named)
    if address == "localhost":
        return Hosts(LOOPBACK)
    try:
        listening = ip_address(address)
    except ValueError:
        return None
    if not listening.is_loopback:
        return None
    own = f"[{listening}]" if listening.version == 6 else str(listening)
    return Hosts((*LOOPBACK, own))


def served_of(text: str) -> Host:
    """Read a name of the settings; one that begins with a dot is the end of others.

    Raises `ValueError` if it is none.
    """
    host = _parsed(text.removeprefix("*."))
    if host is None or (text.startswith("*.") and host[0].startswith("[")):
        raise ValueError("no host")
    return (f".{host[0]}", host[1]) if text.startswith("*.") else host


def _parsed(text: str) -> Host | None:
    found = _HOST.fullmatch(text.lower()) if len(text) <= _LONGEST else None
    if found is None:
        return None
    name, port = found["name"], int(found["port"]) if found["port"] else None
    if name.startswith("["):
        try:
            name = f"[{IPv6Address(name[1:-1])}]"
        except ValueError:
            return None
    return None if port is not None and not 0 < port <= 65535 else (name, port)
