"""One list over every source, over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.serving import Client, talk
from tests.gateway.world import PUBLIC_ORDER, World

LIST = """
query List($filter: ComplaintFilter, $first: Int, $after: String, $last: Int, $before: String,
           $orderBy: ComplaintOrder, $onMissing: MissingPolicy! = OMIT) {
  complaints(filter: $filter, first: $first, after: $after, last: $last, before: $before,
             orderBy: $orderBy, onMissing: $onMissing) {
    edges { cursor late node { id trackingId title } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    complete
    answers { source { id } state code message fetched kept }
  }
}
"""


def names(connection: dict[str, Any]) -> list[str]:
    """Number or title's end of each entry."""
    return [
        edge["node"]["trackingId"] or edge["node"]["title"].split()[-1]
        for edge in connection["edges"]
    ]


def test_one_list_over_all_sources() -> None:
    """Pages of one list, put together, hold every public complaint once and newest first."""

    async def conversation(client: Client) -> None:
        found: list[str] = []
        after = None
        while True:
            page = (await client.data(LIST, first=4, after=after))["complaints"]
            assert page["complete"]
            found += names(page)
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]

        assert found == PUBLIC_ORDER

    talk(World(), conversation)


def test_pages_back() -> None:
    """Paging back from the end gives the same list from behind."""

    async def conversation(client: Client) -> None:
        found: list[str] = []
        before = None
        while True:
            page = (await client.data(LIST, last=6, before=before))["complaints"]
            found = names(page) + found
            if not page["pageInfo"]["hasPreviousPage"]:
                break
            before = page["pageInfo"]["startCursor"]

        assert found == PUBLIC_ORDER

    talk(World(), conversation)


def test_twenty_if_not_told() -> None:
    """Without `first` a page has twenty entries."""

    async def conversation(client: Client) -> None:
        page = (await client.data(LIST))["complaints"]

        assert len(page["edges"]) == 20

    talk(World(), conversation)


def test_the_count_is_of_what_can_be_listed() -> None:
    """`totalCount` counts what the public could list and nothing else, exactly."""

    async def conversation(client: Client) -> None:
        query = "{ complaints(first: 3) { totalCount { value exact withheld } nodes { id } } }"
        count = (await client.data(query))["complaints"]["totalCount"]

        assert count == {"value": len(PUBLIC_ORDER), "exact": True, "withheld": False}

    talk(World(), conversation)


def test_nobody_counts_unless_asked() -> None:
    """Without `totalCount` no source is asked to count, nor is one whose rows were all read."""
    world = World()
    counted = (
        "query ($after: String) { complaints(first: 3, after: $after) { totalCount { value } } }"
    )

    async def conversation(client: Client) -> None:
        begun = await client.data(LIST, first=3)
        after = begun["complaints"]["pageInfo"]["endCursor"]
        await client.data(LIST, first=3, after=after)
        await client.data(counted)
        assert world.sp4n.counted == 0
        await client.data(counted, after=after)
        assert world.sp4n.counted == 1

    talk(world, conversation)


def test_by_update() -> None:
    """A list can be ordered by when its entries last changed, oldest first."""

    async def conversation(client: Client) -> None:
        order = {"field": "UPDATED_AT", "direction": "ASC"}
        page = (await client.data(LIST, first=100, orderBy=order))["complaints"]

        assert names(page)[0] == "K-029"
        assert names(page)[-1] == "KT-1"

    talk(World(), conversation)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"regions": ["31"]}, ["9000005"]),
        ({"regions": ["64"], "sources": ["sp4n"]}, ["9000001", "9000004"]),
        ({"agencies": ["kemenpu"], "sources": ["sp4n"]}, ["9000001", "9000004", "9000007"]),
        ({"agencies": ["kempupr"], "sources": ["sp4n"]}, ["9000001", "9000004", "9000007"]),
        ({"agencies": ["kemenpu-binamarga"]}, ["9000007"]),
        ({"agencies": ["pemprov-64"]}, ["KT-1", "9000005"]),
        ({"agencyLevels": ["PROVINCE"]}, ["KT-1", "9000005"]),
        ({"agencyLevels": ["UNIT"]}, ["9000007"]),
        ({"categories": ["3"], "sources": ["kaltim"]}, ["KT-1"]),
        ({"categories": ["4"]}, []),
        ({"uncategorised": True}, ["9000005"]),
        ({"kinds": ["ASPIRATION"]}, ["9000005"]),
        ({"open": False}, ["9000004"]),
        ({"not": {"open": True}}, ["9000004"]),
        ({"statuses": ["CLOSED_BY_SYSTEM", "SUBMITTED"]}, ["9000004"]),
        ({"statuses": ["SUBMITTED"]}, []),
        ({"statuses": []}, []),
        ({"channels": ["web"], "sources": ["kaltim"]}, ["KT-1"]),
        ({"channels": ["sms"]}, []),
        ({"trackingIds": ["#9000001", " 9000005", "1"]}, ["9000001", "9000005"]),
        ({"trackingIds": ["9000002"]}, []),
        ({"submitted": {"from": "2026-10-31T23:00:00Z"}}, ["KT-1", "9000001"]),
        (
            {"submitted": {"until": "2026-10-31T18:59:00Z", "from": "2026-10-31T17:00:00Z"}},
            ["9000007"],
        ),
        ({"closed": {"from": "2026-11-01T07:00:00+07:00"}}, ["9000004"]),
        ({"or": [{"kinds": ["ASPIRATION"]}, {"open": False}]}, ["9000004", "9000005"]),
        ({"and": [{"kinds": ["ASPIRATION"]}, {"open": False}]}, []),
        ({"or": []}, []),
        ({"sources": ["kota"], "not": {"submitted": {"until": "2026-10-31T13:30:00Z"}}}, ["K-000"]),
    ],
)  # fmt: skip
def test_filters_mean_what_they_say(where: dict[str, Any], found: list[str]) -> None:
    """Each filter gives exactly the public complaints that it describes."""

    async def conversation(client: Client) -> None:
        page = (await client.data(LIST, first=100, filter=where))["complaints"]

        assert names(page) == found

    talk(World(), conversation)


