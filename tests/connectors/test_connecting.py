"""The walk in `docs/connecting.md` can be walked."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from resolvers.policy import VERIFIED
from tests.connectors.outside import ROOT
from tests.connectors.suggesting import edited
from tests.living.systems import Systems

TEXT = (ROOT / "docs" / "connecting.md").read_text("utf-8")
COMMANDS = re.findall(r"```sh\n(.*?)\n```", TEXT, re.DOTALL)
SUGGEST, CHECK, PROBE, ASK, ASK_WITH_NAMES, SERVE, CURL = COMMANDS
FINISH, PLACE = re.findall(r"```diff\n(.*?)\n```", TEXT, re.DOTALL)


def words(command: str) -> list[str]:
    """Give what runs a command of the page."""
    program, *arguments = shlex.split(command)
    assert program == "simpul"
    return [sys.executable, "-m", "gateway", *arguments]


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give what every command finds in its environment."""
    return {"PYTHONPATH": str(ROOT), "COLUMNS": "200", **(more or {})}


def run(
    command: str, folder: Path, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of the page in *folder*."""
    return subprocess.run(
        words(command),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=surroundings(environ),
    )


def drafted(folder: Path) -> Path:
    """Let the settings be suggested in *folder*, as the page says."""
    (folder / "deploy").symlink_to(ROOT / "deploy")
    assert run(SUGGEST, folder).returncode == 0
    return folder / "nyc.toml"


def edit(draft: Path, diff: str) -> int:
    """Do to *draft* what the page does, and say how many lines it took."""
    text, touched = edited(draft.read_text("utf-8"), diff)
    draft.write_text(text, "utf-8")
    return touched


def test_each_step_does_what_the_page_says(tmp_path: Path) -> None:
    """Suggest, check, edit, check again, probe: commands, message and edits as written."""
    (message,) = re.findall(r"```text\n(.*?)\n```", TEXT, re.DOTALL)
    draft = drafted(tmp_path)
    unfinished = run(CHECK, tmp_path)
    touched = edit(draft, FINISH)

    assert (unfinished.returncode, touched) == (2, 3)
    assert message in unfinished.stderr
    assert run(CHECK, tmp_path).returncode == 0
    probed = run(PROBE, tmp_path)
    assert probed.returncode == 0, probed.stderr
    report = (tmp_path / "report.md").read_text("utf-8")
    assert "not checked" not in report
    assert "**" not in report


def test_its_complaints_are_in_the_list_and_served(tmp_path: Path) -> None:
    """What is asked in process and over HTTP is answered with rows, and whole."""
    edit(drafted(tmp_path), FINISH)

    asked = run(ASK, tmp_path)
    told = json.loads(asked.stdout)["data"]["complaints"]
    with served(tmp_path) as address:
        got = posted(CURL.replace("http://127.0.0.1:8000", address))

    assert asked.returncode == 0, asked.stderr
    assert len([each["title"] for each in told["nodes"]]) == 2
    assert told["complete"]
    assert told["answers"] == [{"source": {"id": "nyc"}, "state": "ANSWERED", "code": None}]
    assert got == {"data": {"complaints": {"nodes": [{"title": told["nodes"][0]["title"]}]}}}


def test_its_agency_has_a_name_beside_a_source_of_names(tmp_path: Path, systems: Systems) -> None:
    """With the registry the codes have names; without it the error says that there is none."""
    draft = drafted(tmp_path)
    edit(draft, FINISH)
    edit(draft, PLACE)

    asked = run(ASK_WITH_NAMES, tmp_path, systems.environ)
    alone = run(ASK_WITH_NAMES.replace("--config deploy/demo/sandbox.toml", ""), tmp_path)

    assert asked.returncode == 0, asked.stderr + asked.stdout
    told = json.loads(asked.stdout)["data"]["complaints"]
    name = {"name": "Pemerintah Kota Samarinda"}
    assert [each["agency"] for each in told["nodes"]] == [name]
    assert told["answers"] == [{"source": {"id": "nyc", "agency": name}, "state": "ANSWERED"}]
    assert {each["extensions"]["code"] for each in json.loads(alone.stdout)["errors"]} == {
        "REFERENCE_NOT_CONFIGURED"
    }


def test_the_page_names_what_the_public_may_see() -> None:
    """The statuses are those of the policy, in its order."""
    (named,) = re.findall(r"its status is none of ([A-Z_, ]+):", TEXT)

    assert named.split(", ") == [str(each) for each in VERIFIED]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve as the page says, on a port that is free, and give the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = subprocess.Popen(
        words(SERVE.replace("8000", port)),
        cwd=folder,
        env=surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/ready")
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own
                return
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < until
            time.sleep(0.1)


def posted(command: str) -> Any:
    """Do what the page's `curl` does."""
    program, address, h, header, d, body = shlex.split(command)
    assert (program, h, d) == ("curl", "-H", "-d")
    name, _, value = header.partition(": ")
    request = urllib.request.Request(address, body.encode(), {name: value})  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - same
        return json.load(response)
