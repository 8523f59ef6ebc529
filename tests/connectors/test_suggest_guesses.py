"""What the guesser takes, what it never takes, and that what it writes can always be read."""

from __future__ import annotations

import csv
import json
import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.problems import ConfigurationError, Problem
from connectors.registry import load
from connectors.suggest.assign import assign
from connectors.suggest.column import Column, columns_of
from connectors.suggest.dates import written
from connectors.suggest.found import CannotLook
from connectors.suggest.look import kind_of
from connectors.suggest.meanings import flag_words, meaning
from connectors.suggest.personal import personal
from gateway.suggesting import id_of
from tests.connectors.suggesting import suggestion

SECRETS = ("Siti Rahmawati", "081234567890", "siti@example.id", "3171234567890001", "Budi Petugas")


def table(folder: Path, head: list[str], rows: list[list[str]]) -> str:
    """Write a CSV file and look at it."""
    path = folder / "aduan.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([head, *rows])
    return suggestion(str(path), {})


@pytest.mark.parametrize(
    "name",
    [
        "Nama Pelapor", "pelapor.nama", "nama", "Name", "No HP", "telepon", "email",
        "reporter_phone",
        "NIK", "no_ktp", "tanggal_lahir", "jenis_kelamin", "petugas", "username", "contact_number",
        "pelapor_alamat", "nip_pegawai", "first_name", "device_ip",
    ],
)  # fmt: skip
def test_what_is_of_a_person_is_known_by_its_name(name: str) -> None:
    """In Indonesian and English, nested and abbreviated; in doubt it is of a person."""
    assert personal(Column(path=name)) is not None


@pytest.mark.parametrize(
    "name", ["Nama Instansi", "nama_kategori", "anonim", "privasi.anonim", "Judul", "tgl_lapor"]
)
def test_what_is_not_of_a_person_stays(name: str) -> None:
    """Names of agencies and categories are no names of persons."""
    assert personal(Column(path=name)) is None


def test_values_betray_a_column_whose_name_says_nothing() -> None:
    """Telephone numbers and addresses in `kolom5` are of persons all the same."""
    assert personal(Column(path="kolom5", values=["081234567890", "-"])) is not None
    assert personal(Column(path="status", values=["a@b.id", "baru"])) is not None
    assert personal(Column(path="kolom6", values=["-6.1234567890123456", "106.8"])) is None


def test_nothing_of_a_person_is_written(tmp_path: Path) -> None:
    """Neither from columns that say so, nor from one whose values tell."""
    head = ["No Tiket", "Nama Pelapor", "HP", "kolom5", "NIK", "Petugas", "Tanggal", "Status"]
    name, phone, mail, nik, officer = SECRETS
    rows = [[f"T{n}", name, phone, mail, nik, officer, "03/02/2026", "Baru"] for n in range(30)]
    text = table(tmp_path, head, rows)

    assert not [each for each in SECRETS if each in text]
    assert '# reporter_name = "Nama Pelapor"' in text
    mapping = tomllib.loads(text)["sources"]["x"]["collections"]["complaints"]["mapping"]
    assert not {"reporter_name", "reporter_contact"} & mapping.keys()


def test_rows_are_not_written_either(tmp_path: Path) -> None:
    """Of titles, texts, numbers and places nothing stands in the draft; of statuses the words."""
    rows = [
        [f"T-{n}", f"Judul ke {n}", f"isi panjang {n}", "Jl. Mawar 5", "2026-02-03", "Proses"]
        for n in range(40)
    ]
    text = table(tmp_path, ["No", "Judul", "Uraian", "Alamat", "Tgl Masuk", "Status"], rows)

    assert not [word for word in ("T-3", "Judul ke", "isi panjang", "Mawar") if word in text]
    assert 'Proses = "IN_PROGRESS"' in text


@pytest.mark.parametrize(
    ("values", "forms"),
    [
        (["2026-02-03", "2026-11-30T10:00:00+07:00"], ("iso",)),
        (["31/12/2026 08:15:00"], ("%d/%m/%Y %H:%M:%S",)),
        (["12/25/2013 11:00:00 PM", "01/02/2014 12:00:00 AM"], ("%m/%d/%Y %I:%M:%S %p",)),
        (["3 Februari 2026", "17 Agustus 2025"], ("id:%d %B %Y",)),
        ([1764000000, 1764000100], ("unix",)),
        (["1764000000000"], ("unix-ms",)),
        (["3 Februari 2026", "31/12/2025"] * 5, ("%d/%m/%Y", "id:%d %B %Y")),
    ],
)
def test_dates_tell_how_they_are_written(values: list[object], forms: tuple[str, ...]) -> None:
    """The pattern is found by the values; several hands give several patterns."""
    found = written(values)

    assert found is not None
    assert set(found.forms) == set(forms)


def test_a_date_that_can_be_read_two_ways_is_told() -> None:
    """03/02/2026 may be February or March: the nearer custom is taken, and the doubt written."""
    found = written(["03/02/2026", "04/05/2026"])

    assert found is not None
    assert found.forms == ("%d/%m/%Y",)
    assert found.in_doubt is not None


def test_what_is_no_date_is_none() -> None:
    """Numbers, words and nothing."""
    assert written(["17", "18"]) is None
    assert written(["Jalan rusak"]) is None
    assert written([None, ""]) is None


def test_t_is_no_beside_y() -> None:
    """`T` is *tidak* where `Y` is *ya*, and *true* where `F` is *false*."""
    assert flag_words(["Y", "T"]) == (["Y"], ["T"])
    assert flag_words(["T", "F"]) == (["T"], ["F"])
    assert flag_words(["merah", "biru"]) is None


