"""MariaDB over TLS, by an authority of its own, and the ways in which it lets in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncmy
import pytest
import trustme

from connectors.contract.errors import Refused
from connectors.contract.query import SourceQuery
from connectors.registry import load
from tests.connectors.database import TEXT_MAPPING
from tests.connectors.maria import PASSWORD, READER, database, fill, needs_mariadb
from tests.connectors.test_mysql import MYSQL, dsn

pytestmark = needs_mariadb
INSIDE, OTHER = trustme.CA(), trustme.CA()
GUARDED = "simpul_tertutup"
"""A user who is let in over TLS only."""
CURVED = "simpul_ed25519"
"""A user whose password the server keeps as a key on a curve."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with database(INSIDE.issue_cert("127.0.0.1")) as started:
        asyncio.run(fill(started, count=20))
        asyncio.run(let_in(started))
        yield started


async def let_in(address: str) -> None:
    """Make the users."""
    host, _, port = address.partition(":")
    root = await asyncmy.connect(host=host, port=int(port), user="root", autocommit=True)
    async with root.cursor() as cursor:
        await cursor.execute("INSTALL SONAME 'auth_ed25519'")
        await cursor.execute(
            f"CREATE USER {GUARDED}@'%%' IDENTIFIED BY %s REQUIRE SSL", (PASSWORD,)
        )
        await cursor.execute(
            f"CREATE USER {CURVED}@'%%' IDENTIFIED VIA ed25519 USING PASSWORD(%s)", (PASSWORD,)
        )
        for user in (GUARDED, CURVED):
            await cursor.execute(f"GRANT SELECT ON odd.* TO {user}@'%'")
    await root.ensure_closed()


async def rows(address: str, user: str, *settings: str) -> int:
    """Count what comes as *user*, odd rows included, with further *settings* of the source."""
    text = MYSQL.format(name="odd", table="odd_utf8", mapping=TEXT_MAPPING, zone="Asia/Jakarta")
    text = text.replace("nulls =", "\n".join([*settings, "nulls ="]))
    (source,) = load(text, {"DSN": dsn(address, user)})
    try:
        return (await source.connector.fetch(SourceQuery(limit=3))).received
    finally:
        await source.connector.aclose()


def trusting(authority: trustme.CA, folder: Path) -> tuple[str, str]:
    """Give the settings that trust *authority*."""
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return "tls = true", f'ca = "{folder / "ca.pem"}"'


@pytest.mark.parametrize("user", [READER, GUARDED])
def test_rows_come_over_tls_by_an_authority_of_its_own(
    user: str, address: str, tmp_path: Path
) -> None:
    """Also for a user who is let in no other way."""
    assert asyncio.run(rows(address, user, *trusting(INSIDE, tmp_path))) == 3


def test_who_is_let_in_over_tls_only_is_refused_in_the_open(address: str) -> None:
    """As by a wrong password: it is the server's word."""
    with pytest.raises(Refused, match=r"1045|3159"):
        asyncio.run(rows(address, GUARDED))


@pytest.mark.parametrize("settings", ["of another authority", "the public ones"])
def test_another_authority_is_not_believed(settings: str, address: str, tmp_path: Path) -> None:
    """Told apart from a server that does not encrypt at all, with what may help."""
    known = trusting(OTHER, tmp_path) if settings == "of another authority" else ("tls = true",)

    with pytest.raises(Refused) as told:
        asyncio.run(rows(address, READER, *known))

    assert told.value.message.startswith("its certificate is not accepted (")
    assert "hint: `ca` names the authority that signed it" in told.value.message


def test_a_certificate_for_another_name_is_not_believed(tmp_path: Path) -> None:
    """The right authority, another host: who stands between could have it."""
    with (
        database(INSIDE.issue_cert("db.internal")) as address,
        pytest.raises(Refused, match="its certificate is not accepted"),
    ):
        asyncio.run(rows(address, READER, *trusting(INSIDE, tmp_path)))


def test_a_way_to_log_in_that_is_not_spoken_is_told(address: str) -> None:
    """MariaDB's own ed25519: refused with what to do, and not tried again as if it were down."""
    with pytest.raises(Refused, match=r"ed25519.*hint: let it be IDENTIFIED VIA"):
        asyncio.run(rows(address, CURVED))
