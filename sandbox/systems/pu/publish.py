"""Write what the ministry's database holds, as files for PostgreSQL's COPY."""

from collections.abc import Iterable
from pathlib import Path
from random import Random

from sandbox.vocabulary import by_category, words
from sandbox.vocabulary import rows as table_rows
from sandbox.world.channels import CHANNELS
from sandbox.world.complaint import Handling
from sandbox.world.dirt import Ledger, Row, Spade, entities, hashed, lot, mojibake, put
from sandbox.world.draw import public_works_unit
from sandbox.world.ground_truth import Published
from sandbox.world.moments import DAY, WIB, local
from sandbox.world.population import World

NAME = "pu"
COLUMNS = (
    "no_tiket", "no_lapor", "perihal", "uraian", "jenis", "kode_masalah", "kode_unit", "kode_kab",
    "status_tiket", "tgl_terima", "tgl_tindak", "tgl_tutup", "tgl_update", "rahasia", "anonim",
    "kanal", "petugas", "undi",
)  # fmt: skip
_OFFICERS = ("Petugas Satu", "Petugas Dua", "Petugas Tiga", "Petugas Empat", "Petugas Lima")
_CLOSED_CODES = ("50", "51", "52")


def publish(world: World, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's files into *folder* and say which complaint became which row."""
    chance = Random(f"pu:{world.seed}:{world.as_of}:{len(world.public_works)}")
    tickets: list[Row] = []
    published: dict[int, list[Published]] = {}
    for handling in world.public_works:
        row, truth = _row(handling, chance, world.seed)
        tickets.append(row)
        published.setdefault(handling.complaint.serial, []).append(truth)
    _soil(tickets, chance, ledger, world.now)
    copy(folder / "pu-tiket.copy", (tuple(row[name] for name in COLUMNS) for row in tickets))
    copy(folder / "pu-tindak_lanjut.copy", _steps(world.public_works))
    copy(
        folder / "pu-masalah.copy",
        ((row["code"], row["name"], row["parent"] or None) for row in table_rows("pu-problems")),
    )
    copy(
        folder / "pu-status.copy",
        ((row["code"], row["name"]) for row in table_rows("pu-status")),
    )
    return published


def _row(handling: Handling, chance: Random, seed: int) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    word, category = by_category("pu-problems", "code")[complaint.category]
    if chance.random() < 0.15:
        word, category = "", 0
    unit = story.agency if handling.link != "tracking" else handling.agency
    units = words("pu-units", word="code")
    if unit not in units:
        unit = public_works_unit(complaint.category, where.regency[:2])
    dice = chance.random()
    region: str | None = where.regency
    written = where.regency
    if dice < 0.06:
        region, written = None, ""
    elif dice < 0.16:
        written = where.regency.replace(".", "")
    linked = handling.link == "tracking"
    row: Row = {
        "no_tiket": handling.local_id,
        "no_lapor": complaint.tracking if linked else None,
        "perihal": complaint.title,
        "uraian": complaint.body,
        "jenis": words("kinds", word="pu")[complaint.kind],
        "kode_masalah": word or None,
        "kode_unit": units[unit],
        "kode_kab": written or None,
        "status_tiket": words("pu-status", word="code")[story.status],
        "tgl_terima": local(story.submitted, WIB),
        "tgl_tindak": _local(story.first("followed_up")),
        "tgl_tutup": _local(story.closed()),
        "tgl_update": local(story.updated, WIB),
        "rahasia": complaint.secret,
        "anonim": complaint.anonymous,
        "kanal": CHANNELS.word("sp4n" if linked else complaint.channel, NAME),
        "petugas": _OFFICERS[int(chance.random() * len(_OFFICERS))],
        "undi": lot(seed, handling.local_id),
    }
    truth = Published(
        id=handling.local_id,
        agency=unit,
        category=category or None,
        region=region,
        supervisory=None,
        story=story,
        tracking=row["no_lapor"],
        link=handling.link,
    )
    return row, truth


def _local(moment: int | None) -> str | None:
    return None if moment is None else local(moment, WIB)


def _steps(handlings: list[Handling]) -> Iterable[tuple[object, ...]]:
    units = words("pu-units", word="code")
    number = 0
    for handling in handlings:
        for event in handling.story.events:
            if event.kind in {"started", "followed_up", "out_of_scope", "replied", "reopened"}:
                number += 1
                unit = units.get(event.source or handling.agency)
                text = event.text or "Mulai ditangani."
                yield number, handling.local_id, local(event.at, WIB), unit, text


def _soil(rows: list[Row], chance: Random, ledger: Ledger, now: int) -> None:
    spade = Spade(NAME, "no_tiket", chance, ledger)
    done = lambda row: row["status_tiket"] in _CLOSED_CODES  # noqa: E731 - a predicate with a name
    own = lambda row: row["no_lapor"] is None  # noqa: E731 - same
    linked = lambda row: row["no_lapor"] is not None  # noqa: E731 - same
    acted = lambda row: row["tgl_tindak"] is not None  # noqa: E731 - same
    spade.plant("leading_hash", rows, 0.05, hashed("no_lapor"), linked)
    spade.plant(
        "dangling_tracking", rows, 5, put("no_lapor", "7100001", "7100002", "#7100003"), own
    )
    spade.plant("unknown_status", rows, 0.003, put("status_tiket", "35", "77"))
    spade.plant("unknown_agency", rows, 0.003, put("kode_unit", "DJPR", "PUSDATIN"))
    spade.plant("unknown_region", rows, 0.002, put("kode_kab", "99.99", "1"))
    spade.plant("unknown_category", rows, 0.002, put("kode_masalah", "ZZZ"))
    spade.plant("missing_submission", rows, 0.006, put("tgl_terima", None), acted)
    spade.plant("no_date", rows, 3, _no_date)
    spade.plant("negative_duration", rows, 0.004, put("tgl_tutup", "1970-01-01 07:00:00"), done)
    spade.plant("missing_close_time", rows, 0.01, put("tgl_tutup", None), done)
    spade.plant("future_date", rows, 1, put("tgl_tutup", local(now + 200 * DAY, WIB)), done)
    spade.plant("python_null", rows, 0.004, put("kode_masalah", "", "None"))
    spade.plant("mojibake", rows, 0.003, mojibake("uraian"))
    spade.plant("html_entities", rows, 0.004, entities("perihal"))
    spade.plant("missing_visibility", rows, 0.004, put("rahasia", None))


def _no_date(row: Row, _: Random) -> str:
    row["tgl_terima"] = row["tgl_tindak"] = row["tgl_tutup"] = None
    return "tgl_terima"


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy(path: Path, rows: Iterable[tuple[object, ...]]) -> None:
    """Write *rows* as PostgreSQL's COPY reads them."""
    with path.open("w", encoding="utf-8", newline="") as out:
        for row in rows:
            out.write("\t".join(map(_cell, row)))
            out.write("\n")


def _cell(value: object) -> str:
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    return str(value).translate(_ESCAPES)
