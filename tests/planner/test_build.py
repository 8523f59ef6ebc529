"""Plans: what is pushed, what stays, who is skipped, which page may be asked."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors import memory
from connectors.contract.capabilities import Collection, Operator
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    Op,
    Or,
    Term,
    all_of,
    any_of,
    between,
    conjuncts,
    is_null,
    negate,
    one_of,
    under,
)
from connectors.contract.query import Order
from connectors.contract.source import Source
from resolvers.errors import BadPage
from resolvers.planner.build import Remembered, build
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.keys import moment_at
from resolvers.planner.plan import Question
from resolvers.planner.pushdown import fold, split, tighten
from tests.planner.awkward import CHANGED_SINCE, EQUALITY, NEWEST_FIRST, NOW, Awkward

SEAL = CursorSeal({"k": b"0" * 32}, "k", lifetime=timedelta(hours=1), clock=lambda: NOW)


def source(can: Collection, *, regions: tuple[str, ...] = (), national: bool = False) -> Source:
    return Source(
        connector=Awkward("s", [], can),
        title="s",
        kind="memory",
        regions=regions,
        national=national,
    )


def asked(**more: object) -> Question:
    base = Question(
        where=EVERYTHING, order=Order("submitted_at"), fields=frozenset(), fingerprint=lambda: b"f"
    )
    return replace(base, **more)  # type: ignore[arg-type] # names are given by tests


@pytest.mark.parametrize(
    ("paging", "code"),
    [
        ({"first": 5, "last": 5}, "PAGE_ARGUMENTS"),
        ({"first": 5, "before": "x"}, "PAGE_ARGUMENTS"),
        ({"last": 5, "after": "x"}, "PAGE_ARGUMENTS"),
        ({"after": "x", "before": "x"}, "PAGE_ARGUMENTS"),
        ({"first": -1}, "PAGE_ARGUMENTS"),
        ({"first": 101}, "PAGE_TOO_LARGE"),
        ({"last": 101}, "PAGE_TOO_LARGE"),
    ],
)
def test_page_arguments_that_do_not_fit_are_refused(paging: dict[str, object], code: str) -> None:
    """Each wrong combination gets its code and says what to do."""
    with pytest.raises(BadPage, match="hint") as caught:
        build(asked(**paging), [source(memory.EVERYTHING)], SEAL)

    assert caught.value.code == code


def test_twenty_rows_are_the_default() -> None:
    """Without first and last a page has twenty rows."""
    assert build(asked(), [source(memory.EVERYTHING)], SEAL).size == 20


def test_elsewhere_only_rows_without_tracking_number_are_listed() -> None:
    """The anchor of a tracked complaint is the national row, so others' tracked rows stay out."""
    own, national = build(
        asked(), [source(memory.EVERYTHING), source(memory.EVERYTHING, national=True)], SEAL
    ).steps

    assert own.pushed == is_null("tracking_id")
    assert national.pushed == EVERYTHING


def test_a_conjunct_is_pushed_whole_or_stays_whole() -> None:
    """An OR goes to a source only if it understands every branch and alternatives at all."""
    both = any_of((one_of("status", ["A"]), one_of("region", ["64"])))
    where = all_of((both, one_of("status", ["B"])))

    plain = split(where, EQUALITY)
    clever = split(where, memory.EVERYTHING)

    assert plain.pushed == one_of("status", ["B"])
    assert plain.residual == both
    assert set(conjuncts(clever.pushed)) == {both, one_of("status", ["B"])}
    assert clever.residual == EVERYTHING


def test_more_values_than_a_source_takes_stay_here() -> None:
    """A list longer than the source's greatest is not cut, it is not sent."""
    where = one_of("status", ["A", "B", "C"])

    assert split(where, EQUALITY).pushed == EVERYTHING


def test_values_without_a_word_of_the_source_stay_here() -> None:
    """A value that the source has no word for cannot be asked for."""
    assert split(one_of("category", ["1", "2"]), EQUALITY).residual == one_of(
        "category", ["1", "2"]
    )


def test_a_coarse_comparison_is_pushed_and_kept() -> None:
    """A source that compares by day narrows, the exact comparison stays here."""
    where = between("submitted_at", NOW, None)

    assert split(where, NEWEST_FIRST).pushed == where
    assert split(where, NEWEST_FIRST).residual == where


