"""What each source was found to keep: a table, one line for each promise of the suite.

    python -m tests.connectors.promises

It starts the sandbox with every system, the MariaDB where a server is installed, and reads New
York's published files beside it.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from connectors.contract.source import Source
from connectors.registry import load
from sandbox.catalogue import USUAL
from sandbox.embedded_mariadb import find_server
from tests.connectors.further import SYSTEMS, Further
from tests.connectors.outside import DEMO, outside
from tests.connectors.suite import PROMISES, Broken, Subject, read_reference

_ANSWERED = ("sp4n", "kaltim", "pu")
_FURTHER = (*SYSTEMS, *(("simda",) if find_server() else ()))


async def tried(source: Source, repeats: frozenset[str]) -> tuple[list[str], str]:
    """Try every promise on *source*; gives a word for each, and what went wrong."""
    subject = Subject(connector=source.connector, repeats=repeats)
    words, notes = [], []
    try:
        await read_reference(subject)
        for promise in PROMISES:
            try:
                await promise(subject, random.Random(7))
            except Broken as broken:
                words.append("**broken**")
                notes.append(f"{source.name}: {broken}")
            else:
                words.append(_word(promise.__name__, subject))
    finally:
        await source.connector.aclose()
    return words, "\n".join(notes)


def _word(promise: str, subject: Subject) -> str:
    """Say `refuses` where keeping a promise means to refuse what is not declared."""
    can = subject.can
    declared: Mapping[str, object] = {
        "orders_are_true": can.orders,
        "operators_agree": can.operators,
        "counts_are_exact": can.counts,
    }
    if promise == "lookup_is_faithful" and not can.get_max:
        return "none"
    return "kept" if declared.get(promise, True) else "refuses"


def main() -> int:
    """Print the table; give 1 if a promise was broken."""
    columns: dict[str, list[str]] = {}
    broken = []
    with (
        tempfile.TemporaryDirectory() as folder,
        outside(Path(folder), 2000, (*USUAL, *_FURTHER)) as world,
    ):
        further = Further(world.systems, world.ground_truth)
        sources = [world.sources()[name] for name in _ANSWERED]
        sources += [further.source(name) for name in _FURTHER]
        sources += load(DEMO / "nyc.toml", {})
        for source in sources:
            if not source.holds("complaints"):
                continue
            repeats = world.planted(source.name, "duplicate_delivery")
            words, note = asyncio.run(tried(source, repeats))
            columns[f"{source.name} ({source.kind})"] = words
            broken += [note] if note else []
    lines = [f"| promise | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    for at, promise in enumerate(PROMISES):
        name = promise.__name__.replace("_", " ")
        lines.append(f"| {name} | {' | '.join(words[at] for words in columns.values())} |")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stderr.write("".join(f"{note}\n" for note in broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
