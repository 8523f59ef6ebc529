"""Filters as plans tell them: readable however long they are."""

from __future__ import annotations

import re
from datetime import timedelta

from hypothesis import given

from connectors.contract.filters import (
    Filter,
    Term,
    all_of,
    any_of,
    between,
    explain,
    is_null,
    negate,
    one_of,
)
from resolvers.planner.outline import LONGEST, WIDTH, Repeats, in_a_line, outline
from tests.planner.awkward import NOW
from tests.planner.worlds import filters

STATUSES = ("DISPOSED", "ESCALATED", "IN_PROGRESS", "REOPENED", "REPLIED", "SUBMITTED", "UNKNOWN")
LATE_AT_THREE = all_of(
    [one_of("status", STATUSES[:3]), between("disposed_at", None, NOW)],
)
LATE = any_of(
    [
        all_of([one_of("status", STATUSES[:days]), between("disposed_at", None, NOW)])
        for days in range(1, 6)
    ]
)


def terms(where: Filter) -> list[Term]:
    """All terms of *where*, as often as they stand in it."""
    if isinstance(where, Term):
        return [where]
    return [term for part in where.parts for term in terms(part)]


def test_a_short_filter_stays_in_one_line() -> None:
    """With what is asked beside it behind it."""
    where = all_of((one_of("status", STATUSES), is_null("tracking_id")))

    assert outline(where, "  send: ", "; any order") == [f"  send: {explain(where)}; any order"]


def test_a_long_list_does_not_make_a_long_sentence() -> None:
    """Where a filter is part of a sentence its list is cut, a short one is not."""
    some, many = one_of("status", STATUSES), one_of("region", [f"64.{at}" for at in range(10, 90)])

    assert in_a_line(some) == explain(some)
    assert in_a_line(many) == "region in [64.10, 64.11, 64.12, … 80 in all]"


def test_a_long_filter_is_told_in_short_lines() -> None:
    """What must hold together is joined by `and`, each alternative begins a line."""
    where = all_of((one_of("region", [str(at) for at in range(64, 90)]), LATE))

    assert outline(where, "  send: ", "; any order") == [
        "  send: any order; where",
        "    region in [64, 65, 66, … 26 in all]",
        "      and any of",
        "        status in [DISPOSED] and disposed_at until 2026-11-01T00:00Z",
        "        status in [DISPOSED, ESCALATED] and disposed_at until 2026-11-01T00:00Z",
        f"        {explain(LATE_AT_THREE, briefly=True)}",
        "        status in [DISPOSED, ESCALATED, IN_PROGRESS, REOPENED]",
        "          and disposed_at until 2026-11-01T00:00Z",
        "        status in [DISPOSED, ESCALATED, IN_PROGRESS, REOPENED, REPLIED]",
        "          and disposed_at until 2026-11-01T00:00Z",
    ]


def test_alternatives_that_come_again_are_named_by_their_number() -> None:
    """In the same filter and in that of another source of the plan."""
    first = any_of([all_of([is_null("closed_at"), LATE]), all_of([is_null("category"), LATE])])
    other = all_of([one_of("secret", [False]), LATE])
    repeats = Repeats([first, other])

    one, two = outline(first, "", repeats=repeats), outline(other, "", repeats=repeats)

    assert [line.strip() for line in one if "any of" in line] == [
        "any of",
        "and any of (1)",
        "and any of those at (1)",
    ]
    assert [line.strip() for line in two] == [
        "",
        "secret in [false]",
        "and any of those at (1)",
    ]


def test_a_short_alternative_among_conditions_is_bracketed() -> None:
    """Without brackets `and` and `or` would be read together."""
    either = any_of([one_of("kind", ["ASPIRATION", "INFORMATION_REQUEST"]), is_null("kind")])
    day = between("submitted_at", NOW - timedelta(days=1), NOW)
    where = all_of([either, day, LATE, negate(is_null("closed_at"))])

    assert f"({explain(either)})" in "\n".join(outline(where, ""))


@given(filters, filters, filters)
def test_every_condition_of_a_filter_is_told(one: Filter, two: Filter, three: Filter) -> None:
    """None is lost, no line is longer than a condition makes it, no `or` stands beside an `and`."""
    where = all_of((any_of((one, two)), any_of((two, three)), one_of("status", STATUSES), LATE))
    if isinstance(where, Term) or len(explain(where)) <= LONGEST:
        return

    lines = outline(where, "here:", repeats=Repeats())

    text = "\n".join(lines)
    for term in terms(where):
        assert text.count(explain(term, briefly=True)) >= 1
    for line in lines:
        assert len(line) <= WIDTH + 10
        plain = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", re.sub(r"\[[^]]*\]", "", line)))
        assert not (" or " in plain and re.search(r"\band\b", plain))
