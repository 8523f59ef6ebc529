"""One list over every source, over real HTTP."""

from __future__ import annotations

from typing import Any

from tests.gateway.serving import Client, talk
from tests.gateway.world import PUBLIC_ORDER, World

LIST = """
query List($filter: ComplaintFilter, $first: Int, $after: String, $last: Int, $before: String,
           $orderBy: ComplaintOrder) {
  complaints(filter: $filter, first: $first, after: $after, last: $last, before: $before,
             orderBy: $orderBy) {
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
