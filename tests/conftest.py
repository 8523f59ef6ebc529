"""What several kinds of tests share: the running sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.living.named import Named, running_named
from tests.living.systems import Systems, running

# How long one example takes says more of the machine than of us.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    """The sandbox's systems, started once for each test process."""
    with running(tmp_path_factory.mktemp("sandbox") / "run") as systems:
        yield systems


@pytest.fixture
def systems(living: Systems) -> Iterator[Systems]:
    """The sandbox's systems, all well and with empty logs, before and after."""
    living.reset()
    yield living
    living.reset()


@pytest.fixture(scope="session")
def named_systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Named]:
    """The systems that are started only when named, once for each test process."""
    with running_named(tmp_path_factory.mktemp("named") / "run") as systems:
        yield systems
