"""Rows become records: repaired where that is safe, rejected with a reason where it is not."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.codes import CodeTable
from connectors.contract.records import AgencyRecord, ComplaintRecord
from connectors.fields import COMPLAINT_MOMENTS, FIELDS
from connectors.mapping import Mapper
from connectors.mapping_code import explain_mapping
from connectors.reach import codomains
from connectors.rules import Rule, Rules
from connectors.tally import Tally

ZONE = ZoneInfo("Asia/Jakarta")
STATUS = CodeTable("1", {"Proses": "IN_PROGRESS", "Selesai otomatis": "CLOSED_BY_SYSTEM"})
AGENCY = CodeTable("1", {"KL-033": "kemenpu"})
PLACES = {
    "local_id": "nomor",
    "tracking_id": "lapor",
    "kind": "jenis",
    "supervisory": "pengawasan",
    "title": "judul",
    "body": "isi",
    "category": "kategori",
    "region": "wilayah",
    "latitude": "lokasi.titik.lat",
    "longitude": "lokasi.titik.lon",
    "anonymous": "anonim",
    "secret": "rahasia",
    "reporter_name": "pelapor.nama",
    "submitted_at": "masuk",
    "updated_at": "ubah",
    "verified_at": "verifikasi",
    "closed_at": "selesai",
    "status": "status",
    "agency": "instansi",
}


def rules(public_only: bool = False, regions: tuple[str, ...] = (), **changes: Any) -> Rules:
    made = {}
    for name, path in PLACES.items():
        extra: dict[str, Any] = {"path": path, "nulls": frozenset({"none", "-"})}
        if name == "status":
            extra["codes"] = STATUS
        if name == "agency":
            extra["codes"] = AGENCY
        if name == "region":
            extra["region"] = True
        extra |= changes.get(name, {})
        shape = FIELDS["complaints"][name]
        made[name] = Rule(field=name, shape=shape, zone=ZONE, **extra)
    for name in changes.pop("without", ()):
        del made[name]
    return Rules(
        source="s",
        collection="complaints",
        rules=made,
        nested=True,
        public_only=public_only,
        regions=regions,
    )


ROW: dict[str, Any] = {
    "nomor": 17,
    "lapor": "#9165816",
    "jenis": "COMPLAINT",
    "judul": "Jalan &quot;rusak&quot;",
    "kategori": 15,
    "wilayah": "6472",
    "lokasi": {"titik": {"lat": "-0.5", "lon": 117.1}},
    "anonim": 0,
    "rahasia": False,
    "pelapor": {"nama": "Budi"},
    "masuk": "2026-01-02T10:00:00",
    "ubah": "2026-01-05T10:00:00",
    "status": "  PROSES ",
    "instansi": "KL-033",
}


def one(
    row: Any, how: Rules | None = None, wanted: frozenset[str] | None = None
) -> tuple[Any, Tally]:
    tally = Tally()
    found = Mapper(how or rules()).complaints([row], wanted, tally)
    return (found[0] if found else None), tally


def test_a_row_becomes_a_record() -> None:
    """Paths, tables, forms and zones are followed; the source's own words stay beside ours."""
    record, tally = one(ROW)

    assert record == ComplaintRecord(
        source="s",
        local_id="17",
        tracking_id="9165816",
        kind="COMPLAINT",
        title='Jalan "rusak"',
        category="15",
        region="64.72",
        latitude=-0.5,
        longitude=117.1,
        anonymous=False,
        secret=False,
        reporter_name="Budi",
        submitted_at=datetime(2026, 1, 2, 3, tzinfo=UTC),
        updated_at=datetime(2026, 1, 5, 3, tzinfo=UTC),
        status="IN_PROGRESS",
        source_status="PROSES",
        agency="kemenpu",
        source_agency="KL-033",
    )
    assert (tally.rejected, tally.unknown) == ({}, {})


def test_an_unknown_word_is_kept_and_counted() -> None:
    """A word that no table knows is neither dropped nor guessed: UNKNOWN or null, and counted."""
    record, tally = one(
        ROW | {"status": "Uji Petik", "instansi": "KL-777", "wilayah": "1", "jenis": "X"}
    )

    assert (record.status, record.source_status) == ("UNKNOWN", "Uji Petik")
    assert (record.agency, record.source_agency) == (None, "KL-777")
    assert (record.region, record.kind) == (None, None)
    assert tally.unknown == {
        "status: Uji Petik": 1,
        "agency: KL-777": 1,
        "region: 1": 1,
        "kind: X": 1,
    }


