"""Write down what is true: every complaint, its rows in every system, and the dirt."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sandbox.world.complaint import Complaint, Consent, Story
from sandbox.world.dirt import Ledger
from sandbox.world.moments import iso
from sandbox.world.population import World


@dataclass(frozen=True, slots=True)
class Published:
    """What one system's row says of a complaint, in canonical words; None where it says nothing."""

    id: str
    agency: str | None
    category: int | None
    region: str | None
    supervisory: bool | None
    story: Story
    tracking: str | None
    link: str


def write(
    path: Path,
    world: World,
    ledger: Ledger,
    published: dict[str, dict[int, list[Published]]],
) -> None:
    """Write one line per true complaint; *published* is by system and serial."""
    dirt = ledger.by_row()
    complaints: dict[int, Complaint] = {it.serial: it for it in world.national}
    further = (it for held in world.further.values() for it in held)
    for handling in (*world.public_works, *world.kaltim, *further):
        complaints[handling.complaint.serial] = handling.complaint
    with path.open("wb") as out:
        for serial in sorted(complaints):
            complaint = complaints[serial]
            rows = [
                _row(system, row, dirt.get((system, row.id), []))
                for system, by_serial in published.items()
                for row in by_serial.get(serial, ())
            ]
            out.write(orjson.dumps(_complaint(complaint, rows)))
            out.write(b"\n")


def write_cases(path: Path, cases: list[dict[str, Any]], ledger: Ledger) -> None:
    """Write one line per case of the Ombudsman."""
    dirt = ledger.by_row()
    with path.open("wb") as out:
        for case in cases:
            planted = dirt.get(("ombudsman", case["case"]), [])
            told = [{"kind": it.kind, "field": it.field} for it in planted]
            out.write(orjson.dumps({**case, "dirt": told}))
            out.write(b"\n")


def _complaint(complaint: Complaint, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "complaint": complaint.serial,
        "tracking": complaint.tracking or None,
        "kind": complaint.kind,
        "supervisory": complaint.supervisory,
        "category": complaint.category,
        "regency": complaint.place.regency,
        "district": complaint.place.district,
        "anonymous": complaint.anonymous,
        "secret": complaint.secret,
        "personal": [{"kind": kind, "text": text} for kind, text in complaint.personal],
        "consent": _consent(complaint.consent),
        "duplicate": any(row["link"] == "unlinked" for row in rows),
        "rows": rows,
    }


def _consent(consent: Consent | None) -> dict[str, str | None] | None:
    if consent is None:
        return None
    return {
        "asked": iso(consent.asked),
        "given": iso(consent.given) if consent.given is not None else None,
        "refused": iso(consent.refused) if consent.refused is not None else None,
    }


def _row(system: str, row: Published, dirt: list[Any]) -> dict[str, Any]:
    closed = row.story.closed()
    return {
        "system": system,
        "id": row.id,
        "link": row.link,
        "tracking": row.tracking,
        "status": row.story.status,
        "agency": row.agency,
        "category": row.category,
        "region": row.region,
        "supervisory": row.supervisory,
        "submitted": iso(row.story.submitted),
        "updated": iso(row.story.updated),
        "closed": iso(closed) if closed is not None else None,
        "bounces": row.story.bounces(),
        "steps": [[iso(it.at), it.kind, it.source, it.target] for it in row.story.events],
        "dirt": [{"kind": it.kind, "field": it.field} for it in dirt],
    }
