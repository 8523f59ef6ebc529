"""The walk in `docs/connecting.md` can be walked."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.connectors.outside import ROOT
from tests.connectors.suggesting import edited

TEXT = (ROOT / "docs" / "connecting.md").read_text("utf-8")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the page in *folder*."""
    program, *arguments = shlex.split(command)
    assert program == "simpul"
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env={"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )


def test_each_step_does_what_the_page_says(tmp_path: Path) -> None:
    """Suggest, check, edit, check again, probe: commands, message and edits as written."""
    suggest, check, probe = re.findall(r"```sh\n(.*?)\n```", TEXT, re.DOTALL)
    (message,) = re.findall(r"```text\n(.*?)\n```", TEXT, re.DOTALL)
    (diff,) = re.findall(r"```diff\n(.*?)\n```", TEXT, re.DOTALL)
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")

    assert run(suggest, tmp_path).returncode == 0
    unfinished = run(check, tmp_path)
    draft = tmp_path / "nyc.toml"
    text, touched = edited(draft.read_text("utf-8"), diff)
    draft.write_text(text, "utf-8")

    assert (unfinished.returncode, touched) == (2, 3)
    assert message in unfinished.stderr
    assert run(check, tmp_path).returncode == 0
    probed = run(probe, tmp_path)
    assert probed.returncode == 0, probed.stderr
    report = (tmp_path / "report.md").read_text("utf-8")
    assert "not checked" not in report
    assert "**" not in report
