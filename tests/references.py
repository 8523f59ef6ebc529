"""What the demonstration's settings refer to, for any systems of a running sandbox."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS = ("token_url", "client_id", "client_secret", "user", "password", "ca", "certificate",
          "key", "token", "dsn", "path")  # fmt: skip


def references(systems: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Give the environment that `deploy/demo/*.toml` reads: `SIMPUL_NAME_WORD` for each."""
    found: dict[str, str] = {}
    for name, told in systems.items():
        start = f"SIMPUL_{name.upper()}"
        found |= {f"{start}_{word.upper()}": told[word] for word in _WORDS if word in told}
        if "base_url" in told:
            found[f"{start}_URL"] = told["base_url"]
        if name in {"kaltim", "jateng"}:
            found[f"{start}_KEY"] = told["token"]
    return found
