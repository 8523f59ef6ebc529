"""Strawberry as it comes: its own executor and view, aiohttp to the sources.

python -m bench.front.stock PORT STUB_PORT
"""

from __future__ import annotations

import asyncio
import base64
import sys
from typing import Annotated, Any

import aiohttp
import strawberry
import uvicorn
from strawberry.asgi import GraphQL

STUB = f"http://127.0.0.1:{sys.argv[2]}" if len(sys.argv) > 2 else ""
SESSION: list[aiohttp.ClientSession] = []


@strawberry.type
class Agency:
    """An agency."""

    code: str
    name: str
    level: str


@strawberry.type
class Complaint:
    """A complaint."""

    id: strawberry.ID
    tracking_id: str
    kind: str
    supervisory: bool
    title: str
    submitted_at: str
    updated_at: str
    closed_at: str | None
    status: str
    status_label: str
    agency: Agency


@strawberry.type
class Complaints:
    """A list of complaints."""

    nodes: list[Complaint]


async def rows(url: str) -> list[dict[str, Any]]:
    """Give the rows of one source."""
    if not SESSION:
        SESSION.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)))
    async with SESSION[0].get(url) as response:
        answer = await response.json()
    found: list[dict[str, Any]] = answer["data"]
    return found


def complaint(row: dict[str, Any]) -> Complaint:
    """Make one row an object."""
    agency = row["instansi"]
    return Complaint(
        id=strawberry.ID(base64.urlsafe_b64encode(row["nomor"].encode()).decode()),
        tracking_id=row["nomor"],
        kind=row["klasifikasi"],
        supervisory=row["pengawasan"],
        title=row["judul"],
        submitted_at=row["masuk"],
        updated_at=row["diubah"],
        closed_at=row["selesai"],
        status=row["status"],
        status_label=row["label"],
        agency=Agency(code=agency["kode"], name=agency["nama"], level=agency["jenis"]),
    )


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    async def complaints(
        self,
        since: str,
        sources: Annotated[int, strawberry.argument(description="How many")],
        rows_each: int,
    ) -> Complaints:
        """Give the complaints of *sources* sources."""
        asked = since.replace("+", "%2B")
        lists = await asyncio.gather(
            *(rows(f"{STUB}/{n}/{rows_each}/laporan?dari={asked}") for n in range(sources))
        )
        return Complaints(nodes=[complaint(row) for each in lists for row in each])


if __name__ == "__main__":
    uvicorn.run(
        GraphQL(strawberry.Schema(Query), graphql_ide=None),
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
    )
