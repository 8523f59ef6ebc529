"""An address that does not tell what it is, is asked once: a plain list is told to be one."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web

from connectors.suggest.asked import Asked
from connectors.suggest.found import CannotLook
from connectors.suggest.look import suggest
from tests.connectors.serving import serving
from tests.connectors.suggesting import DAY

BY_HAND = "write the table by hand, as **REST** in docs/connectors.md"
KINDS = "hint: add --kind open311, --kind graphql or --kind openapi; if it answers a plain JSON "
KINDS += f"list, {BY_HAND}"
UNTOLD = "its address does not tell what it is"
NOR = "nor does its answer"
NOT_ACCEPTED = "answered 401: it does not accept our credentials"
AT_A_KEY = "it answers plain JSON with a list of objects at `hasil`"
NAMES = [{"pelapor": "Siti Rahmawati"}]


def looked(body: str, status: int = 200) -> str:
    """Look at an address that answers *body*; gives what was suggested, or why nothing was."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        return web.Response(text=body, status=status, content_type="application/json")

    async def run() -> str:
        async with serving(answer) as address:
            where = f"{address}/api/aduan"
            try:
                return await suggest(Asked(where=where, source="kutim"), DAY)
            except CannotLook as error:
                return str(error)

    told = asyncio.run(run())
    assert asked[0] == "GET /api/aduan"
    assert len(asked) <= 2
    return told


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (json.dumps(NAMES), 200,
         f"it answers a plain JSON list of objects; hint: {BY_HAND}, without `rows`"),
        (json.dumps({"hasil": NAMES, "halaman": {"jumlah": 25}}), 200,
         f'{AT_A_KEY}; hint: {BY_HAND}, with `rows = "hasil"`'),
        (json.dumps({"galat": "tidak ada"}), 200, f"{UNTOLD}; {KINDS}"),
        (json.dumps([1, 2]), 200, f"{UNTOLD}; {KINDS}"),
        ("<html>", 200, f"{UNTOLD}; {KINDS}"),
        ("", 404, f"{UNTOLD}, {NOR}: answered 404: there is no such thing; {KINDS}"),
        ("", 401, f"{UNTOLD}, {NOR}: {NOT_ACCEPTED}; {KINDS}; or see --token"),
    ],
)  # fmt: skip
def test_an_address_that_does_not_tell_is_asked(body: str, status: int, told: str) -> None:
    """Of a list it is said where it stands and what to do; of nothing that stands in it."""
    assert looked(body, status) == told


def test_a_document_at_an_address_that_does_not_tell_is_read() -> None:
    """An OpenAPI document needs no `--kind`, wherever it stands."""
    row = {"type": "object", "properties": {"id": {"type": "string"}, "judul": {"type": "string"}}}
    answer = {"application/json": {"schema": {"type": "array", "items": row}}}
    operation = {"responses": {"200": {"content": answer}}}
    text = looked(json.dumps({"openapi": "3.0.0", "paths": {"/aduan": {"get": operation}}}))

    assert 'path = "/aduan"' in text
