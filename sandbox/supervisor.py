"""Start the systems, say where they are, and stop them all."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.catalogue import CATALOGUE, PROCESSES
from sandbox.lifeline import ParentWatch, die_with_parent
from sandbox.seeding import CASES, seed_folder

_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Order:
    """What sandbox is wanted."""

    seed: int
    complaints: int
    as_of: date
    folder: Path | None
    systems: tuple[str, ...]
    port_base: int
    outlives_parent: bool = False


class StartFailed(RuntimeError):
    """A system did not start."""


class Supervisor:
    """Runs one sandbox from start to stop."""

    def __init__(self, order: Order, say: Callable[[str], None]) -> None:
        self._order = order
        self._say = say
        self._parent = ParentWatch()
        self._stop = threading.Event()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._scratch: list[Path] = []
        self._borrowed = order.folder is not None
        self.folder = order.folder or Path(tempfile.mkdtemp(prefix="sandbox-"))

    def run(self) -> int:
        """Start, say so, wait for the end, stop.  Give the exit status."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._stop.set())
        try:
            self._start()
            print(f"ready {self.folder / 'sandbox.json'}", flush=True)
            return self._watch()
        except StartFailed as failure:
            self._say(f"error: {failure}")
            return 1
        finally:
            self._end()

    def _start(self) -> None:
        order = self._order
        self.folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        for at, name in enumerate(PROCESSES):
            if name in order.systems:
                self._launch(name, at)
        truth = seed_folder(
            self.folder, order.seed, order.as_of, order.complaints, self._say, order.systems
        )
        found: dict[str, dict[str, Any]] = {}
        for child in self._children.values():
            self._tell(child, "go")
        for name, child in self._children.items():
            self._say(f"waiting for {name}")
            found[name] = self._addresses(name, child)
        for name in order.systems:
            if not CATALOGUE[name].has_process:
                found[name] = {"kind": "files", "path": str(self.folder / name)}
        manifest = {
            "seed": order.seed,
            "as_of": order.as_of.isoformat(),
            "complaints": order.complaints,
            "systems": {name: found[name] for name in CATALOGUE if name in found},
            "ground_truth": str(truth),
            "ground_truth_cases": str(self.folder / CASES),
        }
        path = self.folder / "sandbox.json"
        half = path.with_suffix(".half")
        half.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        half.rename(path)
        self._say(f"started in {time.monotonic() - began:.1f} s")

    def _launch(self, name: str, at: int) -> None:
        order = self._order
        base = order.port_base + 2 * at if order.port_base else 0
        words: dict[str, Any] = {
            "system": name,
            "seed": order.seed,
            "data": str(self.folder / "data"),
            "secret": f"{name}-rahasia-{order.seed}",
            "port": base,
            "control_port": base + 1 if base else 0,
        }
        if CATALOGUE[name].kind in ("postgres", "mysql"):
            # A Unix socket's path must be short, so not below the sandbox's own folder.
            scratch = Path(tempfile.mkdtemp(prefix="sandbox-db-"))
            self._scratch.append(scratch)
            words["database"] = str(scratch)
        child = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "system"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[1],
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no threads yet
        )
        self._children[name] = child
        self._tell(child, json.dumps(words))

    def _tell(self, child: subprocess.Popen[bytes], line: str) -> None:
        assert child.stdin is not None  # noqa: S101 - asked for above
        try:
            child.stdin.write(line.encode() + b"\n")
            child.stdin.flush()
        except BrokenPipeError:
            return  # it has gone, which the reading of its answer reports

    def _addresses(self, name: str, child: subprocess.Popen[bytes]) -> dict[str, Any]:
        assert child.stdout is not None  # noqa: S101 - asked for above
        alarm = threading.Timer(_PATIENCE, child.kill)
        alarm.start()
        line = child.stdout.readline()
        alarm.cancel()
        if not line:
            raise StartFailed(f"{name} did not start")
        said = json.loads(line)
        entry = CATALOGUE[name]
        if entry.kind in ("postgres", "mysql"):
            return {
                "kind": entry.kind, "dsn": said["address"], "control_url": said["control_url"],
            }  # fmt: skip
        credentials = said["credentials"] or {"token": f"{name}-rahasia-{self._order.seed}"}
        return {
            "kind": entry.kind,
            "base_url": said["address"] + entry.root,
            **credentials,
            "control_url": said["control_url"],
        }

    def _watch(self) -> int:
        while not self._stop.wait(0.2):
            if not self._order.outlives_parent and self._parent.is_orphan():
                return 0
            for name, child in self._children.items():
                if child.poll() is not None:
                    self._say(f"error: {name} ended by itself")
                    return 1
        return 0

    def _end(self) -> None:
        (self.folder / "sandbox.json").unlink(missing_ok=True)
        for child in self._children.values():
            if child.stdin is not None:
                child.stdin.close()  # which is the word to stop
        for child in self._children.values():
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for scratch in self._scratch:
            shutil.rmtree(scratch, ignore_errors=True)
        if not self._borrowed:
            shutil.rmtree(self.folder, ignore_errors=True)
