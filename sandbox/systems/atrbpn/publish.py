"""Write what the ministry holds, as the objects of its schema."""

from pathlib import Path
from random import Random

import orjson

from sandbox.vocabulary import by_category, rows, words
from sandbox.world.complaint import Handling, Place
from sandbox.world.dirt import Ledger, Row, Spade, entities, mojibake, put
from sandbox.world.further import Holding, settle
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
    handlings = settle(world, size, HOLDING)
    chance = Random(f"{NAME}:rows:{world.seed}:{world.as_of}:{size}")
    found: list[Row] = []
    published: dict[int, list[Published]] = {}
    for handling in handlings:
        row, truth = _row(handling, chance)
        found.append(row)
        published.setdefault(handling.complaint.serial, []).append(truth)
    _soil(found, chance, ledger)
    found.sort(key=lambda row: (row["dibuat"], row["nomor"]), reverse=True)
    with (folder / "atrbpn-pengaduan.jsonl").open("wb") as out:
        for row in found:
            out.write(orjson.dumps(row) + b"\n")
    return published


def _row(handling: Handling, chance: Random) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    code, category = by_category("atrbpn-services", "word")[complaint.category]
    linked = handling.link == "tracking"
    unit = _UNITS[int(chance.random() * len(_UNITS))]
    mapped = chance.random() < 0.5
    region = where.regency if chance.random() > 0.04 else None
    row: Row = {
        "nomor": handling.local_id,
        "nomorSp4n": complaint.tracking if linked else None,
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
        "diteruskan": _iso(story.first("disposed")),
        "dijawab": _iso(story.first("followed_up")),
        "selesai": _iso(story.closed()),
        "diubah": iso(story.updated),
        "riwayat": _steps(handling, unit),
    }
    truth = Published(
        id=handling.local_id,
        agency=NAME,
        category=category,
        region=region,
        supervisory=complaint.supervisory,
        story=story,
        tracking=row["nomorSp4n"],
        link=handling.link,
    )
    return row, truth


def _iso(moment: int | None) -> str | None:
    return None if moment is None else iso(moment)


def _names(table: str) -> dict[str, str]:
    return {row["word"]: row["name"] for row in rows(table)}


def _steps(handling: Handling, unit: str) -> list[Row]:
    told = [event for event in handling.story.events if event.kind in _STEPS]
    return [
        {
            "urut": number,
            "waktu": iso(event.at),
            "jenis": _STEPS[event.kind],
            "satuanKerja": {"kode": unit, "nama": _names("atrbpn-units")[unit]},
            "catatan": event.text or None,
        }
        for number, event in enumerate(told, 1)
    ]


def _soil(found: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "nomor", chance, ledger)
    done = lambda row: row["selesai"] is not None  # noqa: E731 - a predicate with a name
    linked = lambda row: row["nomorSp4n"] is not None  # noqa: E731 - same
    spade.plant("unknown_status", found, 0.006, put("status", "MEDIASI", "TELAAH_LAPANGAN"))
    spade.plant("unknown_agency", found, 0.004, put("satuanKerja", {"kode": "KTH-LAMA"}))
    spade.plant("unknown_region", found, 0.003, put("wilayah", {"kode": "99.99"}, {"kode": "0"}))
    spade.plant("unknown_category", found, 0.003, put("layanan", {"kode": "PRONA"}))
    spade.plant("negative_duration", found, 0.004, put("selesai", "2001-01-01T00:00:00Z"), done)
    spade.plant("missing_close_time", found, 0.01, put("selesai", None), done)
    spade.plant("leading_hash", found, 0.01, _add_hash, linked)
    spade.plant("mojibake", found, 0.004, mojibake("uraian"))
    spade.plant("html_entities", found, 0.004, entities("perihal"))
    spade.plant("missing_visibility", found, 0.004, put("rahasia", None))


def _add_hash(row: Row, _: Random) -> str:
    row["nomorSp4n"] = f"#{row['nomorSp4n']}"
    return "nomorSp4n"
