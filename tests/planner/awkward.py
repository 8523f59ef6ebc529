"""Sources with every declared weakness, over lists in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from connectors import memory, rows
from connectors.contract.capabilities import Capabilities, Collection, Fit, Operator, OrderBy
from connectors.contract.errors import Malformed, RateLimited, SourceError, Unavailable
from connectors.contract.filters import Filter, Op, Term, rewrite
from connectors.contract.query import Change, Page, SourceQuery
from connectors.contract.records import ComplaintRecord

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Awkward:
    """Answers as declared and not a bit better.

    `Operator.exact` false means by whole days; an order that is not `total` gives ties backwards;
    without an order rows come shuffled; *together* announces all pages at once.
    """

    name: str
    complaints: Sequence[ComplaintRecord]
    can: Collection
    page_size: int = 3
    together: bool = False
    failing: list[SourceError | None] = field(default_factory=list)
    """What each of the next fetches does; None and beyond the end: answers."""
    asked: list[SourceQuery] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(collections={"complaints": self.can})

    async def fetch(self, query: SourceQuery) -> Page:
        assert self.can.fit(query.where) is not Fit.NO, "asked an undeclared filter"
        assert query.order is None or self.can.order(query.order), "asked an undeclared order"
        self.asked.append(query)
        if self.failing and (problem := self.failing.pop(0)) is not None:
            raise problem
        widened = msgspec.structs.replace(query, where=rewrite(query.where, self._widen))
        found = rows.matching(self.complaints, widened)
        declared = self.can.order(query.order) if query.order else None
        if query.order is None:
            found.sort(key=lambda row: hash((row.local_id, row.title)) % 97)
        elif declared is not None and not declared.total:
            found.reverse()
            found.sort(
                key=lambda row: getattr(row, query.order.field), reverse=query.order.descending
            )
        page = rows.cut(found, query, self.page_size)
        if self.together and query.token is None:
            starts = tuple(range(self.page_size, len(found), self.page_size))
            return msgspec.structs.replace(page, next=starts)
        if self.together:
            return msgspec.structs.replace(page, next=())
        return page

    def _widen(self, term: Term) -> Filter:
        for operator in self.can.operators.get(term.field, ()):
            if operator.op is term.op and operator.negated == term.negated and not operator.exact:
                moment = term.values[0]
                assert isinstance(moment, datetime)
                day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
                if term.op is Op.UNTIL:
                    day += timedelta(days=1)
                return Term(term.field, term.op, (day,))
        return term

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        by_id = {row.local_id: row for row in self.complaints}
        return [by_id.get(local_id) for local_id in local_ids]

    async def count(self, query: SourceQuery) -> int:
        assert self.can.counts and self.can.fit(query.where) is Fit.EXACT
        return len(rows.matching(self.complaints, query))

    async def changes(self, since: datetime | None) -> AsyncIterator[Change]:
        for row in self.complaints:
            yield Change(local_id=row.local_id, at=row.updated_at)

    async def check(self) -> None:
        return None

    async def aclose(self) -> None:
        return None


def problems(name: str) -> tuple[SourceError | None, ...]:
    """What may go wrong, and that nothing does."""
    return (None, Unavailable(name, "down"), RateLimited(name, "slow down"), Malformed(name, "?"))


def ranges(*, exact: bool, fields: tuple[str, ...], ops: tuple[Op, ...]) -> Collection:
    """A collection that compares *fields* by *ops*."""
    return Collection(
        operators={each: tuple(Operator(op=op, exact=exact) for op in ops) for each in fields}
    )


NOTHING_AT_ALL = Collection()
EQUALITY = Collection(
    operators={
        "status": (Operator(op=Op.IN, max_values=2),),
        "region": (Operator(op=Op.IN),),
        "category": (Operator(op=Op.IN, values=frozenset({"1"})),),
    },
    counts=True,
)
NEWEST_FIRST = Collection(
    operators={
        "submitted_at": (Operator(op=Op.FROM, exact=False), Operator(op=Op.UNTIL, exact=False))
    },
    orders=(OrderBy(field="submitted_at", descending=True, total=False),),
)
CHANGED_SINCE = Collection(
    operators={
        "status": (Operator(op=Op.IN, max_values=3),),
        "updated_at": (Operator(op=Op.FROM),),
    },
    orders=(OrderBy(field="updated_at", descending=False),),
    updated_covers_submitted=True,
    counts=True,
)
WINDOWS_UNSORTED = Collection(
    operators={
        "submitted_at": (Operator(op=Op.FROM), Operator(op=Op.UNTIL)),
        "updated_at": (Operator(op=Op.FROM, exact=False),),
    },
)
OLDEST_FIRST = Collection(
    operators={"region": (Operator(op=Op.UNDER),)},
    orders=(
        OrderBy(field="submitted_at", descending=False),
        OrderBy(field="updated_at", descending=False, total=False),
    ),
)

KINDS: dict[str, Collection] = {
    "everything": memory.EVERYTHING,
    "nothing": NOTHING_AT_ALL,
    "equality": EQUALITY,
    "newest first": NEWEST_FIRST,
    "changed since": CHANGED_SINCE,
    "windows": WINDOWS_UNSORTED,
    "oldest first": OLDEST_FIRST,
}
