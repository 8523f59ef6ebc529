"""The suite finds out every kind of lie: each liar here breaks one promise and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import Any

import msgspec
import pytest

from connectors.contract.capabilities import Capabilities, Collection, Operator
from connectors.contract.filters import EVERYTHING, NOTHING, And, Op, Or, Term, conjuncts, terms
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.memory import EVERYTHING as ALL
from connectors.memory import Memory
from tests.connectors.people import complaints
from tests.connectors.suite import Broken, Subject, conform

replace = msgspec.structs.replace
LOCAL = timezone(timedelta(hours=7))


class Liar(Memory):
    """Tells the truth: what others lie about stands in their own methods."""

    claims: Collection = ALL

    def __init__(self) -> None:
        super().__init__("liar", complaints("liar"), ALL)
        self.capabilities = Capabilities(collections={"complaints": self.claims})

    def tell(self, page: Page, rows: Sequence[Any]) -> Page:
        return replace(page, rows=tuple(rows))


class IgnoresAFilter(Liar):
    """Answers a filter on status with everything."""

    async def fetch(self, query: SourceQuery) -> Page:
        if any(term.field == "status" for term in terms(query.where)):
            query = replace(query, where=EVERYTHING)
        return await super().fetch(query)


class IgnoresNegation(Liar):
    """Answers "not secret" with the secret ones."""

    async def fetch(self, query: SourceQuery) -> Page:
        where = query.where
        if isinstance(where, Term) and where.negated and where.field == "secret":
            query = replace(query, where=replace(where, negated=False))
        return await super().fetch(query)


class NegatesWithNull(Liar):
    """Leaves rows without a region out of "not in this region", as plain SQL would."""

    async def fetch(self, query: SourceQuery) -> Page:
        page = await super().fetch(query)
        if any(term.field == "region" and term.negated for term in terms(query.where)):
            return self.tell(page, [row for row in page.rows if row.region is not None])  # type: ignore[union-attr] # complaints
        return page


class BoundsTooLate(Liar):
    """Leaves out the row that was updated exactly at the bound."""

    async def fetch(self, query: SourceQuery) -> Page:
        page = await super().fetch(query)
        edges = {
            term.values[0]
            for term in terms(query.where)
            if term.op is Op.FROM and term.field == "updated_at"
        }
        return self.tell(page, [row for row in page.rows if row.updated_at not in edges])  # type: ignore[union-attr] # complaints


class TakesOrForAnd(Liar):
    """Answers an OR as if all of it had to hold."""

    async def fetch(self, query: SourceQuery) -> Page:
        if isinstance(query.where, Or) and query.where != NOTHING:
            query = replace(query, where=And(query.where.parts))
        return await super().fetch(query)


class TakesOneOfSeveral(Liar):
    """Heeds the first of two conjuncts only."""

    async def fetch(self, query: SourceQuery) -> Page:
        if len(conjuncts(query.where)) > 1:
            query = replace(query, where=conjuncts(query.where)[0])
        return await super().fetch(query)


class ClaimsPrefixesAreCodes(Liar):
    """Takes `64.7` for a region that holds `64.72`."""

    async def fetch(self, query: SourceQuery) -> Page:
        page = await super().fetch(query)
        where = query.where
        if isinstance(where, Term) and where.op is Op.UNDER and not where.negated:
            everything = await super().fetch(replace(query, where=EVERYTHING, limit=1000))
            tops = tuple(map(str, where.values))
            found = [
                row
                for row in everything.rows
                if str(getattr(row, where.field) or "").startswith(tops)
            ]
            return self.tell(page, found)
        return page


class WrongOrder(Liar):
    """Sorts ascending whatever was asked."""

    async def fetch(self, query: SourceQuery) -> Page:
        if query.order is not None:
            query = replace(query, order=replace(query.order, descending=False))
        return await super().fetch(query)


class WrongTies(Liar):
    """Breaks ties by id descending."""

    async def fetch(self, query: SourceQuery) -> Page:
        page = await super().fetch(replace(query, token=None, limit=1000))
        if query.order is None:
            return await super().fetch(query)
        name, descending = query.order.field, query.order.descending
        rows = sorted(page.rows, key=lambda row: row.local_id.encode(), reverse=True)  # type: ignore[union-attr] # complaints
        rows.sort(key=lambda row: getattr(row, name), reverse=descending)
        return replace(page, rows=tuple(rows), next=())


class DropsRows(Liar):
    """Loses the last row of every page but the last."""

    async def fetch(self, query: SourceQuery) -> Page:
        page = await super().fetch(query)
        return self.tell(page, page.rows[:-1]) if page.next else page


class RepeatsRows(Liar):
    """Starts every page with the last row of the one before."""

    async def fetch(self, query: SourceQuery) -> Page:
        if isinstance(query.token, int) and query.token > 0:
            query = replace(query, token=query.token - 1)
        return await super().fetch(query)


class ExceedsLimits(Liar):
    """Answers one row more than was asked for."""

    async def fetch(self, query: SourceQuery) -> Page:
        limit = None if query.limit is None else query.limit + 1
        return await super().fetch(replace(query, limit=limit))


class CountsWrong(Liar):
    """Counts everything, whatever the filter."""

    async def count(self, query: SourceQuery) -> int:
        return await super().count(replace(query, where=EVERYTHING))


class LocalTimes(Liar):
    """Gives moments in its own zone."""

    async def fetch(self, query: SourceQuery) -> Page:
        page = await super().fetch(query)
        rows = [replace(row, updated_at=row.updated_at.astimezone(LOCAL)) for row in page.rows]  # type: ignore[union-attr] # complaints
        return self.tell(page, rows)


class NakedTimes(Liar):
    """Gives moments without a zone."""

    async def fetch(self, query: SourceQuery) -> Page:
        page = await super().fetch(query)
        rows = [replace(row, closed_at=row.updated_at.replace(tzinfo=None)) for row in page.rows]  # type: ignore[union-attr] # complaints
        return self.tell(page, rows)


class DoesNotPrune(Liar):
    """Gives all fields, whatever was wanted."""

    async def fetch(self, query: SourceQuery) -> Page:
        return await super().fetch(replace(query, fields=None))


class PrunesTooMuch(Liar):
    """Gives no title even if it was wanted."""

    async def fetch(self, query: SourceQuery) -> Page:
        if query.fields is not None:
            query = replace(query, fields=query.fields - {"title", "status", "region", "agency"})
        return await super().fetch(query)


class ShufflesLookups(Liar):
    """Gives looked-up rows in an order of its own, and leaves out what is missing."""

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        found = await super().get(sorted(local_ids), fields)
        return [row for row in found if row is not None]


class CapsLookups(Liar):
    """Says that it takes a thousand ids and looks at thirty."""

    async def get(
        self, local_ids: Sequence[str], fields: frozenset[str] | None = None
    ) -> Sequence[ComplaintRecord | None]:
        found = await super().get(local_ids, fields)
        return [row if at < 30 else None for at, row in enumerate(found)]


class AnswersAnything(Liar):
    """Declares little and answers all."""

    claims = Collection(operators={"status": (Operator(op=Op.IN),)}, orders=ALL.orders)


class LiesAboutItsWords(Liar):
    """Says that it never has a status that it has."""

    claims = replace(ALL, codomains={"status": frozenset({"SUBMITTED", "UNKNOWN"})})


class LiesAboutUpdates(Liar):
    """Says that every row was updated after it was submitted, and has one that was not."""

    claims = replace(ALL, updated_covers_submitted=True)

    async def fetch(self, query: SourceQuery) -> Page:
        page = await super().fetch(query)
        rows = [
            replace(row, updated_at=row.submitted_at - timedelta(days=1))  # type: ignore[union-attr] # complaints
            if row.local_id == self._rows[3].local_id  # type: ignore[union-attr] # same
            else row
            for row in page.rows
        ]
        return self.tell(page, rows)


class NamesAnotherSource(Liar):
    """Gives rows in another source's name."""

    async def fetch(self, query: SourceQuery) -> Page:
        page = await super().fetch(query)
        return self.tell(page, [replace(row, source="other") for row in page.rows])


