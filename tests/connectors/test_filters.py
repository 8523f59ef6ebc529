"""What a REST source is sent for each comparison: in its words, never too narrow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.capabilities import Collection, Fit
from connectors.contract.filters import Op, Term, Value
from connectors.registry import load
from connectors.rest import Rest

SETTINGS = """
[sources.s]
kind = "rest"
base_url = "http://127.0.0.1:1"
time_zone = "Asia/Makassar"
[sources.s.codes.status]
version = "1"
[sources.s.codes.status.words]
Baru = "SUBMITTED"
Antri = "SUBMITTED"
Proses = "IN_PROGRESS"
"Tutup, ok" = "ARCHIVED"
[sources.s.collections.complaints]
path = "/x"
[sources.s.collections.complaints.filters]
{filters}
[sources.s.collections.complaints.mapping]
local_id = "id"
updated_at = {{ path = "ubah", required = true }}
submitted_at = {{ path = "masuk", required = true }}
closed_at = "selesai"
status = {{ path = "status", codes = "status" }}
secret = "rahasia"
category = "kategori"
"""


def collection(filters: str) -> tuple[Collection, Rest]:
    (source,) = load(SETTINGS.format(filters=filters), {})
    inner = source.connector.inner  # type: ignore[attr-defined] # guarded, as every source
    assert isinstance(inner, Rest)
    return inner.capabilities.collections["complaints"], inner


def sent(filters: str, field: str, op: Op, *values: Value) -> tuple[str, ...]:
    _, rest = collection(filters)
    param = rest._settings.collections["complaints"].filters[field, op]
    return param.words(Term(field, op, values))


STATUS = 'status = { op = "in", param = "s", join = ",", max_values = 4 }'


def test_one_canonical_word_may_be_several_own_ones() -> None:
    """All of them are sent, and the limit counts them."""
    can, _ = collection(STATUS)

    assert sent(STATUS, "status", Op.IN, "SUBMITTED", "IN_PROGRESS") == ("Baru", "Antri", "Proses")
    assert can.operators["status"][0].max_values == 2


def test_a_word_with_the_separator_in_it_is_not_declared() -> None:
    """It could not be told from two words, so the filter stays here."""
    can, _ = collection(STATUS)

    assert can.fit(Term("status", Op.IN, ("ARCHIVED",))) is Fit.NO
    assert can.fit(Term("status", Op.IN, ("UNKNOWN",))) is Fit.NO
    assert can.fit(Term("status", Op.IN, ("SUBMITTED",))) is Fit.EXACT
    assert can.fit(Term("status", Op.IN, ("SUBMITTED",), negated=True)) is Fit.NO


def test_a_flag_is_sent_only_as_the_source_says_it() -> None:
    """Rows without a flag count as secret: where the source has no word for that, none is sent."""
    can, _ = collection('secret = { op = "in", param = "r", false = "0" }')

    assert sent('secret = { op = "in", param = "r", false = "0" }', "secret", Op.IN, False) == (
        "0",
    )
    assert can.fit(Term("secret", Op.IN, (True,))) is Fit.NO


DAYS = """submitted_at = [
  { op = "from", param = "dari", format = "%Y-%m-%d", granularity = "day" },
  { op = "until", param = "sampai", format = "%Y-%m-%d", granularity = "day", inclusive = true },
]"""


def test_a_day_is_the_sources_own_day() -> None:
    """17:00 UTC is the next day in Makassar; an inclusive end is the last day with a match."""
    moment = datetime(2026, 10, 31, 17, tzinfo=UTC)
    midnight = datetime(2026, 10, 31, 16, tzinfo=UTC)

    assert sent(DAYS, "submitted_at", Op.FROM, moment) == ("2026-11-01",)
    assert sent(DAYS, "submitted_at", Op.UNTIL, moment) == ("2026-11-01",)
    assert sent(DAYS, "submitted_at", Op.UNTIL, midnight) == ("2026-10-31",)
    assert sent(DAYS, "submitted_at", Op.FROM, midnight) == ("2026-11-01",)


def test_coarse_bounds_are_declared_as_such() -> None:
    """Whole days answer with more; so do bounds that are inclusive on the wrong side."""
    wrong_side = 'updated_at = { op = "from", param = "u", inclusive = false }'
    right_side = 'updated_at = { op = "from", param = "u" }'
    bound = Term("updated_at", Op.FROM, (datetime(2026, 1, 1, tzinfo=UTC),))

    assert collection(wrong_side)[0].fit(bound) is Fit.SUPERSET
    assert collection(right_side)[0].fit(bound) is Fit.EXACT
    assert sent(wrong_side, "updated_at", Op.FROM, datetime(2026, 1, 1, tzinfo=UTC)) == (
        "2026-01-01T07:59:59.999999+08:00",
    )


UNITS = st.sampled_from(["second", "minute", "day"])
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - UTC follows
    lambda moment: moment.replace(tzinfo=UTC)
)


@given(UNITS, st.sampled_from([Op.FROM, Op.UNTIL]), st.booleans(), MOMENTS, MOMENTS)
def test_no_coarse_bound_leaves_out_a_match(
    unit: str, op: Op, inclusive: bool, bound: datetime, moment: datetime
) -> None:
    """A source that compares by unit, either side inclusive or not, gives every match."""
    filters = (
        f'updated_at = {{ op = "{op.value.lower()}", param = "u", granularity = "{unit}", '
        f"inclusive = {str(inclusive).lower()} }}"
    )
    (text,) = sent(filters, "updated_at", op, bound)
    edge, here = _start(datetime.fromisoformat(text), unit), _start(moment, unit)
    if op is Op.FROM:
        matches, given_here = moment >= bound, here >= edge if inclusive else here > edge
    else:
        matches, given_here = moment < bound, here <= edge if inclusive else here < edge

    assert given_here or not matches


def _start(moment: datetime, unit: str) -> datetime:
    local = moment.astimezone(UTC) + timedelta(hours=8)
    if unit == "second":
        return local.replace(microsecond=0)
    if unit == "minute":
        return local.replace(second=0, microsecond=0)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize(
    ("form", "expected"),
    [("%Y-%m-%d", "2026-11-02"), ("%d/%m/%Y %H:%M", "01/11/2026 01:02"), ("unix", "1793466061")],
)
def test_a_bound_is_as_coarse_as_its_writing(form: str, expected: str) -> None:
    """An end that is written as a day, minute or second is the next one, unless it falls on it."""
    filters = f'updated_at = {{ op = "until", param = "u", format = "{form}" }}'
    moment = datetime(2026, 10, 31, 17, 1, 0, 1, tzinfo=UTC)

    assert sent(filters, "updated_at", Op.UNTIL, moment) == (expected,)
    assert collection(filters)[0].operators["updated_at"][0].exact is False


def test_a_date_without_a_stand_in_may_be_missing() -> None:
    """Null matches neither there nor here; and a code's branch can be asked for."""
    optional = 'closed_at = { op = "until", param = "t" }'
    assert collection(optional)[0].operators["closed_at"][0].exact

    can, _ = collection('category = { op = "under", param = "k" }')
    assert can.fit(Term("category", Op.UNDER, ("15",))) is Fit.EXACT
    assert can.fit(Term("category", Op.IN, ("15",))) is Fit.NO


@pytest.mark.parametrize(
    ("filters", "field", "op", "words"),
    [
        (
            'category = { op = "is_null", param = "k", value = "kosong" }',
            "category",
            Op.IS_NULL,
            ("kosong",),
        ),
        ('category = { op = "in", param = "k", repeat = true }', "category", Op.IN, ("1", "2")),
    ],
)
def test_other_ways_of_asking(filters: str, field: str, op: Op, words: tuple[str, ...]) -> None:
    """For null, and a parameter that is repeated."""
    values = ("1", "2") if op is Op.IN else ()

    assert sent(filters, field, op, *values) == words
