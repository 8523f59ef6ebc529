"""Merging: a function of the set of what was said, with disagreement left standing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.records import ComplaintRecord, EventRecord
from connectors.contract.vocabulary import ComplaintStatus as Status
from connectors.contract.vocabulary import EventKind as Kind
from resolvers.complaint.contribution import Contribution, latest
from resolvers.complaint.discrepancies import DiscrepancyKind
from resolvers.complaint.lifecycle import CLOSED, LABELS, OPEN
from resolvers.complaint.merge import merge
from resolvers.complaint.precedence import PRECEDENCE

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def row(source: str, local_id: str = "1", **values: object) -> ComplaintRecord:
    given_values: dict[str, object] = {
        "submitted_at": NOW - 30 * DAY,
        "updated_at": NOW - 3 * DAY,
        "status": Status.IN_PROGRESS,
        "source_status": "Proses",
        **values,
    }
    return ComplaintRecord(source=source, local_id=local_id, **given_values)  # type: ignore[arg-type] # names are given by tests


def event(source: str, kind: Kind, days_ago: float, **values: object) -> EventRecord:
    return EventRecord(
        source=source,
        complaint="1",
        at=NOW - days_ago * DAY,
        kind=kind,
        **values,  # type: ignore[arg-type] # names are given by tests
    )


def said(record: ComplaintRecord, *events: EventRecord) -> Contribution:
    return Contribution(
        record=record, events=events, fetched_at=NOW, as_of=NOW, mapping_version="1"
    )


ANCHOR = ("sp4n", "1")

moments = st.integers(0, 40).map(lambda days: NOW - days * DAY)
rows = st.builds(
    lambda source, local_id, moment, status, place, title: row(
        source,
        local_id,
        submitted_at=moment,
        updated_at=moment,
        status=status,
        place=place,
        title=title,
    ),
    st.sampled_from(("pu", "kaltim")),
    st.sampled_from(("1", "2")),
    moments,
    st.sampled_from(list(Status)),
    st.one_of(st.none(), st.just("jalan"), st.just("gang")),
    st.sampled_from(("a", "b")),
)
events = st.lists(
    st.builds(
        lambda kind, days, agency: event("pu", kind, days, agency=agency),
        st.sampled_from(list(Kind)),
        st.integers(0, 40),
        st.sampled_from((None, "kemenpu", "pemprov-64")),
    ),
    max_size=3,
)
contributions = st.lists(st.builds(lambda r, e: said(r, *e), rows, events), max_size=6)


@given(contributions, st.randoms(use_true_random=False))
def test_arrival_order_and_repeats_make_no_difference(
    others: list[Contribution], random: Random
) -> None:
    """Whatever arrives first or twice, the merged complaint is the same."""
    anchor = said(row("sp4n"), event("sp4n", Kind.DISPOSED, 20, agency="kemenpu"))
    shuffled = [*others, *others[:2], anchor, anchor]
    random.shuffle(shuffled)

    assert merge(shuffled, ANCHOR) == merge([anchor, *others], ANCHOR)


@given(contributions)
def test_every_source_and_id_contributes_once_by_its_latest_version(
    others: list[Contribution],
) -> None:
    """The version updated last counts, and nobody is left out."""
    merged = merge([said(row("sp4n")), *others], ANCHOR)

    assert [each.name for each in merged.contributions[1:]] == sorted({e.name for e in others})
    for each in merged.contributions[1:]:
        versions = [e.record.updated_at for e in others if e.name == each.name]
        assert each.record.updated_at == max(versions)


@given(contributions)
def test_the_anchor_has_the_last_word_on_what_lists_are_made_of(
    others: list[Contribution],
) -> None:
    """Fields that lists filter and order by are the anchor's, so list and detail agree."""
    anchor = row("sp4n", title="Jalan rusak")
    merged = merge([said(anchor), *others], ANCHOR)

    for name in ("status", "submitted_at", "updated_at", "secret", "agency", "region", "title"):
        assert getattr(merged.record, name) == getattr(anchor, name)


@given(contributions)
def test_the_timeline_is_in_order_and_loses_nothing(others: list[Contribution]) -> None:
    """All events of all kept contributions stand in it, by moment."""
    merged = merge([said(row("sp4n")), *others], ANCHOR)

    moments_told = [entry.event.at for entry in merged.timeline]
    assert moments_told == sorted(moments_told)
    told = [entry.event for entry in merged.timeline]
    for each in merged.contributions:
        assert all(happening in told for happening in each.events)


def test_every_field_of_a_record_has_a_rule_or_is_identity() -> None:
    """No field of a complaint is merged by accident."""
    identity = {"source", "local_id", "warnings"}

    assert {field.name for field in msgspec.structs.fields(ComplaintRecord)} == (
        set(PRECEDENCE) | identity
    )
    assert all(line.reason for line in PRECEDENCE.values())


def test_a_place_the_anchor_does_not_know_is_taken_from_one_handler_whole() -> None:
    """Latitude and longitude come from one source, the latest that has both."""
    merged = merge(
        [
            said(row("sp4n")),
            said(row("pu", submitted_at=NOW - 9 * DAY, latitude=1.0, place="jembatan")),
            said(row("kaltim", submitted_at=NOW - 10 * DAY, latitude=-0.5, longitude=117.1)),
        ],
        ANCHOR,
    )

    assert (merged.record.latitude, merged.record.longitude) == (-0.5, 117.1)
    assert merged.record.place == "jembatan"


