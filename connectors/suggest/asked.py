"""What a person asked to be looked at, and how to get in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from connectors.references import References, Secret, Unresolved, is_reference
from connectors.suggest import toml_text as toml
from connectors.suggest.found import CannotLook
from connectors.web import Web, WebSettings
from connectors.web_addresses import Network

MOST_BYTES = 32 * 1024 * 1024
SECONDS = 30.0
"""In all, for one look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One system to look at."""

    where: str
    """A path, an address, or a reference to one (`env:NAME`)."""
    source: str
    """The id that the source gets."""
    kind: str | None = None
    table: str | None = None
    """Of a database."""
    token: str | None = None
    """A reference to a credential."""
    header: str | None = None
    """The header that carries the credential; None: it is a bearer token."""
    networks: Sequence[str] = ()
    """Private networks in which its name may lie."""
    base: Path = field(default_factory=Path)
    """The folder of the settings file to be."""
    environ: Mapping[str, str] = field(default_factory=dict)

    def resolved(self) -> str:
        """Give the address or path itself."""
        return self.secret(self.where).reveal() if is_reference(self.where) else self.where

    def secret(self, reference: str) -> Secret:
        """Give what *reference* leads to."""
        if not is_reference(reference):
            told = "write it into the environment, and give `env:NAME`"
            raise CannotLook("a credential stands on the command line", told)
        try:
            value = References(self.environ, self.base).resolve(reference)
        except Unresolved as error:
            raise CannotLook(f"{reference}: {error.message}", error.hint) from None
        return Secret(value, reference)

    def web(self, address: str, accept: str = "application/json") -> Web:
        """Give the way to *address*, with the credential."""
        headers: dict[str, Secret] = {}
        if self.token is not None:
            secret = self.secret(self.token)
            if self.header is None:
                headers["Authorization"] = Secret(f"Bearer {secret.reveal()}", secret.reference)
            else:
                headers[self.header] = secret
        return Web(
            WebSettings(
                source=self.source,
                base_url=address,
                headers=headers,
                networks=self._networks(),
                accept=accept,
                connections=1,
                max_body=MOST_BYTES,
            )
        )

    def web_lines(self, address: str) -> list[str]:
        """Write how the source is reached: its address and its credential, by reference."""
        shown = self.where if is_reference(self.where) else address
        lines = [toml.line("base_url", toml.text(shown))]
        if self.token is not None and self.header is None:
            lines.append(f'auth = {{ kind = "bearer", token = {toml.text(self.token)} }}')
        elif self.token is not None:
            name = toml.text(self.header or "")
            lines.append(
                f'auth = {{ kind = "header", name = {name}, value = {toml.text(self.token)} }}'
            )
        if self.networks:
            lines.append(toml.line("networks", toml.texts(self.networks)))
        return lines

    def _networks(self) -> tuple[Network, ...]:
        try:
            return tuple(map(ip_network, self.networks))
        except ValueError:
            raise CannotLook("--network is no network", 'write it like "10.12.0.0/16"') from None
