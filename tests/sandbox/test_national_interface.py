from typing import Any

import pytest

from tests.sandbox.running import Sandbox, System, http


def _all(sp4n: System, **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page = 1
    while True:
        answer = sp4n.get("/laporan", halaman=page, **query).json()
        found += answer["data"]
        if len(found) >= answer["meta"]["total"]:
            return found
        page += 1


def test_list_is_whole_and_ordered(sandbox: Sandbox, sp4n: System) -> None:
    """Pages concatenated are all national complaints, by last change, then number."""
    rows = _all(sp4n)

    keys = [(row["diubah"], row["nomor"]) for row in rows]
    assert keys == sorted(keys)
    known = {it["tracking"] for it in sandbox.truth() if it["tracking"]}
    assert {row["nomor"] for row in rows} == known
    assert len(rows) == len(known)


def test_filters_are_combined_and_count_what_they_list(sp4n: System) -> None:
    """Status, category and change filters agree with the same filters applied by hand."""
    rows = _all(sp4n)
    since = rows[len(rows) // 2]["diubah"]
    asked: dict[str, object] = {
        "status": "proses,Selesai otomatis",
        "kategori": "25,1502",
        "diubah_sejak": since,
    }

    def fits(row: dict[str, Any]) -> bool:
        word = " ".join(row["status"].split()).casefold()
        right_word = word in {"proses", "selesai otomatis"}
        return right_word and row["kategori_id"] in {25, 1502} and row["diubah"] >= since

    expected = [row for row in rows if fits(row)]

    assert _all(sp4n, **asked) == expected
    assert sp4n.get("/laporan", hitung=1, **asked).json()["meta"]["total"] == len(expected)
    assert expected


@pytest.mark.parametrize(
    "query",
    [
        {"per_halaman": 101},
        {"halaman": 0},
        {"urut": "judul"},
        {"kategori": "jalan"},
        {"diubah_sejak": "kemarin"},
        {"status": ",".join("abcdefghijklmnop")},
        {"nomor": ",".join(map(str, range(51)))},
        {"hitung": "ya"},
    ],
)
def test_bad_questions_are_refused(sp4n: System, query: dict[str, object]) -> None:
    """Unknown parameters and values out of bounds are answered 400."""
    assert sp4n.get("/laporan", **query).status == 400


def test_without_token_nothing_is_told(sp4n: System) -> None:
    """No or a wrong token is answered 401."""
    url = f"{sp4n.settings['base_url']}/laporan"

    assert http("GET", url).status == 401
    assert http("GET", url, {"Authorization": "Bearer lain"}).status == 401


def test_single_rows_and_histories_agree(sp4n: System) -> None:
    """A row found by number is the row of the list, and its history ends when it last changed."""
    row = sp4n.get("/laporan", per_halaman=1, halaman=900).json()["data"][0]
    number = row["nomor"]
    history = sp4n.get(f"/laporan/{number}/riwayat").json()["data"]

    assert sp4n.get(f"/laporan/{number}").json()["data"] == row
    assert sp4n.get("/laporan", nomor=f"{number},1").json()["data"] == [row]
    both = sp4n.get("/riwayat", nomor=f"1,{number}").json()["data"]
    assert both == [{"nomor": number, "riwayat": history}]
    assert history[0]["jenis"] == "masuk"
    assert history[-1]["waktu"] == row["diubah"]
    assert sp4n.get("/laporan/1").status == 404
    assert sp4n.get("/laporan/1/riwayat").status == 404


def test_change_feed_tells_of_every_complaint_at_least_once(sp4n: System) -> None:
    """Walking the feed by `sampai` meets every complaint, some changes twice, and removals."""
    rows = {row["nomor"]: row for row in _all(sp4n)}
    seen: list[tuple[str, str, str]] = []
    since = "2000-01-01T00:00:00+07:00"
    while True:
        answer = sp4n.get("/perubahan", sejak=since).json()
        seen += [(it["waktu"], it["nomor"], it["jenis"]) for it in answer["data"]]
        if answer["sampai"] == since:
            break
        since = answer["sampai"]

    assert [it[0] for it in seen] == sorted(it[0] for it in seen)
    last = {number: moment for moment, number, _ in seen}
    removed = {number for _, number, kind in seen if kind == "hapus"}
    assert last.keys() - removed == rows.keys()
    assert all(last[number] == row["diubah"] for number, row in rows.items())
    assert removed
    assert len(seen) > len(set(seen))


def test_the_famous_number_is_a_pothole_in_samarinda(sandbox: Sandbox, sp4n: System) -> None:
    """9165816 is public, in 64.72, about potholes, and was followed up."""
    row = sp4n.get("/laporan/9165816").json()["data"]
    truth = next(it for it in sandbox.truth() if it["tracking"] == "9165816")

    assert row["tanggal_tindak_lanjut"] <= row["tanggal_tindak_lanjut_terakhir"]
    assert (truth["regency"], truth["category"], truth["secret"]) == ("64.72", 1502, False)


def test_some_recaps_do_not_add_up(sp4n: System) -> None:
    """Most yearly figures add up, as they should; a few do not, as in life."""
    rows = sp4n.get("/rekap").json()["data"]
    wrong = [it for it in rows if it["total"] != it["selesai"] + it["proses"] + it["terdisposisi"]]

    assert 0 < len(wrong) < len(rows) / 10
