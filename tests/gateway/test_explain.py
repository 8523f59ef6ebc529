"""`simpul explain`: what would be asked, without asking it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from gateway import app as root
from gateway.demo import CONFIGS
from gateway.explain import explain
from resolvers.policy import NATIONAL_ADMIN, PUBLIC, Viewer
from tests.living.gateway import NOW
from tests.living.systems import Systems

ROADS = """{
  complaints(filter: {regions: ["64"], categories: ["1502"]}, first: 5) {
    nodes { title handlings { localId } } totalCount { value }
  }
}"""
GOLDEN = Path(__file__).parents[1] / "cases"


def explained(systems: Systems, query: str, viewer: Viewer = PUBLIC) -> tuple[str, bool]:
    """Explain *query* over the demonstration's sources."""
    configuration = root.load(CONFIGS, systems.environ)
    return asyncio.run(explain(configuration, viewer, query, None, lambda: NOW))


def test_nobody_is_asked_for_a_complaint(systems: Systems) -> None:
    """The plan, the first request to each source and the cost are told; no request is made."""
    text, well = explained(systems, ROADS)

    assert well
    assert text.startswith("cost ")
    assert "sp4n (rest): windowed" in text
    assert "nyc: skipped, none of its rows can match region under [64]" in text
    assert "\n  sp4n: complaints where " in text
    assert "category in [1502]" in text
    assert "    fields: " in text
    assert not any(system.requests() for system in systems)


def test_the_plan_is_the_one_that_runs(systems: Systems) -> None:
    """Word for word what the golden case of the same question says."""
    case = GOLDEN / "potholes_in_samarinda"
    query = (case / "query.graphql").read_text(encoding="utf-8")

    text, _ = explained(systems, query)

    assert (case / "plan.txt").read_text(encoding="utf-8") in text


def test_a_filter_on_deadlines_can_be_read(systems: Systems) -> None:
    """All steps in every time zone of the country are long, and no line of them is."""
    query = "{ complaints(filter: {open: true, sla: {states: [OVERDUE]}}) { nodes { title } } }"

    text, well = explained(systems, query, NATIONAL_ADMIN)

    plan, _, _ = text.partition("sent first")
    assert well
    assert "any of those at (1)" in plan
    assert max(map(len, plan.splitlines())) <= 200
    assert len(plan) < 12_500


def test_semi_joins_are_told_too(systems: Systems) -> None:
    """What is read for a filter before the list stands among what is sent first."""
    query = '{ complaints(filter: {handledBy: ["kemenpu"]}) { nodes { title } } }'

    text, _ = explained(systems, query, NATIONAL_ADMIN)

    assert "before the list, for who handles it: rows with a national number\npu (pos" in text
    assert "pu: complaints where not tracking_id is null" in text
    assert not systems["pu"].requests()


def test_what_waits_for_the_first_reading_says_so(systems: Systems) -> None:
    """No source is said to have no match for want of rows that were not read."""
    query = """{
      complaints(
        filter: {hasDiscrepancy: true, sla: {step: HANDOVER, states: [OVERDUE]}}
        orderBy: {field: DUE_AT, direction: ASC}
      ) { nodes { title } }
    }"""

    text, well = explained(systems, query)

    assert well
    assert "before the list, for hasDiscrepancy: " in text
    assert "sp4n: skipped, what it is asked depends on what is read before the list\n" in text
    assert "none of its rows" not in text


def test_what_cannot_be_answered_says_why(systems: Systems) -> None:
    """A mistake in the query or its filter is told with its code."""
    text, well = explained(systems, '{ complaints(filter: {regions: ["sixty"]}) { complete } }')

    assert not well
    assert "error UNKNOWN_REGION: " in text


def test_no_number_of_a_complaint_is_told(systems: Systems) -> None:
    """Whether a person or a semi-join named it: values that are no codes are only counted."""
    query = '{ complaints(filter: {trackingIds: ["9165816", "9158750"]}) { nodes { title } } }'

    text, well = explained(systems, query, NATIONAL_ADMIN)

    assert well
    assert "tracking_id in [2 values]" in text
    assert "91" not in text.replace("cost", "")


def test_the_command_prints_it(systems: Systems) -> None:
    """From the shell, with a query on standard input; the exit status says whether all is well."""
    command = [sys.executable, "-m", "gateway", "explain", "-"]
    command += [word for path in CONFIGS for word in ("--config", str(path))]
    for query, status in ((ROADS, 0), ("{ nothing }", 1)):
        done = subprocess.run(
            command,
            input=query,
            capture_output=True,
            text=True,
            env=systems.environ,
            cwd=Path(__file__).parents[2],
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert ("sent first" in done.stdout) is (status == 0)


def test_the_page_quotes_the_golden_case() -> None:
    """`docs/explain.md` shows a plan as it is."""
    page = (Path(__file__).parents[2] / "docs" / "explain.md").read_text(encoding="utf-8")

    plan = (GOLDEN / "admin_sees_who_reported" / "plan.txt").read_text(encoding="utf-8")
    assert f"```text\n{plan}```\n" in page