def test_an_agency_with_a_system_of_its_own_tells_of_its_handling_itself() -> None:
    """Its own row stands for it; dispositions fill in those without one."""
    merged = merge(
        [
            said(
                row("sp4n", agency="pemprov-64"),
                event("sp4n", Kind.DISPOSED, 20, agency="kemenpu"),
                event("sp4n", Kind.BOUNCED, 15, from_agency="kemenpu", reason="bukan wewenang"),
                event("sp4n", Kind.DISPOSED, 14, agency="atrbpn"),
                event("sp4n", Kind.BOUNCED, 12, from_agency="atrbpn"),
                event("sp4n", Kind.DISPOSED, 11, agency="pemprov-64"),
                event("sp4n", Kind.FOLLOWED_UP, 10, agency="pemprov-64", text="ditangani"),
            ),
            said(
                row("pu", "PU-1", agency="kemenpu", status=Status.OUT_OF_SCOPE),
                event("pu", Kind.BOUNCED, 15),
            ),
        ],
        ANCHOR,
    )

    pu, bpn, kaltim = merged.handlings
    # No system has a number for what only the anchor's history tells: its third and fifth step.
    assert [each.local_id for each in (bpn, kaltim)] == ["1:3", "1:5"]
    assert (pu.local_id, pu.open, pu.released_at) == ("PU-1", False, NOW - 15 * DAY)
    assert (bpn.agency, bpn.status, bpn.released_at) == (
        "atrbpn",
        Status.OUT_OF_SCOPE,
        NOW - 12 * DAY,
    )
    assert (kaltim.agency, kaltim.open, kaltim.status) == ("pemprov-64", True, Status.IN_PROGRESS)
    assert [step.text for step in kaltim.follow_ups] == ["ditangani"]
    assert kaltim.first_follow_up_at == NOW - 10 * DAY
    assert merged.bounces == 2


@pytest.mark.parametrize(
    ("anchor", "other", "kind"),
    [
        (
            {"status": Status.CLOSED_BY_SYSTEM},
            {"status": Status.IN_PROGRESS},
            DiscrepancyKind.STATUS_CONFLICT,
        ),
        (
            {"status": Status.IN_PROGRESS},
            {"status": Status.CLOSED_BY_ADMIN},
            DiscrepancyKind.STATUS_CONFLICT,
        ),
        ({}, {"submitted_at": NOW - 33 * DAY}, DiscrepancyKind.DATE_CONFLICT),
        (
            {"status": Status.CLOSED_BY_ADMIN, "closed_at": NOW - 9 * DAY},
            {"status": Status.CLOSED_BY_ADMIN, "closed_at": NOW - 2 * DAY},
            DiscrepancyKind.DATE_CONFLICT,
        ),
        ({"closed_at": NOW - 40 * DAY}, {}, DiscrepancyKind.NEGATIVE_DURATION),
        ({}, {"source_agency": "BALAI X"}, DiscrepancyKind.UNKNOWN_AGENCY),
        ({}, {"status": Status.UNKNOWN}, DiscrepancyKind.UNKNOWN_STATUS),
    ],
)
def test_each_kind_of_disagreement_is_told(
    anchor: dict[str, object], other: dict[str, object], kind: DiscrepancyKind
) -> None:
    """One disagreement gives one discrepancy, with the parties to it."""
    merged = merge([said(row("sp4n", **anchor)), said(row("pu", **other))], ANCHOR)

    assert [each.kind for each in merged.discrepancies] == [kind]
    assert merged.discrepancies[0].contributions


def test_a_handler_that_should_know_and_does_not_is_told() -> None:
    """A source that answered without a row of a complaint it should handle is named."""
    merged = merge([said(row("sp4n"))], ANCHOR, silent=["pu"])

    assert [each.kind for each in merged.discrepancies] == [DiscrepancyKind.MISSING_AT_HANDLER]


@pytest.mark.parametrize("status", [Status.OUT_OF_SCOPE, Status.UNKNOWN])
def test_who_handed_it_on_does_not_contradict_how_it_went_on(status: Status) -> None:
    """A bounced or unreadable status of a handler is no conflict of statuses."""
    merged = merge(
        [said(row("sp4n", status=Status.CLOSED_BY_ADMIN)), said(row("pu", status=status))], ANCHOR
    )

    assert DiscrepancyKind.STATUS_CONFLICT not in {each.kind for each in merged.discrepancies}


def test_dates_without_events_are_told_as_events() -> None:
    """A source that gives dates only still tells a timeline; events are not told twice."""
    record = row(
        "sp4n",
        verified_at=NOW - 29 * DAY,
        disposed_at=NOW - 28 * DAY,
        followed_up_at=NOW - 20 * DAY,
        closed_at=NOW - 3 * DAY,
    )
    bare = merge([said(record)], ANCHOR)
    told = merge([said(record, event("sp4n", Kind.CLOSED, 3, text="selesai"))], ANCHOR)

    assert [entry.event.kind for entry in bare.timeline] == [
        Kind.SUBMITTED,
        Kind.VERIFIED,
        Kind.DISPOSED,
        Kind.FOLLOWED_UP,
        Kind.CLOSED,
    ]
    assert [e.event.text for e in told.timeline if e.event.kind is Kind.CLOSED] == ["selesai"]


def test_warnings_of_row_and_events_are_told_once() -> None:
    """A contribution names each repair once."""
    contribution = said(
        row("pu", warnings=("BAD_DATE",)), event("pu", Kind.NOTE, 1, warnings=("BAD_DATE", "X"))
    )

    assert contribution.warnings == ("BAD_DATE", "X")
    assert latest([contribution]) == [contribution]


def test_every_status_is_labelled_and_open_or_closed() -> None:
    """No status is forgotten in the lifecycle."""
    assert set(LABELS) == set(Status)
    assert set(Status) == OPEN | CLOSED
    assert not OPEN & CLOSED
