from typing import Any

import pytest

from tests.sandbox.running import Answer, Sandbox, System, http

PAGE = """query ($n: Int, $c: String, $s: [StatusPengaduan!], $a: DateTime, $b: DateTime) {
  pengaduan(first: $n, after: $c, status: $s, dibuatSejak: $a, dibuatSebelum: $b) {
    edges { cursor node { nomor status dibuat } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@pytest.fixture
def atrbpn(further: Sandbox) -> System:
    system = further.system("atrbpn")
    system.reset()
    return system


def _post(atrbpn: System, query: str, **variables: object) -> Answer:
    body = {"query": query, "variables": variables}
    return http("POST", atrbpn.settings["base_url"], atrbpn.headers, body)


def _all(atrbpn: System, size: int = 100, **asked: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = _post(atrbpn, PAGE, n=size, c=cursor, **asked).json()["data"]["pengaduan"]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        cursor = page["pageInfo"]["endCursor"]


def test_pages_lead_to_every_row_newest_first(further: Sandbox, atrbpn: System) -> None:
    """Whatever their size; nothing is counted anywhere."""
    known = {row["id"] for it in further.truth() for row in it["rows"] if row["system"] == "atrbpn"}
    found = _all(atrbpn)
    created = [row["dibuat"] for row in found]

    assert {row["nomor"] for row in found} == known
    assert len(found) == len(known) > 250
    assert created == sorted(created, reverse=True)
    assert _all(atrbpn, 37) == found


def test_filters_keep_what_matches(atrbpn: System) -> None:
    """Status is exact; a range holds its beginning and not its end."""
    everything = _all(atrbpn)
    first, last = everything[200]["dibuat"], everything[20]["dibuat"]

    assert _all(atrbpn, s=["DIJAWAB", "DIPROSES"]) == [
        row for row in everything if row["status"] in ("DIJAWAB", "DIPROSES")
    ]
    assert _all(atrbpn, a=first, b=last) == [
        row for row in everything if first <= row["dibuat"] < last
    ]


def test_some_by_number(atrbpn: System) -> None:
    """In the order asked, null where there is none."""
    query = "query ($n: [ID!]!) { pengaduanMenurutNomor(nomor: $n) { nomor riwayat { jenis } } }"
    one, other = (row["nomor"] for row in _all(atrbpn)[:2])
    found = _post(atrbpn, query, n=[other, "ATR-0", one]).json()["data"]["pengaduanMenurutNomor"]

    assert [row and row["nomor"] for row in found] == [other, None, one]


def test_bad_questions_have_errors_with_codes(atrbpn: System) -> None:
    """Without the token, with too many rows, a bad cursor or day; of another schema: no data."""
    headers = {"Authorization": "Bearer salah"}
    body = {"query": "{ __typename }"}
    refused = http("POST", atrbpn.settings["base_url"], headers, body).json()

    assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    for asked in ({"n": 101}, {"n": 0}, {"n": 5, "c": "eA=="}, {"n": 5, "a": "kemarin"}):
        told = _post(atrbpn, PAGE, **asked).json()
        assert told["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", asked
        assert told["data"] is None
    assert "data" not in _post(atrbpn, "{ laporan }").json()
    assert http("POST", atrbpn.settings["base_url"], atrbpn.headers, {"tanya": 1}).status == 400


def test_what_was_asked_is_told(atrbpn: System) -> None:
    """The variables, since the address says nothing."""
    _post(atrbpn, PAGE, n=3)
    (entry,) = atrbpn.control("GET", "/requests")

    assert (entry["query"], entry["rows"], entry["status"]) == ([["n", "3"]], 3, 200)
