"""One running sandbox for all tests here, and one seeded folder of full size."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from sandbox.seeding import seed_folder
from tests.sandbox.running import Sandbox, System, running

AS_OF = date(2026, 11, 1)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    with running(folder, "--complaints", "2000", "--as-of", AS_OF.isoformat()) as started:
        yield started


@pytest.fixture(scope="session")
def further(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The systems that are started only when they are named."""
    folder = tmp_path_factory.mktemp("further")
    with running(
        folder,
        "--complaints",
        "2000",
        "--as-of",
        AS_OF.isoformat(),
        "--systems",
        "jateng,kupang,dki,atrbpn,kemensos,surabaya,pln",
    ) as started:
        yield started


@pytest.fixture(params=["sp4n", "kaltim"])
def rest(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[System]:
    system = sandbox.system(request.param)
    system.reset()
    yield system
    system.reset()


@pytest.fixture
def sp4n(sandbox: Sandbox) -> Iterator[System]:
    system = sandbox.system("sp4n")
    system.reset()
    yield system
    system.reset()


@pytest.fixture
def kaltim(sandbox: Sandbox) -> Iterator[System]:
    system = sandbox.system("kaltim")
    system.reset()
    yield system
    system.reset()


@pytest.fixture
def pu(sandbox: Sandbox) -> Iterator[System]:
    system = sandbox.system("pu")
    system.reset()
    yield system
    system.reset()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeded")
    seed_folder(folder, 7, AS_OF, 20_000, lambda _: None)
    return folder
