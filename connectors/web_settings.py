"""What the settings say of every source that is reached over HTTP: its address, its credentials."""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors.references import Secret
from connectors.settings_reader import SettingsReader


def read_address(reader: SettingsReader) -> str:
    """Read where the source is: `base_url`."""
    address = reader.text("base_url")
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        reader.problem(
            "base_url", "is no web address", 'write it like "https://example.go.id/api/v1"'
        )
    elif parts.username is not None or parts.password is not None:
        reader.problem("base_url", "holds a user name or password", "use `auth`")
    elif parts.query or parts.fragment:
        reader.problem("base_url", "holds a query", "use `params` of the collection")
    return address


def read_credentials(reader: SettingsReader) -> dict[str, Secret]:
    """Read `auth`, and give the headers that it means."""
    auth = reader.section("auth")
    if auth is None:
        return {}
    kind = auth.choice("kind", ("bearer", "header"))
    if kind == "header":
        name = auth.text("name")
        found = {name or "X-Api-Key": auth.secret("value")}
    else:
        token = auth.secret("token")
        found = {"Authorization": Secret(f"Bearer {token.reveal()}", token.reference)}
    auth.finish()
    if any(
        not (secret.reveal().isascii() and secret.reveal().isprintable())
        for secret in found.values()
    ):
        auth.problem(None, "the secret holds characters that a header cannot carry")
    return found
