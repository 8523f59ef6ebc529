"""Read the tables of `docs/sla.md`, and the facts and moments written in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from connectors.contract.vocabulary import ComplaintKind
from resolvers.sla.deadline import Facts
from resolvers.sla.zones import Zone

PAGE = Path(__file__).parents[2] / "docs" / "sla.md"

_KINDS = {
    "c": (ComplaintKind.COMPLAINT, None),
    "c-": (ComplaintKind.COMPLAINT, False),
    "c+": (ComplaintKind.COMPLAINT, True),
    "a": (ComplaintKind.ASPIRATION, False),
    "i": (ComplaintKind.INFORMATION_REQUEST, False),
    "?": (None, None),
}


def table(heading: str, column: str | None = None) -> list[dict[str, str]]:
    """Give the rows of the first table below *heading*, or the first that begins with *column*."""
    text = PAGE.read_text(encoding="utf-8").split(f"# {heading}\n", 1)[1]
    lines: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("|"):
            lines.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif lines and column in (None, lines[0][0]):
            break
        else:
            lines = []
    head, _, *rows = lines
    return [dict(zip(head, row, strict=True)) for row in rows]


def local(text: str, zone: Zone) -> datetime:
    """Read a local moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - zone.offset


def facts(row: dict[str, str], zone: Zone) -> Facts:
    """Read a row's facts; what was not updated since was last changed when submitted."""
    moments = {}
    for said in row["facts"].split(";"):
        word, _, moment = said.strip().partition(" ")
        moments[f"{word}_at"] = local(moment, zone)
    kind, supervisory = _KINDS[row["kind"]]
    moments.setdefault("updated_at", moments["submitted_at"])
    return msgspec.convert(
        {**moments, "status": row["status"], "kind": kind, "supervisory": supervisory}, Facts
    )


def days(text: str, since: date) -> list[date]:
    """Read a list of days like `12-31, 01-01` or `04-08 to 04-12`, each the next after *since*."""
    found: list[date] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        first, _, last = part.partition(" to ")
        day, end = (_next(each, since) for each in (first, last or first))
        while day <= end:
            if day.weekday() < 5:
                found.append(day)
            day += timedelta(days=1)
    return found


def _next(text: str, since: date) -> date:
    day = date.fromisoformat(f"{since.year}-{text}")
    return day if day >= since else date.fromisoformat(f"{since.year + 1}-{text}")
