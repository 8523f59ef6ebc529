"""TLS with an authority of its own, both ways, over real sockets."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from connectors.contract.errors import Refused, TimedOut, Unavailable
from connectors.problems import Problem
from connectors.references import References
from connectors.settings_reader import SettingsReader
from connectors.web import Web, WebSettings
from connectors.web_tls import Tls, read_tls
from tests.connectors.raw_server import LOOPS, Peer, politely, talking

Run = Callable[[Coroutine[Any, Any, Any]], Any]
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


async def ask(
    tls: Tls | None,
    *,
    issuer: trustme.CA = INSIDE,
    mutual: bool = False,
    name: str = "127.0.0.1",
    until: datetime | None = None,
) -> bytes:
    """Ask a server that shows a certificate by *issuer*, and wants one by the inside authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert(name, not_after=until).configure_cert(context)
    if mutual:
        INSIDE.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    async with talking(politely(), context) as server:
        reached = Web(WebSettings(source="s", base_url=server.address, tls=tls))
        try:
            return await reached.get("/", ())
        finally:
            await reached.aclose()


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Run:
    """Run on each kind of event loop."""
    found: Run = LOOPS[request.param]
    return found


def test_an_authority_of_its_own_is_trusted_where_it_is_named(tmp_path: Path, run: Run) -> None:
    """With `ca` the source is believed; without, and behind another authority, it is not."""
    tls, problems = read(tmp_path, {"ca": written(tmp_path)["ca"]})

    assert problems == []
    assert run(ask(tls)) == b"{}"
    for wrong, issuer in ((None, INSIDE), (tls, OTHER)):
        with pytest.raises(Refused, match="certificate is not accepted"):
            run(ask(wrong, issuer=issuer))


def test_a_certificate_for_another_or_out_of_date_is_not_accepted(tmp_path: Path, run: Run) -> None:
    """The address in the settings must be the one in it; what it says is told, not the address."""
    tls, _ = read(tmp_path, {"ca": written(tmp_path)["ca"]})

    for name in ("127.0.0.2", "localhost", "simpul.internal"):
        with pytest.raises(Refused, match=r"not accepted .*mismatch"):
            run(ask(tls, name=name))
    with pytest.raises(Refused, match=r"not accepted .*expired"):
        run(ask(tls, until=datetime(2020, 1, 1, tzinfo=UTC)))


def test_the_name_is_proved_whatever_address_it_leads_to(tmp_path: Path, run: Run) -> None:
    """`localhost` is asked for by its name, and its certificate must be for that."""
    tls, _ = read(tmp_path, {"ca": written(tmp_path)["ca"]})
    named: list[str | None] = []

    async def by_name(name: str) -> bytes:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.sni_callback = lambda _, told, __: named.append(told)
        INSIDE.issue_cert(name).configure_cert(context)
        async with talking(politely(), context) as server:
            address = server.address.replace("127.0.0.1", "localhost")
            loopback = (ipaddress.ip_network("127.0.0.0/8"),)
            web = Web(WebSettings(source="s", base_url=address, tls=tls, networks=loopback))
            try:
                return await web.get("/", ())
            finally:
                await web.aclose()

    assert run(by_name("localhost")) == b"{}"
    with pytest.raises(Refused, match="mismatch"):
        run(by_name("127.0.0.1"))
    assert set(named) == {"localhost"}


def test_we_show_who_we_are_where_it_is_asked(tmp_path: Path, run: Run) -> None:
    """A source that wants a certificate of ours gets it, and refuses us without one."""
    table = written(tmp_path)
    tls, problems = read(tmp_path, dict(table))
    without, _ = read(tmp_path, {"ca": table["ca"]})

    assert problems == []
    assert run(ask(tls, mutual=True)) == b"{}"
    with pytest.raises(Unavailable, match="if it wants a certificate of ours, name one"):
        run(ask(without, mutual=True))


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
    shown: trustme.CA | None, version: ssl.TLSVersion, tmp_path: Path, run: Run
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
        message = run(refused(address))

    if shown is None:
        assert message.startswith("it wants a certificate of ours; hint: name one by `certificate`")
    else:
        assert message.startswith("it does not accept our certificate (unknown ca); hint: ")


def test_what_does_not_speak_tls_is_told(run: Run) -> None:
    """Plain HTTP at an address with `https`, rubbish, and a good-bye instead of a greeting."""

    async def at(greeting: bytes) -> None:
        async def talk(peer: Peer) -> None:
            await peer.reader.read(1)
            await peer.say(greeting)

        async with talking(talk) as server:
            web = Web(WebSettings(source="s", base_url=server.address.replace("http", "https")))
            try:
                await web.get("/", ())
            finally:
                await web.aclose()

    for greeting in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 100, b"x" * 100):
        with pytest.raises(Refused, match="TLS"):
            run(at(greeting))
    with pytest.raises(Unavailable):
        run(at(b""))


def test_a_greeting_that_does_not_end_is_given_up(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who listens and says nothing costs no more than the time to connect."""
    monkeypatch.setattr("connectors.web_dial.CONNECT_SECONDS", 0.2)

    async def talk(peer: Peer) -> None:
        await peer.reader.read()

    async def silent() -> None:
        async with talking(talk) as server:
            web = Web(WebSettings(source="s", base_url=server.address.replace("http", "https")))
            try:
                with pytest.raises(TimedOut, match="no connection"):
                    await web.get("/", ())
                async with asyncio.timeout(2):
                    await server.gone.wait()
            finally:
                await web.aclose()

    run(silent())


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
