"""Start a sandbox as its own process, and speak HTTP with it."""

import json
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict, compare=False)

    def json(self) -> Any:
        return json.loads(self.body)


def http(
    method: str, url: str, headers: dict[str, str] | None = None, body: object = None
) -> Answer:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        sent = None if body is None else json.dumps(body)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=sent, headers=headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.read(), dict(response.getheaders()))
    finally:
        connection.close()


class System:
    """One running system: its front door and its side door."""

    def __init__(self, name: str, manifest: dict[str, Any]) -> None:
        self.name = name
        self.settings = manifest
        self.headers = {
            "sp4n": {"Authorization": f"Bearer {manifest.get('token')}"},
            "kaltim": {"X-Api-Key": manifest.get("token", "")},
            "atrbpn": {"Authorization": f"Bearer {manifest.get('token')}"},
            "dki": {"Authorization": f"Bearer {manifest.get('token')}"},
            "jateng": {"X-Api-Key": manifest.get("token", "")},
        }.get(name, {})

    def get(self, path: str, **query: object) -> Answer:
        tail = f"?{urlencode(query)}" if query else ""
        return http("GET", f"{self.settings['base_url']}{path}{tail}", self.headers)

    def control(self, method: str, path: str, body: object = None) -> Any:
        return http(method, self.settings["control_url"] + path, body=body).json()

    def fault(self, mode: str, **numbers: object) -> Any:
        return self.control("POST", "/fault", {"mode": mode, **numbers})

    def reset(self) -> None:
        self.control("POST", "/reset")


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox."""

    folder: Path
    process: subprocess.Popen[str]
    manifest: dict[str, Any]

    def system(self, name: str) -> System:
        return System(name, self.manifest["systems"][name])

    def truth(self) -> list[dict[str, Any]]:
        lines = (self.folder / "ground-truth.jsonl").read_bytes().splitlines()
        return [json.loads(line) for line in lines]


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sandbox", "run", "--dir", str(folder), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    )


def wait_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], 40)
    assert readable, "the sandbox did not get ready"
    return process.stdout.readline()


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Sandbox]:
    process = start(folder, *arguments)
    try:
        line = wait_until_ready(process)
        assert line.startswith("ready "), line
        manifest = json.loads(Path(line.split(maxsplit=1)[1].strip()).read_bytes())
        yield Sandbox(folder, process, manifest)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()
