"""A source's name may lead to public addresses, and elsewhere only where its settings allow it."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Sequence

import pytest

from connectors.contract.errors import Refused
from connectors.web import Web, WebSettings
from connectors.web_addresses import Network, Pinned, is_allowed
from tests.connectors.serving import serving
from tests.connectors.test_web_tokens import plain


class Names:
    """Answers every name as it is told to, and counts how often it is asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        await asyncio.sleep(0)
        if not self.addresses:
            raise OSError("no such name")
        return self.addresses


def found(pinned: Pinned) -> list[str]:
    return list(asyncio.run(pinned.resolve("aduan.go.id", 443)))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address that a name may lead to
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.1.2.3",
        "2002:7f00:1::",
        "64:ff9b::10.1.2.3",
        "64:ff9b:1::10.1.2.3",
        "::10.1.2.3",
        "::ffff:0:10.1.2.3",
        "fec0::1",
    ],
)
def test_a_name_leads_to_no_private_address(address: str) -> None:
    """Loopback, private, link-local, shared and mapped addresses are refused, without the name."""
    with pytest.raises(Refused) as refused:
        found(Pinned("s", resolve=Names(address)))

    assert "networks" in refused.value.message
    assert address not in refused.value.message


@pytest.mark.parametrize(
    ("address", "network", "allowed"),
    [
        ("10.1.2.3", "10.1.0.0/16", True),
        ("10.2.2.3", "10.1.0.0/16", False),
        ("::ffff:10.1.2.3", "10.1.0.0/16", True),
        ("fd12::1", "fd12::/16", True),
        ("8.8.8.8", "10.1.0.0/16", True),
        ("2001:4860:4860::8888", "10.1.0.0/16", True),
        ("64:ff9b::10.1.2.3", "10.1.0.0/16", True),
        ("64:ff9b::8.8.8.8", "10.1.0.0/16", True),
    ],
)
def test_a_network_is_opened_by_name(address: str, network: str, allowed: bool) -> None:
    """What `networks` names is allowed beside public addresses, and nothing else."""
    networks: tuple[Network, ...] = (ipaddress.ip_network(network),)

    assert is_allowed(ipaddress.ip_address(address), networks) is allowed


def test_of_several_addresses_the_allowed_ones_are_used() -> None:
    """A name that leads to a public and to a private address leads to the public one."""
    assert found(Pinned("s", resolve=Names("10.0.0.1", "8.8.8.8"))) == ["8.8.8.8"]


def test_an_address_is_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is asked once for many connections; while it cannot be had the last address holds,
    and a new one is judged anew.
    """
    names = Names("8.8.8.8")
    pinned = Pinned("s", resolve=names)
    moment = 1000.0
    monkeypatch.setattr("connectors.web_addresses.monotonic", lambda: moment)

    async def many() -> list[Sequence[str]]:
        return await asyncio.gather(*(pinned.resolve("aduan.go.id", 443) for _ in range(20)))

    assert {each for some in asyncio.run(many()) for each in some} == {"8.8.8.8"}
    names.addresses = ["10.0.0.1"]
    assert found(pinned) == ["8.8.8.8"]
    assert names.asked == 1
    moment += 301
    names.addresses = []
    assert found(pinned) == ["8.8.8.8"]
    names.addresses = ["10.0.0.1"]
    with pytest.raises(Refused):
        found(pinned)


def test_a_real_name_of_our_own_machine_is_refused() -> None:
    """`localhost` is a name and needs `networks`; an address in digits is taken as written."""

    async def ask(change: Callable[[str], str], networks: tuple[Network, ...] = ()) -> bytes:
        async with serving(plain) as address:
            web = Web(WebSettings(source="s", base_url=change(address), networks=networks))
            try:
                return await web.get("/", ())
            finally:
                await web.aclose()

    def named(address: str) -> str:
        return address.replace("127.0.0.1", "localhost")

    loopback: Network = ipaddress.ip_network("127.0.0.0/8")
    assert asyncio.run(ask(str)) == b"{}"
    assert asyncio.run(ask(named, (loopback,))) == b"{}"
    with pytest.raises(Refused, match="networks"):
        asyncio.run(ask(named))
