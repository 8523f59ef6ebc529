"""Golden cases: a question, the plan for it, what each system was asked, and the answer.

Each case is a folder: `query.graphql` (its comments say who asks and which question it is),
`plan.txt`, `requests.txt` and `answer.json`.  `make cases` writes the last three anew; the
difference is to be read before it is committed.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from resolvers.planner.plan import Plan
from tests.living.gateway import answer
from tests.living.systems import Systems

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/query.graphql"))
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


@pytest.mark.parametrize("case", CASES)
def test_the_answer_the_plan_and_the_requests_are_as_agreed(case: str, systems: Systems) -> None:
    """The case's question is planned, sent and answered as its golden files say."""
    query = (HERE / case / "query.graphql").read_text(encoding="utf-8")
    plans: list[Plan] = []
    if fault := header(query, "fault"):
        system, mode = fault.split()
        systems[system].fault(mode)

    got = answer(systems, query, header(query, "viewer") or "public", planned=plans.append)

    compare(HERE / case / "answer.json", json.dumps(settled(got), indent=2, ensure_ascii=False))
    compare(HERE / case / "plan.txt", "\n".join(plan.explain() for plan in plans))
    compare(HERE / case / "requests.txt", asked(systems))


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_the_same_without_pushdown(case: str, systems: Systems) -> None:
    """Read whole and filtered here, every system's rows give the same answer."""
    query = (HERE / case / "query.graphql").read_text(encoding="utf-8")
    if fault := header(query, "fault"):
        system, mode = fault.split()
        systems[system].fault(mode)

    got = answer(systems, query, header(query, "viewer") or "public", pushdown=False)

    golden = json.loads((HERE / case / "answer.json").read_text(encoding="utf-8"))
    assert without_effort(settled(got)) == without_effort(golden)


def without_effort(value: Any) -> Any:
    """Leave out what tells how much was read, which is what pushdown changes."""
    if isinstance(value, dict):
        return {
            key: without_effort(each)
            for key, each in value.items()
            if key not in ("fetched", "totalCount")
        }
    return [without_effort(each) for each in value] if isinstance(value, list) else value


def test_there_are_cases() -> None:
    """At least eight questions are held down like this."""
    assert len(CASES) >= 8
