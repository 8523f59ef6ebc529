"""The sandbox as a program of its own, and the demo's configuration over it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.contract.source import Source
from connectors.registry import load
from tests.references import references

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "deploy" / "demo"


@dataclass(frozen=True)
class Outside:
    """A running sandbox."""

    systems: Mapping[str, Mapping[str, str]]
    ground_truth: Path

    @property
    def environ(self) -> dict[str, str]:
        """What the demonstration's settings refer to."""
        return references(self.systems)

    def sources(self) -> dict[str, Source]:
        """Load the demo's sources afresh: connectors belong to one event loop."""
        return {each.name: each for each in load(DEMO / "sandbox.toml", self.environ)}

    def control(self, system: str, path: str, body: object = None) -> Any:
        """Ask a system's control API; with a *body*, by POST."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.systems[system]["control_url"] + path, data)  # noqa: S310 - ours
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - same
            return json.load(answer)

    def truth(self) -> list[dict[str, Any]]:
        """Read the ground truth: only tests may."""
        return [json.loads(line) for line in self.ground_truth.read_text("utf-8").splitlines()]

    def planted(self, system: str, kind: str) -> frozenset[str]:
        """Give the ids of a system's rows in which dirt of *kind* was planted."""
        return frozenset(
            row["id"]
            for complaint in self.truth()
            for row in complaint["rows"]
            if row["system"] == system and any(each["kind"] == kind for each in row["dirt"])
        )


@contextmanager
def outside(folder: Path, complaints: int, systems: Sequence[str] = ()) -> Iterator[Outside]:
    """Run the sandbox until the block ends."""
    command = [sys.executable, "-m", "sandbox", "run", "--complaints", str(complaints)]
    command += ["--as-of", "2026-11-01", "--dir", str(folder)]
    command += ["--systems", ",".join(systems)] if systems else []
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready.startswith("ready"), ready
            described = json.loads((folder / "sandbox.json").read_text("utf-8"))
            yield Outside(described["systems"], Path(described["ground_truth"]))
        finally:
            process.terminate()
            process.communicate(timeout=20)
