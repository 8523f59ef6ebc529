"""How the sandbox's systems know us: by tokens for a minute, by password, by certificate."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from connectors.contract.errors import Refused, SourceError, Unavailable
from connectors.contract.query import SourceQuery
from connectors.contract.source import Source
from tests.connectors.further import Further

MANY = 12
TOKEN, LIST = "/oauth2/token", "/api/v2/pengaduan"


@pytest.fixture
def kemensos(further: Further) -> Iterator[Further]:
    """The ministry without faults and with tokens that last their minute."""
    further.control("kemensos", "/reset", {})
    further.control("kemensos", "/tokens", {"lifetime": 60})
    yield further
    further.control("kemensos", "/tokens", {"lifetime": 60})
    further.control("kemensos", "/reset", {})


def asked(further: Further) -> Counter[tuple[str, int]]:
    """Count what the ministry was asked, by path and status, out of its own log."""
    log = further.control("kemensos", "/requests")
    return Counter((each["path"], each["status"]) for each in log)


async def many(source: Source) -> None:
    """Ask many things at once."""
    queries = [SourceQuery(limit=limit) for limit in range(1, MANY + 1)]
    pages = await asyncio.gather(*(source.connector.fetch(query) for query in queries))
    assert [len(page.rows) for page in pages] == list(range(1, MANY + 1))


def test_many_who_wait_share_one_token(kemensos: Further) -> None:
    """A dozen questions at once, and later ones, take one token."""

    async def use(source: Source) -> None:
        await many(source)
        await many(source)

    kemensos.ask("kemensos", use)

    assert asked(kemensos) == {(TOKEN, 200): 1, (LIST, 200): 2 * MANY}


@pytest.mark.parametrize("way", ["revoked", "expired"])
def test_a_token_that_no_longer_holds_is_renewed_once(way: str, kemensos: Further) -> None:
    """Taken back or past its time: whoever was refused waits for the one new token."""
    before = kemensos.control("kemensos", "/tokens")["given"]

    async def use(source: Source) -> None:
        if way == "expired":
            await asyncio.to_thread(kemensos.control, "kemensos", "/tokens", {"lifetime": 0.5})
        await source.connector.fetch(SourceQuery(limit=1))
        if way == "revoked":
            await asyncio.to_thread(kemensos.control, "kemensos", "/tokens", {"revoke": True})
        else:
            await asyncio.sleep(0.7)
            await asyncio.to_thread(kemensos.control, "kemensos", "/tokens", {"lifetime": 60})
        await many(source)

    kemensos.ask("kemensos", use)

    found = asked(kemensos)
    assert found.pop((LIST, 401)) in range(1, MANY + 1)
    assert found == {(TOKEN, 200): 2, (LIST, 200): 1 + MANY}
    assert kemensos.control("kemensos", "/tokens")["given"] == before + 2


def test_who_has_no_right_to_a_token_asks_the_source_nothing(kemensos: Further) -> None:
    """The authority refuses, it is told in words without the secret, and no row is asked for."""
    auth = {
        "kind": "oauth2",
        "token_url": "env:SIMPUL_KEMENSOS_TOKEN_URL",
        "client_id": "orang-lain",
        "client_secret": "env:SIMPUL_KEMENSOS_CLIENT_SECRET",
        "scope": "pengaduan.baca",
    }

    told = kemensos.ask("kemensos", refused, auth=auth)

    assert told == "its authority gives no token: answered 401: it does not accept our credentials"
    assert asked(kemensos) == {(TOKEN, 401): 1}


async def refused(source: Source) -> str:
    """Ask for a row, and give the words of the refusal."""
    with pytest.raises(Refused) as told:
        await source.connector.fetch(SourceQuery(limit=1))
    return told.value.message


def test_a_wrong_password_is_refused_and_told(further: Further) -> None:
    """401 for another user; its password is nowhere in what is told."""
    auth = {
        "kind": "basic",
        "user": "tamu",
        "password": "env:SIMPUL_SURABAYA_PASSWORD",
    }

    told = further.ask("surabaya", refused, auth=auth)

    assert told == "answered 401: it does not accept our credentials"


# ── Certificates ──────────────────────────────────────────────────────────────────────────────


def tls(further: Further, **changes: object) -> dict[str, object]:
    """Give the `tls` table that the demonstration has, with changes; None takes a key away."""
    known = further.systems["pln"]
    table: dict[str, Any] = {name: known[name] for name in ("ca", "certificate", "key")}
    table = {**table, "strict": False, **changes}
    return {name: value for name, value in table.items() if value is not None}


def issued(folder: Path, authority: trustme.CA, **more: Any) -> dict[str, object]:
    """Write a certificate that *authority* gives us."""
    made = authority.issue_cert(common_name="simpul", **more)
    made.cert_chain_pems[0].write_to_path(folder / "ours.pem")
    made.private_key_pem.write_to_path(folder / "ours.key")
    return {"certificate": str(folder / "ours.pem"), "key": str(folder / "ours.key")}


def test_an_authority_without_key_usage_is_let_pass_only_where_that_is_said(
    further: Further,
) -> None:
    """Strict checking, Python 3.13's default, is told with the setting that eases it."""
    told = further.ask("pln", refused, tls=tls(further, strict=True))

    assert told.startswith("its certificate is not accepted (")
    assert "set `strict = false` in `tls`" in told
    assert further.ask("pln", one_row, tls=tls(further)) == 1


