"""Pages read into types made for them say the same as pages read into dictionaries."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract.errors import Malformed
from connectors.contract.records import ComplaintRecord
from connectors.json_pages import JsonPages, Places
from connectors.json_rows import dig, with_whole_ids
from connectors.json_text import decode, was_mended
from connectors.mapping import Mapper
from connectors.moments import iso_moment
from connectors.rules import Rules
from connectors.tally import Tally
from tests.connectors.test_mapping import PLACES, ROW, rules

STEADY = {"submitted_at": {"required": True}, "updated_at": {"required": True}}
PLAIN = rules(title={"nulls": frozenset()}, **STEADY)
RULES = (
    rules(),
    PLAIN,
    rules(without=("closed_at", "updated_at")),
    rules(title={"nulls": frozenset()}, kind={"path": "instansi"}, body={"path": "ubah"}),
    rules(
        verified_at={"form": "unix"}, closed_at={"form": "%d/%m/%Y"}, region={"path": "lokasi.kode"}
    ),
    rules(reporter_name={"path": "lokasi"}),
)
PAGE = Places("isi.data", "isi.total", "lanjut.ke")
FIELDS = sorted(ComplaintRecord.__struct_fields__)
MOMENTS = (
    *("2026-01-02T10:00:00", "2026-01-02T10:00:00Z", "2026-01-02 10:00:00+07:00", "2026-01-02"),
    *("2026-01-02T10:00:00.1234567z", "0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00"),
    *("2026-01-02T24:00:00", "2026-01-02T23:59:60Z", "1960-06-01T00:00:00", "", "-", "besok"),
)
TEXTS = ("Jalan rusak", " Jalan ", "A &amp; B", "a\nb", "é", "\x7f", "\ud800", "", "-", "\ufffd")
odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just(10**40),
    st.sampled_from([[], {}, [1], {"titik": [1]}, {"titik": {"lat": "1,5"}, "kode": "64"}]),
    st.sampled_from((*TEXTS, *MOMENTS, *map(str, ROW.values()), "Entah", "Y", "0")),
)
moment = st.sampled_from((*MOMENTS[:3], *MOMENTS[:3], None, *MOMENTS)) | odd
PATHS = sorted({path.partition(".")[0] for path in PLACES.values()} | {"lain"})
DATES = {"masuk", "ubah", "verifikasi", "selesai"}
rows = st.fixed_dictionaries(
    {}, optional={name: moment if name in DATES else odd for name in PATHS}
)
clean = st.fixed_dictionaries(
    {name: st.just(value) for name, value in ROW.items()}
    | {name: st.sampled_from(MOMENTS[:3]) for name in DATES}
)


def patiently(
    body: bytes, how: Rules, wanted: frozenset[str] | None
) -> tuple[list[Any], Any, Any, Tally]:
    """Read *body* the long way."""
    tally, document = Tally(), decode(body)
    records = Mapper(how).mapper(wanted)(dig(document, PAGE.rows), tally)
    if was_mended(document):
        records = with_whole_ids(records, tally)
    return records, dig(document, PAGE.total), dig(document, PAGE.cursor), tally


def twice(key: str, row: dict[str, Any], value: Any) -> str:
    """Write *row* with *key* in it twice; the last one counts."""
    inside = json.dumps(row)[1:-1]
    return "{" + ", ".join(filter(None, [f"{json.dumps(key)}: {json.dumps(value)}", inside])) + "}"


@given(
    st.lists(clean | clean | rows | odd, max_size=4),
    st.sampled_from(RULES),
    st.none() | st.frozensets(st.sampled_from(FIELDS)),
    odd,
    st.tuples(st.sampled_from(PATHS), odd),
    st.booleans(),
)
def test_every_way_to_read_a_page_says_the_same(
    told: list[Any],
    how: Rules,
    wanted: frozenset[str] | None,
    other: Any,
    again: tuple[str, Any],
    ascii_only: bool,
) -> None:
    """Clean or dirty: records, reasons, words, totals and cursors are those of the long way."""
    texts = [
        twice(again[0], row, again[1]) if isinstance(row, dict) else json.dumps(row) for row in told
    ]
    page = (
        f'{{"isi": {{"data": [{", ".join(texts)}], "total": {json.dumps(other)}}}, "lanjut": %s}}'
    )
    text = page % json.dumps({"ke": other} if ascii_only else other)
    if not ascii_only and "\\ud800" not in text:
        text = json.dumps(json.loads(text), ensure_ascii=False)
    body = text.encode()
    records, total, cursor, tally = patiently(body, how, wanted)

    pages, counted = JsonPages(Mapper(how), PAGE), Tally()
    for _ in range(3):  # A way that failed is left alone the next time.
        counted = Tally()
        found = pages.read(body, wanted, counted)
        assert (list(found.records), found.total, found.cursor) == (records, total, cursor)
        assert all(each.submitted_at.tzinfo is UTC for each in found.records)  # type: ignore[union-attr]
        assert found.count == len(told)
        assert (counted.rejected, counted.unknown) == (tally.rejected, tally.unknown)


@pytest.mark.parametrize("text", [*TEXTS, "a\u2028b", "\\", "&#74;alan"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_text_is_cleaned_whatever_else_is_on_its_page(text: str, ascii_only: bool) -> None:
    """A page without entities, escapes and foreign letters takes a shorter way to the same text."""
    if text == "\ud800" and not ascii_only:
        text = "\udc00".encode(errors="replace").decode()
    page = {"isi": {"data": [ROW, ROW | {"judul": text}]}}
    body = json.dumps(page, ensure_ascii=ascii_only).encode()
    expected, *_ = patiently(body, PLAIN, None)

    pages = JsonPages(Mapper(PLAIN), PAGE)
    assert pages.read(body, None, Tally()).records == expected
    assert pages.read(body, None, Tally()).records == expected
    assert pages._ways[None][0]._pause == (text == "\ud800")


def test_a_clean_page_is_read_by_the_first_way() -> None:
    """Else the tests above would compare the long way with itself."""
    how = rules(**STEADY)
    body = msgspec.json.encode({"isi": {"data": [ROW, ROW], "total": 2}})
    pages = JsonPages(Mapper(how), PAGE)

    pages.read(body, frozenset({"title"}), Tally())
    found = pages.read(body, frozenset({"title"}), Tally())

    (first,) = pages._ways[frozenset({"title"})]
    assert (first._pause, first.decoded(body, is_ascii=True) is not None) == (0, True)
    assert first.otherwise is not None
    (second,) = first.otherwise()
    assert second.decoded(body.replace(b"2026-01-02T10", b"kemarin"), is_ascii=True) is not None
    assert [each.title for each in found.records] == ['Jalan "rusak"'] * 2  # type: ignore[union-attr]


def test_a_way_that_fails_is_left_alone_for_a_while() -> None:
    """A source with dates of its own pays for the attempt once, then more and more rarely."""
    body = msgspec.json.encode({"isi": {"data": [ROW | {"ubah": "besok"}]}})
    pages = JsonPages(Mapper(rules()), PAGE)
    pauses = []
    for _ in range(12):
        pages.read(body, None, Tally())
        pauses.append(pages._ways[None][0]._pause)

    assert pauses == [1, 1, 3, 3, 3, 3, 7, 7, 7, 7, 7, 7]
    pages.read(body.replace(b"besok", b"2026-01-05T10:00:00"), None, Tally())
    assert pages._ways[None][1]._pause == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"isi": []}', b'{"isi": {"data": {}}}', b'{"isi": {"lain": "\xff"}}'],
)
def test_what_is_no_page_is_malformed(body: bytes) -> None:
    """Also where what is wrong stands in what nobody asked for."""
    pages = JsonPages(Mapper(rules()), PAGE)

    with pytest.raises(Malformed):
        pages.read(body, frozenset({"title"}), Tally())


def test_iso_moments_are_read_as_the_decoder_reads_them() -> None:
    """Whatever a decoder of typed JSON takes for a moment is that moment for us, too."""
    dates = ("2026-01-02", "0001-01-01", "9999-12-31", "20260102", "2026-02-30")
    times = ("10:20:30", "10:20", "24:00:00", "23:59:60", "10:20:30.1", "10:20:30.1234567")
    times += ("23:59:59.9999995", "10:20:30,5", "10:20:30.123456")
    zones = ("", "Z", "z", "+00:00", "-00:00", "+0700", "+07", "-12:34", "+24:00")
    read = msgspec.json.Decoder(datetime).decode
    seen = 0
    for text in map("".join, product(dates, "Tt _", times, zones)):
        try:
            expected = read(f'"{text}"')
        except msgspec.ValidationError:
            continue
        found = iso_moment(text)
        assert (found, found.tzinfo) == (expected, expected.tzinfo), text
        seen += 1
    assert seen > 100
