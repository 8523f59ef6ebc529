"""The Ombudsman's interface, and what its cases are about."""

import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.running import Sandbox, System, http


@pytest.fixture
def simpel(sandbox: Sandbox) -> System:
    system = sandbox.system("ombudsman")
    system.headers = {"Authorization": f"Bearer {system.settings['token']}"}
    system.reset()
    return system


def _all(simpel: System, **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page = 1
    while True:
        answer = simpel.get("/laporan", halaman=page, per_halaman=30, **query).json()
        found += answer["laporan"]
        if len(found) >= answer["jumlah"]:
            return found
        page += 1


def _cases(sandbox: Sandbox) -> list[dict[str, Any]]:
    lines = Path(sandbox.manifest["ground_truth_cases"]).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_list_is_whole_and_newest_first(sandbox: Sandbox, simpel: System) -> None:
    """Pages concatenated are all cases, newest first, ties by number."""
    rows = _all(simpel)

    assert [row["nomor_laporan"] for row in rows] == [
        case["case"]
        for case in sorted(
            sorted(_cases(sandbox), key=lambda it: it["case"]),
            key=lambda it: it["received"],
            reverse=True,
        )
    ]


def test_each_filter_keeps_what_it_says(simpel: System) -> None:
    """Numbers, national numbers, stages, agencies, times: exactly the rows that match."""
    rows = _all(simpel)
    linked = [row for row in rows if row["nomor_sp4n"]]
    one = linked[0]

    assert _all(simpel, ada_nomor_sp4n="ya") == linked
    assert _all(simpel, nomor=one["nomor_laporan"]) == [one]
    assert one in _all(simpel, nomor_sp4n=one["nomor_sp4n"][0].removeprefix("#"))
    assert _all(simpel, tahap=" PEMERIKSAAN |x") == [
        row for row in rows if row["tahap"].strip().casefold() == "pemeriksaan"
    ]
    assert _all(simpel, terlapor=one["terlapor"]) == [
        row for row in rows if row["terlapor"] == one["terlapor"]
    ]
    middle = rows[len(rows) // 2]["tanggal_terima"]
    assert len(_all(simpel, sejak=middle)) + len(_all(simpel, sebelum=middle)) == len(rows)


def test_strangers_and_bad_questions_are_turned_away(simpel: System) -> None:
    """Without the token 401; an unknown parameter, a bad time and too many values are 400."""
    assert http("GET", f"{simpel.settings['base_url']}/laporan").status == 401
    for query in (
        {"status": "x"},
        {"sejak": "kemarin"},
        {"ada_nomor_sp4n": "1"},
        {"tahap": "a|b|c|d|e|f"},
        {"per_halaman": 51},
    ):
        assert simpel.get("/laporan", **query).status == 400


def test_hand_overs_are_few_and_agreed_to(seeded: Path) -> None:
    """Of 20,000 complaints about 0.05 % are handed over, each after its reporter agreed; most
    cases name no complaint, and some name one without a hand-over.
    """
    lines = (seeded / "ground-truth-ombudsman.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    handed = [case for case in cases if case["handed_over"]]
    linked = [case for case in cases if case["tracking"]]

    assert len(cases) == 1000
    assert 2 <= len(handed) <= 25
    assert all(case["consented"] < case["received"] for case in handed)
    assert len(handed) < len(linked) < len(cases) / 10
    assert {case["secret"] for case in linked} == {True, False}


def test_cases_follow_their_stages(seeded: Path) -> None:
    """Stages follow each other without a gap; what is closed has an outcome and its last stage;
    who did not act within the limit came to resolution and monitoring.
    """
    lines = (seeded / "ground-truth-ombudsman.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    for case in cases:
        stages = case["stages"]
        assert stages[0][:2] == ["VERIFICATION", case["received"]]
        assert all(one[2] == two[1] for one, two in itertools.pairwise(stages))
        assert stages[-1][2] is None
        assert (case["stage"] == "CLOSED") == (case["closed"] is not None)
        assert (case["closed"] is None) == (case["outcome"] is None)
    told = Counter(case["stage"] for case in cases)
    assert set(told) == {
        "VERIFICATION", "EXAMINATION", "RESOLUTION_AND_MONITORING", "RECOMMENDATION", "CLOSED",
    }  # fmt: skip
    assert Counter(case["intake"] for case in cases).most_common(1)[0][0] == "REGULAR"


def test_some_agreed_and_still_wait(seeded: Path) -> None:
    """Of those asked some agreed, some declined; one who agreed at least has no case."""
    lines = (seeded / "ground-truth.jsonl").read_text(encoding="utf-8").splitlines()
    complaints = [json.loads(line) for line in lines]
    cases = (seeded / "ground-truth-ombudsman.jsonl").read_text(encoding="utf-8").splitlines()
    known = {json.loads(line)["tracking"] for line in cases}
    asked = [it for it in complaints if it["consent"]]

    assert any(it["consent"]["given"] and it["tracking"] not in known for it in asked)
    assert any(it["consent"]["refused"] for it in asked)
    assert len(asked) < len(complaints) / 100