def test_a_word_for_null_is_not_an_unknown_word() -> None:
    """`None` and `-` say nothing, so there is nothing to count."""
    record, tally = one(ROW | {"status": "None", "instansi": " - ", "wilayah": "none"})

    assert (record.status, record.source_status, record.agency) == ("UNKNOWN", None, None)
    assert tally.unknown == {}


def test_a_region_outside_the_sources_own_is_unknown() -> None:
    """A source that says it lies in 64 has no rows in 31."""
    record, tally = one(ROW | {"wilayah": "31.71"}, rules(regions=("64",)))

    assert record.region is None
    assert tally.unknown == {"region: 31.71": 1}
    assert one(ROW, rules(regions=("64",)))[0].region == "64.72"


def test_a_row_without_a_submission_takes_its_earliest_date() -> None:
    """With a warning, and the latest date as the last update."""
    record, _ = one(
        ROW | {"masuk": None, "ubah": "", "verifikasi": "2026-01-03", "selesai": "2026-01-04"}
    )

    assert record.submitted_at == record.verified_at == datetime(2026, 1, 2, 17, tzinfo=UTC)
    assert record.updated_at == record.closed_at
    assert record.warnings == ("SUBMITTED_AT_MISSING",)


def test_a_row_without_any_date_is_rejected() -> None:
    """There is no place in a list for it; its reason is counted."""
    record, tally = one(ROW | {"masuk": None, "ubah": "entah"})

    assert record is None
    assert tally.rejected == {"NO_DATE": 1}


def test_a_malformed_date_costs_that_date_only() -> None:
    """The row stays, with a warning that names the field."""
    record, _ = one(ROW | {"selesai": "31-02-2025"})

    assert record.closed_at is None
    assert record.warnings == ("BAD_DATE:closed_at",)


def test_a_required_date_that_is_missing_costs_the_row() -> None:
    """Where the source's order hangs on a date, no other may stand in for it."""
    strict = rules(updated_at={"required": True})

    assert one(ROW | {"ubah": None}, strict)[1].rejected == {"MISSING:updated_at": 1}
    assert one(ROW | {"ubah": "entah"}, strict)[1].rejected == {"BAD_DATE:updated_at": 1}


def test_a_negative_duration_is_told() -> None:
    """Closed before it was submitted: both dates stay as the source has them, with a warning."""
    record, _ = one(ROW | {"selesai": "1970-01-01T07:00:00"})

    assert record.closed_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert record.warnings == ("NEGATIVE_DURATION",)


@pytest.mark.parametrize(
    ("value", "flag"), [("Y", True), ("t", False), (" T ", False), ("Ya", None), (True, True)]
)
def test_a_flags_words_are_the_sources_own(value: object, flag: bool | None) -> None:
    """Where `T` is *tidak*, it is not true; what is not among them cannot be read."""
    own = rules(supervisory={"true_words": ("y",), "false_words": ("t",)})
    record, _ = one(ROW | {"pengawasan": value}, own)

    assert record.supervisory is flag
    assert ("BAD_FLAG:supervisory" in record.warnings) == (flag is None)


def test_a_constant_is_shown_only_where_it_is_wanted() -> None:
    """A source's own word for the agency does not bring the agency along."""
    same = rules(agency={"path": None, "codes": None, "constant": "kemenpu"})
    (record,) = Mapper(same).complaints([ROW], frozenset({"source_agency"}), Tally())
    (whole,) = Mapper(same).complaints([ROW], frozenset({"agency"}), Tally())

    assert (record.agency, whole.agency) == (None, "kemenpu")


def test_warnings_do_not_depend_on_what_else_is_wanted() -> None:
    """A flag that cannot be read is told of where it is not wanted itself, and not shown."""
    row = ROW | {"anonim": "entah", "selesai": "kapan"}
    whole, _ = one(row)
    tally = Tally()
    (alone,) = Mapper(rules()).complaints([row], frozenset({"warnings"}), tally)

    assert alone.warnings == whole.warnings
    assert {"BAD_FLAG:anonymous", "BAD_DATE:closed_at"} <= set(alone.warnings)


@pytest.mark.parametrize("flag", [None, "", "mungkin", {"x": 1}])
def test_a_visibility_that_cannot_be_read_counts_as_secret(flag: object) -> None:
    """Missing or unreadable: secret and anonymous, unless the source holds public rows only."""
    record, _ = one(ROW | {"rahasia": flag, "anonim": flag})

    assert (record.secret, record.anonymous) == (True, True)
    assert one(ROW | {"rahasia": flag}, rules(public_only=True))[0].secret is False
    assert one(ROW | {"rahasia": True}, rules(public_only=True))[0].secret is True


