"""Complaints for the memory connector: seeded, with ties, nulls and odd ids."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from connectors.contract.records import ComplaintRecord

START = datetime(2026, 3, 1, tzinfo=UTC)
REGIONS = (None, "64", "64.72", "64.72.01", "64.7", "31.71", "6")
STATUSES = ("SUBMITTED", "DISPOSED", "IN_PROGRESS", "UNKNOWN", "CLOSED_BY_ADMIN")


def complaints(source: str, count: int = 150, seed: int = 3) -> list[ComplaintRecord]:
    """Give *count* complaints; many share a moment, so that ties matter."""
    chance = random.Random(seed)
    made = []
    for index in range(count):
        submitted = START + timedelta(
            hours=chance.randint(0, 60), microseconds=chance.choice((0, 1))
        )
        updated = submitted + timedelta(hours=chance.randint(0, 40))
        status = chance.choice(STATUSES)
        made.append(
            ComplaintRecord(
                source=source,
                local_id=chance.choice(("a", "B", "é", "z")) + str(index),
                tracking_id=str(9_000_000 + index) if chance.random() < 0.4 else None,
                submitted_at=submitted,
                updated_at=updated,
                kind=chance.choice((None, "COMPLAINT", "ASPIRATION")),
                supervisory=chance.choice((None, True, False)),
                title=f"Judul {index}",
                category=chance.choice((None, "1", "2", "15")),
                channel=chance.choice((None, "web", "sms")),
                region=chance.choice(REGIONS),
                anonymous=chance.random() < 0.3,
                secret=chance.random() < 0.3,
                closed_at=updated if chance.random() < 0.5 else None,
                status=status,
                source_status=status.lower(),
                agency=chance.choice((None, "kemenpu", "pemprov-64")),
            )
        )
    return made