LIARS = [
    (IgnoresAFilter, "operators agree"),
    (IgnoresNegation, "operators agree"),
    (NegatesWithNull, "operators agree"),
    (BoundsTooLate, "operators agree"),
    (TakesOrForAnd, "operators agree"),
    (TakesOneOfSeveral, "operators agree"),
    (ClaimsPrefixesAreCodes, "operators agree"),
    (WrongOrder, "order submitted_at descending"),
    (WrongTies, "order submitted_at ascending"),
    (DropsRows, "pages are complete"),
    (RepeatsRows, "pages are complete"),
    (ExceedsLimits, "limits are kept"),
    (CountsWrong, "counts are exact"),
    (LocalTimes, "times are UTC"),
    (NakedTimes, "times are UTC"),
    (DoesNotPrune, "fields are pruned"),
    (PrunesTooMuch, "fields are pruned"),
    (ShufflesLookups, "lookup is faithful"),
    (CapsLookups, "lookup is faithful"),
    (AnswersAnything, "undeclared filters are refused"),
    (LiesAboutItsWords, "codomains hold"),
    (LiesAboutUpdates, "updated covers submitted"),
    (NamesAnotherSource, "rows are sound"),
]


@pytest.mark.parametrize(("liar", "promise"), LIARS, ids=[liar.__name__ for liar, _ in LIARS])
def test_a_liar_is_found_out(liar: type[Liar], promise: str) -> None:
    """The suite rejects the liar, and for the promise that it breaks."""
    with pytest.raises(Broken) as broken:
        asyncio.run(conform(Subject(connector=liar(), maps=False)))

    assert broken.value.promise.startswith(promise)


def test_one_who_tells_the_truth_passes() -> None:
    """The liars' base keeps every promise: what they are rejected for is their lie."""
    asyncio.run(conform(Subject(connector=Liar(), maps=False)))


def test_one_who_hides_unknown_words_is_found_out() -> None:
    """Rows with an unmapped word and no count of it are rejected."""
    with pytest.raises(Broken) as broken:
        asyncio.run(conform(Subject(connector=Liar(), maps=True)))

    assert broken.value.promise == "unknown words are counted"
