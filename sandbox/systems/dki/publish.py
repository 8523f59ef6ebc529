"""Write what the province's system holds: rows, and the updates on them as a list of its own."""

from pathlib import Path
from random import Random

from sandbox.systems.publication import (
    Soil,
    number_of,
    publication,
    steps_of,
    truth_of,
    write_lines,
)
from sandbox.vocabulary import by_category, words
from sandbox.world.agencies import local_government
from sandbox.world.complaint import Handling, Place
from sandbox.world.dirt import Ledger, Row, Spade, put, vary
from sandbox.world.further import Holding
from sandbox.world.ground_truth import Published
from sandbox.world.moments import WIB, local
from sandbox.world.population import World

NAME = "dki"
_KINDS = {"COMPLAINT": 1, "ASPIRATION": 2, "INFORMATION_REQUEST": 3}
_CHANNELS = ("JAKI", "WEB", "WA", "BALAI WARGA")
_STEPS = {
    "disposed": "KOORDINASI",
    "started": "PENGERJAAN",
    "followed_up": "TINDAK LANJUT",
    "replied": "TANGGAPAN WARGA",
    "out_of_scope": "PENGEMBALIAN",
    "reopened": "PEMBUKAAN ULANG",
}


def _works_in(agency: str) -> bool:
    return agency in words("dki-units")


def _charged(chance: Random, _category: int, where: Place) -> str:
    dice = chance.random()
    if dice < 0.6:
        return local_government(where.regency)
    return "pemprov-31" if dice < 0.9 else "pemprov-31-diskominfo"


HOLDING = Holding(
    system=NAME,
    rank=3,
    works_in=_works_in,
    charged=_charged,
    own=60,
    at_least=1100,
    identity="JKT{year}{number:06d}",
    province="31",
)


def publish(world: World, size: int, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's files into *folder* and say which complaint became which row."""
    told = publication(world, size, HOLDING, _row)
    _soil(told.rows, told.chance, ledger)
    write_lines(folder / "dki-aduan.jsonl", told.rows)
    write_lines(
        folder / "dki-pembaruan.jsonl", (it for each in told.handlings for it in _steps(each))
    )
    return told.published


def _row(handling: Handling, chance: Random) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    word, category = by_category("dki-categories", "word")[complaint.category]
    agency = story.agency or handling.agency
    at_home = where.regency.startswith("31.")
    closed = story.closed()
    row: Row = {
        "nomor_tiket": handling.local_id,
        "nomor_sp4n": number_of(handling),
        "judul": complaint.title,
        "deskripsi": complaint.body,
        "jenis": _KINDS[complaint.kind],
        "kategori": word,
        "kode_kota": where.regency.replace(".", "") if at_home else None,
        "alamat": where.address,
        "koordinat": f"{where.latitude},{where.longitude}" if chance.random() < 0.5 else None,
        "perangkat_daerah": words("dki-units").get(agency),
        "status": words("dki-status")[story.status],
        "pengawasan": complaint.supervisory,
        "kanal": "SP4N"
        if number_of(handling)
        else _CHANNELS[int(chance.random() * len(_CHANNELS))],
        "privasi": {"anonim": complaint.anonymous, "rahasia": complaint.secret},
        "pelapor": {"nama": complaint.reporter.name, "telepon": complaint.reporter.contact},
        "dilaporkan": _local(story.submitted),
        "dikoordinasikan": _local(story.first("disposed")),
        "diselesaikan": _local(closed),
        "diperbarui": _local(story.updated),
    }
    truth = truth_of(
        handling,
        agency=agency if row["perangkat_daerah"] else None,
        category=category,
        region=where.regency if at_home else None,
        supervisory=complaint.supervisory,
    )
    return row, truth


def _local(moment: int | None) -> str | None:
    """Write a moment as the province does: `31/10/2026 08:15:00`, on Jakarta's clock."""
    if moment is None:
        return None
    year, month, day = (text := local(moment, WIB))[:4], text[5:7], text[8:10]
    return f"{day}/{month}/{year} {text[11:]}"


def _steps(handling: Handling) -> list[Row]:
    units = words("dki-units")
    return [
        {
            "id": f"{handling.local_id}-{number}",
            "nomor_tiket": handling.local_id,
            "waktu": _local(event.at),
            "jenis": _STEPS[event.kind],
            "unit": units.get(event.target or event.source or handling.agency),
            "keterangan": event.text or None,
        }
        for number, event in steps_of(handling)
    ]


def _soil(found: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "nomor_tiket", chance, ledger)
    spade.plant("unknown_status", found, 0.004, put("status", "Telaah Ulang", "Monitoring"))
    spade.plant("unknown_agency", found, 0.004, put("perangkat_daerah", "SUDIN LAMA", "UPT 9"))
    spade.plant("unknown_region", found, 0.003, put("kode_kota", "3199x", "0"))
    spade.plant("unknown_category", found, 0.003, put("kategori", "Lain-lain (lama)"))
    spade.plant("word_variant", found, 0.01, vary("status"))
    Soil(
        closed="diselesaikan",
        tracking="nomor_sp4n",
        title="judul",
        body="deskripsi",
        hide=_hide,
        long_ago="01/01/2001 00:00:00",
    ).plant(spade, found)


def _hide(row: Row, _: Random) -> str:
    row["privasi"]["rahasia"] = None
    return "privasi.rahasia"
