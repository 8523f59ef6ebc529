"""Write what the national system holds: rows, histories and its change feed."""

from pathlib import Path
from random import Random

import orjson

from sandbox.systems.sp4n.recap import recap
from sandbox.vocabulary import words
from sandbox.world.agencies import sp4n_codes
from sandbox.world.channels import CHANNELS
from sandbox.world.complaint import Complaint, Event
from sandbox.world.dirt import Ledger, Row, Spade, entities, mojibake, put, vary
from sandbox.world.ground_truth import Published
from sandbox.world.moments import DAY, iso
from sandbox.world.population import FAMOUS_NUMBER, World

NAME = "sp4n"
MISSING_CATEGORY = 0.37
_STEPS = {
    "submitted": "masuk",
    "verified": "verifikasi",
    "deferred": "ditunda",
    "archived": "diarsipkan",
    "out_of_scope": "bukan wewenang",
    "disposed": "disposisi",
    "bounced": "dikembalikan",
    "started": "proses",
    "followed_up": "tindak lanjut",
    "replied": "tanggapan pelapor",
    "closed_by_reporter": "selesai",
    "closed_by_system": "selesai",
    "closed_by_admin": "selesai",
    "reopened": "dibuka kembali",
    "escalated": "ombudsman",
}
_CLOSERS = {
    "closed_by_reporter": "pelapor",
    "closed_by_system": "sistem",
    "closed_by_admin": "admin",
}
_CLOSED_WORDS = ("Selesai - ditutup pelapor", "Selesai otomatis", "Selesai - ditutup admin")


