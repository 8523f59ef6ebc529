"""The planner as the reader uses it: sources, cursor keys and limits, put in once."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime

from connectors.contract.filters import Filter, all_of, one_of
from connectors.contract.source import Source
from resolvers.planner import build, counting, lookup, run
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.lookup import Found, Lookup
from resolvers.planner.plan import Count, Explained, Listing, Plan, Question


class Planner:
    """Answers questions over a fixed set of sources."""

    def __init__(
        self,
        sources: Sequence[Source],
        seal: CursorSeal,
        clock: Callable[[], datetime],
        *,
        pushdown: bool = True,
        phase_seconds: float = 5.0,
        planned: Callable[[Explained], None] | None = None,
    ) -> None:
        """Take what every question needs; *phase_seconds* is the time for asking anchors.

        *planned* is shown every plan and every lookup.
        """
        self.sources = tuple(sources)
        self._by_name = {source.name: source for source in self.sources}
        self.seal = seal
        self.clock = clock
        self._pushdown = pushdown
        self._phase_seconds = phase_seconds
        self._planned = planned
        self._remembered: build.Remembered = {}

    def build(self, question: Question) -> Plan:
        """Plan *question*; raises `ClientError` for what the client got wrong."""
        plan = build.build(
            question,
            self.sources,
            self.seal,
            pushdown=self._pushdown,
            remembered=self._remembered,
        )
        self.note(plan)
        return plan

    def run(self, plan: Plan) -> Coroutine[None, None, Listing]:
        """Carry out *plan*; raises `Missing` if it wanted all sources and some did not answer."""
        return run.run(plan, self.seal, self.clock, self._phase_seconds)

    async def count(self, plan: Plan, listing: Listing) -> Count:
        """Count the list of which *listing* is a page, without reading more rows."""
        return await counting.count(plan, listing, self._phase_seconds)

    async def find(
        self, where: Filter, wanted: frozenset[str], sources: Sequence[Source] | None = None
    ) -> Found:
        """Give every record of *sources* (all, if not named) that matches *where*."""
        asked = self.sources if sources is None else sources
        holding = [source for source in asked if source.holds("complaints")]
        self.note(Lookup(where, holding))
        return await lookup.find(where, wanted, holding, self._phase_seconds)

    async def by_id(
        self, source: str, local_id: str, where: Filter, wanted: frozenset[str]
    ) -> Found:
        """Give the record *local_id* of *source* if it matches *where*; nothing if unknown."""
        known = self._by_name.get(source)
        if known is None or not known.holds("complaints"):
            return Found((), ())
        self.note(Lookup(all_of((one_of("local_id", [local_id]), where)), (known,), by_id=True))
        return await lookup.by_id(known, local_id, where, wanted, self._phase_seconds)

    def national(self) -> Source | None:
        """Give the source that holds the national anchors, if one is configured."""
        return next((source for source in self.sources if source.national), None)

    def note(self, planned: Explained) -> None:
        """Show what is *planned*, besides plans and lookups, to whoever wants to know."""
        if self._planned is not None:
            self._planned(planned)