def test_a_missing_source_is_told_and_comes_late() -> None:
    """With a source down the rest is whole and says so; its rows come late when it is back."""
    world = World()
    world.kaltim.mode = "down"

    async def conversation(client: Client) -> None:
        page = (await client.data(LIST, first=4))["complaints"]
        assert names(page) == [name for name in PUBLIC_ORDER if name != "KT-1"][:4]
        assert not page["complete"]
        (told,) = [each for each in page["answers"] if each["state"] != "ANSWERED"]
        assert told["source"]["id"] == "kaltim"
        assert told["state"] == told["code"] == "UNAVAILABLE"
        assert "10.1.2.3" not in told["message"]
        assert told["fetched"] is None

        world.kaltim.mode = "up"
        after = page["pageInfo"]["endCursor"]
        page = (await client.data(LIST, first=4, after=after))["complaints"]
        assert page["complete"]
        assert names(page)[0] == "KT-1"
        assert [edge["late"] for edge in page["edges"]] == [True, False, False, False]

    talk(world, conversation)


def test_all_or_nothing() -> None:
    """`onMissing: FAIL` gives an error that names the missing source, and no list."""
    world = World()
    world.kaltim.mode = "down"

    async def conversation(client: Client) -> None:
        answer = await client.ask(LIST, onMissing="FAIL")

        assert answer["data"] is None
        assert answer["errors"][0]["extensions"]["code"] == "SOURCES_MISSING"
        assert "kaltim" in answer["errors"][0]["message"]

    talk(world, conversation)


def test_relations_come_from_the_registry() -> None:
    """Agency, region, category and channel of a complaint are the registry's, with their tree."""
    query = """{ complaint(trackingId: "9000001") {
        agency { code name level units { nodes { code } } successors { code } }
        region { code name level timeZone parent { name } }
        category { name parent { name parent { name parent { name } } } }
        channel { id name } location { precision latitude text }
        statusLabel english: statusLabel(language: EN) visibility { anonymous secret } } }"""

    async def conversation(client: Client) -> None:
        found = (await client.data(query))["complaint"]

        assert found == {
            "agency": {
                "code": "kemenpu",
                "name": "Kementerian Pekerjaan Umum",
                "level": "MINISTRY",
                "units": {"nodes": [{"code": "kemenpu-binamarga"}]},
                "successors": [],
            },
            "region": {
                "code": "64.72.01",
                "name": "Palaran",
                "level": "DISTRICT",
                "timeZone": "Asia/Makassar",
                "parent": {"name": "Kota Samarinda"},
            },
            "category": {
                "name": "Jalan berlubang",
                "parent": {
                    "name": "Infrastruktur jalan",
                    "parent": {"name": "Pekerjaan Umum", "parent": None},
                },
            },
            "channel": {"id": "web", "name": "Website"},
            "location": {"precision": "DISTRICT", "latitude": None, "text": None},
            "statusLabel": "Proses",
            "english": "In progress",
            "visibility": {"anonymous": False, "secret": False},
        }

    talk(World(), conversation)


def test_an_agencys_own_list() -> None:
    """`Agency.complaints` is the list filtered by that agency, and the client's filter on top."""
    query = """{ agency(code: "pemprov-64") {
        complaints { nodes { title } }
        some: complaints(filter: {kinds: [ASPIRATION]}, first: 1) { nodes { trackingId } }
    } }"""

    async def conversation(client: Client) -> None:
        found = (await client.data(query))["agency"]

        assert len(found["complaints"]["nodes"]) == 2
        assert found["some"]["nodes"] == [{"trackingId": "9000005"}]

    talk(World(), conversation)
