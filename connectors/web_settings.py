"""What the settings say of every source that is reached over HTTP: its address, its credentials."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connectors.references import Secret
from connectors.settings_reader import SettingsReader
from connectors.source_settings import SourceSettings
from connectors.web import Web, WebSettings
from connectors.web_addresses import Network
from connectors.web_tls import read_tls
from connectors.web_tokens import ClientCredentials


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is sent so that the source knows us: headers, or a token that has to be asked for."""

    headers: dict[str, Secret] = field(default_factory=dict)
    tokens: ClientCredentials | None = None


def read_web(
    reader: SettingsReader, source: SourceSettings, accept: str = "application/json"
) -> Web:
    """Read how *source* is reached: `base_url`, `auth`, `tls`, `networks`."""
    credentials = read_credentials(reader, source.id)
    return Web(
        WebSettings(
            source=source.id,
            base_url=read_address(reader),
            headers=credentials.headers,
            tokens=credentials.tokens,
            tls=read_tls(reader),
            networks=_networks(reader),
            accept=accept,
            connections=source.concurrency,
            max_body=source.max_body,
        )
    )


def read_address(reader: SettingsReader, key: str = "base_url") -> str:
    """Read a web address without credentials and query in it."""
    address = reader.text(key)
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        reader.problem(key, "is no web address", 'write it like "https://example.go.id/api/v1"')
    elif parts.username is not None or parts.password is not None:
        reader.problem(key, "holds a user name or password", "use `auth`")
    elif parts.query or parts.fragment:
        reader.problem(key, "holds a query", "use `params` of the collection")
    return address


def read_credentials(reader: SettingsReader, source: str) -> Credentials:
    """Read `auth`: bearer, header, basic, oauth2."""
    auth = reader.section("auth")
    if auth is None:
        return Credentials()
    match auth.choice("kind", ("bearer", "header", "basic", "oauth2")):
        case "header":
            name = auth.text("name")
            found = Credentials({name or "X-Api-Key": auth.secret("value")})
        case "basic":
            found = Credentials({"Authorization": _basic(auth)})
        case "oauth2":
            found = Credentials(tokens=_oauth2(auth, source))
        case _:
            token = auth.secret("token")
            bearer = Secret(f"Bearer {token.reveal()}", token.reference)
            found = Credentials({"Authorization": bearer})
    auth.finish()
    if any(
        not (secret.reveal().isascii() and secret.reveal().isprintable())
        for secret in found.headers.values()
    ):
        auth.problem(None, "the secret holds characters that a header cannot carry")
    return found


def _basic(auth: SettingsReader) -> Secret:
    user, password = auth.text("user"), auth.secret("password")
    if ":" in user:
        auth.problem("user", "holds a colon, which no user name can")
    pair = f"{user}:{password.reveal()}".encode()
    return Secret(f"Basic {base64.b64encode(pair).decode()}", password.reference)


def _oauth2(auth: SettingsReader, source: str) -> ClientCredentials:
    return ClientCredentials(
        source=source,
        token_url=read_address(auth, "token_url"),
        client_id=auth.text("client_id"),
        client_secret=auth.secret("client_secret"),
        scope=auth.optional_text("scope") or "",
        audience=auth.optional_text("audience") or "",
    )


def _networks(reader: SettingsReader) -> tuple[Network, ...]:
    found: list[Network] = []
    for text in reader.texts("networks"):
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError:
            reader.problem(
                "networks", f"`{text[:40]}` is no network", 'write it like "10.12.0.0/16"'
            )
    return tuple(found)
