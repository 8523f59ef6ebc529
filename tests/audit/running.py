"""The GraphQL over HTTP audits of npm's `graphql-http`, run against a gateway of our own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
AUDITS = 61
"""How many there are in the release that the lock names."""

_INSTALLED = HERE / "node_modules" / "graphql-http" / "package.json"


class CannotAudit(Exception):
    """Node, npm or the package is missing; the words say which."""


def install() -> str:
    """Install what the lock names, once, and give Node's path; raises `CannotAudit`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise CannotAudit("no Node or npm here")
    lock = json.loads((HERE / "package-lock.json").read_bytes())
    wanted = lock["packages"]["node_modules/graphql-http"]["version"]
    if _INSTALLED.exists() and json.loads(_INSTALLED.read_bytes())["version"] == wanted:
        return node
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"]
    done = subprocess.run(
        command, cwd=HERE, capture_output=True, text=True, timeout=100, check=False
    )
    if done.returncode != 0:
        raise CannotAudit("`npm ci` in tests/audit failed: is there no network?")
    return node


def audit(node: str, address: str) -> list[tuple[str, ...]]:
    """Run every audit against the gateway at *address*: status, id, name and why not of each."""
    command = [node, "audit.mjs", f"{address}/graphql"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=60, check=True)
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the New York rows, introspection allowed, and give the address."""
    settings = folder / "audit.toml"
    settings.write_text(
        "[gateway]\nintrospection = true\n[gateway.http]\nrequire_preflight = false\n",
        encoding="utf-8",
    )
    configs = ["--config", str(ROOT / "deploy" / "demo" / "nyc.toml"), "--config", str(settings)]
    command = [sys.executable, "-m", "gateway", "serve", "--port", "0", *configs]
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        assert process.stderr is not None
        try:
            address: str = json.loads(process.stderr.readline())["address"]
            yield address
        finally:
            process.terminate()
            process.stderr.read()
