from typing import Any

import pytest

from sandbox.systems.dki.server import MOST_ROWS
from tests.sandbox.running import Sandbox, System, http


@pytest.fixture
def dki(further: Sandbox) -> System:
    system = further.system("dki")
    system.reset()
    return system


def _all(dki: System, path: str = "/aduan", **more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while page := dki.get(path, offset=len(found), limit=200, **more).json()["data"]:
        found += page
    return found


def test_offsets_lead_to_every_row(further: Sandbox, dki: System) -> None:
    """Page after page gives all rows that the truth knows, each once."""
    known = {row["id"] for it in further.truth() for row in it["rows"] if row["system"] == "dki"}
    found = [row["nomor_tiket"] for row in _all(dki)]

    assert len(found) == len(set(found)) > 2 * MOST_ROWS
    assert set(found) == known


def test_no_answer_is_longer_than_the_cap_and_none_says_so(dki: System) -> None:
    """Whatever is asked; the answer holds rows and nothing else."""
    answered = dki.get("/aduan", limit=100_000).json()

    assert len(answered["data"]) == MOST_ROWS
    assert list(answered) == ["data"]
    assert len(dki.get("/aduan").json()["data"]) == 50


def test_no_order_is_promised(dki: System) -> None:
    """Neither by time nor by number."""
    numbers = [row["nomor_tiket"] for row in _all(dki)]

    assert numbers not in (sorted(numbers), sorted(numbers, reverse=True))


def test_filters_keep_what_matches(dki: System) -> None:
    """Words without regard to case, numbers with and without their hash."""
    everything = _all(dki)
    wanted = {"koordinasi", "sedang dikerjakan"}
    linked = [row["nomor_sp4n"].lstrip("#") for row in everything if row["nomor_sp4n"]][:5]

    assert [row["nomor_tiket"] for row in _all(dki, status="Koordinasi,SEDANG  dikerjakan")] == [
        row["nomor_tiket"]
        for row in everything
        if " ".join(row["status"].split()).casefold() in wanted
    ]
    assert {row["nomor_sp4n"].lstrip("#") for row in _all(dki, nomor_sp4n=",".join(linked))} == set(
        linked
    )


def test_updates_are_a_list_of_their_own(dki: System) -> None:
    """By the numbers of their complaints, mixed and capped as everything is."""
    rows = [row["nomor_tiket"] for row in _all(dki)][:100]
    found = _all(dki, "/pembaruan", nomor_tiket=",".join(rows))
    complaints = [update["nomor_tiket"] for update in found]

    assert set(complaints) <= set(rows)
    assert complaints != sorted(complaints)
    assert len({update["id"] for update in found}) == len(found) > 100
    assert dki.get("/pembaruan").status == 400


def test_one_row_and_bad_questions(dki: System) -> None:
    """404 for another number; unknown parameters are 400; without the token 401."""
    row = dki.get("/aduan", limit=1).json()["data"][0]

    assert dki.get(f"/aduan/{row['nomor_tiket']}").json() == {"data": row}
    assert dki.get("/aduan/JKT0").status == 404
    for query in ({"halaman": "1"}, {"offset": "-1"}, {"limit": "semua"}):
        assert dki.get("/aduan", **query).status == 400, query
    assert http("GET", f"{dki.settings['base_url']}/aduan").status == 401
