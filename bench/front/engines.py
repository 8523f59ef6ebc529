"""The engines: how each is started for a shape, and how it is asked."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import orjson

from bench.front import own
from bench.front.load import Question
from bench.front.processes import Running, free_port, running
from bench.front.shapes import ARGUMENT, Shape

FIELDS = (
    "id trackingId kind supervisory title submittedAt updatedAt closedAt status statusLabel"
    " agency { code name level }"
)
HELD = "@since@"


class Engine(ABC):
    """One contender."""

    name: str

    @abstractmethod
    def started(
        self, shape: Shape, stub: int, core: int | None, folder: Path
    ) -> AbstractContextManager[tuple[Running, Question]]:
        """Run it for *shape* over the stub at port *stub*, while the block lasts."""


def question(port: int, path: str, body: Mapping[str, object]) -> Question:
    """Give the question with *body*, in which `HELD` stands for the argument."""
    before, _, behind = orjson.dumps(body).partition(HELD.encode())
    # Moments may be written back with another offset of the same meaning.
    return Question(port, path, before, behind, ARGUMENT, "00:00:00.%06d")


class Floor(Engine):
    """See `bench.front.floor`."""

    name = "floor"

    @contextmanager
    def started(
        self, shape: Shape, stub: int, core: int | None, folder: Path
    ) -> Iterator[tuple[Running, Question]]:
        """Run it."""
        port = free_port()
        command = [sys.executable, "-m", "bench.front.floor", str(port), str(stub)]
        with running(command, port, core, folder / "floor.log") as process:
            yield process, question(port, f"/{shape.name}", {"variables": {"since": HELD}})


class Own(Engine):
    """What is measured: `simpul serve`."""

    name = "simpul"

    @contextmanager
    def started(
        self, shape: Shape, stub: int, core: int | None, folder: Path
    ) -> Iterator[tuple[Running, Question]]:
        """Run it."""
        port = free_port()
        settings = own.write_settings(folder, shape.rows, shape.sources)
        command = [sys.executable, "-m", "gateway", "serve", "--config", str(settings)]
        command += ["--port", str(port)]
        environ = own.environment(stub)
        with running(command, port, core, folder / "simpul.log", environ) as process:
            variables = {"since": HELD, "first": shape.first}
            yield process, question(port, "/graphql", {"query": own.QUERY, "variables": variables})


class Stock(Engine):
    """See `bench.front.stock`."""

    name = "strawberry"

    @contextmanager
    def started(
        self, shape: Shape, stub: int, core: int | None, folder: Path
    ) -> Iterator[tuple[Running, Question]]:
        """Run it."""
        port = free_port()
        command = [sys.executable, "-m", "bench.front.stock", str(port), str(stub)]
        query = (
            "query Daftar($since: String!, $sources: Int!, $rows: Int!)"
            "{ complaints(since: $since, sources: $sources, rowsEach: $rows)"
            f" {{ nodes {{ {FIELDS} }} }} }}"
        )
        with running(command, port, core, folder / "strawberry.log") as process:
            variables = {"since": HELD, "sources": shape.sources, "rows": shape.rows}
            yield process, question(port, "/", {"query": query, "variables": variables})


ENGINES: tuple[Engine, ...] = (Floor(), Own(), Stock())
