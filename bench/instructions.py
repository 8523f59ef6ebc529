"""Instructions of one request, which a busy machine does not change: needs valgrind.

    python -m bench.instructions [--shapes eight12] [--only floor,simpul] [--requests N]

A warm process is counted by callgrind while it answers some requests, one after the other.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench.front.engines import Engine, Floor, Own
from bench.front.load import Question
from bench.front.processes import free_port, running
from bench.front.shapes import SHAPES, Shape

WARM = 40
_TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)


def ask(question: Question, first: int, count: int) -> None:
    """Send *count* requests, each with its own argument from *first* on."""
    connection = HTTPConnection("127.0.0.1", question.port, timeout=120)
    for number in range(first, first + count):
        body = question.before + (question.argument % number).encode() + question.behind
        headers = {"Content-Type": "application/json"}
        connection.request("POST", question.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200 or (question.shown % number).encode() not in text:
            raise SystemExit(f"answered something else: {text[:300]!r}")
    connection.close()


def count(engine: Engine, shape: Shape, stub: int, folder: Path, requests: int) -> float:
    """Give the instructions of one request."""
    counts = folder / f"{engine.name}-{shape.name}.out"
    tool = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={counts}"]
    interpreter = folder / "python"
    words = " ".join([*tool, sys.executable])
    interpreter.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    interpreter.chmod(0o755)
    # The engines start what `sys.executable` names.
    with (
        _interpreted_by(interpreter),
        engine.started(shape, stub, None, folder) as (process, question),
    ):
        ask(question, 1, WARM)
        _control("on", process.pid)
        ask(question, WARM + 1, requests)
        _control("off", process.pid)
        subprocess.run(
            ["callgrind_control", "-d", str(process.pid)], check=True, stdout=subprocess.DEVNULL
        )
    found = [
        int(each)
        for path in folder.glob(f"{counts.name}*")
        for each in _TOTAL.findall(path.read_text())
    ]
    return max(found) / requests


@contextmanager
def _interpreted_by(interpreter: Path) -> Iterator[None]:
    usual, sys.executable = sys.executable, str(interpreter)
    try:
        yield
    finally:
        sys.executable = usual


def _control(switch: str, pid: int) -> None:
    command = ["callgrind_control", "-i", switch, str(pid)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Count, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", default="", help="shapes, by name, with commas between")
    parser.add_argument("--only", default="floor,simpul", help="engines, by name")
    parser.add_argument("--requests", type=int, default=32)
    chosen = parser.parse_args()
    if shutil.which("valgrind") is None:
        raise SystemExit("valgrind is not installed")
    engines = [each for each in (Floor(), Own()) if each.name in chosen.only.split(",")]
    shapes = [each for each in SHAPES if not chosen.shapes or each.name in chosen.shapes.split(",")]
    port = free_port()
    stub = [sys.executable, "-m", "bench.front.stub", str(port)]
    print("| shape | engine | million instructions a request |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(stub, port, None, folder / "stub.log", dict(os.environ)):
            for shape in shapes:
                for engine in engines:
                    found = count(engine, shape, port, folder, chosen.requests)
                    print(f"| {shape.name} | {engine.name} | {found / 1e6:.2f} |", flush=True)


if __name__ == "__main__":
    main()
