"""`simpul sources probe`: hold one source against its promises, and write what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TextIO

from connectors.conformance.came import told_to_operator
from connectors.conformance.probe import Bounds, probe
from connectors.conformance.report import written
from connectors.contract.source import Source
from connectors.did_you_mean import did_you_mean
from connectors.told_words import printable


class NoSuchSource(Exception):
    """No source is called so, or it has no complaints to hold it against."""


async def report(
    sources: Sequence[Source], name: str, bounds: Bounds, progress: TextIO
) -> tuple[str, bool]:
    """Probe the source called *name*; give the report, and whether all it promises held.

    The words that no table knows, and hints about the settings, are written to *progress*, for
    whoever writes these.
    """
    try:
        source = _named(sources, name)
        probed = await probe(source, bounds, lambda count: _tell(progress, count, bounds))
    finally:
        for each in sources:
            await each.connector.aclose()
    if probed.came is not None:
        progress.writelines(f"{line}\n" for line in told_to_operator(probed.came))
    hints = dict.fromkeys(each.hint for each in probed.outcomes if each.hint)
    progress.writelines(f"hint: {printable(hint)}\n" for hint in hints)
    return written(probed, datetime.now(UTC)), probed.holds


def _named(sources: Sequence[Source], name: str) -> Source:
    found = {each.name: each for each in sources}
    if name not in found:
        hint = did_you_mean(name, found)
        raise NoSuchSource(f"there is no source `{name}`; hint: {hint}")
    if not found[name].holds("complaints"):
        raise NoSuchSource(f"`{name}` has no complaints; hint: see simpul sources check")
    return found[name]


def _tell(progress: TextIO, count: int, bounds: Bounds) -> None:
    if count == 1 or count % 25 == 0:
        progress.write(f"{count} of at most {bounds.questions} questions asked\n")
