"""Write what WargaKu holds: rows, and the steps of each."""

from datetime import UTC, datetime
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
from sandbox.world.dirt import Ledger, Row, Spade, put, vary
from sandbox.world.further import Holding
from sandbox.world.ground_truth import Published
from sandbox.world.population import World

NAME = "surabaya"
AGENCY = "pemkot-35.78"
_KINDS = {"COMPLAINT": "keluhan", "ASPIRATION": "usulan", "INFORMATION_REQUEST": "pertanyaan"}
_UNITS = ("DSDABM", "DSDABM", "DLH", "Dishub", "Dinkes", "Dispendukcapil", "Sekretariat Daerah")
_CHANNELS = ("aplikasi", "radio", "112", "kelurahan")
_STEPS = {
    "disposed": "diteruskan",
    "started": "dikerjakan",
    "followed_up": "jawaban",
    "replied": "tanggapan",
    "out_of_scope": "dikembalikan",
    "reopened": "dibuka",
}

HOLDING = Holding(
    system=NAME,
    rank=7,
    works_in=lambda agency: agency == AGENCY,
    charged=lambda _chance, _category, _place: AGENCY,
    own=40,
    at_least=250,
    identity="WK{year}{number:05d}",
    regency="35.78",
)


def publish(world: World, size: int, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's files into *folder* and say which complaint became which row."""
    told = publication(world, size, HOLDING, _row)
    _soil(told.rows, told.chance, ledger)
    lately_changed = sorted(told.rows, key=lambda row: (row["updated_at"], row["id"]), reverse=True)
    write_lines(folder / "surabaya-aduan.jsonl", lately_changed)
    write_lines(
        folder / "surabaya-progres.jsonl", (it for one in told.handlings for it in _steps(one))
    )
    return told.published


def _row(handling: Handling, chance: Random) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    topic, category = by_category("surabaya-topics", "word")[complaint.category]
    number = number_of(handling)
    at_home = where.regency == "35.78"
    row: Row = {
        "id": handling.local_id,
        "lapor_id": number,
        "title": complaint.title,
        "content": complaint.body,
        "type": _KINDS[complaint.kind],
        "topic": topic,
        "handled_by": _UNITS[int(chance.random() * len(_UNITS))],
        "district_code": where.district.replace(".", "") if at_home else None,
        "address": where.address,
        "state": words("surabaya-status")[story.status],
        "channel": "lapor" if number else _CHANNELS[int(chance.random() * len(_CHANNELS))],
        "flags": {"anonymous": complaint.anonymous, "private": complaint.secret},
        "citizen": {"name": complaint.reporter.name, "phone": complaint.reporter.contact},
        "created_at": _utc(story.submitted),
        "forwarded_at": _utc(story.first("disposed")),
        "answered_at": _utc(story.first("followed_up")),
        "closed_at": _utc(story.closed()),
        "updated_at": _utc(story.updated),
    }
    truth = truth_of(
        handling,
        agency=AGENCY,
        category=category,
        region=where.district if at_home else None,
    )
    return row, truth


def _utc(moment: int | None) -> str | None:
    """Write a moment as programmers do: `2026-10-31T01:15:00Z`."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _steps(handling: Handling) -> list[Row]:
    return [
        {
            "complaint": handling.local_id,
            "no": number,
            "at": _utc(event.at),
            "action": _STEPS[event.kind],
            "note": event.text or None,
        }
        for number, event in steps_of(handling)
    ]


def _soil(rows: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "id", chance, ledger)
    spade.plant("unknown_status", rows, 0.006, put("state", "Survei Ulang", "Menunggu RW"))
    spade.plant("unknown_agency", rows, 0.004, put("handled_by", "Dinas Lama", "BPB Linmas"))
    spade.plant("unknown_region", rows, 0.003, put("district_code", "3578x", "99"))
    spade.plant("unknown_category", rows, 0.003, put("topic", "pandemi"))
    spade.plant("word_variant", rows, 0.01, vary("state"))
    Soil(
        closed="closed_at",
        tracking="lapor_id",
        title="title",
        body="content",
        hide=_hide,
    ).plant(spade, rows)


def _hide(row: Row, _: Random) -> str:
    row["flags"]["private"] = None
    return "flags.private"
