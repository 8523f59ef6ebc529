"""The client's filter means what its words say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.filters import EVERYTHING, NOTHING, Filter, predicate
from connectors.contract.vocabulary import ComplaintStatus
from resolvers.asked import ComplaintFilter, DateTimeRange
from resolvers.complaint.lifecycle import CLOSED, OPEN
from resolvers.directory import COLLECTIONS, Directory, index
from resolvers.errors import ClientError
from resolvers.needs import needs_reference
from resolvers.translation import Translator
from tests.gateway.world import NATIONAL, PROVINCE, REGISTRY

DIRECTORY = index(REGISTRY)
ALL = frozenset(COLLECTIONS)
ROWS = (*NATIONAL, *PROVINCE)


def translated(
    asked: ComplaintFilter, directory: Directory = DIRECTORY, configured: frozenset[str] = ALL
) -> Filter:
    """Translate over the test's registry."""
    return Translator(directory, configured, frozenset({"sp4n", "kaltim"})).translate(asked)


def test_nothing_asked_is_everything() -> None:
    """A filter that names nothing asks nothing; an empty list holds nothing."""
    assert translated(ComplaintFilter()) == EVERYTHING
    assert translated(ComplaintFilter(statuses=())) == NOTHING
    assert translated(ComplaintFilter(all_of=())) == EVERYTHING
    assert translated(ComplaintFilter(any_of=())) == NOTHING
    assert translated(ComplaintFilter(submitted=DateTimeRange())) == EVERYTHING


def test_open_and_closed_divide_all_statuses() -> None:
    """Every status is either open or not, and unknown ones are open: somebody has to look."""
    assert frozenset(ComplaintStatus) == OPEN | CLOSED
    assert not OPEN & CLOSED
    assert ComplaintStatus.UNKNOWN in OPEN


LEAVES = st.builds(
    ComplaintFilter,
    statuses=st.none() | st.lists(st.sampled_from(list(ComplaintStatus)), max_size=3).map(tuple),
    open=st.none() | st.booleans(),
    regions=st.none() | st.just(("64",)) | st.just(("31", "64.72")),
    agencies=st.none() | st.just(("kemenpu",)) | st.just(("kempupr", "pemprov-64")),
    categories=st.none() | st.just(("31",)) | st.just(("4",)),
    uncategorised=st.none() | st.booleans(),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        ComplaintFilter,
        all_of=st.none() | st.lists(inner, max_size=3).map(tuple),
        any_of=st.none() | st.lists(inner, max_size=3).map(tuple),
        none_of=st.none() | inner,
    ),
    max_leaves=6,
)


def meant(asked: ComplaintFilter, row: object) -> bool:
    """Say whether *row* matches, read straight from the filter's words."""
    region, agency = getattr(row, "region"), getattr(row, "agency")  # noqa: B009 - any record
    status, category = getattr(row, "status"), getattr(row, "category")  # noqa: B009 - same
    below_agency = {
        "kemenpu": {"kemenpu", "kemenpu-binamarga"},
        "kempupr": {"kempupr", "kemenpu", "kemenpkp", "kemenpu-binamarga"},
        "pemprov-64": {
            "pemprov-64",
            "pemprov-64-diskominfo",
            "pemprov-64-inspektorat",
            "pemprov-64-biro-organisasi",
        },
    }
    below_category = {"31": {"31", "311"}, "4": {"4"}}
    is_open = status not in (
        "CLOSED_BY_REPORTER",
        "CLOSED_BY_SYSTEM",
        "CLOSED_BY_ADMIN",
        "ARCHIVED",
        "OUT_OF_SCOPE",
    )
    claims = [
        asked.statuses is None or status in asked.statuses,
        asked.open is None or asked.open is is_open,
        asked.regions is None
        or any(region == code or str(region).startswith(f"{code}.") for code in asked.regions),
        asked.agencies is None or any(agency in below_agency[code] for code in asked.agencies),
        asked.categories is None
        or any(category in below_category[code] for code in asked.categories),
        asked.uncategorised is None or asked.uncategorised is (category is None),
        all(meant(each, row) for each in asked.all_of or ()),
        asked.any_of is None or any(meant(each, row) for each in asked.any_of),
        asked.none_of is None or not meant(asked.none_of, row),
    ]
    return all(claims)


@given(FILTERS)
def test_the_translation_matches_what_the_words_mean(asked: ComplaintFilter) -> None:
    """For any filter, the translated one matches exactly the rows that its words describe."""
    test = predicate(translated(asked))

    assert [test(row) for row in ROWS] == [meant(asked, row) for row in ROWS]


def test_moments_become_utc() -> None:
    """A moment with an offset is the same moment in UTC; both ends at once hold nothing."""
    wita = timezone(timedelta(hours=8))
    since = datetime(2026, 10, 31, 8, tzinfo=wita)
    where = translated(ComplaintFilter(submitted=DateTimeRange(since=since)))

    assert where == translated(
        ComplaintFilter(submitted=DateTimeRange(since=datetime(2026, 10, 31, tzinfo=UTC)))
    )
    empty = translated(ComplaintFilter(submitted=DateTimeRange(since=since, until=since)))
    assert not any(map(predicate(empty), ROWS))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (ComplaintFilter(agencies=("kemenpu",)), "REFERENCE_UNAVAILABLE"),
        (ComplaintFilter(categories=("3",)), "REFERENCE_UNAVAILABLE"),
        (ComplaintFilter(agency_levels=("CITY",)), "REFERENCE_UNAVAILABLE"),
        (ComplaintFilter(regions=("64.72",)), None),
        (ComplaintFilter(regions=("64.7",)), "UNKNOWN_REGION"),
        (ComplaintFilter(channels=("web",)), None),
        (ComplaintFilter(channels=("a b",)), "UNKNOWN_CHANNEL"),
    ],
)
def test_without_the_registry(asked: ComplaintFilter, code: str | None) -> None:
    """While the registry was never read, well-formed codes pass and branches cannot be opened."""
    if code is None:
        translated(asked, Directory())
        return
    with pytest.raises(ClientError) as caught:
        translated(asked, Directory())
    assert caught.value.code == code


def test_where_no_registry_is_configured_codes_stand_for_themselves() -> None:
    """A gateway without reference data takes codes as they are: there is nothing below them."""
    asked = ComplaintFilter(agencies=("kemenpu",), categories=("311",))
    test = predicate(translated(asked, Directory(), frozenset()))

    assert [row.local_id for row in ROWS if test(row)] == [
        row.local_id for row in ROWS if row.agency == "kemenpu" and row.category == "311"
    ]


def test_only_what_needs_the_registry_waits_for_it() -> None:
    """A filter needs the reference data if it names a code anywhere inside."""
    named = ComplaintFilter(regions=("64",))

    assert not needs_reference(ComplaintFilter(open=True))
    assert needs_reference(named)
    assert needs_reference(ComplaintFilter(any_of=(ComplaintFilter(none_of=named),)))
