"""The sandbox's systems that are started when named, and a configuration for each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.contract.source import Source
from connectors.registry import load
from tests.connectors.outside import DEMO, Outside, outside

SYSTEMS = ("kupang",)
_REFERENCES: Mapping[str, Mapping[str, str]] = {
    "kupang": {"SIMPUL_KUPANG_PATH": "path"},
}


@dataclass(frozen=True)
class Further(Outside):
    """A running sandbox of the systems that have to be named."""

    def source(self, name: str) -> Source:
        """Load one source afresh from its own file."""
        environ = {key: self.systems[name][part] for key, part in _REFERENCES[name].items()}
        (found,) = load(DEMO / f"{name}.toml", environ)
        return found

    def ask(self, name: str, use: Callable[[Source], Awaitable[Any]]) -> Any:
        """Use one source within a loop of its own."""

        async def run() -> Any:
            source = self.source(name)
            try:
                return await use(source)
            finally:
                await source.connector.aclose()

        return asyncio.run(run())


@contextmanager
def further_systems(folder: Path, complaints: int) -> Iterator[Further]:
    """Run them until the block ends."""
    with outside(folder, complaints, SYSTEMS) as started:
        yield Further(started.systems, started.ground_truth)
