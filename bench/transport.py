"""What a call to a source costs: CPU time of a `GET` of twelve rows, sixteen at once, one pool.

    python -m bench.transport [--calls N] [--rounds N] [--rows N] [--loop uvloop|asyncio] [--save]

The source is a process of its own on another core and answers at once; every request has its own
argument.  Rounds alternate, so that a busy moment of the machine hits all clients alike.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import uvloop

from bench.baseline import machine, save
from bench.front.processes import free_port, running
from bench.front.shapes import ARGUMENT
from bench.transport_clients import Aiohttp, Bare, Before, Client, Ours

AT_ONCE = 16
CLIENTS: Mapping[str, Callable[[str, int], Client]] = {
    "aiohttp": Aiohttp,
    "before": Before,
    "simpul": Ours,
    "bare": Bare,
}


async def calls(client: Client, count: int, rows: int) -> None:
    """Make *count* calls, some at once; each is answered with its own argument."""
    numbers = iter(range(count))

    async def one_by_one() -> None:
        for number in numbers:
            since = ARGUMENT % number
            query = (("urut", "masuk-turun"), ("dari", since), ("per_halaman", "100"))
            body = await client.get(f"/0/{rows}/laporan", query)
            if since.encode() not in body:
                raise SystemExit(f"answered something else: {body[:200]!r}")

    await asyncio.gather(*(one_by_one() for _ in range(AT_ONCE)))


async def measure(address: str, count: int, rounds: int, rows: int) -> dict[str, list[float]]:
    """Give the CPU time of a call by every client, in microseconds, round by round."""
    clients = {name: make(address, AT_ONCE) for name, make in CLIENTS.items()}
    for client in clients.values():
        await calls(client, 500, rows)
    found: dict[str, list[float]] = {name: [] for name in clients}
    names = list(clients)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            gc.collect()
            began = time.process_time()
            await calls(clients[name], count, rows)
            found[name].append((time.process_time() - began) * 1e6 / count)
    for client in clients.values():
        await client.aclose()
    return found


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--rows", type=int, default=12)
    parser.add_argument("--loop", choices=("uvloop", "asyncio"), default="uvloop")
    parser.add_argument("--save", action="store_true")
    chosen = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])
    port = free_port()
    command = [sys.executable, "-m", "bench.front.stub", str(port)]
    run = uvloop.run if chosen.loop == "uvloop" else asyncio.run
    with (
        tempfile.TemporaryDirectory() as folder,
        running(command, port, cores[-1], Path(folder) / "stub.log"),
    ):
        found = run(measure(f"http://127.0.0.1:{port}", chosen.calls, chosen.rounds, chosen.rows))
    base = found["aiohttp"]
    figures = {}
    print(f"{chosen.rows} rows, {AT_ONCE} at once, {chosen.loop}; {machine()}\n")
    print("| client | µs CPU a call | of aiohttp |\n|---|---|---|")
    for name, times in found.items():
        ratio = statistics.median(a / b for a, b in zip(times, base, strict=True))
        figures[name] = {"us_a_call": round(statistics.median(times), 1), "of": round(ratio, 2)}
        print(f"| {name} | {figures[name]['us_a_call']:.1f} | {ratio:.2f} |")
    if chosen.save:
        save("transport", figures)


if __name__ == "__main__":
    main()
