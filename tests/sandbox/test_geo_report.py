from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sandbox.systems.jateng.server import MOST_ROWS
from tests.sandbox.conftest import AS_OF
from tests.sandbox.running import Sandbox, System, http

END = datetime.fromisoformat(f"{AS_OF}T00:00:00+07:00")


@pytest.fixture
def jateng(further: Sandbox) -> System:
    system = further.system("jateng")
    system.reset()
    return system


def _window(jateng: System, start: datetime, end: datetime, **more: str) -> list[dict[str, Any]]:
    bounds = {"start_date": start.isoformat(), "end_date": end.isoformat()}
    found: list[dict[str, Any]] = jateng.get("/requests.json", **bounds, **more).json()
    return found


def _all(jateng: System, **more: str) -> dict[str, dict[str, Any]]:
    days = [END - timedelta(days=7 * back) for back in range(160)]
    return {
        row["service_request_id"]: row
        for end in days
        for row in _window(jateng, end - timedelta(days=7), end, **more)
    }


def test_windows_together_hold_every_row(further: Sandbox, jateng: System) -> None:
    """Small windows, one after the other, give all rows that the truth knows."""
    known = {row["id"] for it in further.truth() for row in it["rows"] if row["system"] == "jateng"}

    assert set(_all(jateng)) == known
    assert len(known) > 250


def test_a_wide_window_is_refused_and_a_full_one_cut_in_silence(jateng: System) -> None:
    """91 days are 400; 90 days hold more than an answer does, and no word tells."""
    wide = {"start_date": (END - timedelta(days=91)).isoformat(), "end_date": END.isoformat()}
    found = _window(jateng, END - timedelta(days=90), END)

    assert jateng.get("/requests.json", **wide).status == 400
    assert len(found) == MOST_ROWS
    assert len(jateng.get("/requests.json").json()) == MOST_ROWS


def test_no_order_is_promised(jateng: System) -> None:
    """Neither by time nor by id."""
    rows = _window(jateng, END - timedelta(days=90), END)
    moments = [row["requested_datetime"] for row in rows]

    assert moments not in (sorted(moments), sorted(moments, reverse=True))


def test_filters_keep_what_matches(jateng: System) -> None:
    """`status` and `service_code`, with several words each, together."""
    everything = _all(jateng)
    found = _all(jateng, status="open", service_code="JLN-01,JLN-02")

    assert found == {
        key: row
        for key, row in everything.items()
        if row["status"] == "open" and row["service_code"] in ("JLN-01", "JLN-02")
    }
    assert found


def test_bad_questions_are_refused(jateng: System) -> None:
    """Unknown parameters and states, bad dates: 400; without the key: 403."""
    for query in ({"halaman": "1"}, {"status": "proses"}, {"start_date": "kemarin"}):
        assert jateng.get("/requests.json", **query).status == 400, query
    assert http("GET", f"{jateng.settings['base_url']}/services.json").status == 403


def test_xml_says_what_json_says(jateng: System) -> None:
    """The same rows and services; all is text, what is below `extended_attributes` too."""
    bounds = {
        "start_date": (END - timedelta(days=9)).isoformat(), "end_date": END.isoformat(),
    }  # fmt: skip
    rows = jateng.get("/requests.json", **bounds).json()
    tree = ET.fromstring(jateng.get("/requests.xml", **bounds).body)  # noqa: S314 - our own
    services = ET.fromstring(jateng.get("/services.xml").body)  # noqa: S314 - our own

    assert [each.findtext("service_request_id") for each in tree] == [
        row["service_request_id"] for row in rows
    ]
    assert [each.findtext("extended_attributes/rahasia") for each in tree] == [
        str(row["extended_attributes"].get("rahasia")).lower().replace("none", "") or None
        for row in rows
    ]
    assert len(services) == len(jateng.get("/services.json").json()) > 10


def test_one_request_by_its_id(jateng: System) -> None:
    """A list of one, as the specification has it; 404 for another."""
    row = next(iter(_all(jateng).values()))
    row_id = row["service_request_id"]

    assert jateng.get(f"/requests/{row_id}.json").json() == [row]
    assert jateng.get("/requests/LG0.json").status == 404
    assert jateng.get("/requests.json", service_request_id=f"{row_id},LG0").json() == [row]


def test_faults_reach_it_too(jateng: System) -> None:
    """As every system, it fails when told to."""
    jateng.fault("fail", status=502)
    assert jateng.get("/services.json").status == 502
    jateng.fault("lose", share=1.0)
    assert jateng.get("/requests.json").json() == []
    jateng.fault("none")
