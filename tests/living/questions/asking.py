"""Put a question to the gateway, page after page, and name what it lists."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from tests.living.gateway import Ask, answered
from tests.living.systems import Systems

Node = dict[str, Any]


def listed(
    systems: Systems,
    viewer: str,
    where: object,
    fields: str = "",
    order: object = None,
    size: int = 100,
) -> list[Node]:
    """Give every node of a list of complaints, which has to be complete."""
    query = (
        "query ($filter: ComplaintFilter, $order: ComplaintOrder, $first: Int, $after: String) {"
        " complaints(filter: $filter, orderBy: $order, first: $first, after: $after) {"
        f"  nodes {{ id trackingId {fields} }} pageInfo {{ hasNextPage endCursor }} complete }} }}"
    )

    async def pages(ask: Ask) -> list[Node]:
        found: list[Node] = []
        after = None
        while True:
            asked = {"filter": where, "order": order, "first": size, "after": after}
            told = await ask(query, viewer, asked)
            assert "errors" not in told, told
            page = told["data"]["complaints"]
            assert page["complete"]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    nodes: list[Node] = asyncio.run(answered(systems, pages))
    return nodes


def name_of(node: Node) -> str:
    """Give the local id of a node: the national number, or the source's own."""
    text = base64.urlsafe_b64decode(node["id"] + "==").decode()
    return text.rpartition(":")[2]
