"""The company's own authority, made at each start: for its server, and for those it lets in.

It is as many internal ones are: old, without the key usage that today's rules want.
"""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.systems.door import HOST

CALLER = "simpul"
"""The name on the certificate that is let in."""
STRANGER = "tamu"
"""A name that has a certificate, and is not let in."""


class Authority:
    """Signs certificates for the company's network."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        made = _blank(self._name, self._name, self._key)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self._certificate = made.sign(self._key, SHA256())

    def write(self, path: Path) -> None:
        """Write what trusts it."""
        path.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def issue(self, name: str, path: Path, *, server: bool = False) -> None:
        """Write a certificate for *name* to *path*, and its key beside it."""
        key = ec.generate_private_key(ec.SECP256R1())
        use = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        made = _blank(_named(name), self._name, key)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        if server:
            host = x509.IPAddress(ip_address(HOST))
            made = made.add_extension(x509.SubjectAlternativeName([host]), critical=False)
        signed = made.sign(self._key, SHA256())
        path.write_bytes(signed.public_bytes(Encoding.PEM))
        secret = path.with_suffix(".key")
        secret.touch(mode=0o600)
        secret.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )


def written(folder: Path) -> ssl.SSLContext:
    """Write an authority and its certificates into *folder*; give how the server is spoken to."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = Authority("PLN Internal CA")
    authority.write(folder / "ca.pem")
    authority.issue(CALLER, folder / f"{CALLER}.pem")
    authority.issue(STRANGER, folder / f"{STRANGER}.pem")
    authority.issue("keluhan.pln", folder / "server.pem", server=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.load_verify_locations(folder / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _blank(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )
