from collections import Counter
from typing import Any

import pytest

from tests.sandbox.running import Sandbox, System, http


def _all(kaltim: System, **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, object] = {}
    while True:
        answer = kaltim.get("/aduan", **query, **cursor).json()
        found += answer["aduan"]
        if answer["kursor_berikut"] is None:
            return found
        cursor = {"kursor": answer["kursor_berikut"]}


def test_list_is_whole_and_newest_first(sandbox: Sandbox, kaltim: System) -> None:
    """Pages concatenated are all rows, newest first; a few are delivered twice."""
    rows = _all(kaltim)

    keys = [(row["waktu_lapor"], row["id"]) for row in rows]
    assert keys == sorted(keys, reverse=True)
    known = {row["id"] for it in sandbox.truth() for row in it["rows"] if row["system"] == "kaltim"}
    assert {row["id"] for row in rows} == known
    twice = [row_id for row_id, count in Counter(row["id"] for row in rows).items() if count > 1]
    assert 1 <= len(twice) <= 4


def test_days_are_local_and_inclusive(kaltim: System) -> None:
    """`dari` and `sampai` keep exactly the rows reported on those days and between."""
    rows = _all(kaltim)
    first, last = "2025-03-01", "2025-09-30"
    between = [row for row in rows if first <= row["waktu_lapor"][:10] <= last]

    assert _all(kaltim, dari=first, sampai=last, ukuran=7) == between
    assert between
    day = between[0]["waktu_lapor"][:10]
    assert _all(kaltim, dari=day, sampai=day)


def test_bad_questions_are_refused(kaltim: System) -> None:
    """Unknown parameters, bad days, sizes and cursors, and cursors of other days are 400."""
    cursor = kaltim.get("/aduan", ukuran=1).json()["kursor_berikut"]

    for query in (
        {"ukuran": 51},
        {"status": "Ditolak"},
        {"dari": "1 Maret"},
        {"kursor": "abc"},
        {"kursor": cursor[:-2] + "AA"},
        {"kursor": cursor, "dari": "2025-01-01"},
    ):
        assert kaltim.get("/aduan", **query).status == 400, query
    assert http("GET", f"{kaltim.settings['base_url']}/aduan").status == 401


def test_single_rows_and_follow_ups(kaltim: System) -> None:
    """A row found by id is the row of the list; follow-ups are in order."""
    row = next(row for row in _all(kaltim) if row["waktu_tindakan"])
    steps = kaltim.get(f"/aduan/{row['id']}/tindakan").json()["tindakan"]

    assert kaltim.get(f"/aduan/{row['id']}").json() == row
    assert [step["urut"] for step in steps] == list(range(1, len(steps) + 1))
    assert row["waktu_tindakan"] in {step["waktu"] for step in steps}
    assert kaltim.get("/aduan/KT-0").status == 404
    assert kaltim.get("/aduan/KT-0/tindakan").status == 404


@pytest.mark.parametrize("field", ["nomor_lapor", "kab_kota", "opd", "kategori"])
def test_optional_fields_are_sometimes_empty(kaltim: System, field: str) -> None:
    """Fields documented as nullable are null in some rows and filled in others."""
    values = [row[field] for row in _all(kaltim)]

    assert None in values
    assert any(values)


def test_linked_rows_name_national_complaints(sandbox: Sandbox, kaltim: System) -> None:
    """Every number leads to a national complaint, but for those noted as dangling."""
    truth = sandbox.truth()
    national = {it["tracking"] for it in truth if it["tracking"]}
    dangling = {
        row["id"]
        for it in truth
        for row in it["rows"]
        if any(piece["kind"] == "dangling_tracking" for piece in row["dirt"])
    }
    linked = [row for row in _all(kaltim) if row["nomor_lapor"]]

    assert {row["id"] for row in linked if row["nomor_lapor"].lstrip("#") not in national} == {
        row_id for row_id in dangling if row_id.startswith("KT-")
    }
    assert any(row["nomor_lapor"].startswith("#") for row in linked)
