"""Golden cases: a question, the plan for it, what each system was asked, and the answer.

Each case is a folder: `query.graphql` (its comments say who asks and which question it is),
`plan.txt`, `requests.txt` and `answer.json`.  `make cases` writes the last three anew; the
difference is to be read before it is committed.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.plans import noting
from tests.cases.golden import asked, compare, header, settled, without_effort
from tests.living.gateway import answer
from tests.living.systems import Systems

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/query.graphql"))


@pytest.mark.parametrize("case", CASES)
def test_the_answer_the_plan_and_the_requests_are_as_agreed(case: str, systems: Systems) -> None:
    """The case's question is planned, sent and answered as its golden files say."""
    query = (HERE / case / "query.graphql").read_text(encoding="utf-8")
    if fault := header(query, "fault"):
        system, mode = fault.split()
        systems[system].fault(mode)

    with noting() as noted:
        got = answer(systems, query, header(query, "viewer") or "public")

    compare(HERE / case / "answer.json", json.dumps(settled(got), indent=2, ensure_ascii=False))
    compare(HERE / case / "plan.txt", noted.text())
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


def test_there_are_cases() -> None:
    """At least eight questions are held down like this."""
    assert len(CASES) >= 8
