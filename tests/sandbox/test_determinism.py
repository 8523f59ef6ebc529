import hashlib
import os
import subprocess
import sys
from pathlib import Path

from sandbox.catalogue import CATALOGUE
from tests.sandbox.running import ROOT

_SEED = """
import sys
from datetime import date
from pathlib import Path
from sandbox.seeding import seed_folder
seed_folder(
    Path(sys.argv[1]), int(sys.argv[2]), date(2026, 11, 1), 800, lambda _: None, sys.argv[3:]
)
"""


def _seed(folder: Path, seed: int, *systems: str, **environment: str) -> dict[str, str]:
    subprocess.run(
        [sys.executable, "-c", _SEED, str(folder), str(seed), *systems],
        check=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_words_give_same_bytes(tmp_path: Path) -> None:
    """The same seed, day and size give byte-equal files, whatever the hash seed and time zone."""
    one = _seed(tmp_path / "one", 7, *CATALOGUE, PYTHONHASHSEED="1", TZ="UTC")
    two = _seed(tmp_path / "two", 7, *CATALOGUE, PYTHONHASHSEED="2", TZ="Pacific/Kiritimati")

    assert one == two
    assert len(one) > 12


def test_an_optional_system_changes_no_other(tmp_path: Path) -> None:
    """What the usual systems hold is the same, byte by byte, whoever else holds something."""
    alone = _seed(tmp_path / "alone", 7)
    all_of_them = _seed(tmp_path / "all", 7, *CATALOGUE)

    told = {"ground-truth.jsonl", "ground-truth-summary.json"}
    assert {name: all_of_them[name] for name in alone if name not in told} == {
        name: each for name, each in alone.items() if name not in told
    }
    assert alone.keys() < all_of_them.keys()


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    """Another seed changes every file that holds complaints."""
    one = _seed(tmp_path / "one", 7)
    two = _seed(tmp_path / "two", 8)

    for name in ("data/sp4n-laporan.jsonl", "data/kaltim-aduan.jsonl", "data/pu-tiket.copy"):
        assert one[name] != two[name]