def test_an_unmapped_visibility_counts_as_secret() -> None:
    """A source that never says is taken at its worst, unless its settings say otherwise."""
    assert one(ROW, rules(without=("secret",)))[0].secret is True
    assert one(ROW, rules(True, without=("secret",)))[0].secret is False
    assert codomains(rules(without=("secret",)))["secret"] == {True}
    assert codomains(rules(True, without=("secret",)))["secret"] == {False}


@pytest.mark.parametrize(
    "row", [None, 3, "x", [], True, {}, {"nomor": None}, {"nomor": ""}, {"nomor": []}]
)
def test_what_is_no_row_is_rejected_and_counted(row: object) -> None:
    """Whatever stands in a list of rows, it costs itself only."""
    record, tally = one(row)

    assert record is None
    assert sum(tally.rejected.values()) == 1


junk: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(ROW | {"selesai": 0, "isi": 0}, junk)))
def test_no_row_can_break_the_mapping(row: dict[str, Any]) -> None:
    """Any JSON at all becomes a sound record or a counted rejection."""
    record, tally = one(row)

    if record is None:
        assert sum(tally.rejected.values()) == 1
        return
    assert msgspec.json.decode(msgspec.json.encode(record), type=ComplaintRecord) == record
    assert record.latitude is None or math.isfinite(record.latitude)
    for name in COMPLAINT_MOMENTS:
        moment = getattr(record, name)
        assert moment is None or moment.tzinfo is UTC


@given(st.sets(st.sampled_from([field.name for field in msgspec.structs.fields(ComplaintRecord)])))
def test_a_pruned_record_is_the_whole_one_without_the_rest(wanted: set[str]) -> None:
    """What is wanted is as always, what is not wanted is at its default."""
    row = ROW | {"selesai": "1970-01-01", "isi": "x"}
    whole, _ = one(row)
    pruned, _ = one(row, wanted=frozenset(wanted))

    kept = wanted | {"source", "local_id", "submitted_at", "updated_at"}
    for field in msgspec.structs.fields(ComplaintRecord):
        expected = getattr(whole, field.name) if field.name in kept else field.default
        assert getattr(pruned, field.name) == expected


def test_what_is_not_wanted_is_not_read() -> None:
    """The compiled code for a title has no trace of the reporter, the body or the place."""
    touched: list[str] = []

    class Watched(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            touched.append(key)
            return super().get(key, default)

    plain = Rules(source="s", collection="complaints", rules=rules().rules, nested=False)
    Mapper(plain).complaints([Watched(ROW)], frozenset({"title"}), Tally())

    assert set(touched) == {"nomor", "lapor", "judul", "masuk", "ubah"}


@pytest.mark.parametrize("number", ["LAPOR 1234567", "1234567/2026", ["1234567"], {"no": 1}])
def test_a_row_with_an_unreadable_national_number_is_no_entry_of_its_own(number: object) -> None:
    """It belongs to a national complaint, which may be secret: it is rejected and counted."""
    tally = Tally()

    found = Mapper(rules()).complaints([ROW | {"lapor": number}], frozenset({"title"}), tally)

    assert found == []
    assert tally.rejected == {"BAD_TRACKING_ID": 1}


def test_the_code_of_a_mapping_can_be_read() -> None:
    """It holds field names and numbered values, never a word of the settings."""
    code = explain_mapping(rules(), frozenset({"title"}))

    assert "def build(rows, tally, clean=False, /, Record=Record, " in code
    assert "judul" not in code


def test_settings_cannot_become_code() -> None:
    """A path that looks like Python is a path."""
    evil = rules(title={"path": "x'); raise SystemExit('"})

    assert one(ROW, evil)[0].title is None


def test_reference_rows_become_records() -> None:
    """Agencies and the like: days, lists, levels; without a code, a name or a level, no record."""
    fields = FIELDS["agencies"]
    made = {
        name: Rule(field=name, shape=shape, path=name, zone=ZONE) for name, shape in fields.items()
    }
    agencies = Rules(source="r", collection="agencies", rules=made)
    row = {
        "code": "kempupr",
        "name": "Kementerian PUPR",
        "level": "MINISTRY",
        "valid_to": "2024-10-20",
        "successors": "kemenpu; kemenpkp;",
        "connected": "true",
        "last_active_at": "2026-10-01T08:00:00+07:00",
    }
    tally = Tally()
    (found,) = Mapper(agencies).mapper(None)(
        [row, row | {"level": "?"}, row | {"name": ""}, 3], tally
    )

    assert isinstance(found, AgencyRecord)
    assert found.successors == ("kemenpu", "kemenpkp")
    assert found.connected is True
    assert found.valid_to is not None
    assert tally.rejected == {"MISSING:level": 1, "MISSING:name": 1, "NOT_AN_OBJECT": 1}
    assert tally.unknown == {"level: ?": 1}
