"""Five golden cases for each kind of source that is started by name.

Each question (`NAME.graphql`) is asked of each source, beside the national system and the registry;
`SOURCE/NAME/` holds the plan, what each system was asked, and the answer.  `make cases` writes them
anew; the difference is to be read before it is committed.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gateway.plans import noting
from tests.cases.golden import asked, compare, header, settled, without_effort
from tests.connectors.maria import needs_mariadb
from tests.living.gateway import Ask, answered
from tests.living.named import DEMO, SOURCES, Named

HERE = Path(__file__).parent
QUESTIONS = sorted(path.stem for path in HERE.glob("*.graphql"))
EACH = [pytest.param(name, marks=needs_mariadb if name == "simda" else ()) for name in SOURCES]
_BY_THE_CLOCK = {"jateng"}
"""Sources whose windows end at the moment they are asked: what is sent differs from day to day …"""
_BOUNDED = {"being_worked_on_since_august", "one_of_its_own"}
"""… unless the question itself has bounds."""


def filled(question: str, source: str, truth: list[dict[str, Any]]) -> str:
    """Put *source* into a question, and a complaint of its own and a national one that it has."""
    rows = [
        (complaint, row)
        for complaint in truth
        for row in complaint["rows"]
        if row["system"] == source and not complaint["secret"]
    ]
    # First those without dirt; a `#` before a number is read by every mapping.
    rows = [each for each in rows if not each[1]["dirt"]] + [
        each for each in rows if [it["kind"] for it in each[1]["dirt"]] == ["leading_hash"]
    ]
    own = next(row for _, row in rows if row["link"] == "own" and row["closed"])
    linked = next(row for _, row in rows if row["link"] == "tracking" and row["closed"])
    plain = f"Complaint:source:{source}:{own['id']}".encode()
    text = (HERE / f"{question}.graphql").read_text(encoding="utf-8")
    return (
        text.replace("SOURCE", source)
        .replace("OWN", base64.urlsafe_b64encode(plain).decode().rstrip("="))
        .replace("NUMBER", linked["tracking"].lstrip("#"))
    )


@dataclass(frozen=True)
class Told:
    """What one question came to."""

    answer: Mapping[str, Any]
    plans: str
    requests: str


@pytest.fixture(scope="session")
def told(named_systems: Named) -> Callable[[str, bool], Mapping[str, Told]]:
    """Ask one source every question, with or without pushdown, over one set of connections."""
    started = named_systems
    truth = started.truth()

    @cache
    def ask_all(source: str, pushdown: bool) -> Mapping[str, Told]:
        async def steps(ask: Ask) -> Mapping[str, Told]:
            found = {}
            for question in QUESTIONS:
                started.reset()
                query = filled(question, source, truth)
                with noting() as noted:
                    answer = await ask(query, header(query, "viewer") or "public")
                assert "errors" not in answer, answer
                found[question] = Told(answer, noted.text(), asked(started))
            return found

        every: Mapping[str, Told] = asyncio.run(
            answered(
                started,
                steps,
                pushdown=pushdown,
                configs=(DEMO / "sandbox.toml", DEMO / f"{source}.toml"),
                only={"sp4n", "registry", source},
            )
        )
        return every

    return ask_all


Asking = Callable[[str, bool], Mapping[str, Told]]


@pytest.mark.parametrize("source", EACH)
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_the_plan_and_the_requests_are_as_agreed(
    question: str, source: str, told: Asking
) -> None:
    """Each kind of source is planned for, asked and believed as its golden files say."""
    golden = HERE / source / question
    golden.mkdir(parents=True, exist_ok=True)

    got = told(source, True)[question]

    answer = json.dumps(settled(got.answer), indent=1, ensure_ascii=False)
    compare(golden / "answer.json", answer + "\n")
    compare(golden / "plan.txt", got.plans)
    if source not in _BY_THE_CLOCK or question in _BOUNDED:
        compare(golden / "requests.txt", got.requests)


@pytest.mark.parametrize("source", EACH)
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_the_same_without_pushdown(question: str, source: str, told: Asking) -> None:
    """What a source does for us changes what is read, never what is answered."""
    golden = json.loads((HERE / source / question / "answer.json").read_text(encoding="utf-8"))

    got = told(source, False)[question]

    assert without_effort(settled(got.answer)) == without_effort(golden)


def test_there_are_five_of_each_kind() -> None:
    """Five questions, five kinds."""
    assert len(QUESTIONS) == 5
    assert {path.parent.parent.name for path in HERE.glob("*/*/plan.txt")} == set(SOURCES)