@pytest.mark.parametrize(
    ("own", "canonical"),
    [
        ("Selesai (Otomatis)", "CLOSED_BY_SYSTEM"), ("SELESAI_PELAPOR", "CLOSED_BY_REPORTER"),
        ("belum terverifikasi", "SUBMITTED"), ("Ditindaklanjuti oleh Instansi", "RESPONDED"),
        ("In Progress", "IN_PROGRESS"),
    ],
)  # fmt: skip
def test_words_mean_the_same_however_they_are_punctuated(own: str, canonical: str) -> None:
    """Brackets, dashes, underscores and case do not matter."""
    assert (meaning("status", own) or ("",))[0] == canonical


def test_each_column_serves_once() -> None:
    """Two dates of one meaning do not both become the submission."""
    rows = [
        {"created": "2026-01-01", "tanggal_masuk": "2026-01-02", "no": str(n)} for n in range(9)
    ]
    found = assign(columns_of(rows))

    assert found.guesses["submitted_at"].column.path == "tanggal_masuk"
    assert [each.path for each in found.left] == ["created"]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
HEADS = st.one_of(
    CELLS,
    st.sampled_from(["Status", "No. Tiket", "Tanggal", 'Ju"dul', "Dinas\\", "rahasia", "x = 1"]),
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_written_can_always_be_read(data: st.DataObject) -> None:
    """Whatever stands in a file, the draft is TOML; all that is wrong with it is left to fill in.

    Columns without names and files without rows are refused in words.
    """
    head = data.draw(st.lists(HEADS, min_size=1, max_size=6))
    rows = data.draw(
        st.lists(st.lists(CELLS, min_size=len(head), max_size=len(head)), min_size=1, max_size=8)
    )
    with tempfile.TemporaryDirectory() as folder:
        try:
            text = table(Path(folder), head, rows)
        except CannotLook:
            return
    tomllib.loads(text)
    assert {each.message for each in problems(text)} <= {"is left to fill in"}


def problems(text: str) -> list[Problem]:
    """Give what the strict reader has to say."""
    try:
        load(text, {})
    except ConfigurationError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("aduan.csv", "sheet"), ("folder", "sheet"), ("postgresql://u@h/d", "postgres"),
        ("mysql://u@h/d", "mysql"), ("https://a.go.id/graphql", "graphql"),
        ("https://a.go.id/openapi.json", "openapi"), ("api.json", "openapi"),
    ],
)  # fmt: skip
def test_an_address_tells_its_kind(where: str, kind: str) -> None:
    """By its scheme or its end; what does not tell is asked for."""
    assert kind_of(where) == kind
    with pytest.raises(CannotLook, match="--kind open311"):
        kind_of("https://a.go.id/v2")


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("env:SIMPUL_PU_DSN", "pu"), ("data/Aduan 2026.xlsx", "aduan-2026"),
        ("https://lapor.go.id/api", "lapor-go-id"), ("2026.csv", "source-2026"),
    ],
)  # fmt: skip
def test_a_source_gets_a_name_of_where_it_is(where: str, name: str) -> None:
    """Small letters, digits and dashes, as ids have to be."""
    assert id_of(where) == name


@pytest.mark.parametrize(
    ("example", "left"),
    [
        (None, True),
        ("2026-11-20T09:15:00", True),
        ("2026-11-20T09:15:00+07:00", False),
        ("2026-11-20T02:15:00Z", False),
    ],
)
def test_whose_clock_dates_follow_is_asked_unless_it_was_seen(
    example: str | None, left: bool, tmp_path: Path
) -> None:
    """`format: date-time` promises an offset; whether one is written only a date can tell."""
    moment = {"type": "string", "format": "date-time"} | ({"example": example} if example else {})
    row = {"type": "object", "properties": {"id": {"type": "string"}, "created_at": moment}}
    answer = {"application/json": {"schema": {"type": "array", "items": row}}}
    operation = {"responses": {"200": {"content": answer}}}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"openapi": "3.0.0", "paths": {"/aduan": {"get": operation}}}))
    text = suggestion(str(path), {})
    source = tomllib.loads(text)["sources"]["x"]

    assert source["collections"]["complaints"]["mapping"]["submitted_at"] == "created_at"
    assert source.get("time_zone") == ("?" if left else None)
    assert ("Asia/Jakarta, WITA Asia/Makassar, WIT Asia/Jayapura" in text) is left


def test_a_list_that_is_no_document_is_sent_to_the_page_about_rest(tmp_path: Path) -> None:
    """Plain rows tell too little: the table is written by hand."""
    path = tmp_path / "aduan.json"
    path.write_text('{"data": [{"id": 1}]}')

    with pytest.raises(CannotLook, match=r"no OpenAPI .* hint: .*REST.* docs/connectors\.md"):
        suggestion(str(path), {}, kind="openapi")


def test_a_name_in_a_private_network_is_told_which_option_allows_it() -> None:
    """Nobody listens there: it is refused before it is asked."""
    where = "http://localhost:9/openapi.json"

    with pytest.raises(CannotLook, match=r"--network 127\.0\.0\.0/8") as told:
        suggestion(where, {})
    assert told.value.message.startswith("it cannot be looked at: its name leads into a private")
    with pytest.raises(CannotLook, match=r"looked at: could not be reached"):
        suggestion(where, {}, networks=("127.0.0.0/8", "::1/128"))