def test_an_implied_bound_is_pushed_beside_the_term_that_implies_it() -> None:
    """Where rows never change before they are submitted, "submitted from" bounds the change."""
    where = between("submitted_at", NOW, None)

    assert split(where, CHANGED_SINCE).pushed == between("updated_at", NOW, None)
    assert split(where, CHANGED_SINCE).residual == where


def test_terms_on_one_field_are_melted_into_one() -> None:
    """The later FROM, the earlier UNTIL, the common values of IN."""
    early, late = NOW - timedelta(days=2), NOW

    melted = tighten(
        (
            Term("x", Op.FROM, (early,)),
            Term("x", Op.FROM, (late,)),
            Term("x", Op.UNTIL, (late,)),
            Term("x", Op.UNTIL, (early,)),
            Term("y", Op.IN, ("a", "b")),
            Term("y", Op.IN, ("b", "c")),
        )
    )

    assert melted == [
        Term("x", Op.FROM, (late,)),
        Term("x", Op.UNTIL, (early,)),
        Term("y", Op.IN, ("b",)),
    ]
    assert tighten((Term("y", Op.IN, ("a",)), Term("y", Op.IN, ("b",)))) == [NOTHING]


def test_a_parameter_is_used_once() -> None:
    """Of two terms that would need the same parameter, one is sent and one stays."""
    can = Collection(operators={"region": (Operator(op=Op.UNDER),)})
    one, other = under("region", ["64"]), under("region", ["64.72"])

    parts = split(all_of((one, other)), can)

    assert parts.pushed == one
    assert parts.residual == other


def test_a_key_beyond_the_calendar_bounds_nothing_wrongly() -> None:
    """A place at the end of all time is no error."""
    assert moment_at(2**62).year == 9999
    assert moment_at(-(2**62)).year == 1


TABLES = Collection(
    operators={"status": (Operator(op=Op.IN),), "region": (Operator(op=Op.IN),)},
    codomains={
        "status": frozenset({"SUBMITTED", "UNKNOWN"}),
        "region": frozenset({"64.71", "64.72"}),
        "tracking_id": frozenset(),
        "secret": frozenset({False}),
    },
)


@pytest.mark.parametrize(
    ("where", "left"),
    [
        (one_of("source", ["s", "x"]), EVERYTHING),
        (one_of("source", ["x"]), NOTHING),
        (negate(one_of("source", ["x"])), EVERYTHING),
        (one_of("status", ["DISPOSED"]), NOTHING),
        (negate(one_of("status", ["DISPOSED"])), EVERYTHING),
        (one_of("status", ["DISPOSED", "SUBMITTED"]), one_of("status", ["SUBMITTED"])),
        (one_of("status", ["SUBMITTED", "UNKNOWN"]), EVERYTHING),
        (is_null("status"), NOTHING),
        (is_null("tracking_id"), EVERYTHING),
        (negate(is_null("tracking_id")), NOTHING),
        (one_of("tracking_id", ["1"]), NOTHING),
        (is_null("region"), is_null("region")),
        (under("region", ["64"]), one_of("region", ["64.71", "64.72"])),
        (under("region", ["31"]), NOTHING),
        (one_of("secret", [False]), EVERYTHING),
        (one_of("secret", [True]), NOTHING),
    ],
)
def test_what_is_known_of_a_source_answers_terms_before_it_is_asked(
    where: Filter, left: Filter
) -> None:
    """Closed code tables and the source's name decide terms, or narrow them."""
    assert fold(where, source(TABLES)) == left


@pytest.mark.parametrize(
    ("where", "left"),
    [
        (under("region", ["64.72"]), under("region", ["64.72"])),
        (under("region", ["64"]), under("region", ["64"])),
        (one_of("region", ["64.7"]), one_of("region", ["64.7"])),
        (under("region", ["6"]), NOTHING),
        (under("region", ["31"]), NOTHING),
        (one_of("region", ["6"]), NOTHING),
        (negate(under("region", ["31"])), EVERYTHING),
    ],
)
def test_a_source_is_asked_for_its_own_regions_only(where: Filter, left: Filter) -> None:
    """A region outside a source's territory cannot match there."""
    assert fold(where, source(memory.EVERYTHING, regions=("64",))) == left


