"""The sandbox's systems that are started when named, and a configuration for each."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.contract.source import Source
from connectors.registry import load
from tests.connectors.outside import DEMO, Outside, outside

SYSTEMS = ("jateng", "kupang", "dki", "atrbpn", "kemensos", "surabaya", "pln")


@dataclass(frozen=True)
class Further(Outside):
    """A running sandbox of the systems that have to be named."""

    def source(self, name: str, **changes: object) -> Source:
        """Load one source afresh from its own file, with some settings changed."""
        document = tomllib.loads((DEMO / f"{name}.toml").read_text("utf-8"))
        document["sources"][name] |= changes
        (found,) = load(document, self.environ, folder=DEMO)
        return found

    def ask(self, name: str, use: Callable[[Source], Awaitable[Any]], **changes: object) -> Any:
        """Use one source within a loop of its own."""

        async def run() -> Any:
            source = self.source(name, **changes)
            try:
                return await use(source)
            finally:
                await source.connector.aclose()

        return asyncio.run(run())


@contextmanager
def further_systems(
    folder: Path, complaints: int, systems: Sequence[str] = SYSTEMS
) -> Iterator[Further]:
    """Run them until the block ends."""
    with outside(folder, complaints, systems) as started:
        yield Further(started.systems, started.ground_truth)
