"""`sources check` notes what many rows of a page lose, or are rejected for, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.connectors.test_survey import about, checked

ISO = "2026-11-20T09:15:00"


def dated(masuk: Sequence[Any], **more: Any) -> list[dict[str, Any]]:
    """Rows that came in at *masuk*, and were all closed on a day that can be read."""
    return [
        {"id": str(n), "judul": "x", "masuk": each, "selesai": "2026-11-29"} | more
        for n, each in enumerate(masuk)
    ]


TO_A_LIST = 'set `format` to a list of "%d/%m/%Y{}" and how the others are written'
IN_DOUBT = "(%m/%d/%Y fits as well: no day in the sample is later than the twelfth)"


@pytest.mark.parametrize(
    ("masuk", "lost", "hint"),
    [
        ([ISO, *["20/11/2026 09:15"] * 8], "8 of 9", TO_A_LIST.format(" %H:%M")),
        (["20/11/2026 09:15"] * 9, "9 of 9", 'set `format = "%d/%m/%Y %H:%M"`'),
        (["05/11/2026"] * 2, "2 of 2", f'set `format = "%d/%m/%Y"` {IN_DOUBT}'),
        (["20 Nopember 2026", "3 Mei 2026"], "2 of 2", 'set `format = "id:%d %B %Y"`'),
        ([ISO, "-", "0000-00-00", "-"], "3 of 4", 'add ["-", "0000-00-00"] to `nulls`'),
        (
            [ISO, ISO, "tempo hari", "n/a"],
            "2 of 4",
            'set `format` to how it is written, add ["n/a"] to `nulls`',
        ),
        ([ISO, ISO, ISO, "tempo hari"], "", ""),
        ([ISO, "tempo hari", "tempo hari", *[ISO] * 18], "", ""),
    ],
)
def test_dates_that_many_rows_lose_are_noted(masuk: Sequence[Any], lost: str, hint: str) -> None:
    """With the format that they seem to have, and the marks that stand for none; a few are not."""
    found = checked(dated(masuk), mapping='closed_at = "selesai"')
    told = f"{lost} rows lose submitted_at: BAD_DATE:submitted_at; hint: {hint}"

    assert found.fine
    assert about(found, "BAD_DATE") == ([told] if hint else [])


def test_a_reason_for_which_many_rows_are_rejected_is_noted() -> None:
    """No date, no id, no number: each with what to do."""
    rows = dated(["20/11/2026", "21/11/2026", ISO, ISO, ISO, ISO], lapor="9000001")
    rows[2]["id"] = rows[3]["id"] = None
    rows[4]["lapor"] = rows[5]["lapor"] = "belum"
    rows[4]["bujur"] = rows[5]["bujur"] = "timur"
    found = checked(rows, mapping='tracking_id = "lapor"\nlongitude = "bujur"')

    nulls = "set `nulls` to what stands there for none; is it the national number?"

    assert found.notes[:3] == (
        f"2 of 6 rows are rejected: BAD_TRACKING_ID; hint: {nulls}",
        "2 of 6 rows are rejected: MISSING:local_id; hint: map what every row has",
        f"2 of 6 rows are rejected: NO_DATE; hint: of submitted_at {TO_A_LIST.format('')}",
    )


def test_what_other_fields_lose_is_noted() -> None:
    """A flag in words of its own, a place in degrees and minutes; not what is merely mended."""
    rows = dated([None] * 4, rahasia="terbuka", bujur="117 20 BT")
    found = checked(rows, mapping='closed_at = "selesai"\nsecret = "rahasia"\nlongitude = "bujur"')

    words = "set `true` and `false` to its words for yes and no"
    degrees = "it is read in degrees with a decimal point; compare its path with a row"

    assert about(found, "rows lose") == [
        f"4 of 4 rows lose secret: BAD_FLAG:secret; hint: {words}",
        f"4 of 4 rows lose longitude: BAD_NUMBER:longitude; hint: {degrees}",
    ]


def test_a_path_that_is_in_no_row_is_noted_once() -> None:
    """That every row is rejected for want of it goes without saying."""
    rows = [{"nomor": str(n), "judul": "x", "masuk": ISO} for n in range(3)]
    found = checked(rows)

    assert not found.fine
    assert about(found, "local_id") == [
        "`id` (local_id) is in none of 3 rows; hint: known here: `judul`, `masuk`, `nomor`"
    ]