async def gone(source: Source) -> str:
    """Ask for a row, and give the words on a source that left without any."""
    with pytest.raises(Unavailable) as told:
        await source.connector.fetch(SourceQuery(limit=1))
    return told.value.message


async def one_row(source: Source) -> int:
    """Ask for a row."""
    return len((await source.connector.fetch(SourceQuery(limit=1))).rows)


def test_another_authority_is_not_believed(further: Further, tmp_path: Path) -> None:
    """Neither one of another house nor the public ones; what is missing is named."""
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")

    for ca in (str(tmp_path / "other.pem"), None):
        told = further.ask("pln", refused, tls=tls(further, ca=ca))

        assert told.startswith("its certificate is not accepted (")
        assert "hint: `ca` in `tls` names the authority that signed it" in told


def test_who_shows_no_certificate_is_told_to(further: Further) -> None:
    """It leaves after the handshake without a word; we say which settings may be missing."""
    told = further.ask("pln", gone, tls=tls(further, certificate=None, key=None))

    assert told.startswith("closed the connection (")
    assert told.endswith(
        "if it wants a certificate of ours, name one by `certificate` and `key` in `tls`"
    )


@pytest.mark.parametrize("fault", ["of another authority", "expired"])
def test_a_certificate_that_it_does_not_know_is_told(
    fault: str, further: Further, tmp_path: Path
) -> None:
    """Another house's certificate, or an old one, in the name that is let in."""
    authority = trustme.CA()
    past = {"not_after": datetime.now(UTC) - timedelta(days=1)} if fault == "expired" else {}
    ours = issued(tmp_path, authority, **past)

    told = further.ask("pln", gone, tls=tls(further, **ours))

    assert told.startswith("closed the connection (")
    assert "if it does not accept our certificate, `certificate` in `tls` has to be one" in told


def test_a_certificate_of_somebody_else_is_known_and_not_let_in(further: Further) -> None:
    """By the right authority, in a name that has no right."""
    folder = Path(further.systems["pln"]["ca"]).parent
    other = {"certificate": str(folder / "tamu.pem"), "key": str(folder / "tamu.key")}

    told = further.ask("pln", refused, tls=tls(further, **other))

    assert told == "answered 403: our credentials do not allow it"


def test_plain_http_to_an_encrypted_port_is_an_error_of_this_source(further: Further) -> None:
    """And nothing hangs."""
    plain = further.systems["pln"]["base_url"].replace("https", "http")

    async def use(source: Source) -> type[SourceError]:
        with pytest.raises(SourceError) as told:
            await source.connector.fetch(SourceQuery(limit=1))
        return type(told.value)

    assert further.ask("pln", use, base_url=plain) is not None
