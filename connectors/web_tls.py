"""Who a source must prove to be, and who we prove to be to it: TLS with an authority of its own."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass

from connectors.settings_reader import SettingsReader


@dataclass(frozen=True, slots=True)
class Tls:
    """The TLS settings of one source, ready to be used."""

    context: ssl.SSLContext
    shows: bool = False
    """Whether we have a certificate to show."""


def read_tls(reader: SettingsReader) -> Tls | None:
    """Read `tls`: `ca`, `certificate` and `key` are paths beside the settings file.

    Whatever is wrong with a file is told now, not at the first request.
    """
    table = reader.section("tls")
    if table is None:
        return None
    ca, certificate, key = (table.optional_text(name) for name in ("ca", "certificate", "key"))
    strict = table.flag("strict", default=True)
    if (certificate is None) != (key is None):
        table.problem(None, "`certificate` and `key` go together")
        certificate = key = None
    table.finish()
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not strict:
        # Python 3.13 refuses authorities without keyUsage, which many internal ones are.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    elif hasattr(ssl, "VERIFY_X509_STRICT"):
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    folder = reader.folder
    if ca is not None:
        try:
            context.load_verify_locations(cafile=str(folder / ca))
        except (OSError, ssl.SSLError) as error:
            table.problem("ca", f"cannot be read as certificates ({type(error).__name__})", _PEM)
    if certificate is not None and key is not None:
        try:
            context.load_cert_chain(str(folder / certificate), str(folder / key), password=_none)
        except (OSError, ssl.SSLError, ValueError) as error:
            table.problem(
                "certificate",
                f"cannot be used with this key ({type(error).__name__})",
                f"{_PEM}; the key without a password, readable by the gateway alone",
            )
    return Tls(context, shows=certificate is not None)


def why_not_accepted(said: str) -> str:
    """Say what OpenSSL *said* of a source's certificate, and which setting may help."""
    if "key usage" in said or "Key Identifier" in said:
        return f"{said}); hint: if its authority cannot be renewed, set `strict = false` in `tls`"
    if "issuer" in said or "self-signed" in said or "self signed" in said:
        return f"{said}); hint: `ca` in `tls` names the authority that signed it"
    return f"{said})"


def alert(error: ssl.SSLError) -> str | None:
    """Give what a source told TLS of our own certificate, None if it told nothing of it."""
    found = _ALERT.search(getattr(error, "reason", None) or "")
    word = found[1].replace("_", " ").casefold() if found else ""
    return word if word in _OF_CERTIFICATES else None


def ours_refused(told: str, *, shows: bool) -> str:
    """Say that a source does not let us in, by what it *told* of our certificate."""
    if not shows:
        return f"it wants a certificate of ours; hint: {_NAME_ONE}"
    return f"it does not accept our certificate ({told}); hint: {_ANOTHER}"


def perhaps(*, shows: bool) -> str:
    """Say what may be wrong where a source leaves without a word: some do when they refuse."""
    if shows:
        return f"hint: if it does not accept our certificate, {_ANOTHER}"
    return f"hint: if it wants a certificate of ours, {_NAME_ONE}"


_NAME_ONE = "name one by `certificate` and `key` in `tls`"
_ANOTHER = "`certificate` in `tls` has to be one that it knows and that still holds"

_ALERT = re.compile(r"_ALERT_(\w+)")
_OF_CERTIFICATES = {
    "certificate required", "bad certificate", "unknown ca", "certificate expired",
    "certificate revoked", "certificate unknown", "unsupported certificate", "access denied",
    "handshake failure",
}  # fmt: skip
_PEM = "give a PEM file; relative paths start from the folder of the settings file"


def _none() -> str:
    # OpenSSL would ask on the terminal for the password of a key that has one.
    raise ValueError("the key has a password")
