"""What the reading role asked, as PostgreSQL's own log tells it."""

import asyncio
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson

from sandbox.systems.pu.database import READER
from sandbox.systems.pu.wire import Outcome, is_noise

_EXECUTED = re.compile(r"^(?:execute [^:]*|statement): (.*)$", re.DOTALL)
_PARAMETER = re.compile(r"(\$\d+) = (?:(NULL)|'((?:[^']|'')*)')", re.DOTALL)
_CANCELLED = "57014"


class StatementLog:
    """Reads the server's JSON log from where it was last reset."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = 0

    async def wait_for(self, marker: str) -> None:
        """Return when *marker* has reached the log, so that all before it has, too."""
        wanted = marker.encode()
        for _ in range(400):
            if self._path.exists() and wanted in self._path.read_bytes()[self._start :]:
                return
            await asyncio.sleep(0.005)

    def reset(self) -> None:
        """Forget all that was logged so far."""
        self._start = self._path.stat().st_size if self._path.exists() else 0

    def cancelled(self) -> int:
        """Count the statements that the server itself cancelled, on request or by timeout."""
        return sum(entry.get("state_code") == _CANCELLED for entry in self._entries())

    def requests(self, outcomes: dict[int, list[Outcome]]) -> list[dict[str, Any]]:
        """List the statements run, with how they ended as far as the proxy saw it."""
        found: list[dict[str, Any]] = []
        seen: dict[int, int] = defaultdict(int)
        for entry in self._entries():
            executed = _EXECUTED.match(entry.get("message", ""))
            if executed is None or is_noise(executed[1]):
                continue
            pid = int(entry["pid"])
            ends = outcomes.get(pid, [])
            at, seen[pid] = seen[pid], seen[pid] + 1
            end = ends[at] if at < len(ends) else None
            found.append(
                {
                    "method": "SQL",
                    "path": executed[1],
                    "query": _parameters(entry.get("detail", "")),
                    "status": end.code if end else None,
                    "rows": end.rows if end else None,
                    "cancelled": end is not None and end.code == _CANCELLED,
                }
            )
        return found

    def _entries(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        with self._path.open("rb") as log:
            log.seek(self._start)
            lines = log.read().splitlines()
        entries = []
        for line in lines:
            try:
                entry = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue  # the last line, half written
            if entry.get("user") == READER:
                entries.append(entry)
        return entries


def _parameters(detail: str) -> list[list[str | None]]:
    return [
        [name, None if null else text.replace("''", "'")]
        for name, null, text in _PARAMETER.findall(detail)
    ]
