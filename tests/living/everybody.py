"""All systems of the sandbox together, and each made to fail in each of the ways it can."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sandbox.catalogue import CATALOGUE
from sandbox.embedded_mariadb import find_server
from tests.living.systems import ROOT, System, Systems, running

DEMO = ROOT / "deploy" / "demo"
REFERENCE = ("registry", "ksp")
"""Systems that hold no complaints."""
STARTED = tuple(name for name in CATALOGUE if name != "simda" or find_server() is not None)
COMPLAINTS = tuple(name for name in STARTED if name not in (*REFERENCE, "ombudsman"))
"""Who takes part in a list of complaints."""
CONFIGS = (
    DEMO / "sandbox.toml",
    *(path for name in STARTED if (path := DEMO / f"{name}.toml").exists()),
)

FOLDERS = ("kupang", "registry")
DATABASES = ("pu", "simda")
STATES: Mapping[str, str] = {
    "slow": "ANSWERED",
    "hang": "TIMED_OUT",
    "fail": "UNAVAILABLE",
    "garbage": "MALFORMED",
    "lose": "ANSWERED",
    "refuse": "REFUSED",
    "down": "UNAVAILABLE",
}
"""What becomes of a source that fails in each of the ways."""


def state_of(system: str, mode: str) -> str:
    """Say what an answer calls *system* when it fails in the way of *mode*."""
    if system in DATABASES and mode == "garbage":
        return "UNAVAILABLE"  # A driver that reads no message has lost its server.
    return STATES[mode]


def can_misbehave(system: str, mode: str) -> bool:
    """Tell whether *system* can be told to fail in the way of *mode*."""
    return system not in FOLDERS or mode in ("garbage", "lose", "down")


@dataclass(frozen=True)
class Folder:
    """A system that is a folder of files; it can be told to misbehave as the others can."""

    name: str
    path: Path

    @property
    def kept(self) -> Path:
        """Where the files as they should be are kept."""
        return self.path.parent / f"{self.path.name}-kept"

    def fault(self, mode: str, **_: object) -> None:
        """Misbehave until told otherwise: the folder gone, its files no files, one file gone."""
        self.reset()
        if mode == "none":
            return
        shutil.move(self.path, self.kept)
        if mode == "down":
            return
        shutil.copytree(self.kept, self.path)
        files = sorted(self.path.iterdir())
        if mode == "garbage":
            for path in files:
                path.write_bytes(b"\x00\xff<html>" * 64)
        elif mode == "lose":
            files[0].unlink()
        else:
            raise ValueError(f"a folder cannot {mode}")

    def reset(self) -> None:
        """Be well again."""
        if self.kept.exists():
            shutil.rmtree(self.path, ignore_errors=True)
            shutil.move(self.kept, self.path)


class Everybody(Systems):
    """All systems; the folder among them."""

    @cached_property
    def _folders(self) -> dict[str, Folder]:
        known = self.manifest["systems"]
        return {name: Folder(name, Path(known[name]["path"])) for name in FOLDERS}

    def __getitem__(self, name: str) -> System | Folder:  # type: ignore[override] # told alike
        return self._folders.get(name) or super().__getitem__(name)

    def reset(self) -> None:
        """Make all well again and forget what they were asked."""
        super().reset()
        for folder in self._folders.values():
            folder.reset()


@contextmanager
def running_everybody(folder: Path, complaints: int = 1500) -> Iterator[Everybody]:
    """Run them in *folder* for as long as the context lasts."""
    with running(folder, complaints, STARTED) as systems:
        yield Everybody(systems.folder, systems.manifest)
