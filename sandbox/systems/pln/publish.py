"""Write what the company holds: rows, and the steps of each."""

from pathlib import Path
from random import Random

from sandbox.systems.publication import (
    Soil,
    iso_or_none,
    number_of,
    publication,
    steps_of,
    truth_of,
    write_lines,
)
from sandbox.vocabulary import by_category, words
from sandbox.world.complaint import Handling
from sandbox.world.dirt import Ledger, Row, Spade, put
from sandbox.world.further import Holding
from sandbox.world.ground_truth import Published
from sandbox.world.lifecycle import MINISTRY
from sandbox.world.population import World

NAME = "pln"
_KINDS = {"COMPLAINT": "K", "ASPIRATION": "S", "INFORMATION_REQUEST": "I"}
_UNITS = ("PST", "UID", "UP3", "UP3", "ULP", "ULP")
_CHANNELS = ("MOBILE", "CC123", "KANTOR")
_STEPS = {
    "disposed": "TUGAS",
    "started": "MULAI",
    "followed_up": "JAWAB",
    "replied": "TANGGAP",
    "out_of_scope": "KEMBALI",
    "reopened": "BUKA",
}

HOLDING = Holding(
    system=NAME,
    rank=8,
    works_in=lambda agency: agency == NAME,
    charged=lambda _chance, _category, _place: NAME,
    own=40,
    at_least=250,
    identity="PLN{year}K{number:07d}",
    habits=MINISTRY,
    categories=(5, 501, 501, 502),
)


def publish(world: World, size: int, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's files into *folder* and say which complaint became which row."""
    told = publication(world, size, HOLDING, _row)
    _soil(told.rows, told.chance, ledger)
    oldest_first = sorted(told.rows, key=lambda row: (row["waktu_lapor"], row["no_keluhan"]))
    write_lines(folder / "pln-keluhan.jsonl", oldest_first)
    write_lines(folder / "pln-tindakan.jsonl", (it for one in told.handlings for it in _steps(one)))
    return told.published


def _row(handling: Handling, chance: Random) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    code, category = by_category("pln-services", "word")[complaint.category]
    number = number_of(handling)
    row: Row = {
        "no_keluhan": handling.local_id,
        "no_sp4n": number,
        "ringkasan": complaint.title,
        "keterangan": complaint.body,
        "jenis": _KINDS[complaint.kind],
        "layanan": code,
        "unit": _UNITS[int(chance.random() * len(_UNITS))],
        "kode_wilayah": where.regency,
        "lokasi": {"alamat": where.address, "lat": where.latitude, "lng": where.longitude},
        "kode_status": int(words("pln-status", word="code")[story.status]),
        "kanal": "SP4N" if number else _CHANNELS[int(chance.random() * len(_CHANNELS))],
        "tertutup": "Y" if complaint.secret else "N",
        "anonim": "Y" if complaint.anonymous else "N",
        "pelanggan": {"nama": complaint.reporter.name, "hp": complaint.reporter.contact},
        "waktu_lapor": iso_or_none(story.submitted),
        "waktu_tugas": iso_or_none(story.first("disposed")),
        "waktu_jawab": iso_or_none(story.first("followed_up")),
        "waktu_selesai": iso_or_none(story.closed()),
        "waktu_ubah": iso_or_none(story.updated),
    }
    return row, truth_of(handling, agency=NAME, category=category, region=where.regency)


def _steps(handling: Handling) -> list[Row]:
    return [
        {
            "no_keluhan": handling.local_id,
            "urut": number,
            "waktu": iso_or_none(event.at),
            "jenis": _STEPS[event.kind],
            "uraian": event.text or None,
        }
        for number, event in steps_of(handling)
    ]


def _soil(rows: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "no_keluhan", chance, ledger)
    spade.plant("unknown_status", rows, 0.006, put("kode_status", 33, 99))
    spade.plant("unknown_agency", rows, 0.004, put("unit", "APJ", "RAYON"))
    spade.plant("unknown_region", rows, 0.003, put("kode_wilayah", "00.00", "5"))
    spade.plant("unknown_category", rows, 0.003, put("layanan", "PRABAYAR"))
    Soil(
        closed="waktu_selesai",
        tracking="no_sp4n",
        title="ringkasan",
        body="keterangan",
        hide=put("tertutup", "", None),
    ).plant(spade, rows)
