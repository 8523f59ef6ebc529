"""Start the processes that are measured, each on its core, and read what they cost."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection, socket

_TICKS = os.sysconf("SC_CLK_TCK")
_READY_SECONDS = 60.0


class NotStarted(Exception):
    """A process did not begin to listen."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process that listens."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Give the CPU seconds that it and its children have used, user and system."""
        return sum(_cpu(pid) for pid in _family(self.pid))


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket() as trying:
        trying.bind(("127.0.0.1", 0))
        port: int = trying.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    core: int | None,
    log: Path,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[Running]:
    """Run *command* on *core* while the block lasts; raises `NotStarted` with its last words."""
    pinned = list(command)
    if core is not None and shutil.which("taskset"):
        pinned = ["taskset", "-c", str(core), *pinned]
    with log.open("wb") as written:
        process = subprocess.Popen(
            pinned,
            stdout=written,
            stderr=written,
            env={**os.environ, **(environ or {})},
            cwd=folder,
        )
        try:
            _wait(process, port, log)
            yield Running(process.pid, port)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    words = log.read_text(errors="replace").strip()[-600:]
    raise NotStarted(words or "it ended without a word")


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
