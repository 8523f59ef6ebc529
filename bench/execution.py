"""Execution alone: 1,000 complaints of 14 leaves, by four executors in one run.

    python -m bench.execution [--rounds 15] [--rows 1000]

The answers must be equal before anything is timed.  Each round runs every contender once, in
turning order, so that noise falls on all of them; ratios are taken within a round.  Times are CPU
time of this process.
"""

from __future__ import annotations

import argparse
import asyncio
import enum
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import orjson
import strawberry
from graphql import ExecutionResult, GraphQLSchema, execute, parse

from gateway.executor import Documents, encode


class Status(enum.Enum):
    """Where a complaint stands."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class AgencyRecord(msgspec.Struct, frozen=True):
    """Who must answer."""

    id: str
    name: str
    level: str | None


class ComplaintRecord(msgspec.Struct, frozen=True):
    """What a source said."""

    id: str
    tracking_id: str | None
    title: str
    category: str
    region: str
    channel: str
    status: Status
    submitted_at: datetime
    is_secret: bool
    votes: int
    score: float
    agency: AgencyRecord


@strawberry.type
class Agency:
    """Describes `AgencyRecord`."""

    id: strawberry.ID
    name: str
    level: str | None


@strawberry.type
class Complaint:
    """Describes `ComplaintRecord`."""

    id: strawberry.ID
    tracking_id: str | None
    title: str
    category: str
    region: str
    channel: str
    status: strawberry.enum(Status)  # type: ignore[valid-type]  # a type made at run time
    submitted_at: datetime
    is_secret: bool
    votes: int
    score: float
    agency: Agency


START = datetime(2026, 1, 1, tzinfo=UTC)


def records(rows: int) -> list[ComplaintRecord]:
    """Make *rows* complaints, each with its own values."""
    return [
        ComplaintRecord(
            id=f"c{n}",
            tracking_id=None if n % 7 == 0 else f"{n:08}",
            title=f"Jalan rusak di kilometer {n}",
            category="jalan",
            region=f"{n % 98:02}.01",
            channel="web",
            status=list(Status)[n % 3],
            submitted_at=START + timedelta(minutes=n),
            is_secret=n % 50 == 0,
            votes=n,
            score=n / 7,
            agency=AgencyRecord(f"a{n % 20}", f"Dinas {n % 20}", None if n % 3 else "provinsi"),
        )
        for n in range(rows)
    ]


DATA: list[ComplaintRecord] = []


def _complaints() -> list[ComplaintRecord]:
    return DATA


@strawberry.type
class Query:
    """The root."""

    complaints = strawberry.field(resolver=_complaints, graphql_type=list[Complaint])


QUERY = """{ complaints {
  id trackingId title category region channel status submittedAt isSecret votes score
  agency { id name level }
} }"""


def by_hand() -> bytes:
    """Answer as one would write it for this query alone, without any check."""
    return orjson.dumps(
        {
            "data": {
                "complaints": [
                    {
                        "id": c.id,
                        "trackingId": c.tracking_id,
                        "title": c.title,
                        "category": c.category,
                        "region": c.region,
                        "channel": c.channel,
                        "status": c.status.name,
                        "submittedAt": c.submitted_at.isoformat(),
                        "isSecret": c.is_secret,
                        "votes": c.votes,
                        "score": c.score,
                        "agency": {
                            "id": c.agency.id,
                            "name": c.agency.name,
                            "level": c.agency.level,
                        },
                    }
                    for c in DATA
                ]
            }
        }
    )


def contenders() -> dict[str, Callable[[], bytes]]:
    """Every executor, from the same text to JSON bytes."""
    schema = strawberry.Schema(Query)
    graphql_schema: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry has no other door
    document = parse(QUERY)
    loop = asyncio.new_event_loop()
    inlined = Documents(schema, inline_after=0).prepare(QUERY)
    closures = Documents(schema, inline_after=sys.maxsize).prepare(QUERY)

    def strawberry_own() -> bytes:
        result = loop.run_until_complete(schema.execute(QUERY))
        return orjson.dumps({"data": result.data})

    def reference() -> bytes:
        result = execute(graphql_schema, document)
        assert isinstance(result, ExecutionResult)  # noqa: S101 - nothing is awaited here
        return orjson.dumps({"data": result.data})

    return {
        "strawberry schema.execute": strawberry_own,
        "graphql-core, parsed already": reference,
        "compiled, closures only": lambda: encode(loop.run_until_complete(closures.run()).body()),
        "compiled, inlined source": lambda: encode(loop.run_until_complete(inlined.run()).body()),
        "by hand and orjson": by_hand,
    }


def measure(rounds: int) -> dict[str, list[float]]:
    """Run every contender once per round; CPU milliseconds each."""
    running = contenders()
    expected = by_hand()
    for name, run in running.items():
        if run() != expected:
            raise SystemExit(f"{name} gives another answer")
    names = list(running)
    times: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            started = time.process_time()
            running[name]()
            times[name].append((time.process_time() - started) * 1000)
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--rows", type=int, default=1000)
    options = parser.parse_args()
    DATA.extend(records(options.rows))
    times = measure(options.rounds)
    base = times["strawberry schema.execute"]
    print(f"{options.rows} complaints of 14 leaves, {options.rounds} rounds,")
    print(f"Python {platform.python_version()}, CPU time, answers equal\n")
    print(f"{'executor':<30} {'median ms':>10} {'least ms':>10} {'x Strawberry':>13}")
    for name, own in times.items():
        ratio = statistics.median(b / o for b, o in zip(base, own, strict=True))
        print(f"{name:<30} {statistics.median(own):>10.2f} {min(own):>10.2f} {ratio:>13.1f}")


if __name__ == "__main__":
    main()
