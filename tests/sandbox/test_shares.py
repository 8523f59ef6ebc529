"""The world against published figures, at full size."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sandbox.world.categories import categories, top_of
from sandbox.world.dirt import Ledger, Spade, put, vary
from tests.sandbox.conftest import AS_OF


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture(scope="module")
def national(seeded: Path) -> list[dict[str, Any]]:
    return _lines(seeded / "data" / "sp4n-laporan.jsonl")


@pytest.fixture(scope="module")
def truth(seeded: Path) -> list[dict[str, Any]]:
    return _lines(seeded / "ground-truth.jsonl")


def test_category_shares_follow_the_published_ones(national: list[dict[str, Any]]) -> None:
    """Each top category's share of categorised rows is within two points of the published one."""
    known = [top_of(it["kategori_id"]) for it in national if it["kategori_id"] in categories()]
    counted = Counter(known)
    tops = [it for it in categories().values() if not it.parent]
    weights = sum(it.weight for it in tops)

    for category in tops:
        assert counted[category.id] / len(known) == pytest.approx(
            category.weight / weights, abs=0.025
        ), category.name


def test_missing_category_and_flags_follow_the_published_shares(
    national: list[dict[str, Any]],
) -> None:
    """37 % lack a category; 20 % are anonymous, 6 % secret, 8 % supervisory, some of each both."""
    count = len(national)

    assert sum(it["kategori_id"] is None for it in national) / count == pytest.approx(
        0.37, abs=0.02
    )
    assert sum(it["anonim"] is True for it in national) / count == pytest.approx(0.20, abs=0.02)
    assert sum(it["rahasia"] is True for it in national) / count == pytest.approx(0.06, abs=0.01)
    supervisory = sum(it["berkadar_pengawasan"] is True for it in national)
    assert supervisory / count == pytest.approx(0.08, abs=0.01)
    assert sum(it["anonim"] is True and it["rahasia"] is True for it in national) > 100


def test_statuses_are_mixed_as_published(truth: list[dict[str, Any]]) -> None:
    """About a fifth is archived, most are closed and mostly by the system, few are escalated."""
    rows = [row for it in truth for row in it["rows"] if row["system"] == "sp4n"]
    counted = Counter(row["status"] for row in rows)
    closed = sum(count for word, count in counted.items() if word.startswith("CLOSED"))

    assert counted["ARCHIVED"] / len(rows) == pytest.approx(0.20, abs=0.03)
    assert 0.45 < closed / len(rows) < 0.70
    assert counted["CLOSED_BY_SYSTEM"] > 2 * counted["CLOSED_BY_REPORTER"]
    assert 0 < counted["ESCALATED"] / len(rows) < 0.003
    assert len(counted) == 13


def test_systems_share_the_complaints_as_documented(truth: list[dict[str, Any]]) -> None:
    """Most live nationally; over half of the ministry's, a third of the province's are linked."""
    rows = [row for it in truth for row in it["rows"]]
    links = Counter((row["system"], row["link"]) for row in rows)
    ministry = sum(count for (system, _), count in links.items() if system == "pu")
    province = sum(count for (system, _), count in links.items() if system == "kaltim")

    assert len(truth) == 20_000
    assert links["sp4n", "anchor"] / len(truth) == pytest.approx(0.875, abs=0.01)
    assert links["pu", "tracking"] / ministry == pytest.approx(0.58, abs=0.06)
    assert links["kaltim", "tracking"] / province == pytest.approx(0.35, abs=0.05)
    assert links["pu", "unlinked"] > 20
    assert links["kaltim", "unlinked"] > 20


def test_kalimantan_timur_and_its_potholes_are_frequent(truth: list[dict[str, Any]]) -> None:
    """8 % of national complaints are in Kaltim, and Samarinda has dozens of potholes."""
    national = [it for it in truth if it["tracking"]]
    home = [it for it in national if it["regency"].startswith("64.")]
    potholes = Counter(it["regency"] for it in home if it["category"] == 1502)

    assert len(home) / len(national) == pytest.approx(0.08, abs=0.01)
    assert potholes["64.72"] > 30
    assert len(potholes) >= 8


def test_nothing_but_planted_dirt_is_later_than_now(truth: list[dict[str, Any]]) -> None:
    """Every true moment lies before 00:00 WIB of the day, and updates never precede arrival."""
    now = f"{AS_OF}T00:00:00+07:00"

    for row in (row for it in truth for row in it["rows"]):
        assert row["submitted"] <= row["updated"] < now
        assert row["closed"] is None or row["submitted"] <= row["closed"] <= row["updated"]


