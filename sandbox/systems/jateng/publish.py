"""Write what LaporGub holds: service requests as Open311 shows them."""

from pathlib import Path
from random import Random

from sandbox.systems.publication import (
    Soil,
    iso_or_none,
    number_of,
    publication,
    truth_of,
    write_lines,
)
from sandbox.vocabulary import by_category, rows, words
from sandbox.world.agencies import local_government
from sandbox.world.complaint import Handling, Place
from sandbox.world.dirt import Ledger, Row, Spade, put, vary
from sandbox.world.further import Holding
from sandbox.world.ground_truth import Published
from sandbox.world.moments import DAY, iso
from sandbox.world.population import World

NAME = "jateng"
_OPEN = ("SUBMITTED", "DEFERRED", "DISPOSED", "IN_PROGRESS", "RESPONDED", "REPLIED", "REOPENED",
         "ESCALATED")  # fmt: skip
_KINDS = {"COMPLAINT": "aduan", "ASPIRATION": "aspirasi", "INFORMATION_REQUEST": "informasi"}
_CHANNELS = ("web", "wa", "sms", "dm")


def _works_in(agency: str) -> bool:
    return agency in words("jateng-agencies")


def _charged(chance: Random, _category: int, where: Place) -> str:
    dice = chance.random()
    if dice < 0.55:
        return local_government(where.regency)
    return "pemprov-33" if dice < 0.9 else "pemprov-33-diskominfo"


HOLDING = Holding(
    system=NAME,
    rank=1,
    works_in=_works_in,
    charged=_charged,
    own=60,
    at_least=250,
    identity="LG{year}{number:06d}",
    province="33",
)


def publish(world: World, size: int, folder: Path, ledger: Ledger) -> dict[int, list[Published]]:
    """Write the system's file into *folder* and say which complaint became which row."""
    told = publication(world, size, HOLDING, _row)
    _soil(told.rows, told.chance, ledger)
    write_lines(folder / "jateng-requests.jsonl", map(_nested, told.rows))
    return told.published


def _row(handling: Handling, chance: Random) -> tuple[Row, Published]:
    complaint, story = handling.complaint, handling.story
    where = complaint.place
    code, category = by_category("jateng-services", "word")[complaint.category]
    agency = story.agency or handling.agency
    at_home = where.regency.startswith("33.")
    row: Row = {
        "service_request_id": handling.local_id,
        "status": "open" if story.status in _OPEN else "closed",
        "status_notes": words("jateng-status")[story.status],
        "service_name": _services()[code],
        "service_code": code,
        "description": complaint.body,
        "agency_responsible": words("jateng-agencies").get(agency),
        "requested_datetime": iso(story.submitted),
        "updated_datetime": iso(story.updated),
        "expected_datetime": iso(story.submitted + 14 * DAY),
        "address": where.address,
        "lat": where.latitude if chance.random() < 0.5 else None,
        "long": where.longitude,
        "judul": complaint.title,
        "jenis": _KINDS[complaint.kind],
        "kanal": "sp4n" if number_of(handling) else _CHANNELS[int(chance.random() * 4)],
        "nomor_lapor": number_of(handling),
        "kode_wilayah": where.regency if at_home else None,
        "rahasia": complaint.secret,
        "anonim": complaint.anonymous,
        "waktu_selesai": iso_or_none(story.closed()),
    }
    if row["lat"] is None:
        row["long"] = None
    truth = truth_of(
        handling,
        agency=agency if row["agency_responsible"] else None,
        category=category,
        region=row["kode_wilayah"],
    )
    return row, truth


def _services() -> dict[str, str]:
    return {row["word"]: row["name"] for row in rows("jateng-services")}


_EXTENDED = ("judul", "jenis", "kanal", "nomor_lapor", "kode_wilayah", "rahasia", "anonim",
             "waktu_selesai")  # fmt: skip


def _nested(row: Row) -> Row:
    """Put what the specification does not know below `extended_attributes`; leave out nulls."""
    plain = {key: value for key, value in row.items() if key not in _EXTENDED}
    further = {key: row[key] for key in _EXTENDED}
    plain["extended_attributes"] = {k: v for k, v in further.items() if v is not None}
    return {key: value for key, value in plain.items() if value is not None}


def _soil(found: list[Row], chance: Random, ledger: Ledger) -> None:
    spade = Spade(NAME, "service_request_id", chance, ledger)
    spade.plant("unknown_status", found, 0.004, put("status_notes", "Telaah", "Uji Petik"))
    spade.plant("unknown_agency", found, 0.004, put("agency_responsible", "Balai Lama", "UPT XI"))
    spade.plant("unknown_region", found, 0.003, put("kode_wilayah", "3300", "1"))
    spade.plant("unknown_category", found, 0.003, put("service_code", "ZZZ-99"))
    spade.plant("word_variant", found, 0.01, vary("status_notes"))
    Soil(
        closed="waktu_selesai",
        tracking="nomor_lapor",
        title="judul",
        body="description",
        hide=put("rahasia", None),
    ).plant(spade, found)
