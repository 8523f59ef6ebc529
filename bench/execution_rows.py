"""A whole request to the compiled executor: what rows and relations cost, from text to JSON.

    python -m bench.execution_rows

CPU microseconds of a request for 1, 20 and 100 complaints of 10 leaves, with two variables, on
uvloop; beside it the same answer written by hand.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import orjson
import strawberry
import uvloop

from bench.execution import Agency, AgencyRecord, Complaint, ComplaintRecord, records
from gateway.executor import Documents, Prepared, encode

ROUNDS = 8
REQUESTS = 100
SIZES = (1, 20, 100)
DATA = records(max(SIZES))


def agency_of(root: ComplaintRecord) -> AgencyRecord:
    """Resolve at once."""
    return root.agency


async def agency_soon(root: ComplaintRecord) -> AgencyRecord:
    """Resolve by a coroutine that waits for nothing."""
    return root.agency


async def agency_later(root: ComplaintRecord) -> AgencyRecord:
    """Resolve by a coroutine that waits once."""
    await asyncio.sleep(0)
    return root.agency


@strawberry.type
class Row(Complaint):
    """A complaint with its agency in several ways."""

    at_once = strawberry.field(resolver=agency_of, graphql_type=Agency)
    soon = strawberry.field(resolver=agency_soon, graphql_type=Agency)
    later = strawberry.field(resolver=agency_later, graphql_type=Agency)


async def _complaints(first: int = 20, region: str | None = None) -> list[ComplaintRecord]:
    assert region  # noqa: S101 - the second variable is only to be passed on
    return DATA[:first]


@strawberry.type
class Query:
    """The root."""

    complaints = strawberry.field(resolver=_complaints, graphql_type=list[Row])


FIELDS = "id trackingId title category region channel status isSecret votes score"
RELATIONS = {
    "no relation": "",
    "an attribute": "agency { id name level }",
    "a resolver": "atOnce { id name level }",
    "a coroutine that does not wait": "soon { id name level }",
    "a coroutine that waits once": "later { id name level }",
}


def by_hand(size: int) -> bytes:
    """Answer as one would write it for the query with an attribute."""
    rows = [
        {
            "id": c.id,
            "trackingId": c.tracking_id,
            "title": c.title,
            "category": c.category,
            "region": c.region,
            "channel": c.channel,
            "status": c.status.name,
            "isSecret": c.is_secret,
            "votes": c.votes,
            "score": c.score,
            "agency": {"id": c.agency.id, "name": c.agency.name, "level": c.agency.level},
        }
        for c in DATA[:size]
    ]
    return orjson.dumps({"data": {"complaints": rows}})


def least(run: Callable[[], object]) -> float:
    """CPU microseconds of *run*, the least of several rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(REQUESTS):
            run()
        times.append((time.process_time() - started) / REQUESTS * 1e6)
    return min(times)


async def requests(prepared: Prepared, size: int) -> float:
    """CPU microseconds of a request, the least of several rounds."""
    variables = {"n": size, "r": "64"}
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(REQUESTS):
            encode((await prepared.run(variables)).body())
        times.append((time.process_time() - started) / REQUESTS * 1e6)
    return min(times)


def main() -> None:
    """Print the table."""
    documents = Documents(strawberry.Schema(Query), inline_after=0)
    print(f"{'CPU µs of a request for … rows':<34}" + "".join(f"{size:>8}" for size in SIZES))
    for name, relation in RELATIONS.items():
        text = (
            "query ($n: Int! = 20, $r: String) {"
            f" complaints(first: $n, region: $r) {{ {FIELDS} {relation} }} }}"
        )
        prepared = documents.prepare(text)
        cells = [uvloop.run(requests(prepared, size)) for size in SIZES]
        print(f"{name:<34}" + "".join(f"{cell:>8.0f}" for cell in cells))
    hand = [least(lambda size=size: by_hand(size)) for size in SIZES]  # type: ignore[misc]
    print(f"{'an attribute, by hand':<34}" + "".join(f"{cell:>8.0f}" for cell in hand))


if __name__ == "__main__":
    main()
