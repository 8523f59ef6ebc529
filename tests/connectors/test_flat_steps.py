"""Steps that are a list of their own, cut into pages: all of them, or none."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from connectors.contract.errors import Malformed
from connectors.contract.filters import one_of
from connectors.contract.query import SourceQuery
from connectors.contract.records import EventRecord
from connectors.contract.source import Source
from connectors.problems import ConfigurationError
from connectors.registry import load
from tests.connectors.further import Further
from tests.connectors.serving import Handler, serving

FLAT = """
[sources.s]
kind = "rest"
base_url = "{address}"
row_budget = 60

[sources.s.collections.events]
path = "/langkah"
rows = "data"
by_complaint = {{ param = "aduan", max = 20, complaint = "aduan" }}
page = {{ style = "offset", param = "mulai", size_param = "batas", max_size = 10 }}

[sources.s.collections.events.mapping]
local_id = "id"
at = "waktu"
kind = {{ value = "FOLLOWED_UP" }}
"""


def of(*ids: str) -> SourceQuery:
    return SourceQuery(collection="events", where=one_of("complaint", ids))


def fetch(handler: Handler, *ids: str) -> list[EventRecord]:
    async def run() -> list[Any]:
        async with serving(handler) as address:
            (source,) = load(FLAT.format(address=address), {})
            try:
                return list((await source.connector.fetch(of(*ids))).rows)
            finally:
                await source.connector.aclose()

    return asyncio.run(run())


def step(number: int, complaint: str = "a") -> dict[str, str]:
    return {"id": str(number), "aduan": complaint, "waktu": "2026-10-01T08:00:00+07:00"}


def test_all_pages_of_steps_are_read() -> None:
    """A cap below what is asked for hides none of them."""
    steps = [step(n, "ab"[n % 2]) for n in range(33)]

    async def handler(request: web.Request) -> web.Response:
        start, size = int(request.query["mulai"]), int(request.query["batas"])
        return web.json_response({"data": steps[start : start + min(size, 7)]})

    found = fetch(handler, "a", "b")

    assert [(each.local_id, each.complaint) for each in found] == [
        (each["id"], each["aduan"]) for each in steps
    ]


def test_steps_without_end_are_found_out() -> None:
    """Ever new ones, beyond what a request may read."""

    async def handler(request: web.Request) -> web.Response:
        start = int(request.query["mulai"])
        return web.json_response({"data": [step(n) for n in range(start, start + 10)]})

    with pytest.raises(Malformed) as broken:
        fetch(handler, "a")

    assert broken.value.reason == "ENDLESS_PAGES"


def test_steps_of_another_complaint_are_no_answer() -> None:
    """A filter that is not heeded is found out here too."""

    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"data": [step(1, "z")][int(request.query["mulai"]) :]})

    with pytest.raises(Malformed, match="another complaint"):
        fetch(handler, "a")


def test_only_a_flat_list_has_pages() -> None:
    """Where an entry holds all steps of a complaint, a page would cut between complaints."""
    text = FLAT.format(address="http://127.0.0.1:1").replace(
        'complaint = "aduan" }', 'complaint = "aduan", rows = "langkah" }'
    )
    with pytest.raises(ConfigurationError, match="goes with a list of steps"):
        load(text, {})


def test_jakarta_tells_all_that_happened(further: Further) -> None:
    """What the province did stands in another list than its complaints, and is put together."""
    rows = [row for each in further.truth() for row in each["rows"] if row["system"] == "dki"]
    bounced = {row["id"] for row in rows if row["status"] == "OUT_OF_SCOPE"}
    ids = sorted(row["id"] for row in rows)[:100]

    async def fetched(source: Source) -> list[Any]:
        return list((await source.connector.fetch(of(*ids))).rows)

    found: list[EventRecord] = further.ask("dki", fetched)
    kinds = {each.kind.value for each in found}

    assert len(found) > 100
    assert {each.complaint for each in found} <= set(ids)
    assert {"DISPOSED", "NOTE", "FOLLOWED_UP"} <= kinds
    assert {each.complaint for each in found if each.kind.value == "BOUNCED"} == bounced & set(ids)
    assert any(each.agency == "pemkot-31.74" for each in found)
