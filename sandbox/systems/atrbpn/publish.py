"""Write what the ministry holds, as the objects of its schema."""

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
from sandbox.vocabulary import by_category, rows, words
from sandbox.world.complaint import Handling, Place
from sandbox.world.dirt import Ledger, Row, Spade, put
from sandbox.world.further import Holding
from sandbox.world.ground_truth import Published
from sandbox.world.lifecycle import MINISTRY
from sandbox.world.moments import iso
from sandbox.world.population import World

NAME = "atrbpn"
_KINDS = {"COMPLAINT": "PENGADUAN", "ASPIRATION": "ASPIRASI", "INFORMATION_REQUEST": "INFORMASI"}
_UNITS = ("PST", "KWL", "KTH", "KTH", "KTH")
_STEPS = {
    "disposed": "PENERUSAN",
    "started": "PENANGANAN",
    "followed_up": "JAWABAN",
    "replied": "TANGGAPAN",
    "out_of_scope": "PENGEMBALIAN",
    "reopened": "PEMBUKAAN_KEMBALI",
}


def _works_in(agency: str) -> bool:
    return agency == NAME


def _charged(_chance: Random, _category: int, _where: Place) -> str:
    return NAME


HOLDING = Holding(
    system=NAME,
    rank=4,
    works_in=_works_in,
    charged=_charged,
    own=40,
    at_least=250,
    identity="ATR-{year}-{number:06d}",
    habits=MINISTRY,
    categories=(1512, 1513, 1514, 29, 2901, 2902),
)


def publish(world: World, size: int, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's file into *folder* and say which complaint became which object."""
    told = publication(world, size, HOLDING, _row)
    _soil(told.rows, told.chance, ledger)
    newest_first = sorted(told.rows, key=lambda row: (row["dibuat"], row["nomor"]), reverse=True)
    write_lines(folder / "atrbpn-pengaduan.jsonl", newest_first)
    return told.published


def _row(handling: Handling, chance: Random) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    code, category = by_category("atrbpn-services", "word")[complaint.category]
    unit = _UNITS[int(chance.random() * len(_UNITS))]
    mapped = chance.random() < 0.5
    region = where.regency if chance.random() > 0.04 else None
    row: Row = {
        "nomor": handling.local_id,
        "nomorSp4n": number_of(handling),
        "perihal": complaint.title,
        "uraian": complaint.body,
        "jenis": _KINDS[complaint.kind],
        "layanan": {"kode": code, "nama": _names("atrbpn-services")[code]},
        "satuanKerja": {"kode": unit, "nama": _names("atrbpn-units")[unit]},
        "wilayah": {"kode": region} if region else None,
        "lokasi": {
            "alamat": where.address,
            "lintang": where.latitude if mapped else None,
            "bujur": where.longitude if mapped else None,
        },
        "status": words("atrbpn-status")[story.status],
        "berkadarPengawasan": complaint.supervisory,
        "anonim": complaint.anonymous,
        "rahasia": complaint.secret,
        "pelapor": {"nama": complaint.reporter.name, "kontak": complaint.reporter.contact},
        "dibuat": iso(story.submitted),
        "diteruskan": iso_or_none(story.first("disposed")),
        "dijawab": iso_or_none(story.first("followed_up")),
        "selesai": iso_or_none(story.closed()),
        "diubah": iso(story.updated),
        "riwayat": _steps(handling, unit),
    }
    truth = truth_of(
        handling,
        agency=NAME,
        category=category,
        region=region,
        supervisory=complaint.supervisory,
    )
    return row, truth


def _names(table: str) -> dict[str, str]:
    return {row["word"]: row["name"] for row in rows(table)}


def _steps(handling: Handling, unit: str) -> list[Row]:
    return [
        {
            "urut": number,
            "waktu": iso(event.at),
            "jenis": _STEPS[event.kind],
            "satuanKerja": {"kode": unit, "nama": _names("atrbpn-units")[unit]},
            "catatan": event.text or None,
        }
        for number, event in steps_of(handling)
    ]


def _soil(found: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "nomor", chance, ledger)
    spade.plant("unknown_status", found, 0.006, put("status", "MEDIASI", "TELAAH_LAPANGAN"))
    spade.plant("unknown_agency", found, 0.004, put("satuanKerja", {"kode": "KTH-LAMA"}))
    spade.plant("unknown_region", found, 0.003, put("wilayah", {"kode": "99.99"}, {"kode": "0"}))
    spade.plant("unknown_category", found, 0.003, put("layanan", {"kode": "PRONA"}))
    Soil(
        closed="selesai",
        tracking="nomorSp4n",
        title="perihal",
        body="uraian",
        hide=put("rahasia", None),
    ).plant(spade, found)
