"""Asking for answers in parts, and reading them."""

from __future__ import annotations

import json
from typing import Any

from tests.gateway.serving import Client

EVENTS = "text/event-stream"
MULTIPART = "multipart/mixed"
JSON = "application/json"


def opened(client: Client, query: str, accept: str = EVENTS, **headers: str) -> Any:
    """POST *query* and give the response's context."""
    return client.session.post(
        f"{client.url}/graphql", json={"query": query}, headers={"Accept": accept, **headers}
    )


def events(text: str) -> list[tuple[str, Any]]:
    """Read whole events out of *text*, comments left out."""
    found = []
    assert text.endswith("\n\n")
    for block in text.removesuffix("\n\n").split("\n\n"):
        if block == ":":
            continue
        first, second = block.split("\n")
        data = second.removeprefix("data:").strip()
        found.append((first.removeprefix("event: "), json.loads(data) if data else None))
    return found


def parts(text: str) -> list[Any]:
    """Read the parts of a multipart answer, whose lengths must be true."""
    opening, *middle, closing = text.split("---")
    assert (opening, closing) == ("", "--\r\n")
    found = []
    for each in middle:
        head, body = each.removesuffix("\r\n").split("\r\n\r\n")
        assert f"Content-Length: {len(body.encode())}" in head
        assert "Content-Type: application/json; charset=utf-8" in head
        found.append(json.loads(body))
    return found


def merged(bodies: list[Any]) -> Any:
    """Put increments where they belong, as a client does."""
    data, paths, open_ids = bodies[0]["data"], {}, set()
    for body in bodies:
        for each in body.get("pending", ()):
            paths[each["id"]] = each["path"]
            open_ids.add(each["id"])
        for each in body.get("incremental", ()):
            at = data
            for key in [*paths[each["id"]], *each.get("subPath", ())]:
                at = at[key]
            at.extend(each["items"]) if "items" in each else at.update(each["data"])
        for each in body.get("completed", ()):
            open_ids.remove(each["id"])
        assert body.get("hasNext", False) is (body is not bodies[-1])
    assert not open_ids
    return data
