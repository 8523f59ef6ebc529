"""The demonstration: the sandbox's agencies as a subprocess, and how to reach them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONFIGS = (ROOT / "deploy" / "demo" / "sandbox.toml", ROOT / "deploy" / "demo" / "nyc.toml")
_STOP_WITHIN = 20.0


class DemoError(Exception):
    """The demonstration cannot start; the words say what to do."""


@dataclass(frozen=True, slots=True)
class Agencies:
    """The running sandbox."""

    folder: Path
    environ: Mapping[str, str]
    """What the demonstration's settings refer to."""


@contextmanager
def agencies(complaints: int, seed: int) -> Iterator[Agencies]:
    """Run the sandbox; its progress goes to standard error, and it ends with the context."""
    command = [sys.executable, "-m", "sandbox", "run"]
    command += ["--complaints", str(complaints), "--seed", str(seed)]
    # A group of its own: Ctrl+C reaches the gateway first, which then stops the agencies.
    process = subprocess.Popen(  # noqa: S603 - our own program, numbers as arguments
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, process_group=0
    )
    try:
        yield _ready(process)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _ready(process: subprocess.Popen[str]) -> Agencies:
    line = process.stdout.readline() if process.stdout is not None else ""
    word, _, path = line.strip().partition(" ")
    if word != "ready" or not path:
        raise DemoError("the sandbox did not start; hint: see what it says above")
    manifest = json.loads(Path(path).read_bytes())
    return Agencies(Path(path).parent, dict(os.environ) | _references(manifest["systems"]))


def _references(systems: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        "SIMPUL_SP4N_URL": systems["sp4n"]["base_url"],
        "SIMPUL_SP4N_TOKEN": systems["sp4n"]["token"],
        "SIMPUL_PU_DSN": systems["pu"]["dsn"],
        "SIMPUL_KALTIM_URL": systems["kaltim"]["base_url"],
        "SIMPUL_KALTIM_KEY": systems["kaltim"]["token"],
        "SIMPUL_OMBUDSMAN_URL": systems["ombudsman"]["base_url"],
        "SIMPUL_OMBUDSMAN_TOKEN": systems["ombudsman"]["token"],
        "SIMPUL_REGISTRY_PATH": systems["registry"]["path"],
    }
