"""What golden files hold: settled answers and requests, compared or written anew."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from tests.living.systems import Systems

UPDATE = os.environ.get("SIMPUL_UPDATE_CASES") == "1"

_UNSTEADY = {"latencyMs": "<milliseconds>"}
_DAY = "2026-11-01T00:00:00Z"
"""After the clock that stands still: the time of a file that was checked out."""
_CURSORS = {"cursor", "startCursor", "endCursor"}


def settled(value: Any, name: str = "") -> Any:
    """Put words in place of what differs from run to run: sealed cursors and durations."""
    if isinstance(value, dict):
        return {key: settled(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [settled(each) for each in value]
    if value is not None and name in _CURSORS:
        return "<cursor>"
    if name == "asOf" and isinstance(value, str) and value > _DAY:
        return "<when the file was written>"
    return _UNSTEADY.get(name, value) if value is not None else None


def asked(systems: Systems) -> str:
    """Write what each system was asked, in an order that does not depend on who was faster."""
    lines = []
    for system in systems:
        if system.name == "ksp":
            continue  # Read behind the answers: sometimes it gets that far, sometimes not.
        for request in system.requests():
            if request["method"] != "SQL":
                query = "&".join(f"{name}={value}" for name, value in request.get("query", []))
                told = f"{request['method']} {request['path']}" + (f"?{query}" if query else "")
            elif "set_config('jit'" in request["path"]:
                continue  # The driver asks this of each new connection, to look up types.
            else:
                told = re.sub(r"\s+", " ", request["path"]).strip()
                told = f"SQL {told} {request.get('query')}"
            lines.append(f"{system.name}: {told} -> {request.get('rows')} rows")
    return "\n".join(sorted(lines)) + "\n"


def header(query: str, name: str) -> str | None:
    """Read a `# name: value` comment of a query."""
    found = re.search(rf"^# {name}: (.+)$", query, re.MULTILINE)
    return found.group(1).strip() if found else None


def compare(path: Path, text: str) -> None:
    """Compare *text* with the golden file, or write it."""
    if UPDATE:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, f"{path.name} differs; see `make cases`"


def without_effort(value: Any) -> Any:
    """Leave out what tells how much was read, which is what pushdown changes."""
    if isinstance(value, dict):
        return {
            key: without_effort(each)
            for key, each in value.items()
            if key not in ("fetched", "totalCount")
        }
    return [without_effort(each) for each in value] if isinstance(value, list) else value
