"""What the systems count against what is true."""

import asyncio
import csv
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg

from tests.sandbox.running import Sandbox, System

CODES = Path("sandbox") / "codes"


def _table(name: str) -> list[dict[str, str]]:
    with (CODES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _counted(sandbox: Sandbox, system: str) -> Counter[str]:
    return Counter(
        row["status"]
        for it in sandbox.truth()
        for row in it["rows"]
        if row["system"] == system
        if not any(piece["kind"] == "unknown_status" for piece in row["dirt"])
    )


def test_national_counts_by_status_are_the_true_ones(sandbox: Sandbox, sp4n: System) -> None:
    """For each status the national count is the true one, but for words nobody knows."""
    expected = _counted(sandbox, "sp4n")
    total = sp4n.get("/laporan", hitung=1).json()["meta"]["total"]

    counts = {
        row["canonical"]: sp4n.get("/laporan", hitung=1, status=row["word"]).json()["meta"]["total"]
        for row in _table("sp4n-status")
    }
    assert +Counter(counts) == expected
    assert total - sum(counts.values()) > 0


def test_ministry_counts_by_status_are_the_true_ones(sandbox: Sandbox, pu: System) -> None:
    """For each status the ministry's count is the true one, but for numbers nobody knows."""

    async def ask() -> list[Any]:
        connection = await asyncpg.connect(pu.settings["dsn"])
        try:
            return await connection.fetch(
                "SELECT status_tiket, count(*) AS n FROM layanan.tiket GROUP BY 1"
            )
        finally:
            await connection.close()

    meaning = {int(row["code"]): row["canonical"] for row in _table("pu-status")}
    counts = {
        meaning[row["status_tiket"]]: row["n"]
        for row in asyncio.run(ask())
        if row["status_tiket"] in meaning
    }

    assert Counter(counts) == _counted(sandbox, "pu")


def test_every_complaint_ends_where_the_parts_say(sandbox: Sandbox) -> None:
    """Received = disposed + never disposed; disposed = closed + in work + not followed up."""
    rows = [row for it in sandbox.truth() for row in it["rows"] if row["system"] == "sp4n"]
    counted = Counter(row["status"] for row in rows)
    never = sum(row["agency"] is None for row in rows)
    closed = [row for row in rows if row["closed"]]
    parts = sum(
        counted[word]
        for word in ("DISPOSED", "IN_PROGRESS", "RESPONDED", "REPLIED", "REOPENED", "ESCALATED")
    )

    assert never == sum(
        counted[word] for word in ("SUBMITTED", "DEFERRED", "OUT_OF_SCOPE", "ARCHIVED")
    )
    assert len(rows) - never == len(closed) + parts
    assert len(closed) == sum(
        counted[f"CLOSED_BY_{who}"] for who in ("REPORTER", "SYSTEM", "ADMIN")
    )


def test_true_duplicates_are_one_complaint_in_two_systems(sandbox: Sandbox) -> None:
    """A duplicate has a row without the national number beside its national row."""
    duplicates = [it for it in sandbox.truth() if it["duplicate"]]

    assert duplicates
    for it in duplicates:
        links = {row["link"] for row in it["rows"]}
        assert {"anchor", "unlinked"} <= links
        assert all(row["tracking"] is None for row in it["rows"] if row["link"] == "unlinked")
