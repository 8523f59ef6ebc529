"""One running sandbox for all connector tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.further import Further, further_systems
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


@pytest.fixture(scope="session")
def further(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Further]:
    """The systems that are started only when named."""
    with further_systems(tmp_path_factory.mktemp("further"), 2000) as started:
        yield started
