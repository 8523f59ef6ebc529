"""The sandbox's command line."""

from __future__ import annotations

import subprocess
import sys

from tests.sandbox.running import ROOT


def test_help_tells_what_can_be_asked_for_and_nothing_else() -> None:
    """`--help` names the commands for people; the one by which it starts itself is left out."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert "{run,fault,tables}" in done.stdout
    assert "SUPPRESS" not in done.stdout
    assert "system  " not in done.stdout
