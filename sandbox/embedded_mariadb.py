"""A MariaDB of one's own, where a server is installed: started, stopped, removed.

As the embedded PostgreSQL it never runs as root: started by root it runs as `nobody`.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.lifeline import die_with_parent

_NOBODY = 65_534
_PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/usr/local/mysql/bin"
_SETTINGS = (
    "--skip-name-resolve", "--skip-log-bin", "--sql-mode=",
    "--character-set-server=latin1", "--collation-server=latin1_swedish_ci",
    "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M", "--innodb-doublewrite=0", "--key-buffer-size=1M",
    "--max-connections=60", "--performance-schema=0", "--default-time-zone=+00:00",
    "--skip-symbolic-links",
)  # fmt: skip


class MariadbUnavailable(RuntimeError):
    """No MariaDB server is installed, or it does not start here."""


def find_server() -> str | None:
    """Give the path of an installed server, None if there is none."""
    path = f"{os.environ.get('PATH', '')}:{_PLACES}"
    if shutil.which("mariadb-install-db", path=path) is None:
        return None
    return shutil.which("mariadbd", path=path)


class Server:
    """One MariaDB server with an empty data folder of its own, reached by a Unix socket."""

    def __init__(self, folder: Path, port: int = 0, more: Sequence[str] = ()) -> None:
        """Listen on the loopback's *port* too, on a free one if it is -1, on none if it is 0.

        *more* are further options of the server.
        """
        self._more = tuple(more)
        self.folder = folder
        self.port = _free_port() if port < 0 else port
        self.socket = str(folder / "m.sock")
        """Where the superuser `root` comes in, without a password."""
        self._server: subprocess.Popen[bytes] | None = None

    def start(self, *, patience: float = 30.0) -> None:
        """Create the data folder, start the server and return when it takes connections."""
        server = find_server()
        if server is None:
            raise MariadbUnavailable(
                "no MariaDB server is installed; hint: apt-get install mariadb-server"
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(self.folder, _NOBODY, _NOBODY)
        self._initialise()
        arguments = [
            server, "--no-defaults", f"--datadir={self.folder / 'data'}",
            f"--socket={self.socket}", f"--pid-file={self.folder / 'm.pid'}",
            f"--tmpdir={self.folder}", *_SETTINGS, *self._more,
        ]  # fmt: skip
        if self.port:
            arguments += ["--bind-address=127.0.0.1", f"--port={self.port}"]
        else:
            arguments.append("--skip-networking")
        with (self.folder / "start.log").open("wb") as log:
            self._server = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - no threads yet
                **self._as_server_user(),
            )
        self._wait_until_ready(patience)

    def stop(self) -> None:
        """Stop the server and remove all it wrote.  Safe to call twice."""
        server, self._server = self._server, None
        if server is not None and server.poll() is None:
            # Nothing it wrote is kept: there is nothing to finish.
            server.kill()
            server.wait(5)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> None:
        installer = shutil.which("mariadb-install-db", path=f"{os.environ['PATH']}:{_PLACES}")
        arguments = [
            str(installer), "--no-defaults", f"--datadir={self.folder / 'data'}",
            "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve",
            "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0",
        ]  # fmt: skip
        done = subprocess.run(arguments, capture_output=True, check=False, **self._as_server_user())
        if done.returncode:
            said = (done.stdout + done.stderr).decode(errors="replace")
            raise MariadbUnavailable(f"mariadb-install-db: {said[-2000:]}")

    def _as_server_user(self) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "cwd": str(self.folder),
            "env": {"PATH": f"{_PLACES}:/bin", "LC_ALL": "C", "TZ": "UTC"},
        }
        if os.geteuid() == 0:
            settings |= {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
        return settings

    def _wait_until_ready(self, patience: float) -> None:
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if self._server is None or self._server.poll() is not None:
                break
            if Path(self.socket).exists():
                return
            time.sleep(0.02)
        said = (self.folder / "start.log").read_text(errors="replace")
        self.stop()
        raise MariadbUnavailable(f"the server did not start: {said[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
