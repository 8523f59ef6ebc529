"""Keys and codes of rows can be data: `sources check` shows those that look like names only."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from aiohttp import web
from msgspec.structs import replace
from rich.console import Console

from connectors.check_losses import losses
from connectors.contract.query import Page, SourceQuery
from connectors.registry import load
from gateway.source_tables import check
from tests.connectors.people import complaints
from tests.connectors.serving import serving
from tests.connectors.test_survey_beside import case, checked_case

TEXT = """
[sources.a]
kind = "rest"
base_url = "{address}"
time_zone = "Asia/Jakarta"
[sources.a.collections.complaints]
path = "/aduan"
rows = "data"
[sources.a.collections.complaints.mapping]
local_id = "id"
submitted_at = "masuk"
{mapping}
[sources.registry]
kind = "rest"
base_url = "{address}"
[sources.registry.collections.categories]
path = "/kategori"
rows = "data"
[sources.registry.collections.categories.mapping]
id = "kode"
name = "nama"
"""
NAMELESS = "not among the categories of any source here, and so without a name"
SITI = "Siti\x1b[31m Rahma 0813"


def shown(row: dict[str, Any], mapping: str, codes: list[str]) -> str:
    """Check a source whose rows are like *row*; give what is written to a terminal."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/kategori":
            return web.json_response({"data": [{"kode": each, "nama": "x"} for each in codes]})
        rows = [{"id": str(n), "masuk": "2026-11-20T09:15:00"} | row for n in range(3)]
        return web.json_response({"data": rows})

    async def run() -> str:
        async with serving(answer) as address:
            table, _ = await check(load(TEXT.format(address=address, mapping=mapping), {}))
        to = Console(file=io.StringIO(), width=10_000, force_terminal=True, color_system=None)
        to.print(table)
        return str(to.file.getvalue())  # type: ignore[attr-defined]

    return asyncio.run(run())


@pytest.mark.parametrize(
    "row",
    [
        {SITI: "x"},
        {SITI: {"jalan": 1}},
        {"pelapor": {SITI: "x"}},
        {"Siti Rahma": "x", "Siti" * 11: "x"},
    ],
)
def test_only_keys_that_look_like_names_are_told(row: dict[str, Any]) -> None:
    """Whatever else a key may be, it is shown nowhere."""
    told = shown(row, 'title = "zzz"', ["jalan"])

    assert "`zzz` (title) is in none of 3 rows; hint: known here: `id`, `masuk`" in told
    assert "Siti" not in told
    assert "\x1b[31m" not in told


def test_so_it_is_within_stretches_of_time() -> None:
    """Their keys are told in hints too."""
    row = case("2026-11-20T09:15:00+07:00")
    row["riwayat"][0][SITI] = "x"
    (note,) = checked_case(row, until="zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz").notes

    assert "`riwayat.mulai`" in note
    assert "Siti" not in note


def test_of_many_keys_few_are_kept() -> None:
    """Rows with keys without end do not hand them all on."""
    row = {f"kunci_{n}": n for n in range(2_000)}

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"data": [row]})

    async def run() -> Page:
        async with serving(answer) as address:
            source, other = load(TEXT.format(address=address, mapping='title = "zzz"'), {})
            page = await source.connector.fetch(SourceQuery(survey=True))
            await source.connector.aclose()
            await other.connector.aclose()
        return page

    survey = asyncio.run(run()).survey

    assert survey is not None
    assert "kunci_0" in survey.paths
    assert len(survey.paths) == 500


@pytest.mark.parametrize(
    ("category", "codes", "note"),
    [
        ("Budi Santoso 0813", ["Budi Santoso 081"],
         f"category 1 without the shape of a code: {NAMELESS}"),
        ("jln", ["jalan", "Budi Santoso 0813"],
         "`jln`: not among the categories of any source here; hint: did you mean `jalan`?"),
        ("xyz", ["Budi Santoso 0813"],
         f"category `xyz`: {NAMELESS}"),
    ],
)  # fmt: skip
def test_a_code_without_the_shape_of_one_is_counted(
    category: str, codes: list[str], note: str
) -> None:
    """Of the rows as of the reference data: either may hold a sentence."""
    told = shown({"kategori": category}, 'category = "kategori"', codes)

    assert note in told
    assert "Santoso" not in told


def test_a_reason_that_is_no_code_is_not_repeated() -> None:
    """A connector of somebody else may say anything."""
    row = replace(complaints("a", 1)[0], warnings=("Budi: S 08",))
    page = Page(rows=(row, row), rejected={SITI: 8})

    assert list(losses(page)) == [
        "8 of 10 rows are rejected for a reason that has no code",
        "2 of 2 rows lose a field for a reason that has no code",
    ]
