"""The console's committed files are what its sources and its lock give; skipped without Node."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.console import FOLDER

SOURCES = Path(__file__).parents[2] / "console"
NODE = shutil.which("node")
INSTALLED = SOURCES / "node_modules" / ".package-lock.json"


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file of *folder*, unpacked: how well it is packed may differ by release."""
    return {
        path.name: gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in folder.iterdir()
    }


@pytest.mark.skipif(NODE is None, reason="no Node here")
@pytest.mark.skipif(not INSTALLED.exists(), reason="`npm ci` was not run in console/")
def test_the_committed_files_are_what_the_lock_gives(tmp_path: Path) -> None:
    """Building anew changes nothing; if this fails, run `make console` and commit the result."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, "build.mjs", str(tmp_path / "built")],
        cwd=SOURCES,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    built, committed = contents(tmp_path / "built"), contents(FOLDER)

    assert sorted(built) == sorted(committed)
    assert [name for name in built if built[name] != committed[name]] == []


def test_the_lock_names_no_host_and_pins_every_package() -> None:
    """Each package has a version and a digest, and none says where it was fetched from."""
    lock = json.loads((SOURCES / "package-lock.json").read_bytes())
    packages = {name: held for name, held in lock["packages"].items() if name}

    assert len(packages) > 50
    for held in packages.values():
        assert held["version"]
        assert held["integrity"].startswith("sha512-")
        assert "resolved" not in held
