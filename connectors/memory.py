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
from connectors.contract.records import ComplaintRecord, OmbudsmanCaseRecord, Record

_WORDS = ("tracking_id", "local_id", "kind", "status", "category", "channel", "region", "agency")
_LINKS = ("duplicate_of",)
_FLAGS = ("supervisory", "anonymous", "secret")
_MOMENTS = (
    "submitted_at",
    "updated_at",
    "verified_at",
    "disposed_at",
    "first_followed_up_at",
    "followed_up_at",
    "handover_asked_at",
    "handover_consented_at",
    "handover_refused_at",
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
            **dict.fromkeys(_LINKS, (Op.IN, Op.IS_NULL)),
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

EVERY_CASE = Collection(
    operators=every_operator(
        {
            **dict.fromkeys(
                ("local_id", "case_number", "intake", "stage", "office", "category", "agency"),
                (Op.IN, Op.UNDER, Op.IS_NULL),
            ),
            **dict.fromkeys(("region", "outcome"), (Op.IN, Op.UNDER, Op.IS_NULL)),
            **dict.fromkeys(("maladministration", "tracking_ids"), (Op.HAS, Op.IS_NULL)),
            **dict.fromkeys(
                (
                    "received_at",
                    "updated_at",
                    "consent_given_at",
                    "findings_reported_at",
                    "corrective_action_done_at",
                    "closed_at",
                ),
                (Op.FROM, Op.UNTIL, Op.IS_NULL),
            ),
        }
    ),
    alternatives=True,
    repeats=True,
    orders=tuple(
        OrderBy(field="received_at", descending=descending) for descending in (False, True)
    ),
    counts=True,
)
"""All that can be asked of cases of the Ombudsman."""


class Memory:
    """A source whose complaints are a list, and its cases of the Ombudsman, if it has any."""

    def __init__(
        self,
        name: str,
        complaints: Iterable[ComplaintRecord],
        can: Collection = EVERYTHING,
        *,
        cases: Iterable[OmbudsmanCaseRecord] | None = None,
        can_cases: Collection = EVERY_CASE,
    ) -> None:
        """Hold *complaints* under *name*, answering no more than *can* says; *cases* likewise.

        Without complaints it has none to be asked for, if it has cases.
        """
        self.name = name
        self._can = can
        self._rows = tuple(complaints)
        self._held: dict[str, tuple[Record, ...]] = {"complaints": self._rows}
        collections = {"complaints": can}
        if cases is not None:
            self._held["ombudsman_cases"] = tuple(cases)
            collections["ombudsman_cases"] = can_cases
            if not self._rows:
                del collections["complaints"]
        self._claimed = collections
        self.capabilities = Capabilities(collections=collections)
        self._by_id = {row.local_id: row for row in self._rows}

    async def fetch(self, query: SourceQuery) -> Page:
        """Answer *query* with one page."""
        can = self._insist(query)
        found = rows.matching(self._held[query.collection], query)
        wanted = query.limit or can.page_max
        return rows.cut(found, query, max(1, min(wanted, can.page_max)))

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
        if not self._insist(query).counts:
            raise Refused(self.name, "asked to count, which it does not declare")
        return len(rows.matching(self._held[query.collection], query))

    async def changes(self, since: datetime | None) -> AsyncIterator[Change]:
        """Yield every row as changed when it was last updated."""
        for row in sorted(self._rows, key=lambda row: row.updated_at):
            if since is None or row.updated_at >= since:
                yield Change(local_id=row.local_id, at=row.updated_at)

    async def check(self) -> None:
        """Answer always."""

    async def aclose(self) -> None:
        """Hold nothing open."""

    def _insist(self, query: SourceQuery) -> Collection:
        can = self._claimed.get(query.collection)
        if can is None:
            raise Refused(self.name, f"asked for {query.collection}, which it does not have")
        if can.fit(query.where) is Fit.NO:
            raise Refused(self.name, "asked a filter that it does not declare")
        if query.order is not None and can.order(query.order) is None:
            raise Refused(self.name, "asked an order that it does not declare")
        return can


def _same(row: object) -> ComplaintRecord:
    assert isinstance(row, ComplaintRecord)  # noqa: S101 - the pruner keeps the type
    return row
