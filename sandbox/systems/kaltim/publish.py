"""Write what the province's system holds: rows and their follow-ups."""

from pathlib import Path
from random import Random

import orjson

from sandbox.vocabulary import by_category, words
from sandbox.world.channels import CHANNELS
from sandbox.world.complaint import Handling
from sandbox.world.dirt import Ledger, Row, Spade, entities, hashed, mojibake, put, vary
from sandbox.world.ground_truth import Published
from sandbox.world.moments import DAY, WITA, local
from sandbox.world.population import World

NAME = "kaltim"
_STEPS = {
    "disposed": "Disposisi",
    "started": "Penanganan",
    "followed_up": "Hasil Penanganan",
    "replied": "Tanggapan Pelapor",
    "out_of_scope": "Pengembalian",
    "reopened": "Pembukaan Kembali",
}
_CLOSED_WORDS = ("Selesai Pengaduan", "Selesai Otomatis", "Ditutup Admin")


def publish(world: World, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's files into *folder* and say which complaint became which row."""
    chance = Random(f"kaltim:{world.seed}:{world.as_of}:{len(world.kaltim)}")
    taken = {complaint.tracking for complaint in world.national}
    rows: list[Row] = []
    published: dict[int, list[Published]] = {}
    for handling in world.kaltim:
        row, truth = _row(handling, chance)
        rows.append(row)
        published.setdefault(handling.complaint.serial, []).append(truth)
    _soil(rows, chance, ledger, world.now, taken)
    rows.sort(key=lambda it: (it["waktu_lapor"], it["id"]), reverse=True)
    _mark_duplicates(rows, world)
    twice = set(chance.sample(range(len(rows)), min(len(rows), max(2, len(rows) // 1_000))))
    with (folder / "kaltim-aduan.jsonl").open("wb") as out:
        for at, row in enumerate(rows):
            line = orjson.dumps(row) + b"\n"
            out.write(line)
            if at in twice:
                out.write(line)
                ledger.note(NAME, row["id"], "duplicate_delivery", "")
    with (folder / "kaltim-tindakan.jsonl").open("wb") as out:
        for handling in world.kaltim:
            out.write(orjson.dumps([handling.local_id, _steps(handling)]))
            out.write(b"\n")
    return published


def _mark_duplicates(rows: list[Row], world: World) -> None:
    """Let the province say of half of the second reports which complaint they repeat."""
    chance = Random(f"kaltim-duplikat:{world.seed}:{world.as_of}:{len(world.kaltim)}")
    repeated = {
        handling.local_id: handling.complaint.tracking
        for handling in world.kaltim
        if handling.link == "unlinked" and handling.complaint.tracking and chance.random() < 0.5
    }
    for row in rows:
        row["duplikat_dari"] = repeated.get(row["id"])


def _row(handling: Handling, chance: Random) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    word, category = by_category("kaltim-categories", "word")[complaint.category]
    if chance.random() < 0.08:
        word, category = "", 0
    supervisory = None if chance.random() < 0.06 else complaint.supervisory
    opd = words("kaltim-opd")
    agency = handling.story.agency or handling.agency
    in_kaltim = where.regency in words("kaltim-regions", key="canonical")
    region = where.regency if in_kaltim and chance.random() > 0.03 else None
    with_district = region is not None and chance.random() < 0.8
    channel = "sp4n" if handling.link == "tracking" else complaint.channel
    mapped = chance.random() < 0.6
    row: Row = {
        "id": handling.local_id,
        "nomor_lapor": complaint.tracking if handling.link == "tracking" else None,
        "judul": complaint.title,
        "uraian": complaint.body,
        "kategori": word or None,
        "kab_kota": words("kaltim-regions")[region] if region else None,
        "kecamatan": where.district_name if with_district else None,
        "lokasi": {
            "alamat": where.address,
            "lat": where.latitude if mapped else None,
            "lon": where.longitude if mapped else None,
        },
        "opd": opd[agency] if agency else None,
        "status": words("kaltim-status")[story.status],
        "jenis": words("kinds", word="kaltim")[complaint.kind],
        "berpengawasan": None if supervisory is None else "Ya" if supervisory else "Tidak",
        "kanal": CHANNELS.word(channel, NAME),
        "anonim": int(complaint.anonymous),
        "rahasia": int(complaint.secret),
        "pelapor": {"nama": complaint.reporter.name, "hp": complaint.reporter.contact},
        "waktu_lapor": local(story.submitted, WITA),
        "waktu_diteruskan": _local(story.first("disposed")),
        "waktu_tindakan": _local(story.first("followed_up")),
        "waktu_selesai": _local(story.closed()),
        "waktu_ubah": local(story.updated, WITA),
    }
    truth = Published(
        id=handling.local_id,
        agency=agency or None,
        category=category or None,
        region=where.district if with_district else region,
        supervisory=supervisory,
        story=story,
        tracking=row["nomor_lapor"],
        link=handling.link,
    )
    return row, truth


def _local(moment: int | None) -> str | None:
    return None if moment is None else local(moment, WITA)


def _steps(handling: Handling) -> list[Row]:
    found: list[Row] = []
    opd = words("kaltim-opd")
    for event in handling.story.events:
        if event.kind not in _STEPS:
            continue
        unit = opd.get(event.target or event.source or handling.agency)
        found.append(
            {
                "urut": len(found) + 1,
                "waktu": local(event.at, WITA),
                "jenis": _STEPS[event.kind],
                "opd": unit,
                "uraian": event.text or None,
            }
        )
    return found


def _soil(rows: list[Row], chance: Random, ledger: Ledger, now: int, taken: set[str]) -> None:
    spade = Spade(NAME, "id", chance, ledger)
    done = lambda row: row["status"] in _CLOSED_WORDS  # noqa: E731 - a predicate with a name
    own = lambda row: row["nomor_lapor"] is None  # noqa: E731 - same
    linked = lambda row: row["nomor_lapor"] is not None  # noqa: E731 - same
    placed = lambda row: row["kab_kota"] is not None  # noqa: E731 - same
    nowhere = [number for number in ("7000001", "7000002", "7000003") if number not in taken]
    spade.plant("unknown_status", rows, 0.003, put("status", "Rekonsiliasi", "Ditelaah"))
    spade.plant("unknown_agency", rows, 0.003, put("opd", "DINAS LAMA", "UPTD XII"))
    spade.plant("unknown_region", rows, 0.002, put("kab_kota", "Kutai Lama", "Kab. Pasir Lama"))
    spade.plant("word_variant", rows, 0.01, vary("kab_kota"), placed)
    spade.plant("word_variant", rows, 0.005, vary("status"))
    spade.plant("negative_duration", rows, 0.003, put("waktu_selesai", "2001-01-01 00:00:00"), done)
    spade.plant("missing_close_time", rows, 0.01, put("waktu_selesai", None), done)
    spade.plant("python_null", rows, 0.004, put("kecamatan", "None", "", "-"), placed)
    spade.plant("leading_hash", rows, 0.01, hashed("nomor_lapor"), linked)
    spade.plant("dangling_tracking", rows, 3, put("nomor_lapor", *nowhere), own)
    spade.plant("mojibake", rows, 0.003, mojibake("uraian"))
    spade.plant("html_entities", rows, 0.004, entities("judul"))
    future = local(now + 300 * DAY, WITA)
    spade.plant("future_date", rows, 1, put("waktu_selesai", future), done)
    spade.plant("missing_visibility", rows, 0.004, put("rahasia", None))
