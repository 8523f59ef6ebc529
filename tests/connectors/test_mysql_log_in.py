"""MySQL 8's way to log in, which MariaDB does not have."""

from __future__ import annotations

import asyncio

import pytest

from connectors.contract.errors import Refused
from connectors.mysql import translated
from connectors.mysql_pool import MysqlPool
from connectors.references import Secret
from tests.connectors.mysql8 import Mysql8, mysql8

PASSWORD = "rahasia sekali"


async def logged_in(password: str, *, cached: bool) -> tuple[Mysql8, bool | None, str]:
    """Open a connection; gives the server, what we take it for, and what was told of a failure."""
    async with mysql8(PASSWORD, cached=cached) as (server, address):
        dsn = f"mysql://simpul:{password.replace(' ', '%20')}@{address}/aduan"
        pool = MysqlPool(
            Secret(dsn, "env:DSN"), most=2, time_limit=4.0, connect_limit=2.0, tls=False, ca=None
        )
        told = ""
        try:
            await pool.ready()
        except Exception as error:  # noqa: BLE001 - translated, as the connector does
            failure = translated("s", error)
            assert isinstance(failure, Refused)
            told = failure.message
        finally:
            await pool.aclose()
        return server, pool.is_mariadb, told


@pytest.mark.parametrize(("cached", "way"), [(True, "scramble"), (False, "key")])
def test_a_password_lets_in_whether_the_server_remembers_it_or_not(cached: bool, way: str) -> None:
    """Never in the open: by a scramble, else under the server's public key."""
    server, is_mariadb, told = asyncio.run(logged_in(PASSWORD, cached=cached))

    assert told == ""
    assert server.ways == [way]
    assert is_mariadb is False


def test_sessions_are_bound_in_mysqls_own_words() -> None:
    """It calls read-only sessions and time limits otherwise than MariaDB."""
    server, _, _ = asyncio.run(logged_in(PASSWORD, cached=True))
    asked = " ".join(server.asked)

    assert "transaction_read_only = 1" in asked
    assert "max_execution_time = 5000" in asked


@pytest.mark.parametrize("cached", [True, False])
def test_a_wrong_password_is_refused_without_being_told(cached: bool) -> None:
    """By its number; the password is nowhere in what is said."""
    server, _, told = asyncio.run(logged_in("salah", cached=cached))

    assert server.ways == ["denied"]
    assert "1045" in told
    assert "salah" not in told
