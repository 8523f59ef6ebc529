"""`simpul sources check`: every source is asked for one page, whatever the others do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from connectors.check import Checked, check_sources
from connectors.registry import load
from tests.connectors.outside import DEMO, Outside
from tests.connectors.serving import serving
from tests.connectors.test_registry import ENVIRON, GOOD


def checked(world: Outside) -> dict[tuple[str, str], Checked]:
    async def run() -> dict[tuple[str, str], Checked]:
        sources = world.sources()
        try:
            found = await check_sources(sources.values())
        finally:
            for source in sources.values():
                await source.connector.aclose()
        return {(each.source, each.collection): each for each in found}

    return asyncio.run(run())


def test_living_sources_are_fine(calm: Outside) -> None:
    """Each collection of each source, with its rows, unknown words and repairs."""
    found = checked(calm)

    assert all(each.fine for each in found.values()), found
    assert {name for name, _ in found} == {"sp4n", "pu", "kaltim", "ombudsman", "ksp", "registry"}
    assert found["sp4n", "complaints"].rows == 100
    assert (found["registry", "agencies"].total or 0) > 500
    assert sum(each.unknown != {} for each in found.values()) >= 2


def test_a_source_that_fails_says_how_and_what_to_do(calm: Outside) -> None:
    """One refuses, one answers garbage; the others are fine."""
    calm.control("sp4n", "/fault", {"mode": "refuse"})
    calm.control("kaltim", "/fault", {"mode": "garbage"})
    found = checked(calm)

    refused = found["sp4n", "complaints"]
    assert not refused.fine
    assert (refused.error or "").startswith("REFUSED: answered 401")
    assert "credentials" in (refused.hint or "")
    assert (found["kaltim", "complaints"].error or "").startswith("MALFORMED")
    assert found["pu", "complaints"].fine


def test_a_source_that_is_not_there_is_told() -> None:
    """Nobody at the address."""

    async def run() -> Checked:
        (source,) = load(GOOD, ENVIRON)
        (found,) = await check_sources([source])
        await source.connector.aclose()
        return found

    found = asyncio.run(run())

    assert (found.error or "").startswith("UNAVAILABLE")
    assert not found.fine


def test_repairs_are_counted() -> None:
    """New York's one complaint that was closed before it was made."""
    (found,) = asyncio.run(check_sources(load(DEMO / "nyc.toml", {}), rows=1000))

    assert found.rows == found.total == 594
    assert found.warnings == {"NEGATIVE_DURATION": 1}


def test_rows_of_which_none_can_be_used_are_not_fine(tmp_path: Path) -> None:
    """A mapping that fits no row is a mistake, though the source answered."""
    (tmp_path / "a.csv").write_text("id,tanggal\n1,kemarin\n2,lusa\n", "utf-8")
    text = """
[sources.a]
kind = "sheet"
path = "."
[sources.a.collections.complaints]
files = "*.csv"
[sources.a.collections.complaints.mapping]
local_id = "id"
submitted_at = "tanggal"
"""
    (found,) = asyncio.run(check_sources(load(text, {}, folder=tmp_path)))

    assert not found.fine
    assert found.rejected == {"NO_DATE": 2}


def test_a_name_that_leads_into_a_private_network_says_which_setting_allows_it() -> None:
    """In place of what helps with most refusals, which would send people to their credentials."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"data": []})

    async def run(more: str) -> Checked:
        async with serving(answer) as address:
            named = address.replace("127.0.0.1", "localhost")
            text = GOOD.replace("http://127.0.0.1:1/api", named).replace(
                'kind = "rest"', f'kind = "rest"\n{more}'
            )
            (source,) = load(text, ENVIRON)
            (found,) = await check_sources([source])
            await source.connector.aclose()
        return found

    found = asyncio.run(run(""))

    assert found.error == (
        "REFUSED: its name leads into a private network that its settings do not allow"
    )
    assert found.hint == 'networks = ["10.12.0.0/16"] allows one, 127.0.0.0/8 is this machine'
    assert asyncio.run(run('networks = ["127.0.0.0/8", "::1/128"]')).fine


BUDI = "Budi Santoso, Jl. Melati 4"
AS_EVER = "compare `rows`, `total`, `page` and the mapping with an answer of it"
EIGHT = ", ".join(f"`hal_{n}`" for n in range(8))


@pytest.mark.parametrize(
    ("rows", "answer", "hint"),
    [
        ("hasl", {"hasil": [{}], "meta": {"galat": [{}]}}, "did you mean `hasil`?"),
        ("x", {"hasil": [{}], "meta": {"galat": [{}] * 2}}, "lists stand at `meta.galat`, `hasil`"),
        ("x", {"kode": ["a"], "hasil": []}, "lists stand at `hasil`"),
        ("x", [{}], "its answer is itself the list: leave `rows` out"),
        ("", {"hasil": {"data": [{}]}}, "lists stand at `hasil.data`"),
        ("x", {BUDI: [{}], "x" * 41: [{}]}, AS_EVER),
        ("x", {f"hal_{n}": [] for n in range(99)}, f"lists stand at {EIGHT}"),
    ],
)  # fmt: skip
def test_a_wrong_path_of_rows_is_told_where_lists_stand(
    rows: str, answer: object, hint: str
) -> None:
    """By the names of a few keys, none of which can be a person's; where nothing says, as ever."""

    async def handler(_: web.Request) -> web.Response:
        return web.json_response(answer)

    async def run() -> Checked:
        async with serving(handler) as address:
            text = GOOD.replace("http://127.0.0.1:1/api", address)
            (source,) = load(
                text.replace('rows = "data"', f'rows = "{rows}"' if rows else ""), ENVIRON
            )
            (found,) = await check_sources([source])
            await source.connector.aclose()
        return found

    found = asyncio.run(run())

    where = f"`{rows}`" if rows else "the answer"
    assert found.error == f"MALFORMED: {where} should be a list of rows"
    assert found.hint == hint


def test_a_wrong_path_of_rows_of_graphql_is_told_where_lists_stand() -> None:
    """By the fields that its own query asks for."""
    text = """
[sources.a]
kind = "graphql"
base_url = "{address}"
[sources.a.collections.complaints]
query = "query {{ layanan {{ aduan {{ id masuk }} }} }}"
rows = "aduan"
[sources.a.collections.complaints.mapping]
local_id = "id"
submitted_at = "masuk"
"""

    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"data": {"layanan": {"aduan": []}}})

    async def run() -> Checked:
        async with serving(handler) as address:
            (source,) = load(text.format(address=address), {})
            (found,) = await check_sources([source])
            await source.connector.aclose()
        return found

    found = asyncio.run(run())

    assert found.error == "MALFORMED: `aduan` should be a list of rows"
    assert found.hint == "lists stand at `layanan.aduan`"
