"""`@defer` within complaints: what is not deferred waits for no other source, nothing is hidden."""

from __future__ import annotations

import pytest

from tests.gateway.partly import MULTIPART, merged, opened, parts
from tests.gateway.serving import Client, talk
from tests.gateway.world import World

MERGED = (
    "handlings { localId agency { code } followUps { at text } }"
    " contributions { source { id } localId } discrepancies { kind }"
    " timeline(first: 5) { nodes { at kind } }"
)
ONE = f'{{ complaint(trackingId: "9000001") {{ title ... @defer {{ {MERGED} }} }} }}'
LIST = f"{{ complaints(first: 3) {{ complete nodes {{ id title ... @defer {{ {MERGED} }} }} }} }}"
MISSING = [{"source": "kaltim", "state": "TIMED_OUT"}]


async def bodies(client: Client, query: str) -> list[dict[str, object]]:
    """Ask *query* and give every part."""
    async with opened(client, query, MULTIPART) as response:
        found: list[dict[str, object]] = parts(await response.text())
        return found


@pytest.mark.parametrize("query", [ONE, LIST])
def test_the_parts_are_the_whole_answer(query: str) -> None:
    """Put together, the same is told as in one piece, and the first part is not all of it."""

    async def conversation(client: Client) -> None:
        found = await bodies(client, query)
        assert len(found) > 1
        assert "handlings" not in str(found[0])
        assert merged(found) == await client.data(query)
        assert all("extensions" not in body for body in found)

    talk(World(), conversation)


@pytest.mark.parametrize(
    "query", [ONE, LIST.replace("first: 3", 'first: 3, filter: { sources: ["sp4n"] }')]
)
def test_the_first_part_waits_for_no_other_source(query: str) -> None:
    """What only the anchor tells comes at once; what is missing of the rest is told with it."""
    world = World(time_limit=0.5)
    world.kaltim.mode = "hang"

    async def conversation(client: Client) -> None:
        came = ""
        async with opened(client, query, MULTIPART) as response:
            while "hasNext" not in came:
                came += (await response.content.readany()).decode()
            assert '"title":' in came
            assert world.kaltim.cancelled == 0
            came += await response.text()
        first, *later = parts(came)
        assert "extensions" not in first
        assert later[-1]["extensions"] == {"missing": MISSING}
        assert "handlings" in str(later)

    talk(world, conversation)


def test_sources_are_asked_once_for_all_that_is_deferred() -> None:
    """Several fields and fragments, of several complaints, are one question a source."""
    apart = "... @defer { handlings { localId } } ... @defer { contributions { localId } }"
    query = f"{{ complaints(first: 3) {{ nodes {{ title {apart} bounces }} }} }}"
    counts = []
    for asked in (query.replace("@defer", ""), query):
        world = World()

        async def conversation(client: Client, asked: str = asked) -> None:
            await bodies(client, asked)

        talk(world, conversation)
        counts.append([len(each.ids) + len(each.queries) for each in (world.sp4n, world.kaltim)])
    whole, deferred = counts
    # `bounces` is not deferred: what it needs is asked with the list, the rest once behind it.
    assert all(later <= before + 2 for before, later in zip(whole, deferred, strict=True))


@pytest.mark.parametrize("switch", ["true", "false"])
def test_what_is_not_deferred_after_all_comes_at_once(switch: str) -> None:
    """`if` decides, as a variable too; a field that stands beside its deferral is not deferred."""

    async def conversation(client: Client) -> None:
        query = (
            "query Q($later: Boolean!)"
            '{ complaint(trackingId: "9000001") { ... @defer(if: $later) { bounces } } }'
        )
        asked = {"query": query, "variables": {"later": switch == "true"}}
        accept = {"Accept": MULTIPART}
        url = f"{client.url}/graphql"
        async with client.session.post(url, json=asked, headers=accept) as response:
            found = parts(await response.text())
        assert ("bounces" in str(found[0].get("data"))) is (switch == "false")
        assert merged(found) == {"complaint": {"bounces": 0}}

        both = '{ complaint(trackingId: "9000001") { bounces ... @defer { bounces title } } }'
        first, *_ = await bodies(client, both)
        assert first["data"] == {"complaint": {"bounces": 0}}

    talk(World(), conversation)


def test_all_or_nothing_holds_for_what_is_deferred() -> None:
    """Who wants no list without every source is refused before the first row."""
    world = World(time_limit=0.2)
    world.kaltim.mode = "hang"

    async def conversation(client: Client) -> None:
        query = LIST.replace("first: 3", 'first: 3, onMissing: FAIL, filter: { sources: ["sp4n"] }')
        (only,) = await bodies(client, query)
        assert only["data"] is None
        assert "SOURCES_MISSING" in str(only["errors"])

    talk(world, conversation)


def test_what_is_missing_of_a_deferred_list_is_told() -> None:
    """Also where no field of the part could say so."""
    world = World(time_limit=0.2)
    world.kaltim.mode = "hang"

    async def conversation(client: Client) -> None:
        query = "{ viewer { subject } ... @defer { complaints(first: 2) { nodes { title } } } }"
        first, *later = await bodies(client, query)
        assert "extensions" not in first
        assert later[-1]["extensions"] == {"missing": MISSING}

    talk(world, conversation)
