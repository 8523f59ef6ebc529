"""Measure every engine on every shape, in alternating rounds; see `bench/README.md`.

python -m bench.front [--rounds 5] [--requests 1500] [--only floor,simpul] [--save]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.baseline import save
from bench.front.engines import ENGINES, Engine
from bench.front.load import Question, WrongAnswer, ask
from bench.front.peers import PEERS
from bench.front.processes import NotStarted, Running, free_port, running
from bench.front.shapes import SHAPES, Shape

CONNECTIONS = 16
_BATCH = 500
_LEAST_GAIN = 1.03
_PATIENCE = 3
_LONGEST = 40.0

Figures = dict[str, list[tuple[float, float]]]
"""Engine to (requests per second, CPU microseconds per request) of each round."""


def measure(shape: Shape, engines: list[Engine], rounds: int, requests: int) -> Figures:
    """Run *engines* on *shape*, all started beside each other, one asked at a time."""
    cores = sorted(os.sched_getaffinity(0))
    gateway, rest = (cores[0], cores[1]) if len(cores) > 1 else (None, None)
    figures: Figures = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stub = free_port()
        stack.enter_context(
            running(
                [sys.executable, "-m", "bench.front.stub", str(stub)],
                stub,
                rest,
                folder / "stub.log",
            )
        )
        if rest is not None:
            os.sched_setaffinity(0, {rest})
        started: dict[str, tuple[Running, Question]] = {}
        for engine in engines:
            try:
                entered = stack.enter_context(engine.started(shape, stub, gateway, folder))
                warm(entered[1])
            except (NotStarted, WrongAnswer) as error:
                print(f"{engine.name} is left out on {shape.name}: {error}", file=sys.stderr)
                continue
            started[engine.name] = entered
        names = list(started)
        for turn in range(rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                process, question = started[name]
                before = process.cpu()
                seconds = ask(question, requests, CONNECTIONS, 500_000 + turn * requests)
                cpu = (process.cpu() - before) / requests * 1e6
                figures.setdefault(name, []).append((requests / seconds, cpu))
        os.sched_setaffinity(0, cores)
    return figures


def warm(question: Question) -> None:
    """Put *question* until its answers come no faster, or for 40 seconds.

    Engines that compile themselves while they run take thousands of requests for that.
    """
    best, waited, number, until = 0.0, 0, 0, perf_counter() + _LONGEST
    while waited < _PATIENCE and perf_counter() < until:
        rate = _BATCH / ask(question, _BATCH, CONNECTIONS, number)
        number += _BATCH
        waited = 0 if rate > best * _LEAST_GAIN else waited + 1
        best = max(best, rate)


def table(shape: Shape, figures: Figures) -> list[dict[str, object]]:
    """Give the medians of *shape*, and the ratios taken within a round."""
    lines: list[dict[str, object]] = []
    base = figures.get("floor")
    for name, rounds in figures.items():
        line: dict[str, object] = {
            "shape": shape.name,
            "engine": name,
            "requests_per_second": round(median(rate for rate, _ in rounds)),
            "cpu_us_per_request": round(median(cpu for _, cpu in rounds)),
        }
        if base is not None:
            pairs = list(zip(rounds, base, strict=True))
            line["of_floor_by_rate"] = round(median(r / b for (r, _), (b, _) in pairs), 3)
            line["of_floor_by_cpu"] = round(median(b / c for (_, c), (_, b) in pairs), 3)
        lines.append(line)
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=1500)
    parser.add_argument("--only", default="", help="engines, by name, with commas between")
    parser.add_argument("--shapes", default="", help="shapes, by name, with commas between")
    parser.add_argument("--save", action="store_true", help="write bench/baseline.json")
    options = parser.parse_args()
    engines = [
        e for e in (*ENGINES, *PEERS) if not options.only or e.name in options.only.split(",")
    ]
    shapes = [s for s in SHAPES if not options.shapes or s.name in options.shapes.split(",")]
    print("| shape | engine | requests/s | of floor | CPU µs/request | of floor by CPU |")
    print("|---|---|---|---|---|---|")
    lines: list[dict[str, object]] = []
    for shape in shapes:
        found = table(shape, measure(shape, engines, options.rounds, options.requests))
        for each in found:
            shown = [each.get("of_floor_by_rate", ""), each.get("of_floor_by_cpu", "")]
            print(
                f"| {each['shape']} | {each['engine']} | {each['requests_per_second']} "
                f"| {shown[0]} | {each['cpu_us_per_request']} | {shown[1]} |",
                flush=True,
            )
        lines.extend(found)
    if options.save:
        save("front", lines)


if __name__ == "__main__":
    main()
