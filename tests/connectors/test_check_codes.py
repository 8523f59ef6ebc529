"""`sources check` notes codes that the reference data of the configured sources do not have."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from connectors.check import Checked, check_sources
from connectors.registry import load
from tests.connectors.serving import serving

SOURCE = """
[sources.a]
kind = "rest"
base_url = "{address}"
{source}
[sources.a.collections.complaints]
path = "/aduan"
rows = "data"
[sources.a.collections.complaints.mapping]
local_id = "id"
submitted_at = "masuk"
{mapping}
"""
REGISTRY = """
[sources.registry]
kind = "rest"
base_url = "{address}"
[sources.registry.collections.agencies]
path = "/instansi"
rows = "data"
page = {{ style = "number", param = "halaman", size_param = "per", max_size = 2 }}
[sources.registry.collections.agencies.mapping]
code = "kode"
name = "nama"
level = {{ value = "CITY" }}
[sources.registry.collections.regions]
path = "/wilayah"
rows = "data"
[sources.registry.collections.regions.mapping]
code = "kode"
name = "nama"
level = {{ value = "DISTRICT" }}
time_zone = {{ value = "Asia/Makassar" }}
[sources.registry.collections.categories]
path = "/kategori"
rows = "data"
[sources.registry.collections.categories.mapping]
id = "kode"
name = "nama"
"""
TABLE = """
[sources.a.codes.dinas]
version = "1"
words = { PU = "pemkab-64.04", Kota = "pemkot-64.72", Air = "pdam-9", Jalan = "jalan-9" }
"""
CODES = {
    "/instansi": ["kemensos", "pemkab-64.08", "pemkot-64.72", "pln", "pdam"],
    "/wilayah": ["64", "64.72", "64.72.01"],
    "/kategori": ["jalan", "air"],
}
ROW = {"id": "1", "masuk": "2026-11-20T09:15:00+08:00", "kategori": "jalan", "dinas": "PU"}
MEANT = "of any source here; hint: did you mean"
NAMELESS = "of any source here, and so without a name"


def checked(
    mapping: str, *, source: str = "", registry: str = REGISTRY, fails: str = ""
) -> Checked:
    """Check a source beside a registry that has `CODES`."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == fails:
            return web.json_response({}, status=500)
        if request.path == "/aduan":
            places = ("64.72.01.1001", "64.72.09", "64.99", "64.72")
            return web.json_response({"data": [ROW | {"lokasi": each} for each in places]})
        codes = CODES[request.path]
        if "per" in request.query:
            start = (int(request.query["halaman"]) - 1) * int(request.query["per"])
            codes = codes[start : start + int(request.query["per"])]
        return web.json_response({"data": [{"kode": each, "nama": each} for each in codes]})

    async def run() -> Checked:
        async with serving(answer) as address:
            text = (SOURCE + registry).replace(
                "{mapping}", mapping.replace("{", "{{").replace("}", "}}")
            )
            sources = load(text.format(address=address, source=source), {})
            found = await check_sources(sources)
            for each in sources:
                await each.connector.aclose()
        return found[0]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("mapping", "notes"),
    [
        ('agency = { value = "pemkab-64.04" }',
         [f"agency `pemkab-64.04`: not among the agencies {MEANT} `pemkab-64.08`?"]),
        ('agency = { value = "pemkot-64.72" }', []),
        ('agency = { path = "dinas", codes = "dinas" }' + TABLE,
         [f"agency `jalan-9`, `pdam-9`, `pemkab-64.04`: not among the agencies {NAMELESS}"]),
        ('region = "lokasi"', [f"region `64.72.09`, `64.99`: not among the regions {NAMELESS}"]),
        ('category = "kategori"', []),
        ('category = { value = "jln" }',
         [f"category `jln`: not among the categories {MEANT} `jalan`?"]),
    ],
)  # fmt: skip
def test_codes_that_the_reference_data_do_not_have_are_noted(
    mapping: str, notes: list[str]
) -> None:
    """Constants, meanings in tables, codes on the page; a village is judged by its district."""
    found = checked(mapping)

    assert found.fine
    assert [each for each in found.notes if "not among" in each] == notes


def test_the_agency_that_runs_a_source_is_held_against_them_too() -> None:
    """It is a code like any other."""
    found = checked("", source='agency = "pln-9"')

    assert found.notes[-1] == (
        "agency `pln-9`: not among the agencies of any source here; hint: did you mean `pln`?"
    )


@pytest.mark.parametrize(("registry", "fails"), [("", ""), (REGISTRY, "/instansi")])
def test_without_reference_data_no_code_is_strange(registry: str, fails: str) -> None:
    """Where none are configured, or these do not answer, which is told of themselves."""
    found = checked('agency = { value = "pemkab-64.04" }', registry=registry, fails=fails)

    assert found.fine
    assert not [each for each in found.notes if "not among" in each]
