"""The client's filter comes out in plain values, field by field."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from resolvers import asked
from schema.enums import ComplaintStatus
from schema.inputs import UNSET, ComplaintFilter, DateTimeRange, asked_filter

MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
NAMES = {"and_": "all_of", "or_": "any_of", "not_": "none_of"}
FIELDS = [field.name for field in ComplaintFilter.__strawberry_definition__.fields]  # type: ignore[attr-defined]  # Strawberry's


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_can_be_given_as_null(name: str) -> None:
    """A null asks nothing, as if the field were left out."""
    python_name = f"{name}_" if name in {"and", "or", "not"} else name

    assert asked_filter(ComplaintFilter(**{python_name: None})) == asked.ComplaintFilter()


def test_what_is_given_becomes_plain() -> None:
    """Lists become tuples of plain texts, stretches and nested filters plain values."""
    inner = ComplaintFilter(statuses=[ComplaintStatus.DISPOSED], open=False)
    whole = ComplaintFilter(
        and_=[inner],
        not_=inner,
        regions=["64"],
        handled_by_at_least=2,
        submitted=DateTimeRange(from_=MOMENT, until=UNSET),
    )
    plain = asked.ComplaintFilter(statuses=("DISPOSED",), open=False)

    assert asked_filter(whole) == asked.ComplaintFilter(
        all_of=(plain,),
        none_of=plain,
        regions=("64",),
        handled_by_at_least=2,
        submitted=asked.DateTimeRange(since=MOMENT),
    )


def test_every_plain_field_can_be_asked() -> None:
    """No field of the plain filter is without one of the input."""
    fields = {NAMES.get(name, NAMES.get(f"{name}_", name)) for name in FIELDS}

    assert fields == {field.name for field in msgspec.structs.fields(asked.ComplaintFilter)}
