"""A small GraphQL server that keeps its word, and the settings of a source over it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from aiohttp import web

from connectors.contract.connector import Connector
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.registry import load
from tests.connectors.serving import serving
from tests.connectors.suite import read_pages

T = TypeVar("T")
Variables = Mapping[str, Any]
Answer = Callable[[Variables], Any]

SETTINGS = '''
[sources.s]
kind = "graphql"
base_url = "{address}/graphql"
time_limit = "2s"
row_budget = 500
errors = {{ SEDANG_PENUH = "RATE_LIMITED" }}

[sources.s.collections.complaints]
query = """
query Simpul($n: Int!, $c: String, $s: [Status!], $dengan: Boolean!) {{
  aduan(first: $n, after: $c, status: $s) {{
    edges {{ node {{ id judul status isi @include(if: $dengan) ubah }} }}
    pageInfo {{ hasNextPage endCursor }}
    totalCount
  }}
}}
"""
rows = "aduan.edges"
row = "node"
total = "aduan.totalCount"
orders = [{{ field = "updated_at", direction = "descending" }}]

[sources.s.collections.complaints.page]
size = "n"
max_size = 10
cursor = "c"
next = "aduan.pageInfo.endCursor"
more = "aduan.pageInfo.hasNextPage"

[sources.s.collections.complaints.filters]
status = {{ op = "in", param = "s", repeat = true }}

[sources.s.collections.complaints.wanted]
dengan = ["body"]

[sources.s.collections.complaints.by_id]
query = "query ($id: [ID!]!) {{ menurut(id: $id) {{ id judul status isi ubah }} }}"
variable = "id"
rows = "menurut"
max = 5

[sources.s.collections.complaints.count]
query = "query ($s: [Status!]) {{ jumlah(status: $s) }}"
total = "jumlah"

[sources.s.collections.complaints.mapping]
local_id = "id"
title = "judul"
body = "isi"
status = {{ path = "status", codes = "status" }}
updated_at = {{ path = "ubah", required = true }}

[sources.s.collections.events]
query = "query ($id: [ID!]!) {{ menurut(id: $id) {{ id langkah {{ waktu }} }} }}"
variable = "id"
rows = "menurut"
complaint = "id"
steps = "langkah"

[sources.s.collections.events.mapping]
at = "waktu"
kind = {{ value = "FOLLOWED_UP" }}

[sources.s.codes.status]
version = "1"
words = {{ BARU = "SUBMITTED", PROSES = "IN_PROGRESS", SELESAI = "CLOSED_BY_ADMIN" }}
'''
WORDS = ("BARU", "PROSES", "SELESAI")


def node(number: int) -> dict[str, Any]:
    day = datetime(2026, 1, 1, number % 24, tzinfo=UTC).replace(month=12 - number // 28 % 12)
    return {
        "id": f"r{number:04}",
        "judul": f"Aduan {number}",
        "status": WORDS[number % 3],
        "ubah": day.replace(day=28 - number % 28).isoformat(),
    }


NODES = sorted((node(n) for n in range(60)), key=lambda it: str(it["ubah"]), reverse=True)


def connection(rows: list[Any], end: int | None, total: int | None = None) -> dict[str, Any]:
    info = {"hasNextPage": end is not None, "endCursor": None if end is None else str(end)}
    edges = [{"node": each} for each in rows]
    return {"aduan": {"edges": edges, "pageInfo": info, "totalCount": total}}


def honest(asked: Variables) -> Any:
    """Answer as a server does that keeps its word."""
    if "id" in asked:
        known = {each["id"]: each for each in NODES}
        steps = [{"waktu": "2026-10-01T00:00:00Z"}]
        found = [known.get(each) for each in asked["id"]]
        return {
            "data": {
                "menurut": [each and {**each, "isi": "Isi", "langkah": steps} for each in found]
            }
        }
    matching = [each for each in NODES if asked.get("s") is None or each["status"] in asked["s"]]
    if "n" not in asked:
        return {"data": {"jumlah": len(matching)}}
    start = int(asked.get("c") or 0)
    end = start + asked["n"]
    rows = [{**each, "isi": "Isi"} if asked["dengan"] else each for each in matching[start:end]]
    return {"data": connection(rows, end if end < len(matching) else None, len(matching))}


def over(
    answer: Answer,
    use: Callable[[Connector], Awaitable[T]],
    change: Callable[[str], str] = str,
) -> tuple[T, list[Variables]]:
    """Use the connector over a server that answers as *answer* does; gives what was asked, too."""
    log: list[Variables] = []

    async def handler(request: web.Request) -> web.Response:
        question = await request.json()
        assert request.method == "POST"
        log.append(question["variables"])
        return web.json_response(answer(question["variables"]))

    async def run() -> T:
        async with serving(handler) as address:
            (source,) = load(change(SETTINGS.format(address=address)), {})
            try:
                return await use(source.connector)
            finally:
                await source.connector.aclose()

    return asyncio.run(run()), log


def pages(answer: Answer, query: SourceQuery | None = None) -> tuple[list[Page], list[Variables]]:
    return over(answer, lambda connector: read_pages(connector, query or SourceQuery()))


def ids(found: list[Page]) -> list[str]:
    return [row.local_id for page in found for row in page.rows if isinstance(row, ComplaintRecord)]
