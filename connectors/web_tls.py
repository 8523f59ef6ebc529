"""Who a source must prove to be, and who we prove to be to it: TLS with an authority of its own."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from connectors.settings_reader import SettingsReader


@dataclass(frozen=True, slots=True)
class Tls:
    """The TLS settings of one source, ready to be used."""

    context: ssl.SSLContext


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
    return Tls(context)


_PEM = "give a PEM file; relative paths start from the folder of the settings file"


def _none() -> str:
    # OpenSSL would ask on the terminal for the password of a key that has one.
    raise ValueError("the key has a password")
