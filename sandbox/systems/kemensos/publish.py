"""Write what the ministry holds: rows, and the steps of each."""

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
from sandbox.world.complaint import Handling
from sandbox.world.dirt import Ledger, Row, Spade, put
from sandbox.world.further import Holding
from sandbox.world.ground_truth import Published
from sandbox.world.lifecycle import MINISTRY
from sandbox.world.population import World

NAME = "kemensos"
_KINDS = {"COMPLAINT": "PENGADUAN", "ASPIRATION": "SARAN", "INFORMATION_REQUEST": "PERTANYAAN"}
_UNITS = ("SETJEN", "LINJAMSOS", "LINJAMSOS", "RESOS", "DAYASOS")
_CHANNELS = ("CEK_BANSOS", "COMMAND_CENTER", "WA")
_STEPS = {
    "disposed": "DISPOSISI",
    "started": "VERIFIKASI",
    "followed_up": "JAWABAN",
    "replied": "TANGGAPAN",
    "out_of_scope": "DIKEMBALIKAN",
    "reopened": "DIBUKA",
}

HOLDING = Holding(
    system=NAME,
    rank=6,
    works_in=lambda agency: agency == NAME,
    charged=lambda _chance, _category, _place: NAME,
    own=40,
    at_least=250,
    identity="SOS-{year}-{number:06d}",
    habits=MINISTRY,
    categories=(22, 2201, 2202, 2203, 2204, 2205),
)


def publish(world: World, size: int, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's files into *folder* and say which complaint became which row."""
    told = publication(world, size, HOLDING, _row)
    _soil(told.rows, told.chance, ledger)
    newest_first = sorted(told.rows, key=lambda row: (row["masuk"], row["nomor"]), reverse=True)
    write_lines(folder / "kemensos-pengaduan.jsonl", newest_first)
    write_lines(
        folder / "kemensos-riwayat.jsonl", (it for one in told.handlings for it in _steps(one))
    )
    return told.published


def _row(handling: Handling, chance: Random) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    code, category = by_category("kemensos-services", "word")[complaint.category]
    number = number_of(handling)
    region = where.district if chance.random() > 0.05 else None
    row: Row = {
        "nomor": handling.local_id,
        "nomor_lapor": number,
        "perihal": complaint.title,
        "uraian": complaint.body,
        "jenis": _KINDS[complaint.kind],
        "layanan": code,
        "unit": _UNITS[int(chance.random() * len(_UNITS))],
        "wilayah": region,
        "alamat": where.address,
        "status": words("kemensos-status")[story.status],
        "pengawasan": complaint.supervisory,
        "kanal": "SP4N" if number else _CHANNELS[int(chance.random() * len(_CHANNELS))],
        "anonim": complaint.anonymous,
        "rahasia": complaint.secret,
        "pelapor": {"nama": complaint.reporter.name, "kontak": complaint.reporter.contact},
        "masuk": _milliseconds(story.submitted),
        "disposisi": _milliseconds(story.first("disposed")),
        "dijawab": _milliseconds(story.first("followed_up")),
        "selesai": _milliseconds(story.closed()),
        "diubah": _milliseconds(story.updated),
    }
    truth = truth_of(
        handling,
        agency=NAME,
        category=category,
        region=region,
        supervisory=complaint.supervisory,
    )
    return row, truth


def _milliseconds(moment: int | None) -> int | None:
    return None if moment is None else moment * 1_000


def _steps(handling: Handling) -> list[Row]:
    return [
        {
            "nomor": handling.local_id,
            "urut": number,
            "waktu": _milliseconds(event.at),
            "jenis": _STEPS[event.kind],
            "catatan": event.text or None,
        }
        for number, event in steps_of(handling)
    ]


def _soil(rows: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "nomor", chance, ledger)
    spade.plant("unknown_status", rows, 0.006, put("status", "PADANAN_NIK", "MUSDES"))
    spade.plant("unknown_agency", rows, 0.004, put("unit", "BALAI-LAMA", "PUSDATIN"))
    spade.plant("unknown_region", rows, 0.003, put("wilayah", "99.99", "0"))
    spade.plant("unknown_category", rows, 0.003, put("layanan", "KKS-LAMA"))
    Soil(
        closed="selesai",
        tracking="nomor_lapor",
        title="perihal",
        body="uraian",
        hide=put("rahasia", None),
        long_ago=978_307_200_000,
    ).plant(spade, rows)
