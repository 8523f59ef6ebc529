"""What goes wrong below HTTP, in the contract's words; it is the one place that translates it.

The exceptions' own texts may hold an address with its query, and are left out.
"""

from __future__ import annotations

import socket
import ssl

import httptools

from connectors.contract.errors import Malformed, Refused, SourceError, TimedOut, Unavailable
from connectors.web_tls import alert, ours_refused, perhaps, why_not_accepted


class Lost(Unavailable):
    """The connection ended before one byte of the answer came."""


def translated(source: str, error: BaseException, *, shows: bool | None = None) -> SourceError:
    """Give a foreign exception in the contract's words.

    *shows* tells, where the source is spoken to over TLS, whether we have a certificate to show.
    """
    kind = type(error).__name__
    match error:
        case SourceError():
            return error
        case ssl.SSLCertVerificationError():
            said = getattr(error, "verify_message", None) or kind
            return Refused(source, f"its certificate is not accepted ({why_not_accepted(said)}")
        case ssl.SSLError():
            return _over_tls(source, error, shows=bool(shows))
        case TimeoutError():
            return TimedOut(source, f"no answer in time ({kind})")
        case socket.gaierror():
            return Unavailable(source, f"its name leads nowhere ({kind})")
        case ConnectionResetError() | ConnectionAbortedError() | BrokenPipeError():
            return Unavailable(source, _left(f"closed the connection ({kind})", shows))
        case OSError():
            return Unavailable(source, f"could not be reached ({kind})")
        case UnicodeError():
            return Refused(source, f"its address cannot be used ({kind})")
        case httptools.HttpParserError() | httptools.HttpParserUpgrade():
            return Malformed(source, f"its answer is no HTTP ({kind})")
        case _:
            return Unavailable(source, f"could not be reached ({kind})")


def lost(source: str, how: str, *, shows: bool | None) -> Lost:
    """Say that a source closed the connection before it said anything."""
    return Lost(source, _left(f"closed the connection ({how})", shows))


def _left(told: str, shows: bool | None) -> str:
    # Some leave without a word when they refuse a certificate, or miss one.
    return told if shows is None else f"{told}; {perhaps(shows=shows)}"


def _over_tls(source: str, error: ssl.SSLError, *, shows: bool) -> SourceError:
    if (told := alert(error)) is not None:
        return Refused(source, ours_refused(told, shows=shows))
    # The reason is one of OpenSSL's constants.
    reason = getattr(error, "reason", None) or ""
    named = f"({reason or type(error).__name__})"
    if isinstance(error, ssl.SSLEOFError) or not reason:
        return Unavailable(source, f"it broke off over TLS {named}")
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return Refused(source, f"it does not speak TLS at this address {named}")
    return Refused(source, f"it cannot be spoken to over TLS {named}")
