import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.sandbox.running import ROOT, Sandbox, System, running, start, wait_until_ready


def _family(pid: int) -> set[int]:
    found: set[int] = set()
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid="],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    grown = {pid}
    while grown:
        found |= grown
        grown = {child for child, parent in pairs if parent in found} - found
    return found - {pid}


def _living(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists() and not _is_zombie(pid)}


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _until_gone(pids: set[int]) -> set[int]:
    until = time.monotonic() + 10
    while _living(pids) and time.monotonic() < until:
        time.sleep(0.05)
    return _living(pids)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_sandbox(tmp_path: Path, way: signal.Signals) -> None:
    """Stopped politely or killed, the sandbox takes systems, PostgreSQL and its data with it."""
    process = start(tmp_path, "--complaints", "100")
    wait_until_ready(process)
    family = _family(process.pid)
    data = [
        Path(line.split(b" -D ")[1].decode()).parent if b" -D " in line else None
        for pid in family
        for line in [Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")]
    ]
    postgres = [Path(str(path).split(" ", 1)[0]) for path in data if path is not None]
    assert len(family) > 6
    assert postgres
    os.kill(process.pid, way)
    process.wait(15)
    assert process.stdout is not None
    process.stdout.close()

    assert not _until_gone(family)
    assert not any(path.exists() for path in postgres)
    assert (tmp_path / "sandbox.json").exists() == (way is signal.SIGKILL)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_the_sandbox_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """When whoever started the sandbox is killed, the sandbox ends."""
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'sandbox', 'run', '--complaints', '100',"
        " '--systems', 'sp4n', '--dir', sys.argv[1]], stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    family = _family(child) | {child}
    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert not _until_gone(family)


def test_only_the_systems_asked_for_are_started(tmp_path: Path) -> None:
    """`--systems` and `--port-base` are obeyed."""
    port = next(it for it in range(21_000, 32_000, 6) if _is_free(it) and _is_free(it + 1))
    with running(
        tmp_path, "--complaints", "100", "--systems", "sp4n,registry", "--port-base", str(port)
    ) as started:
        assert list(started.manifest["systems"]) == ["sp4n", "registry"]
        settings = started.manifest["systems"]["sp4n"]
        assert urlsplit(settings["base_url"]).port == port
        assert System("sp4n", settings).get("/laporan", hitung=1).status == 200


def test_fault_command_orders_a_fault(sandbox: Sandbox, sp4n: System) -> None:
    """`python -m sandbox fault` reaches the side door, and says what it did."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "fault", "sp4n", "fail", "--status", "504", "--times",
         "1", "--dir", str(sandbox.folder)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip

    assert '"mode":"fail"' in done.stdout
    assert sp4n.get("/laporan").status == 504
