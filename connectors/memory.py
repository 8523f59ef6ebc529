"""Records in memory behind the connector protocol: the reference that others are compared with.

It claims every operator unless told to claim less, and refuses to be asked what it does not claim.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

from connectors import rows
from connectors.contract.capabilities import Capabilities, Collection, Fit, Operator, OrderBy
from connectors.contract.errors import Refused
from connectors.contract.filters import Op
from connectors.contract.query import Change, Page, SourceQuery
from connectors.contract.records import ComplaintRecord

_WORDS = ("tracking_id", "local_id", "kind", "status", "category", "channel", "region", "agency")
_FLAGS = ("supervisory", "anonymous", "secret")
_MOMENTS = (
    "submitted_at",
    "updated_at",
    "verified_at",
    "disposed_at",
    "first_followed_up_at",
    "followed_up_at",
    "closed_at",
)


def every_operator(fields: dict[str, tuple[Op, ...]]) -> dict[str, tuple[Operator, ...]]:
    """Give each operator of each field, plain and negated."""
    return {
        field: tuple(Operator(op=op, negated=negated) for op in ops for negated in (False, True))
        for field, ops in fields.items()
    }


EVERYTHING = Collection(
    operators=every_operator(
        {
            **dict.fromkeys(_WORDS, (Op.IN, Op.UNDER, Op.IS_NULL)),
            **dict.fromkeys(_FLAGS, (Op.IN, Op.IS_NULL)),
            **dict.fromkeys(_MOMENTS, (Op.FROM, Op.UNTIL, Op.IS_NULL)),
        }
    ),
    alternatives=True,
    repeats=True,
    orders=tuple(
        OrderBy(field=field, descending=descending)
        for field in ("submitted_at", "updated_at")
        for descending in (False, True)
    ),
    counts=True,
    get_max=1000,
)
"""All that can be asked of complaints."""


class Memory:
    """A source whose complaints are a list."""

    def __init__(
        self, name: str, complaints: Iterable[ComplaintRecord], can: Collection = EVERYTHING
    ) -> None:
        """Hold *complaints* under *name*, answering no more than *can* says."""
        self.name = name
        self.capabilities = Capabilities(collections={"complaints": can})
        self._can = can
        self._rows = tuple(complaints)
        self._by_id = {row.local_id: row for row in self._rows}

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        self._insist(query)
        found = rows.matching(self._rows, query)
        wanted = query.limit or self._can.page_max
        return rows.cut(found, query, max(1, min(wanted, self._can.page_max)))

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        """Look up by id."""
        if len(local_ids) > self._can.get_max:
            raise Refused(self.name, f"{len(local_ids)} ids asked, at most {self._can.get_max}")
        prune = rows.pruner(ComplaintRecord, fields)
        found = [self._by_id.get(local_id) for local_id in local_ids]
        return [row if row is None or prune is None else _same(prune(row)) for row in found]

    async def count(self, query: SourceQuery) -> int:
        """Count the matches of *query*."""
        if not self._can.counts:
            raise Refused(self.name, "asked to count, which it does not declare")
        self._insist(query)
        return len(rows.matching(self._rows, query))

    async def changes(self, since: datetime | None) -> AsyncIterator[Change]:
        """Yield every row as changed when it was last updated."""
        for row in sorted(self._rows, key=lambda row: row.updated_at):
            if since is None or row.updated_at >= since:
                yield Change(local_id=row.local_id, at=row.updated_at)

    async def check(self) -> None:
        """Answer always."""

    async def aclose(self) -> None:
        """Hold nothing open."""

    def _insist(self, query: SourceQuery) -> None:
        if self._can.fit(query.where) is Fit.NO:
            raise Refused(self.name, "asked a filter that it does not declare")
        if query.order is not None and self._can.order(query.order) is None:
            raise Refused(self.name, "asked an order that it does not declare")


def _same(row: object) -> ComplaintRecord:
    assert isinstance(row, ComplaintRecord)  # noqa: S101 - the pruner keeps the type
    return row
