"""Write the year's workbook: a sheet of sums, then a table below a title with merged heads."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped] # it carries no types

from sandbox.world.dirt import Row

_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("", (("No. Register", "nomor"), ("No. LAPOR", "lapor"))),
    ("Pelapor", (("Nama", "nama"), ("Kontak", "kontak"))),
    ("Aduan", (("Perihal", "perihal"), ("Uraian", "uraian"), ("Bidang", "bidang"))),
    ("Tanggal", (("Masuk", "masuk"), ("Perubahan", "ubah"), ("Selesai", "selesai"))),
    ("", (("OPD", "dinas"), ("Kecamatan", "kecamatan"), ("Status", "status"))),
    ("", (("Rahasia", "rahasia"),)),
)
_HEAD = 3


def write_workbook(path: Path, found: Sequence[Row], as_of: date) -> None:
    """Write *found*; every third day of arrival is a real date, the others are words."""
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": datetime(as_of.year, as_of.month, as_of.day)})  # noqa: DTZ001 - a date
        bold = book.add_format({"bold": True, "align": "center"})
        day = book.add_format({"num_format": "d mmmm yyyy"})
        sums = book.add_worksheet("Rekap")
        sums.write_row(0, 0, ("Bidang", "Jumlah"), bold)
        for at, (field, count) in enumerate(sorted(Counter(r["bidang"] for r in found).items()), 1):
            sums.write_row(at, 0, (field, count))
        table = book.add_worksheet("Aduan")
        columns = [column for _, group in _GROUPS for column in group]
        table.merge_range(0, 0, 0, len(columns) - 1, "REKAPITULASI ADUAN MASYARAKAT", bold)
        at = 0
        for title, group in _GROUPS:
            if title:
                table.merge_range(_HEAD, at, _HEAD, at + len(group) - 1, title, bold)
            for word, _ in group:
                if title:
                    table.write_string(_HEAD + 1, at, word, bold)
                else:
                    table.merge_range(_HEAD, at, _HEAD + 1, at, word, bold)
                at += 1
        for line, row in enumerate(found, _HEAD + 2):
            for column, (_, name) in enumerate(columns):
                if name == "masuk" and line % 3 == 0:
                    table.write_datetime(
                        line, column, datetime.fromisoformat(row["masuk_hari"]), day
                    )
                elif row[name] != "":
                    table.write_string(line, column, str(row[name]))
        table.write_string(len(found) + _HEAD + 3, 2, f"Kupang, {as_of}")
