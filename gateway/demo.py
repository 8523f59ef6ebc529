"""The demonstration: the sandbox's agencies as a subprocess, and how to reach them."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONFIGS = (ROOT / "deploy" / "demo" / "sandbox.toml", ROOT / "deploy" / "demo" / "nyc.toml")
REFERENCES = "references.sh"
"""In the sandbox's folder: what the demonstration's settings refer to, for shells to read."""

_STOP_WITHIN = 20.0
_REFUSED = 2
"""The sandbox's status where its command is wrong: it has said so itself, and what is right."""


class DemoError(Exception):
    """The demonstration cannot start; the words say what to do."""


@dataclass(frozen=True, slots=True)
class Agencies:
    """The running sandbox."""

    folder: Path
    environ: Mapping[str, str]
    """What the demonstration's settings refer to."""


def end_on_sigterm() -> None:
    """Let SIGTERM end the program by way of its `finally`s, with the status that shells give it."""

    def end(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, end)


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
        with suppress(subprocess.TimeoutExpired):
            if process.wait(_STOP_WITHIN) == _REFUSED:
                sys.exit(_REFUSED)
        raise DemoError("the sandbox did not start; hint: see what it says above")
    folder = Path(path).parent
    references = _references(json.loads(Path(path).read_bytes())["systems"])
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in references.items()]
    (folder / REFERENCES).touch(mode=0o600)
    (folder / REFERENCES).write_text("".join(lines), encoding="utf-8")
    return Agencies(folder, dict(os.environ) | references)


def _references(systems: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        "SIMPUL_SP4N_URL": systems["sp4n"]["base_url"],
        "SIMPUL_SP4N_TOKEN": systems["sp4n"]["token"],
        "SIMPUL_PU_DSN": systems["pu"]["dsn"],
        "SIMPUL_KALTIM_URL": systems["kaltim"]["base_url"],
        "SIMPUL_KALTIM_KEY": systems["kaltim"]["token"],
        "SIMPUL_OMBUDSMAN_URL": systems["ombudsman"]["base_url"],
        "SIMPUL_OMBUDSMAN_TOKEN": systems["ombudsman"]["token"],
        "SIMPUL_KSP_DSN": systems["ksp"]["dsn"],
        "SIMPUL_REGISTRY_PATH": systems["registry"]["path"],
    }
