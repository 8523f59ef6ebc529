"""What caches may keep, and how answers are compressed."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import replace

import aiohttp
import pytest

from gateway.compression import FEWEST, MOST, Compression
from gateway.http_cache import HttpCache
from gateway.http_settings import HttpSettings
from gateway.operation import Outcome
from resolvers.planner.plan import AnswerState
from resolvers.policy import NATIONAL_ADMIN, PUBLIC, Viewer
from resolvers.sources import Took
from tests.gateway.serving import SETTINGS, Client, talk
from tests.gateway.world import World

LIST = "{ complaints(first: 3) { nodes { title } complete } }"


def test_a_whole_answer_can_be_kept_and_recognised() -> None:
    """The answer to a GET has an age, a tag and what it varies with; the tag alone brings a 304."""

    async def conversation(client: Client) -> None:
        url, params = f"{client.url}/graphql", {"query": LIST}
        async with client.session.get(url, params=params) as response:
            tag = response.headers["ETag"]
            assert response.headers["Cache-Control"] == "public, max-age=10"
            assert response.headers["Vary"] == "Authorization, Accept, Accept-Encoding"
        for sent in (tag, f'"x", {tag}', tag.removeprefix("W/")):
            async with client.session.get(
                url, params=params, headers={"If-None-Match": sent}
            ) as again:
                assert again.status == 304
                assert again.headers["ETag"] == tag
                assert again.headers["Cache-Control"] == "public, max-age=10"
                assert await again.read() == b""
        async with client.session.get(
            url, params=params, headers={"If-None-Match": 'W/"other"'}
        ) as changed:
            assert changed.status == 200

    talk(World(), conversation)


@pytest.mark.parametrize("mode", ["down", "hang"])
def test_an_answer_with_something_missing_is_not_kept(mode: str) -> None:
    """No cache may keep an answer while a source is missing; it may again when all answered."""
    world = World(time_limit=0.3)
    world.kaltim.mode = mode

    async def conversation(client: Client) -> None:
        url, params = f"{client.url}/graphql", {"query": LIST}
        async with client.session.get(url, params=params) as response:
            assert (await response.json())["data"]["complaints"]["complete"] is False
            assert response.headers["Cache-Control"] == "no-store"
            assert "ETag" not in response.headers

    talk(world, conversation)


@pytest.mark.parametrize("query", ["{ x }", "{", "{ complaints(first: 101) { complete } }", ""])
def test_an_answer_with_errors_is_not_kept(query: str) -> None:
    """No cache may keep an answer with errors, whatever its status."""

    async def conversation(client: Client) -> None:
        async with client.session.get(f"{client.url}/graphql", params={"query": query}) as response:
            assert (await response.json())["errors"]
            assert response.headers["Cache-Control"] == "no-store"
            assert "ETag" not in response.headers

    talk(World(), conversation)


def test_an_answer_to_a_post_is_not_kept() -> None:
    """What was posted is answered anew each time."""

    async def conversation(client: Client) -> None:
        async with client.session.post(f"{client.url}/graphql", json={"query": LIST}) as response:
            assert response.headers["Cache-Control"] == "no-store"
            assert "ETag" not in response.headers

    talk(World(), conversation)


LONG = "{ complaints(first: 35) { nodes { __typename id title status submittedAt updatedAt } } }"


@pytest.mark.parametrize(
    ("accepts", "compression", "is_packed"),
    [
        ("gzip", True, True),
        ("br, gzip;q=0.5", True, True),
        ("gzip;q=0", True, False),
        ("identity", True, False),
        ("gzip", False, False),
    ],
)
def test_long_answers_are_compressed_where_asked(
    accepts: str, compression: bool, is_packed: bool
) -> None:
    """A long answer comes compressed to who takes it, by POST and by GET, and reads the same."""
    settings = replace(
        SETTINGS, http=HttpSettings(require_preflight=False, compression=compression)
    )

    async def conversation(client: Client) -> None:
        url = f"{client.url}/graphql"
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            async with session.post(
                url, json={"query": LONG}, headers={"Accept-Encoding": "identity"}
            ) as plain:
                whole = await plain.read()
                assert len(whole) >= FEWEST
            headers = {"Accept-Encoding": accepts}
            for asking in (
                session.post(url, json={"query": LONG}, headers=headers),
                session.get(url, params={"query": LONG}, headers=headers),
            ):
                async with asking as response:
                    body = await response.read()
                    packed = response.headers.get("Content-Encoding") == "gzip"
                    assert packed is is_packed
                    assert int(response.headers["Content-Length"]) == len(body)
                    assert (gzip.decompress(body) if packed else body) == whole

    talk(World(), conversation, settings)


@pytest.mark.parametrize(
    ("body", "viewer", "is_packed"),
    [
        (b"x" * FEWEST, PUBLIC, True),
        (b"x" * (FEWEST - 1), PUBLIC, False),
        (b"x" * 1_000_000, PUBLIC, True),
        (b"x" * (MOST + 1), PUBLIC, False),
        (b"x" * FEWEST, NATIONAL_ADMIN, False),
    ],
)
def test_what_is_worth_and_safe_to_compress(body: bytes, viewer: Viewer, is_packed: bool) -> None:
    """Neither small nor huge answers, and none that only some may see."""
    packed = asyncio.run(Compression(is_on=True).packed(body, viewer, b"gzip"))

    assert (packed is not None) is is_packed
    assert packed is None or gzip.decompress(packed) == body


def test_only_answers_of_the_public_may_be_kept() -> None:
    """The same answer to somebody who signed in is for nobody else."""
    cache, outcome = HttpCache(10), Outcome({"a": 1})
    for viewer, words in ((PUBLIC, b"public, max-age=10"), (NATIONAL_ADMIN, b"no-store")):
        assert dict(cache.headers(outcome, viewer, (), b"{}"))[b"cache-control"] == words


@pytest.mark.parametrize("state", [each for each in AnswerState if each != AnswerState.ANSWERED])
def test_whatever_a_source_failed_by_keeps_the_answer_out_of_caches(state: AnswerState) -> None:
    """Stale, cut, late, refused, skipped: every state but one."""
    answers = [Took("a", AnswerState.ANSWERED, 1.0), Took("b", state, 1.0)]

    assert dict(HttpCache(10).headers(Outcome({}), PUBLIC, answers, b"{}")) == {
        b"cache-control": b"no-store"
    }
