"""TLS with an authority of its own, both ways, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from connectors.contract.errors import Refused, Unavailable
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
    with pytest.raises(Unavailable, match="if it wants a certificate of ours, name one"):
        asyncio.run(ask(without, mutual=True))


@contextmanager
def telling(version: ssl.TLSVersion) -> Iterator[str]:
    """Serve callers who show a certificate by the inside authority; tell others by TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    INSIDE.issue_cert("127.0.0.1").configure_cert(context)
    INSIDE.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = version
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)

        def serve() -> None:
            # The standard library's own sockets send the alert that asyncio's servers swallow.
            while not done.is_set():
                with suppress(OSError):
                    caller, _ = listening.accept()
                    caller.settimeout(5)
                    with caller.dup() as kept:
                        kept.settimeout(5)
                        with suppress(ssl.SSLError):
                            context.wrap_socket(caller, server_side=True).close()
                        # What the caller sent is read, or the alert would be lost to a reset.
                        kept.shutdown(socket.SHUT_WR)
                        while kept.recv(65_536):
                            pass

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            done.set()
            thread.join(10)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("shown", [None, OTHER])
def test_what_a_source_tells_of_our_certificate_is_told(
    shown: trustme.CA | None, version: ssl.TLSVersion, tmp_path: Path
) -> None:
    """By either version of TLS: none, or one of another house; refused, and not tried again."""
    table: dict[str, object] = {"ca": written(tmp_path)["ca"]}
    if shown is not None:
        ours = shown.issue_cert("simpul.internal")
        ours.cert_chain_pems[0].write_to_path(tmp_path / "ours.pem")
        ours.private_key_pem.write_to_path(tmp_path / "ours.key")
        table |= {"certificate": "ours.pem", "key": "ours.key"}
    tls, _ = read(tmp_path, table)

    async def refused(address: str) -> str:
        reached = Web(WebSettings(source="s", base_url=address, tls=tls))
        try:
            with pytest.raises(Refused) as told:
                await reached.get("/", ())
            return told.value.message
        finally:
            await reached.aclose()

    with telling(version) as address:
        message = asyncio.run(refused(address))

    if shown is None:
        assert message.startswith("it wants a certificate of ours; hint: name one by `certificate`")
    else:
        assert message.startswith("it does not accept our certificate (unknown ca); hint: ")


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