def test_a_plan_can_be_read() -> None:
    """The text names what is sent, what is done here and who is skipped, and why."""
    where = all_of(
        (under("region", ["64"]), one_of("status", ["DISPOSED"]), one_of("source", ["s"]))
    )
    other = Source(connector=Awkward("t", [], memory.EVERYTHING), title="t", kind="memory")

    text = build(asked(where=where, first=3), [source(NEWEST_FIRST), other], SEAL).explain()

    assert text == (
        "complaints by submitted_at descending, 3 rows\n"
        "s (memory): ordered\n"
        "  send: everything; order submitted_at descending\n"
        "  here: status in [DISPOSED] and region under [64] and tracking_id is null\n"
        "  cost: until 4 match; at most 50000 rows, 50 calls of 1000\n"
        "t: skipped, not asked for: source in [s]\n"
    )


def test_an_exact_plan_sends_its_limit_and_a_window_its_field() -> None:
    """A limit is named where it is sent; windows name the field they are cut along."""
    text = build(asked(first=3), [source(memory.EVERYTHING), source(CHANGED_SINCE)], SEAL).explain()

    assert "limit 4" in text
    assert "  cost: 4 rows, 1 call\n" in text
    assert "windows of updated_at" in text
    assert "  cost: wider and wider windows until 4 match; at most 50000 rows" in text


def test_a_plan_says_why_a_source_is_skipped() -> None:
    """The part of the filter that rules a source out, or that it has nothing of the kind."""

    class Registry(Awkward):
        @property
        def capabilities(self) -> memory.Capabilities:
            return memory.Capabilities(collections={"agencies": Collection()})

    elsewhere = source(memory.EVERYTHING, regions=("31",))
    registry = Source(connector=Registry("r", [], Collection()), title="r", kind="memory")
    either = Or((under("region", ["64"]), all_of((under("region", ["32"]), one_of("kind", ["x"])))))

    near = build(asked(where=under("region", ["64"])), [elsewhere, registry], SEAL).explain()
    far = build(asked(where=either), [elsewhere], SEAL).explain()

    assert "s: skipped, none of its rows can match region under [64]\n" in near
    assert "r: skipped, no complaints there\n" in near
    assert "s: skipped, none of its rows can match what is asked of kind, region\n" in far


@pytest.mark.parametrize(
    ("narrowed", "stands_in", "why"),
    [
        (False, False, "nothing can match what is asked"),
        (True, False, "what was read before the list leaves nothing that can match"),
        (True, True, "what it is asked depends on what is read before the list"),
    ],
)
def test_a_plan_says_what_became_of_a_filter_that_lets_nothing_through(
    narrowed: bool, stands_in: bool, why: str
) -> None:
    """Its own words, what was read before, or, where nobody is asked, what will be read."""
    everybody = dataclasses.replace(source(memory.EVERYTHING), stands_in=stands_in)
    remembered: Remembered = {}
    other, question = (
        asked(where=NOTHING, narrowed_by_reading=each) for each in (not narrowed, narrowed)
    )
    build(other, [everybody], SEAL, remembered=remembered)

    text = build(question, [everybody], SEAL, remembered=remembered).explain()

    assert text.endswith(f"\ns: skipped, {why}\n")


def test_a_plan_tells_no_values_that_are_not_codes() -> None:
    """Numbers of complaints, and whatever a person wrote, are only counted."""
    secrets = [
        one_of(name, ["Siti Rahma", "9165816"])
        for name in ("tracking_id", "title", "body", "place", "reporter_name", "reporter_contact")
    ]

    for where in (all_of(secrets), Or(tuple(secrets))):
        text = build(asked(where=where), [source(memory.EVERYTHING)], SEAL).explain()

        assert "2 values" in text
        assert "Siti" not in text
        assert "9165816" not in text


def test_a_source_without_complaints_is_not_asked_for_any() -> None:
    """The registry takes no part in complaints."""

    class Registry(Awkward):
        @property
        def capabilities(self) -> memory.Capabilities:
            return memory.Capabilities(collections={"agencies": Collection()})

    registry = Source(connector=Registry("r", [], Collection()), title="r", kind="memory")

    assert build(asked(), [registry], SEAL).steps == ()
