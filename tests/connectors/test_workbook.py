"""Workbooks and heads: merged cells, titles above, changing columns, files that are a trap."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped] # it carries no types

from connectors.contract.errors import Malformed
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.registry import load
from connectors.sheet_header import Head, HeadRule, head_of

SETTINGS = """
[sources.a]
kind = "sheet"
path = "."
max_rows = 60
{source}
[sources.a.collections.complaints]
files = "aduan*"
pick = "all"
find_header = true
header_rows = 2
{collection}
[sources.a.collections.complaints.same_columns]
"Nomor" = ["No. Aduan", "No.  Tiket"]
[sources.a.collections.complaints.mapping]
local_id = "Nomor"
title = "Judul"
submitted_at = {{ path = "Tanggal Masuk", format = ["id:%d %B %Y", "%d/%m/%Y"] }}
closed_at = {{ path = "Tanggal Selesai", format = "id:%d %B %Y" }}
secret = "Rahasia"
"""


def read(folder: Path, collection: str = "", source: str = "") -> Page:
    text = SETTINGS.format(collection=collection, source=source)
    (found,) = load(text, {}, folder=folder)
    return asyncio.run(found.connector.fetch(SourceQuery()))


def rows(page: Page) -> list[tuple[Any, ...]]:
    return [
        (row.local_id, row.title, row.submitted_at, row.closed_at, row.secret)
        for row in page.rows
        if isinstance(row, ComplaintRecord)
    ]


def write(path: Path, fill: Callable[[Any, Any], None], name: str = "Aduan") -> None:
    with xlsxwriter.Workbook(path) as book:
        fill(book, book.add_worksheet(name))


def usual(book: Any, sheet: Any) -> None:
    """A title, a blank row, a head of two rows, two rows of data, a sum below."""
    sheet.merge_range("A1:E1", "REKAP ADUAN")
    sheet.merge_range("A3:A4", "No. Aduan")
    sheet.merge_range("B3:B4", "Judul")
    sheet.merge_range("C3:D3", "Tanggal")
    sheet.write_row("C4", ["Masuk", "Selesai"])
    sheet.merge_range("E3:E4", "Rahasia")
    sheet.write_row("A5", [7, "Jalan", "3 Februari 2026", "", False])
    sheet.write_row("A6", ["8", "Lampu"])
    sheet.write_datetime("C6", datetime(2026, 2, 4, 9), book.add_format({"num_format": "d/m/yyyy"}))  # noqa: DTZ001 - a cell
    sheet.write_row("D6", ["5 Februari 2026", "Ya"])
    sheet.write_row("B9", ["Jumlah: 2"])


def test_a_workbook_is_read_below_its_title(tmp_path: Path) -> None:
    """Merged heads, numbers as ids, real dates, real flags; a footer costs itself."""
    write(tmp_path / "aduan.xlsx", usual)
    page = read(tmp_path)

    assert rows(page) == [
        ("7", "Jalan", datetime(2026, 2, 3, tzinfo=UTC), None, False),
        ("8", "Lampu", datetime(2026, 2, 4, 9, tzinfo=UTC), datetime(2026, 2, 5, tzinfo=UTC), True),
    ]
    assert page.rejected == {"MISSING:local_id": 1}


def test_files_of_all_makes_are_one_collection(tmp_path: Path) -> None:
    """A workbook, and CSV files with other columns, other names and titles above."""
    write(tmp_path / "aduan-3.xlsx", usual)
    (tmp_path / "aduan-1.csv").write_text("Nomor,Judul,Tanggal Masuk\n1,A,03/05/2025\n", "utf-8")
    (tmp_path / "aduan-2.csv").write_text(
        "PEMERINTAH KABUPATEN\n\nRahasia,Tanggal,,No. Tiket\n,Masuk,Selesai,\nYa,1 Mei 2025,,2\n",
        "utf-8",
    )
    (tmp_path / "~$aduan-3.xlsx").write_bytes(b"somebody has it open")
    found = sorted(rows(read(tmp_path)))

    assert [row[0] for row in found] == ["1", "2", "7", "8"]
    assert found[1] == ("2", None, datetime(2025, 5, 1, tzinfo=UTC), None, True)


def test_a_sheet_is_chosen_by_its_name(tmp_path: Path) -> None:
    """The first, if none is named; a name that is not there is told with those that are."""

    def two(book: Any, first: Any) -> None:
        first.write_row("A1", ["Bidang", "Jumlah"])
        usual(book, book.add_worksheet("Data"))

    write(tmp_path / "aduan.xlsx", two, "Rekap")

    assert len(rows(read(tmp_path, 'sheet = "Data"'))) == 2
    with pytest.raises(Malformed, match="no column"):
        read(tmp_path)
    with pytest.raises(Malformed, match="no sheet `Aduan`; hint: it has Rekap, Data"):
        read(tmp_path, 'sheet = "Aduan"')


def test_what_is_no_workbook_is_malformed(tmp_path: Path) -> None:
    """Neither something else by that name nor half a workbook."""
    path = tmp_path / "aduan.xlsx"
    path.write_bytes(b"Nomor,Judul\n1,A\n")
    with pytest.raises(Malformed, match="is no workbook"):
        read(tmp_path)
    write(path, usual)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(Malformed, match="is no workbook"):
        read(tmp_path)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("hello.txt", "x")
    with pytest.raises(Malformed, match="is no workbook"):
        read(tmp_path)


@pytest.mark.parametrize(
    "far",
    [
        b'<row r="1"><c r="XFD1"><v>1</v></c></row>',
        b"<row r='1'><c  r = 'XFD1'><v>1</v></c></row>",
        b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        b'<row r="1048576"><c><v>1</v></c></row>',
        b'<row r="1"><c' + b" " * 3000 + b'r="XFD1"><v>1</v></c></row>',
    ],
)
def test_a_cell_far_away_is_a_trap(far: bytes, tmp_path: Path) -> None:
    """Laid out as a rectangle it would take all memory: it is found before that."""
    whole = tmp_path / "whole.xlsx"
    write(whole, usual)
    with (
        zipfile.ZipFile(whole) as before,
        zipfile.ZipFile(tmp_path / "aduan.xlsx", "w") as after,
    ):
        for part in before.namelist():
            text = before.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = text.replace(b"</sheetData>", far + b"</sheetData>")
                assert far in text
            after.writestr(part, text)

    with pytest.raises(Malformed, match="cells beyond"):
        read(tmp_path)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """By what its table of contents says, before anything is unpacked."""
    path = tmp_path / "aduan.xlsx"
    write(path, usual)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/bomb.bin", bytes(200_000))
    assert path.stat().st_size < 100_000

    with pytest.raises(Malformed, match="unpacks to more"):
        read(tmp_path, source='max_bytes = "100KiB"')


def test_a_changed_workbook_is_read_again(tmp_path: Path) -> None:
    """By its time and size."""
    path = tmp_path / "aduan.xlsx"
    write(path, usual)
    (found,) = load(SETTINGS.format(collection="", source=""), {}, folder=tmp_path)

    async def use() -> tuple[Page, Page]:
        before = await found.connector.fetch(SourceQuery(fields=frozenset()))

        def more(book: Any, sheet: Any) -> None:
            usual(book, sheet)
            sheet.write_row("A7", ["9", "Baru", "6 Februari 2026"])

        write(path, more)
        return before, await found.connector.fetch(SourceQuery(fields=frozenset()))

    before, after = asyncio.run(use())

    assert (len(before.rows), len(after.rows)) == (2, 3)


HEADS: list[tuple[list[list[str]], HeadRule, Any, Head]] = [
    ([["a", "b"], ["1", "2"]], HeadRule(), None, Head(["a", "b"], 1)),
    ([["x"], [], [" a ", "b"]], HeadRule(find=True), None, Head(["a", "b"], 3)),
    ([["x"]], HeadRule(find=True), None, Head(["x"], 1)),
    ([], HeadRule(find=True), None, Head([], 1)),
    ([["c", "", "a"], ["d", "e", ""]], HeadRule(rows=2), None, Head(["c d", "c e", "a"], 2)),
    ([["c", "", "a"], ["d", "e", ""]], HeadRule(rows=2), [((0, 0), (0, 1))],
     Head(["c d", "c e", "a"], 2)),
    ([["c", "", "a"], ["d", "e", ""]], HeadRule(rows=2), [], Head(["c d", "e", "a"], 2)),
    ([["A\nlain", "b"]], HeadRule(same={"A lain": "a"}), None, Head(["a", "b"], 1)),
    ([["a", "b"], ["a", "c d"]], HeadRule(rows=2), None, Head(["a", "b"], 1)),
]  # fmt: skip


@pytest.mark.parametrize(("first", "rule", "merged", "head"), HEADS)
def test_a_head_is_where_most_columns_are_named(
    first: list[list[str]], rule: HeadRule, merged: Any, head: Head
) -> None:
    """The first of the best; without any it is the first row."""
    assert head_of(first, rule, {"a", "b", "c d", "c e"}, merged) == head
