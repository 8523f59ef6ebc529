"""Rules as dated data: strict files, overrides, and which limit holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from connectors.contract.vocabulary import ComplaintKind
from resolvers.sla.legal_files import BadLegalFile
from resolvers.sla.rules import Rules, Step, load_rules

SHIPPED = load_rules()
KNOWN_FIGURES = """
due_soon_working_days = 3

[[regulations]]
id = "permenpanrb-5-2025"
title = "PermenPANRB 5/2025"
valid_from = 2025-06-02
rules = [
    { step = "VERIFICATION", counts_from = "SUBMITTED", days = 2, day_type = "WORKING" },
]
"""


def held(rules: Rules, step: Step, kind: str | None, flag: bool | None, day: date) -> list[int]:
    """Give the lengths of the limits that may hold on *day*."""
    return [
        length.days
        for segment in rules.segments(step, kind, flag)
        if segment.since <= day.toordinal()
        and (segment.until is None or day.toordinal() < segment.until)
        for length in segment.lengths
    ]


@pytest.mark.parametrize(
    ("kind", "flag", "expected"),
    [
        (ComplaintKind.COMPLAINT, True, [60]),
        (ComplaintKind.COMPLAINT, False, [14]),
        (ComplaintKind.COMPLAINT, None, [14, 60]),
        (ComplaintKind.ASPIRATION, True, [5]),
        (ComplaintKind.INFORMATION_REQUEST, None, [5]),
        (None, True, [5, 5, 60]),
        ("a word of nobody", False, [5, 5, 14]),
    ],
)
def test_what_is_unknown_leaves_every_limit_that_may_hold(
    kind: str | None, flag: bool | None, expected: list[int]
) -> None:
    """Known kind and flag give one limit, unknown ones all candidates."""
    assert held(SHIPPED, Step.RESOLUTION, kind, flag, date(2024, 5, 6)) == expected


def test_an_override_replaces_one_regulation_as_a_whole(tmp_path: Path) -> None:
    """Its figures and days hold, the steps it does not name have no limit, the rest stays."""
    path = tmp_path / "rules.toml"
    path.write_text(KNOWN_FIGURES, encoding="utf-8")

    rules = load_rules(path)

    assert rules.due_soon_working_days == 3
    assert held(rules, Step.VERIFICATION, None, None, date(2025, 6, 2)) == [2]
    assert held(rules, Step.VERIFICATION, None, None, date(2025, 5, 20)) == []
    assert held(rules, Step.FIRST_FOLLOW_UP, None, None, date(2025, 6, 2)) == []
    assert held(rules, Step.FIRST_FOLLOW_UP, None, None, date(2025, 4, 30)) == [5]
    assert not any(rule.provisional for rule in rules.rules if rule.regulation.endswith("5/2025"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("due_soon_working_days = -1", "negative"),
        ("due_soon = 2", "due_soon"),
        (KNOWN_FIGURES.replace("days = 2", "days = 0"), "0 days"),
        (KNOWN_FIGURES.replace("days = 2", "days = 1001"), "1001 days"),
        (KNOWN_FIGURES.replace("VERIFICATION", "VERIFY"), "VERIFY"),
        (KNOWN_FIGURES.replace('"WORKING"', '"WORKING", note = "x"'), "note"),
        (KNOWN_FIGURES.replace("2025-06-02", "2025-06-02\nvalid_to = 2025-06-01"), "before"),
        (KNOWN_FIGURES.replace('id = "permenpanrb-5-2025"', 'id = "another"'), "same time"),
        (
            KNOWN_FIGURES.replace("VERIFICATION", "RESOLUTION")
            .replace('id = "permenpanrb-5-2025"', 'id = "another"')
            .replace("2025-06-02", "2020-01-01")
            .replace("SUBMITTED", "VERIFIED"),
            "different events",
        ),
        (KNOWN_FIGURES + KNOWN_FIGURES.partition("\n\n")[2], "twice"),
        ("due_soon_working_days = ", "nvalid"),
    ],
)  # fmt: skip
def test_a_wrong_file_of_rules_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    """Unknown keys, impossible figures and contradictions are named."""
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadLegalFile, match=problem):
        load_rules(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are a mistake of the file, not of the program."""
    path = tmp_path / "rules.toml"
    path.write_bytes(b'title = "\xff"')

    with pytest.raises(BadLegalFile):
        load_rules(path)
