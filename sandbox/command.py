"""The command line: `python -m sandbox run`, `fault`, `tables`."""

import argparse
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sandbox.catalogue import CATALOGUE, PROCESSES, USUAL
from sandbox.supervisor import Order, Supervisor
from sandbox.systems.faults import Mode
from sandbox.world.moments import WIB

_RUN_EXAMPLES = """examples:
  python -m sandbox run --complaints 2000 --dir /tmp/world
  python -m sandbox run --seed 11 --as-of 2026-11-01 --systems sp4n,kaltim
"""
_FAULT_EXAMPLES = """examples:
  python -m sandbox fault sp4n slow --delay-ms 700 --dir /tmp/world
  python -m sandbox fault pu fail --times 2 --dir /tmp/world
  python -m sandbox fault kaltim none --dir /tmp/world
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and give the exit status."""
    chosen = _parser().parse_args(arguments)
    if chosen.command == "run":
        return _run(chosen)
    if chosen.command == "fault":
        return _fault(chosen)
    if chosen.command == "tables":
        from sandbox.vocabulary import TABLES, write_generated  # noqa: PLC0415 - only here

        write_generated(chosen.to or TABLES)
        return 0
    from sandbox.process import run as run_system  # noqa: PLC0415 - heavy, only in children

    return run_system()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="The outside world, imitated: complaint systems with synthetic data.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="{run,fault,tables}")
    raw = argparse.RawDescriptionHelpFormatter
    run = commands.add_parser(
        "run", help="start the systems", epilog=_RUN_EXAMPLES, formatter_class=raw
    )
    run.add_argument("--seed", type=int, default=7, help="same seed, same data (default: 7)")
    run.add_argument(
        "--complaints", type=int, default=20_000, help="how many true ones (default: 20000)"
    )
    run.add_argument(
        "--as-of", type=date.fromisoformat, default=None, help="the data's today (default: today)"
    )
    run.add_argument("--dir", type=Path, default=None, help="where to write (default: temporary)")
    run.add_argument(
        "--systems",
        type=_systems,
        default=USUAL,
        help=f"of {','.join(CATALOGUE)} (default: {','.join(USUAL)})",
    )
    run.add_argument(
        "--port-base",
        type=int,
        default=0,
        help="first of two ports for each system (default: any free ones)",
    )
    run.add_argument(
        "--outlive-parent", action="store_true", help="go on when the parent process ends"
    )
    fault = commands.add_parser(
        "fault", help="order a fault", epilog=_FAULT_EXAMPLES, formatter_class=raw
    )
    fault.add_argument("system", choices=PROCESSES)
    fault.add_argument("mode", choices=[str(mode) for mode in Mode])
    fault.add_argument("--dir", type=Path, required=True, help="the sandbox's folder")
    fault.add_argument("--delay-ms", type=int)
    fault.add_argument("--status", type=int)
    fault.add_argument("--share", type=float)
    fault.add_argument("--times", type=int, help="only the next so many requests")
    fault.add_argument("--retry-after", type=int, help="seconds, told with `fail`")
    tables = commands.add_parser("tables", help="write the generated code tables")
    tables.add_argument("--to", type=Path, default=None)
    commands.add_parser("system")
    return parser


def _systems(text: str) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in text.split(","))
    unknown = set(chosen) - set(CATALOGUE)
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown system: {', '.join(sorted(unknown))}")
    return chosen


def _run(chosen: argparse.Namespace) -> int:
    if not 100 <= chosen.complaints <= 1_500_000:
        print("error: --complaints is 100 to 1500000", file=sys.stderr)
        return 2
    order = Order(
        seed=chosen.seed,
        complaints=chosen.complaints,
        as_of=chosen.as_of or datetime.now(WIB).date(),
        folder=chosen.dir.resolve() if chosen.dir else None,
        systems=chosen.systems,
        port_base=chosen.port_base,
        outlives_parent=chosen.outlive_parent,
    )
    return Supervisor(order, lambda text: print(text, file=sys.stderr, flush=True)).run()


def _fault(chosen: argparse.Namespace) -> int:
    names = ("mode", "delay_ms", "status", "share", "times", "retry_after")
    order = {name: value for name in names if (value := getattr(chosen, name)) is not None}
    try:
        manifest = json.loads((chosen.dir / "sandbox.json").read_bytes())
        url = manifest["systems"][chosen.system]["control_url"] + "/fault"
        request = urllib.request.Request(url, json.dumps(order).encode(), method="POST")  # noqa: S310 - our own address
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - same
            print(answer.read().decode())
    except urllib.error.HTTPError as error:
        print(f"error: {error.read().decode()}", file=sys.stderr)
        return 2
    except KeyError:
        running = ", ".join(manifest["systems"])
        print(
            f"error: {chosen.system} does not run in this sandbox; hint: one of {running}",
            file=sys.stderr,
        )
        return 1
    except OSError:
        print(
            "error: no sandbox runs there; hint: --dir is the folder that it printed at its start",
            file=sys.stderr,
        )
        return 1
    return 0