def publish(world: World, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's files into *folder* and say which complaint became which row."""
    chance = Random(f"sp4n:{world.seed}:{world.as_of}:{len(world.national)}")
    rows: list[Row] = []
    published: dict[int, list[Published]] = {}
    for complaint in world.national:
        row, truth = _row(complaint, chance)
        rows.append(row)
        published[complaint.serial] = [truth]
    changes = _changes(world, chance, ledger)
    _soil(rows, chance, ledger, world.now)
    with (folder / "sp4n-laporan.jsonl").open("wb") as out:
        for row in sorted(rows, key=lambda it: (it["diubah"], it["nomor"])):
            out.write(orjson.dumps(row))
            out.write(b"\n")
    with (folder / "sp4n-riwayat.jsonl").open("wb") as out:
        for complaint in world.national:
            out.write(orjson.dumps([complaint.tracking, _history(complaint)]))
            out.write(b"\n")
    with (folder / "sp4n-perubahan.jsonl").open("wb") as out:
        for change in changes:
            out.write(orjson.dumps(change))
            out.write(b"\n")
    figures = {"data": recap(world, chance, ledger)}
    (folder / "sp4n-rekap.json").write_bytes(orjson.dumps(figures))
    return published


def _row(complaint: Complaint, chance: Random) -> tuple[Row, Published]:
    story, where, consent = complaint.story, complaint.place, complaint.consent
    lacks_category = chance.random() < MISSING_CATEGORY and complaint.tracking != FAMOUS_NUMBER
    category = None if lacks_category else complaint.category
    supervisory = None if chance.random() < 0.05 else complaint.supervisory
    dice = chance.random()
    region: str | None = where.regency
    if dice < 0.34:
        region = where.district
    elif dice < 0.40:
        region = where.regency[:2]
    elif dice < 0.46:
        region = None
    mapped = chance.random() < 0.4
    pictures = int(chance.random() * 3) + 1 if chance.random() < 0.25 else 0
    closed = story.closed()
    agency = sp4n_codes()[story.agency] if story.agency else None
    disposed = [event.at for event in story.events if event.kind == "disposed"]
    followed_up = [event.at for event in story.events if event.kind == "followed_up"]
    row: Row = {
        "nomor": complaint.tracking,
        "judul": complaint.title,
        "isi": complaint.body,
        "klasifikasi": words("kinds", word="sp4n")[complaint.kind],
        "berkadar_pengawasan": supervisory,
        "kategori_id": category,
        "kanal": CHANNELS.word(complaint.channel, NAME),
        "wilayah_kode": region,
        "lokasi": where.address,
        "lintang": where.latitude if mapped else None,
        "bujur": where.longitude if mapped else None,
        "anonim": complaint.anonymous,
        "rahasia": complaint.secret,
        "pelapor": {"nama": complaint.reporter.name, "kontak": complaint.reporter.contact},
        "status": words("sp4n-status")[story.status],
        "instansi_kode": agency,
        "tanggal_masuk": iso(story.submitted),
        "tanggal_verifikasi": _iso(story.first("verified", "deferred", "archived", "out_of_scope")),
        "tanggal_disposisi": iso(disposed[-1]) if disposed else None,
        "tanggal_tindak_lanjut": _iso(story.first("followed_up")),
        "tanggal_tindak_lanjut_terakhir": iso(followed_up[-1]) if followed_up else None,
        "tanggal_selesai": _iso(closed),
        "pelimpahan_ditanyakan": _iso(consent.asked if consent else None),
        "pelimpahan_disetujui": _iso(consent.given if consent else None),
        "pelimpahan_ditolak": _iso(consent.refused if consent else None),
        "diubah": iso(story.updated),
        "lampiran": [
            {"nama": f"foto-{at}.jpg", "jenis": "image/jpeg", "ukuran": 90_000 + at * 7_919}
            for at in range(1, pictures + 1)
        ],
    }
    truth = Published(
        id=complaint.tracking,
        agency=story.agency or None,
        category=category,
        region=region,
        supervisory=supervisory,
        story=story,
        tracking=complaint.tracking,
        link="anchor",
    )
    return row, truth


def _iso(moment: int | None) -> str | None:
    return None if moment is None else iso(moment)


def _history(complaint: Complaint) -> list[Row]:
    codes = sp4n_codes()
    return [_step(at, event, codes) for at, event in enumerate(complaint.story.events, 1)]


def _step(at: int, event: Event, codes: dict[str, str]) -> Row:
    return {
        "urut": at,
        "waktu": iso(event.at),
        "jenis": _STEPS[event.kind],
        "dari": codes.get(event.source) if event.source else None,
        "ke": codes.get(event.target) if event.target else None,
        "oleh": _CLOSERS.get(event.kind),
        "teks": event.text or None,
    }


def _changes(world: World, chance: Random, ledger: Ledger) -> list[list[str]]:
    """List what changed when, oldest first; some twice, and some complaints that were removed."""
    taken = {complaint.tracking for complaint in world.national}
    changes: list[list[str]] = []
    for complaint in world.national:
        for at, event in enumerate(complaint.story.events):
            change = [iso(event.at), complaint.tracking, "ubah" if at else "baru"]
            changes.append(change)
            if chance.random() < 0.01:
                changes.append(change)
                ledger.note(NAME, complaint.tracking, "duplicate_change", "perubahan")
        if chance.random() < 0.003:
            gone = str(int(complaint.tracking) + 1)
            if gone not in taken:
                removed = min(complaint.story.submitted + 2 * DAY, world.now - 60)
                changes.append([iso(complaint.story.submitted), gone, "baru"])
                changes.append([iso(removed), gone, "hapus"])
                ledger.note(NAME, gone, "removed", "perubahan")
    changes.extend(
        [iso(complaint.story.touched), complaint.tracking, "ubah"]
        for complaint in world.national
        if complaint.story.touched
    )
    changes.sort()
    return changes


def _soil(rows: list[Row], chance: Random, ledger: Ledger, now: int) -> None:
    spade = Spade(NAME, "nomor", chance, ledger, spared=frozenset({FAMOUS_NUMBER}))
    open_end = lambda row: row["status"] in _CLOSED_WORDS  # noqa: E731 - a predicate with a name
    spade.plant("unknown_status", rows, 0.003, put("status", "Tahap Klarifikasi", "Uji Petik"))
    spade.plant("unknown_agency", rows, 0.003, put("instansi_kode", "KL-777", "PD-99.01", "XX-1"))
    spade.plant("unknown_region", rows, 0.002, put("wilayah_kode", "99.99", "6400", "00"))
    spade.plant("unknown_category", rows, 0.001, put("kategori_id", 9_999, 4_242))
    spade.plant("negative_duration", rows, 0.003, _close_before_arrival, open_end)
    spade.plant("missing_close_time", rows, 0.005, put("tanggal_selesai", None), open_end)
    spade.plant("python_null", rows, 0.002, put("lokasi", "None", "", "null"))
    spade.plant("python_null", rows, 0.001, put("tanggal_verifikasi", "", "None"))
    spade.plant("python_null", rows, 0.001, put("instansi_kode", "", "None"))
    spade.plant("malformed_date", rows, 2, put("tanggal_masuk", "31-02-2025 10:00", "kemarin"))
    spade.plant("missing_submission", rows, 2, put("tanggal_masuk", None))
    spade.plant("future_date", rows, 2, put("tanggal_selesai", iso(now + 400 * DAY)), open_end)
    spade.plant("mojibake", rows, 0.003, mojibake("isi"))
    spade.plant("html_entities", rows, 0.004, entities("judul"))
    spade.plant("word_variant", rows, 0.005, vary("status"))
    spade.plant("word_variant", rows, 0.002, vary("klasifikasi"))
    spade.plant("missing_visibility", rows, 0.003, put("rahasia", None))
    spade.plant("missing_visibility", rows, 0.001, put("anonim", None))
    spade.plant("leading_hash_in_text", rows, 0.001, _quote_other_number)


def _close_before_arrival(row: Row, _: Random) -> str:
    year = int(row["tanggal_masuk"][:4]) - 1
    row["tanggal_selesai"] = f"{year}-12-31{row['tanggal_selesai'][10:]}"
    return "tanggal_selesai"


def _quote_other_number(row: Row, chance: Random) -> str:
    row["isi"] += f" Lihat juga laporan #{8_100_000 + int(chance.random() * 1_500_000)}."
    return "isi"
