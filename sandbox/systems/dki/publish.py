"""Write what the province's system holds: rows, and the updates on them as a list of its own."""

from pathlib import Path
from random import Random

import orjson

from sandbox.vocabulary import by_category, words
from sandbox.world.agencies import local_government
from sandbox.world.complaint import Handling, Place
from sandbox.world.dirt import Ledger, Row, Spade, entities, mojibake, put, vary
from sandbox.world.further import Holding, settle
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
    handlings = settle(world, size, HOLDING)
    chance = Random(f"{NAME}:rows:{world.seed}:{world.as_of}:{size}")
    found: list[Row] = []
    published: dict[int, list[Published]] = {}
    for handling in handlings:
        row, truth = _row(handling, chance)
        found.append(row)
        published.setdefault(handling.complaint.serial, []).append(truth)
    _soil(found, chance, ledger)
    with (folder / "dki-aduan.jsonl").open("wb") as out:
        for row in found:
            out.write(orjson.dumps(row) + b"\n")
    with (folder / "dki-pembaruan.jsonl").open("wb") as out:
        for handling in handlings:
            for step in _steps(handling):
                out.write(orjson.dumps(step) + b"\n")
    return published


def _row(handling: Handling, chance: Random) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    word, category = by_category("dki-categories", "word")[complaint.category]
    agency = story.agency or handling.agency
    linked = handling.link == "tracking"
    at_home = where.regency.startswith("31.")
    closed = story.closed()
    row: Row = {
        "nomor_tiket": handling.local_id,
        "nomor_sp4n": complaint.tracking if linked else None,
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
        "kanal": "SP4N" if linked else _CHANNELS[int(chance.random() * len(_CHANNELS))],
        "privasi": {"anonim": complaint.anonymous, "rahasia": complaint.secret},
        "pelapor": {"nama": complaint.reporter.name, "telepon": complaint.reporter.contact},
        "dilaporkan": _local(story.submitted),
        "dikoordinasikan": _local(story.first("disposed")),
        "diselesaikan": _local(closed),
        "diperbarui": _local(story.updated),
    }
    truth = Published(
        id=handling.local_id,
        agency=agency if row["perangkat_daerah"] else None,
        category=category,
        region=where.regency if at_home else None,
        supervisory=complaint.supervisory,
        story=story,
        tracking=row["nomor_sp4n"],
        link=handling.link,
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
    told = [event for event in handling.story.events if event.kind in _STEPS]
    return [
        {
            "id": f"{handling.local_id}-{number}",
            "nomor_tiket": handling.local_id,
            "waktu": _local(event.at),
            "jenis": _STEPS[event.kind],
            "unit": units.get(event.target or event.source or handling.agency),
            "keterangan": event.text or None,
        }
        for number, event in enumerate(told, 1)
    ]


def _soil(found: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "nomor_tiket", chance, ledger)
    done = lambda row: row["diselesaikan"] is not None  # noqa: E731 - a predicate with a name
    linked = lambda row: row["nomor_sp4n"] is not None  # noqa: E731 - same
    spade.plant("unknown_status", found, 0.004, put("status", "Telaah Ulang", "Monitoring"))
    spade.plant("unknown_agency", found, 0.004, put("perangkat_daerah", "SUDIN LAMA", "UPT 9"))
    spade.plant("unknown_region", found, 0.003, put("kode_kota", "3199x", "0"))
    spade.plant("unknown_category", found, 0.003, put("kategori", "Lain-lain (lama)"))
    spade.plant("word_variant", found, 0.01, vary("status"))
    spade.plant("negative_duration", found, 0.004, put("diselesaikan", "01/01/2001 00:00:00"), done)
    spade.plant("missing_close_time", found, 0.01, put("diselesaikan", None), done)
    spade.plant("leading_hash", found, 0.01, _add_hash, linked)
    spade.plant("mojibake", found, 0.004, mojibake("deskripsi"))
    spade.plant("html_entities", found, 0.004, entities("judul"))
    spade.plant("missing_visibility", found, 0.004, _hide)


def _add_hash(row: Row, _: Random) -> str:
    row["nomor_sp4n"] = f"#{row['nomor_sp4n']}"
    return "nomor_sp4n"


def _hide(row: Row, _: Random) -> str:
    row["privasi"]["rahasia"] = None
    return "privasi.rahasia"
