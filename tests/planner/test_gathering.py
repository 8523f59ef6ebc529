"""What one source tells of complaints that others list: as often as it happened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from msgspec.structs import replace

from connectors import memory, rows
from connectors.contract.capabilities import Capabilities, Collection, Operator
from connectors.contract.filters import EVERYTHING, Op
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord, EventRecord
from connectors.contract.source import Source
from connectors.contract.vocabulary import EventKind
from resolvers.planner.gathering import Request, gather
from resolvers.planner.histories import read_histories
from tests.planner.awkward import NOW, Awkward

CHAIN = [
    EventRecord(
        source="s",
        complaint="a",
        at=NOW - timedelta(days=9 - day),
        kind=EventKind.BOUNCED if day % 2 else EventKind.DISPOSED,
        local_id=str(day),
    )
    for day in range(4)
]


@dataclass
class Drifting(Awkward):
    """Tells the last event of a page again on the next page: its pages move while they are read."""

    events: list[EventRecord] = field(default_factory=lambda: [*CHAIN[:2], *CHAIN[1:]])

    @property
    def capabilities(self) -> Capabilities:
        told = Collection(operators={"complaint": (Operator(op=Op.IN),)})
        return Capabilities(collections={"complaints": self.can, "events": told})

    async def fetch(self, query: SourceQuery) -> Page:
        if query.collection == "events":
            # An event's own id always comes.
            whole = replace(query, fields=None)
            return rows.cut(rows.matching(self.events, whole), whole, 2)
        return await super().fetch(query)


ROW = ComplaintRecord(source="s", local_id="a", submitted_at=NOW, updated_at=NOW)
SOURCE = Source(
    connector=Drifting("s", [ROW], memory.EVERYTHING), title="s", kind="memory", national=True
)


def test_an_event_delivered_twice_happened_once() -> None:
    """Bounces are counted alike in a complaint's history and in a filter on how many there were."""
    shown = asyncio.run(gather(Request(source=SOURCE, own=("a",)), 4.0, NOW))
    counted = asyncio.run(read_histories(SOURCE, EVERYTHING, 4.0, NOW))

    assert counted is not None
    assert shown.answer is not None
    assert shown.answer.code is None
    bare = [what(event) for event in CHAIN]
    assert [what(event) for event in shown.events["a"]] == bare
    assert [what(event) for event in counted.events["a"]] == bare


def what(event: EventRecord) -> tuple[str, EventKind]:
    """What tells one event from another."""
    return event.local_id, event.kind
