"""The sandbox's systems as a test sees them: running, tellable to misbehave, with a log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.references import references

ROOT = Path(__file__).parents[2]
AS_OF = "2026-11-01"


@dataclass(frozen=True)
class System:
    """One system's side door."""

    name: str
    control_url: str

    def fault(self, mode: str, **numbers: object) -> None:
        """Make it misbehave until told otherwise."""
        self._say("/fault", {"mode": mode, **numbers})

    def reset(self) -> None:
        """Make it well again and forget what it was asked."""
        self._say("/reset", {})

    def requests(self) -> list[dict[str, Any]]:
        """What it was asked since the last reset."""
        answered = self._say("/requests")
        asked: list[dict[str, Any]] = answered if isinstance(answered, list) else answered["data"]
        return asked

    def inflight(self) -> dict[str, Any]:
        """What it is working on now, and how often a client left."""
        told: dict[str, Any] = self._say("/inflight")
        return told

    def _say(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(  # noqa: S310 - our own loopback address
            self.control_url + path, data, {"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - same
            return json.load(answer)


@dataclass(frozen=True)
class Systems:
    """All running systems."""

    folder: Path
    manifest: Mapping[str, Any]

    def __getitem__(self, name: str) -> System:
        return System(name, self.manifest["systems"][name]["control_url"])

    def __iter__(self) -> Iterator[System]:
        return (
            self[name] for name, each in self.manifest["systems"].items() if "control_url" in each
        )

    def anybody_asked(self) -> bool:
        """Say whether anybody was asked anything but reference data, which are kept in step behind
        the answers.
        """
        return any(system.requests() for system in self if system.name != "ksp")

    def reset(self) -> None:
        """Make all well again and forget what they were asked."""
        for system in self:
            system.reset()

    @property
    def environ(self) -> dict[str, str]:
        """What the demonstration's settings refer to."""
        return dict(os.environ) | references(self.manifest["systems"])

    def truth(self) -> list[dict[str, Any]]:
        """The ground truth: every complaint as it really is."""
        text = Path(self.manifest["ground_truth"]).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


@contextmanager
def running(folder: Path, complaints: int = 3000, named: Sequence[str] = ()) -> Iterator[Systems]:
    """Run the sandbox in *folder* as long as the context lasts: the usual systems, or *named*."""
    command = [sys.executable, "-m", "sandbox", "run", "--as-of", AS_OF]
    command += ["--complaints", str(complaints), "--dir", str(folder)]
    command += ["--systems", ",".join(named)] if named else []
    with (folder.parent / f"{folder.name}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("ready"), f"the sandbox did not start: see {log.name}"
            yield Systems(folder, json.loads((folder / "sandbox.json").read_bytes()))
        finally:
            process.terminate()
            process.wait(20)
            process.stdout.close()
