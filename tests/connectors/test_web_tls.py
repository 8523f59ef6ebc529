"""TLS with an authority of its own, both ways, over real sockets."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from connectors.contract.errors import Refused, SourceError, Unavailable
from connectors.problems import Problem
from connectors.references import References
from connectors.settings_reader import SettingsReader
from connectors.web import Web, WebSettings
from connectors.web_tls import Tls, read_tls
from tests.connectors.test_web_tokens import plain

INSIDE = trustme.CA(organization_name="Inside")
OTHER = trustme.CA(organization_name="Other")


def read(folder: Path, table: dict[str, object]) -> tuple[Tls | None, list[Problem]]:
    """Read a `tls` table that stands in a settings file in *folder*."""
    problems: list[Problem] = []
    reader = SettingsReader({"tls": table}, "sources.s", problems, References({}, folder))
    return read_tls(reader), problems


def written(folder: Path) -> dict[str, str]:
    """Write the inside authority, and a certificate of ours by it."""
    ours = INSIDE.issue_cert("simpul.internal")
    INSIDE.cert_pem.write_to_path(folder / "ca.pem")
    ours.cert_chain_pems[0].write_to_path(folder / "ours.pem")
    ours.private_key_pem.write_to_path(folder / "ours.key")
    return {"ca": "ca.pem", "certificate": "ours.pem", "key": "ours.key"}


async def ask(tls: Tls | None, *, issuer: trustme.CA = INSIDE, mutual: bool = False) -> bytes:
    """Ask a server that shows a certificate by *issuer*, and wants one by the inside authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert("127.0.0.1").configure_cert(context)
    if mutual:
        INSIDE.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    app = web.Application()
    app.router.add_get("/", plain)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port = runner.addresses[0][1]
    reached = Web(WebSettings(source="s", base_url=f"https://127.0.0.1:{port}", tls=tls))
    try:
        return await reached.get("/", ())
    finally:
        await reached.aclose()
        await runner.cleanup()


def test_an_authority_of_its_own_is_trusted_where_it_is_named(tmp_path: Path) -> None:
    """With `ca` the source is believed; without, and behind another authority, it is not."""
    tls, problems = read(tmp_path, {"ca": written(tmp_path)["ca"]})

    assert problems == []
    assert asyncio.run(ask(tls)) == b"{}"
    for wrong, issuer in ((None, INSIDE), (tls, OTHER)):
        with pytest.raises(Refused, match="certificate is not accepted"):
            asyncio.run(ask(wrong, issuer=issuer))


def test_we_show_who_we_are_where_it_is_asked(tmp_path: Path) -> None:
    """A source that wants a certificate of ours gets it, and refuses us without one."""
    table = written(tmp_path)
    tls, problems = read(tmp_path, dict(table))
    without, _ = read(tmp_path, {"ca": table["ca"]})

    assert problems == []
    assert asyncio.run(ask(tls, mutual=True)) == b"{}"
    with pytest.raises(SourceError) as refused:
        asyncio.run(ask(without, mutual=True))
    assert isinstance(refused.value, (Refused, Unavailable))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"ca": "nowhere.pem"}, "cannot be read as certificates"),
        ({"ca": "ours.key"}, "cannot be read as certificates"),
        ({"certificate": "ours.pem"}, "go together"),
        ({"certificate": "ours.pem", "key": "other.key"}, "cannot be used with this key"),
        ({"certificate": "ours.pem", "key": "ca.pem"}, "cannot be used with this key"),
        ({"strict": "no"}, "true or false"),
        ({"cert": "ours.pem"}, "not a known setting"),
    ],
)
def test_files_that_do_not_serve_are_told_at_once(
    tmp_path: Path, table: dict[str, object], message: str
) -> None:
    """Each mistake is told when the settings are read, before any source is asked."""
    written(tmp_path)
    OTHER.issue_cert("x.internal").private_key_pem.write_to_path(tmp_path / "other.key")

    _, problems = read(tmp_path, table)

    assert message in " ".join(problem.message for problem in problems)


def test_an_old_authority_can_be_let_pass() -> None:
    """`strict = false` takes away the strictness that refuses authorities without keyUsage."""
    strict, _ = read(Path(), {})
    lenient, _ = read(Path(), {"strict": False})

    assert strict is not None
    assert lenient is not None
    assert strict.context.verify_flags & ssl.VERIFY_X509_STRICT
    assert not lenient.context.verify_flags & ssl.VERIFY_X509_STRICT
    assert lenient.context.verify_mode is ssl.CERT_REQUIRED
    assert lenient.context.check_hostname