def test_order_carrying_times_are_always_valid(
    national: list[dict[str, Any]], seeded: Path
) -> None:
    """`diubah` and `waktu_lapor` always parse, and `diubah` never precedes a valid arrival."""
    for row in national:
        assert len(row["diubah"]) == 25
        assert row["diubah"].endswith("+07:00")
        if row["tanggal_masuk"] and row["tanggal_masuk"].startswith("20"):
            assert row["diubah"] >= row["tanggal_masuk"]
    for row in _lines(seeded / "data" / "kaltim-aduan.jsonl"):
        assert date.fromisoformat(row["waktu_lapor"][:10]) <= AS_OF
        assert len(row["waktu_lapor"]) == 19


def test_weekends_are_quiet(truth: list[dict[str, Any]]) -> None:
    """A Sunday sees less than half of a Monday's complaints."""
    days = Counter(
        date.fromisoformat(it["rows"][0]["submitted"][:10]).weekday() for it in truth if it["rows"]
    )

    assert days[6] < days[0] / 2


def test_dirt_in_the_rows_is_in_the_ledger(
    national: list[dict[str, Any]], truth: list[dict[str, Any]]
) -> None:
    """Rows that deviate from the truth are exactly those for which dirt was noted."""
    with (Path("sandbox") / "codes" / "sp4n-status.csv").open(encoding="utf-8") as lines:
        words = {row["word"] for row in csv.DictReader(lines)}
    noted = {
        row["id"]: {piece["kind"] for piece in row["dirt"]}
        for it in truth
        for row in it["rows"]
        if row["system"] == "sp4n"
    }

    for row in national:
        dirt = noted[row["nomor"]]
        strange = row["status"] not in words
        assert strange == bool(dirt & {"unknown_status"}) or (strange and "word_variant" in dirt)
        broken = row["tanggal_masuk"] is None or not row["tanggal_masuk"].startswith("20")
        assert broken == bool(dirt & {"malformed_date", "missing_submission"})
        assert (row["rahasia"] is None or row["anonim"] is None) == ("missing_visibility" in dirt)


def test_planted_personal_patterns_are_in_the_text(
    national: list[dict[str, Any]], truth: list[dict[str, Any]]
) -> None:
    """Each pattern that the truth names stands in title or body, unless that was garbled."""
    texts = {row["nomor"]: f"{row['judul']} {row['isi']}" for row in national}
    planted = [
        (it["tracking"], piece["text"])
        for it in truth
        if it["tracking"]
        for piece in it["personal"]
    ]

    assert len(planted) > 500
    assert {piece["kind"] for it in truth for piece in it["personal"]} == {
        "telephone", "email", "plate", "honorific", "identity_card",
    }  # fmt: skip
    for tracking, text in planted:
        assert text in texts[tracking]


def test_the_famous_complaint_is_whole(seeded: Path) -> None:
    """9165816, which questions are asked about, keeps its category and is never spoiled."""
    lines = (seeded / "ground-truth.jsonl").read_text(encoding="utf-8").splitlines()
    famous = next(it for it in map(json.loads, lines) if it["tracking"] == "9165816")
    row = next(it for it in famous["rows"] if it["system"] == "sp4n")

    assert row["category"] == 1502
    assert not [it for it in row["dirt"] if it["kind"] != "duplicate_change"]


def test_what_is_spared_changes_no_other_row() -> None:
    """The same dirt is planted in all other rows, whether a row is spared or not."""

    def planted(spared: frozenset[str]) -> tuple[list[dict[str, str]], Ledger]:
        rows = [{"id": str(number), "word": "kata"} for number in range(40)]
        ledger = Ledger()
        spade = Spade("s", "id", Random(7), ledger, spared)
        spade.plant("word_variant", rows, 20, vary("word"))
        spade.plant("unknown_status", rows, 20, put("word", "a", "b"))
        return rows, ledger

    rows, ledger = planted(frozenset())
    others, sparing = planted(frozenset({"3"}))

    assert rows[3]["word"] != "kata"
    assert others[3]["word"] == "kata"
    assert rows[:3] + rows[4:] == others[:3] + others[4:]
    assert [it for it in ledger.planted if it.id != "3"] == sparing.planted
