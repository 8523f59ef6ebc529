"""Write what the regency keeps: one file a year, each made by somebody else."""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random

from sandbox.systems.kupang.workbook import write_workbook
from sandbox.vocabulary import by_category, rows, words
from sandbox.world.complaint import Handling, Place
from sandbox.world.dirt import Ledger, Row, Spade, put, vary
from sandbox.world.further import Holding, settle
from sandbox.world.ground_truth import Published
from sandbox.world.moments import WITA, local
from sandbox.world.population import World

NAME = "kupang"
AGENCY = "pemkab-53.01"
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
          "Oktober", "November", "Desember")  # fmt: skip

HOLDING = Holding(
    system=NAME,
    rank=2,
    works_in=lambda agency: agency == AGENCY,
    charged=lambda _chance, _category, _place: AGENCY,
    own=20,
    at_least=120,
    identity="{number:03d}/ADUAN/{year}",
    regency="53.01",
)

_FIRST = {
    "No. Register": "nomor",
    "Tanggal Masuk": "masuk",
    "Nama Pelapor": "nama",
    "Perihal": "perihal",
    "Uraian": "uraian",
    "Bidang": "bidang",
    "Dinas": "dinas",
    "Kecamatan": "kecamatan",
    "Status": "status",
    "Tanggal Selesai": "selesai",
    "Tanggal Perubahan": "ubah",
    "Rahasia": "rahasia",
}
_SECOND = {
    "Nomor Register": "nomor",
    "Perihal": "perihal",
    "Uraian": "uraian",
    "No. LAPOR": "lapor",
    "Bidang": "bidang",
    "OPD": "dinas",
    "Kecamatan": "kecamatan",
    "Tgl Masuk": "masuk",
    "Tgl Selesai": "selesai",
    "Tgl Perubahan": "ubah",
    "Status Aduan": "status",
    "Rahasia (Ya/Tidak)": "rahasia",
    "Keterangan": "keterangan",
}


def publish(world: World, size: int, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the regency's files into *folder* and say which complaint became which row."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = Random(f"{NAME}:rows:{world.seed}:{world.as_of}:{size}")
    found: list[Row] = []
    published: dict[int, list[Published]] = {}
    for handling in settle(world, size, HOLDING):
        row, truth = _row(handling, world.as_of.year)
        found.append(row)
        published.setdefault(handling.complaint.serial, []).append(truth)
    _soil(found, chance, ledger)
    for year in sorted({row["tahun"] for row in found}):
        of_year = [row for row in found if row["tahun"] == year]
        if year == world.as_of.year:
            write_workbook(folder / f"aduan-{year}.xlsx", of_year, world.as_of)
        elif year == world.as_of.year - 1:
            _write(folder / f"aduan-{year}.csv", _SECOND, of_year, _title(world.as_of, year))
        else:
            _write(folder / f"aduan-{year}.csv", _FIRST, of_year)
    return published


def in_words(moment: int) -> str:
    """Write a day as people there do: `3 Februari 2026`."""
    day = datetime.fromtimestamp(moment, WITA)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _row(handling: Handling, this_year: int) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    field, category = by_category("kupang-fields", "word")[complaint.category]
    where: Place = complaint.place
    closed = story.closed()
    # With the clock of Kupang a row may belong to the next year's file.
    year = datetime.fromtimestamp(story.submitted, WITA).year
    numbered = handling.link == "tracking" and year >= this_year - 1
    row: Row = {
        "tahun": year,
        "nomor": handling.local_id,
        "lapor": complaint.tracking if numbered else "",
        "masuk": in_words(story.submitted),
        "masuk_hari": local(story.submitted, WITA)[:10],
        "ubah": in_words(story.updated),
        "selesai": "" if closed is None else in_words(closed),
        "nama": complaint.reporter.name,
        "kontak": complaint.reporter.contact,
        "perihal": complaint.title,
        "uraian": complaint.body,
        "bidang": field,
        "dinas": _units()[field],
        "kecamatan": where.district_name,
        "status": words("kupang-status")[story.status],
        "rahasia": "Ya" if complaint.secret else "Tidak",
        "keterangan": "",
    }
    truth = Published(
        id=handling.local_id,
        agency=AGENCY,
        category=category,
        region="53.01",
        supervisory=None,
        story=story,
        tracking=row["lapor"] or None,
        link=handling.link if numbered or handling.link != "tracking" else "unlinked",
    )
    return row, truth


def _units() -> dict[str, str]:
    return {row["word"]: row["unit"] for row in rows("kupang-fields")}


def _soil(found: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "nomor", chance, ledger)
    done = lambda row: row["selesai"]  # noqa: E731 - a predicate with a name
    spade.plant("unknown_status", found, 0.01, put("status", "Proses Ulang", "Menunggu Camat"))
    spade.plant("word_variant", found, 0.02, vary("status"))
    spade.plant("missing_close_time", found, 0.01, put("selesai", "", "-"), done)
    spade.plant("malformed_date", found, 0.01, put("selesai", "31 Februari 2026", "minggu lalu"))
    spade.plant("negative_duration", found, 0.01, put("selesai", "1 Januari 2001"), done)
    spade.plant("missing_visibility", found, 0.01, put("rahasia", "", "-"))


def _title(as_of: date, year: int) -> list[list[str]]:
    return [["PEMERINTAH KABUPATEN KUPANG"], [f"Rekapitulasi aduan tahun {year}, {as_of}"], []]


def _write(
    path: Path, columns: dict[str, str], found: Sequence[Row], above: Sequence[list[str]] = ()
) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out, lineterminator="\r\n")
        table.writerows(above)
        table.writerow(columns)
        table.writerows([row[name] for name in columns.values()] for row in found)
