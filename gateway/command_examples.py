"""How each command of `simpul` is written: for its help, and for its messages."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "demo": (
        "simpul demo",
        "simpul demo --once '{ complaints(first: 3) { nodes { title } } }'",
        "simpul demo --port 0 --complaints 500",
    ),
    "serve": ("simpul serve --config sources.toml --port 8000",),
    "ask": (
        "simpul ask --config sources.toml '{ complaints { nodes { title } } }'",
        "simpul ask --config sources.toml - < query.graphql",
        "simpul ask --config sources.toml --plan --as national-admin - < query.graphql",
    ),
    "explain": (
        "simpul explain --config sources.toml '{ complaints { nodes { title } } }'",
        "simpul explain --config sources.toml --as national-admin - < query.graphql",
    ),
    "sdl": ("simpul sdl > schema.graphql",),
    "sources list": ("simpul sources list --config sources.toml",),
    "sources check": (
        "simpul sources check --config sources.toml",
        "simpul sources check --config sources.toml --config more.toml",
    ),
    "sources probe": ("simpul sources probe kota --config sources.toml --out report.md",),
    "sources suggest": (
        "simpul sources suggest aduan-2026.xlsx --out kota.toml",
        "simpul sources suggest env:KOTA_DSN --table aduan > kota.toml",
        "simpul sources suggest https://kota.example/v2 --kind open311",
    ),
}
"""How each command is written; a line fits into a terminal of 80 columns."""


def written_examples(*commands: str) -> str:
    """Give the examples of *commands* as the end of a help page."""
    lines = [line for command in commands for line in EXAMPLES[command]]
    return "**Examples**\n\n" + "".join(f"    {line}\n" for line in lines)
