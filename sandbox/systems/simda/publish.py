"""Write what the regency's database holds: its rows, as lists of values."""

from collections.abc import Iterable
from pathlib import Path
from random import Random

import orjson

from sandbox.vocabulary import by_category, words
from sandbox.world.complaint import Handling
from sandbox.world.dirt import Ledger, Row, Spade, entities, hashed, lot, put
from sandbox.world.further import Holding, settle
from sandbox.world.ground_truth import Published
from sandbox.world.moments import WIB, local
from sandbox.world.population import World

NAME = "simda"
AGENCY = "pemkab-35.10"
ZERO = "0000-00-00 00:00:00"
COLUMNS = (
    "no_tiket", "no_sp4n", "judul", "isi", "jenis", "kd_bidang", "kd_skpd", "kd_status",
    "kecamatan", "tgl_aduan", "tgl_disposisi", "tgl_jawab", "tgl_selesai", "tgl_ubah", "rahasia",
    "anonim", "kanal", "pelapor", "undi",
)  # fmt: skip
STEP_COLUMNS = ("no_tiket", "waktu", "jenis", "kd_skpd", "keterangan")
_KINDS = {"COMPLAINT": "P", "ASPIRATION": "A", "INFORMATION_REQUEST": "I"}
_CHANNELS = {"web": "WEB", "whatsapp": "WA"}
_STEPS = {
    "disposed": "Disposisi",
    "started": "Mulai",
    "followed_up": "Jawaban",
    "replied": "Tanggapan",
    "out_of_scope": "Kembali",
    "reopened": "Buka lagi",
}

HOLDING = Holding(
    system=NAME,
    rank=5,
    works_in=lambda agency: agency == AGENCY,
    charged=lambda _chance, _category, _place: AGENCY,
    own=20,
    at_least=150,
    identity="SM.{year}.{number:05d}",
    regency="35.10",
)


def publish(world: World, size: int, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's files into *folder* and say which complaint became which row."""
    handlings = settle(world, size, HOLDING)
    chance = Random(f"{NAME}:rows:{world.seed}:{world.as_of}:{size}")
    rows: list[Row] = []
    published: dict[int, list[Published]] = {}
    for handling in handlings:
        row, truth = _row(handling, chance, world.seed)
        rows.append(row)
        published.setdefault(handling.complaint.serial, []).append(truth)
    _soil(rows, chance, ledger)
    _write(folder / "simda-aduan.jsonl", ([row[name] for name in COLUMNS] for row in rows))
    _write(folder / "simda-riwayat.jsonl", _steps(handlings))
    return published


def _row(handling: Handling, chance: Random, seed: int) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    code, category = by_category("simda-fields", "code")[complaint.category]
    linked = handling.link == "tracking"
    row: Row = {
        "no_tiket": handling.local_id,
        "no_sp4n": complaint.tracking if linked else "",
        "judul": complaint.title,
        "isi": complaint.body,
        "jenis": _KINDS[complaint.kind],
        "kd_bidang": code,
        "kd_skpd": f"{1 + int(chance.random() * 4)}.0{code[1]}",
        "kd_status": int(words("simda-status", word="code")[story.status]),
        "kecamatan": complaint.place.district_name,
        "tgl_aduan": local(story.submitted, WIB),
        "tgl_disposisi": _local(story.first("disposed")),
        "tgl_jawab": _local(story.first("followed_up")),
        "tgl_selesai": _local(story.closed()),
        "tgl_ubah": local(story.updated, WIB),
        "rahasia": "Y" if complaint.secret else "T",
        "anonim": int(complaint.anonymous),
        "kanal": "SP4N" if linked else _CHANNELS.get(complaint.channel, "WEB"),
        "pelapor": complaint.reporter.name,
        "undi": lot(seed, handling.local_id),
    }
    truth = Published(
        id=handling.local_id,
        agency=AGENCY,
        category=category,
        region="35.10",
        supervisory=None,
        story=story,
        tracking=row["no_sp4n"] or None,
        link=handling.link,
    )
    return row, truth


def _local(moment: int | None) -> str:
    return ZERO if moment is None else local(moment, WIB)


def _steps(handlings: list[Handling]) -> Iterable[list[object]]:
    for handling in handlings:
        for event in handling.story.events:
            if event.kind in _STEPS:
                yield [
                    handling.local_id, local(event.at, WIB), _STEPS[event.kind], "1.01", event.text,
                ]  # fmt: skip


def _soil(rows: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "no_tiket", chance, ledger)
    done = lambda row: row["tgl_selesai"] != ZERO  # noqa: E731 - a predicate with a name
    acted = lambda row: row["tgl_jawab"] != ZERO  # noqa: E731 - same
    linked = lambda row: row["no_sp4n"]  # noqa: E731 - same
    spade.plant("unknown_status", rows, 0.01, put("kd_status", 0, 77))
    spade.plant("unknown_category", rows, 0.01, put("kd_bidang", "", "ZZ"))
    spade.plant(
        "missing_submission", rows, 0.01, put("tgl_aduan", ZERO, "2026-02-00 00:00:00"), acted
    )
    spade.plant("negative_duration", rows, 0.01, put("tgl_selesai", "2001-01-01 00:00:00"), done)
    spade.plant("missing_close_time", rows, 0.02, put("tgl_selesai", ZERO), done)
    spade.plant("missing_visibility", rows, 0.01, put("rahasia", ""))
    spade.plant("leading_hash", rows, 0.01, hashed("no_sp4n"), linked)
    spade.plant("mojibake", rows, 0.01, _mojibake)
    spade.plant("html_entities", rows, 0.01, entities("judul"))


def _mojibake(row: Row, _: Random) -> str:
    row["isi"] = f"“{row['isi']}”".encode().decode("cp1252", "ignore")
    return "isi"


def _write(path: Path, rows: Iterable[list[object]]) -> None:
    with path.open("wb") as out:
        for row in rows:
            out.write(orjson.dumps(row) + b"\n")
