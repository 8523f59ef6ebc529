"""A probe tells what came of all rows, also of those on further pages, and of none its values."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from aiohttp import web

from connectors.conformance.probe import Bounds
from connectors.registry import load
from gateway import probing
from tests.connectors.serving import serving

TEXT = """
[sources.a]
kind = "rest"
base_url = "{address}"
time_zone = "Asia/Makassar"
public_only = true
[sources.a.collections.complaints]
path = "/aduan"
rows = "hasil"
total = "jumlah"
page = {{ style = "number", param = "halaman", size_param = "per", max_size = 10 }}
[sources.a.collections.complaints.mapping]
local_id = "nomor"
title = "judul"
submitted_at = {{ path = "masuk", required = true }}
closed_at = "selesai"
status = {{ path = "status", codes = "status" }}
[sources.a.codes.status]
version = "1"
words = {{ Proses = "IN_PROGRESS" }}
"""


def rows(count: int = 25) -> list[dict[str, Any]]:
    """Rows of which the last are dirty: without an id or a date, with words that nobody said."""
    found: list[dict[str, Any]] = [
        {"nomor": f"K-{n}", "judul": f"Jalan {n}", "masuk": "2026-11-20T09:15:00"}
        | {"status": "Proses", "selesai": None}
        for n in range(count)
    ]
    found[-1]["nomor"] = None
    found[-2]["masuk"] = found[-3]["masuk"] = "kemarin sore"
    found[-4]["status"] = "di meja Budi Santoso"
    found[-5]["status"] = found[-6]["status"] = "Ditunda\x1b[2J"
    found[-6]["selesai"] = "-"
    return found


def reported(found: list[dict[str, Any]]) -> tuple[str, str]:
    """Probe a server that has the rows *found*; give the report, and what the operator is told."""

    async def answer(request: web.Request) -> web.Response:
        size = int(request.query["per"])
        start = (int(request.query["halaman"]) - 1) * size
        page = {"hasil": found[start : start + size], "jumlah": len(found)}
        return web.json_response(page)

    async def run() -> tuple[str, str]:
        async with serving(answer) as address:
            sources = load(TEXT.format(address=address), {})
            told = io.StringIO()
            text, _ = await probing.report(sources, "a", Bounds(pause=0), told)
            return text, told.getvalue()

    return asyncio.run(run())


def test_rows_that_were_rejected_are_told_of_with_their_reasons() -> None:
    """How many came, how many of them are of use, and what was wrong with the others."""
    text, _ = reported(rows())

    assert "22 rows compared: all its rows that can be used." in text
    assert "* 25 rows came, 22 can be used, 3 were rejected.\n" in text
    assert (
        "* Rejected: `BAD_DATE:submitted_at` (submitted_at cannot be read as a date): 2.\n" in text
    )
    assert "* Rejected: `MISSING:local_id` (there is no local_id): 1.\n" in text
    assert "* Used, but: `BAD_DATE:closed_at` (closed_at cannot be read as a date): 1.\n" in text
    assert "| rows that can be used have ids of their own" in text


def test_unknown_words_are_counted_for_the_owner_and_shown_to_the_operator() -> None:
    """They may hold anything, a person's name too, and may write on no terminal."""
    text, told = reported(rows())

    assert "* In no table of ours (`status`): 2 different words, in 3 rows.\n" in text
    assert "Budi" not in text
    assert "Ditunda" not in text
    assert "unknown: status: di meja Budi Santoso (1)\n" in told
    assert "unknown: status: Ditunda[2J (2)\n" in told
    assert "\x1b" not in told


def test_keys_of_an_answer_are_told_to_the_operator_only() -> None:
    """Rows may stand by the name of who reported them; the hint is for who writes the settings."""
    answer = {"per_pelapor": {"Siti_Rahmawati": rows()}}

    async def handler(_: web.Request) -> web.Response:
        return web.json_response(answer)

    async def run() -> tuple[str, str]:
        async with serving(handler) as address:
            sources = load(TEXT.format(address=address), {})
            told = io.StringIO()
            text, _ = await probing.report(sources, "a", Bounds(pause=0), told)
            return text, told.getvalue()

    text, told = asyncio.run(run())

    assert "* What was found out: MALFORMED: `hasil` should be a list of rows.\n" in text
    assert "Siti" not in text
    assert "per_pelapor" not in text
    assert told.endswith("hint: lists stand at `per_pelapor.Siti_Rahmawati`\n")


def test_of_too_few_rows_to_compare_it_is_told_what_came_all_the_same() -> None:
    """A little source has words that no table knows, too."""
    text, told = reported(rows(12))

    assert "* 12 rows came, 9 can be used, 3 were rejected.\n" in text
    assert "unknown: status: di meja Budi Santoso (1)\n" in told
