"""Whatever of a complaint is deferred, its parts add up to the whole answer, for every viewer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import permutations
from typing import Any

import orjson
import pytest

from gateway import app as root
from gateway.answering import Answering
from gateway.asked import Asked
from gateway.demo import CONFIGS
from gateway.executor import encode
from gateway.telemetry import tracing
from tests.gateway.partly import merged
from tests.living.gateway import NOW, VIEWERS
from tests.living.systems import Systems
from tests.living.test_handlings import with_three

FIELDS = (
    "title",
    "location { latitude }",
    "bounces",
    "handlings { localId status agency { code } followUps { at text } }",
    "timeline(first: 20) { nodes { at kind text } }",
    "contributions { source { id } localId }",
    "discrepancies { kind }",
    "ombudsmanCase { caseNumber }",
)
EVERYTHING = " ".join(FIELDS)


async def differing(answering: Answering, viewer: str, queries: list[str]) -> list[str]:
    """Give the *queries* whose parts, put together, are not the whole answer."""
    found = []
    for query in queries:
        with tracing() as trace:
            parts: list[dict[str, Any]] = [
                orjson.loads(encode(part.body))
                async for part in answering.parts(Asked(query), VIEWERS[viewer], trace)
            ]
            context = answering.context(VIEWERS[viewer])
            plain = Asked(query.replace("@defer", ""))
            outcome = await answering.run(plain, context, trace)
            whole = orjson.loads(encode(answering.body(outcome, trace)))
        assert "errors" not in whole, whole
        if merged(parts) != whole["data"]:
            found.append(query)
    return found


@pytest.mark.parametrize("viewer", VIEWERS)
def test_each_field_beside_each_that_is_deferred(systems: Systems, viewer: str) -> None:
    """Half of a merge is never taken for all of it."""
    first, second, *_ = with_three(systems)
    number, other = first["tracking"], second["tracking"]
    one = f'complaint(trackingId: "{number}")'
    pairs = [f"{now} ... @defer {{ {later} }}" for now, later in permutations(FIELDS, 2)]
    deeper = [
        "title ... @defer { bounces ... @defer { handlings { localId } } }",
        "... @defer { bounces } ... @defer { contributions { localId } } ... @defer { title }",
        f"bounces ... @defer {{ {EVERYTHING} }}",
        f"title ... @defer {{ {EVERYTHING} }}",
    ]
    queries = [f"{{ {one} {{ {each} }} }}" for each in (*pairs, *deeper)]
    queries += [
        f"{{ complaints(first: 5) {{ nodes {{ id bounces ... @defer {{ {EVERYTHING} }} }} }} }}",
        f"{{ complaints(first: 5) {{ edges {{ node {{ id ... @defer {{ {EVERYTHING} }} }} }} }} }}",
    ]
    aliases = f'a: {one} {{ bounces }} b: complaint(trackingId: "{other}") {{ title }}'
    queries.append(f"{{ {aliases} ... @defer {{ c: {one} {{ handlings {{ localId }} }} }} }}")

    async def run() -> list[str]:
        configuration = root.load(CONFIGS, systems.environ)
        keys = {"test": b"t" * 32}
        settings = replace(configuration.gateway, cursor_keys=keys, introspection=True)
        reader = root.build_reader(configuration.sources, settings, lambda: NOW)
        try:
            return await differing(root.build_answering(reader, settings), viewer, queries)
        finally:
            await root.close(reader, configuration.sources)

    assert asyncio.run(run()) == []
