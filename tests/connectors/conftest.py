"""One running sandbox for all connector tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.outside import Outside, outside


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    with outside(tmp_path_factory.mktemp("outside"), 1200) as started:
        yield started


@pytest.fixture
def calm(world: Outside) -> Iterator[Outside]:
    """The sandbox without faults, before and after."""
    for system in ("sp4n", "pu", "kaltim"):
        world.control(system, "/reset", {})
    yield world
    for system in ("sp4n", "pu", "kaltim"):
        world.control(system, "/reset", {})
