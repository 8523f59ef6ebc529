"""Find single records: by filter over some sources, or by id in one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from connectors.contract.errors import SourceError, TimedOut
from connectors.contract.filters import (
    EVERYTHING,
    NOTHING,
    Filter,
    all_of,
    fields,
    one_of,
    predicate,
)
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.contract.time_limit import TimeLimit
from resolvers.planner.outline import outline
from resolvers.planner.pages import walk
from resolvers.planner.pushdown import fold, split


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and which sources could not say."""

    records: tuple[ComplaintRecord, ...]
    failed: tuple[SourceError, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Single records that are looked for, and where."""

    where: Filter
    sources: Sequence[Source]
    by_id: bool = False
    """They are asked for by the source's own ids, where it takes ids."""

    def explain(self) -> str:
        """Write it as a plan is written, without the ids and numbers."""
        lines = ["single complaints"]
        for source in self.sources:
            folded = fold(self.where, source)
            can = source.connector.capabilities.collections["complaints"]
            if folded == NOTHING:
                lines.append(f"{source.name}: skipped, none of its rows can match")
            elif self.by_id and can.get_max:
                lines.append(f"{source.name} ({source.kind}): by id\n  cost: 1 row, 1 call")
            else:
                parts = split(folded, can)
                lines.append(f"{source.name} ({source.kind}): looked up")
                lines.extend(outline(parts.pushed, "  send: "))
                if parts.residual != EVERYTHING:
                    lines.extend(outline(parts.residual, "  here: "))
        return "\n".join(lines) + "\n"


async def find(
    where: Filter, wanted: frozenset[str], sources: Sequence[Source], time_left: float
) -> Found:
    """Give every record of *sources* that matches *where*, whatever lists it; at most a few."""
    outcomes = await asyncio.gather(
        *(_guarded(source, _matches(source, where, wanted), time_left) for source in sources)
    )
    return Found(
        records=tuple(row for rows, _ in outcomes for row in rows),
        failed=tuple(error for _, error in outcomes if error is not None),
    )


async def by_id(
    source: Source, local_id: str, where: Filter, wanted: frozenset[str], time_left: float
) -> Found:
    """Give the record *local_id* of *source* if it matches *where*."""
    rows, error = await _guarded(source, _by_id(source, local_id, where, wanted), time_left)
    return Found(tuple(rows), () if error is None else (error,))


async def _by_id(
    source: Source, local_id: str, where: Filter, wanted: frozenset[str]
) -> Sequence[ComplaintRecord]:
    can = source.connector.capabilities.collections["complaints"]
    if not can.get_max:
        return await _matches(source, all_of((one_of("local_id", [local_id]), where)), wanted)
    test = predicate(where)
    found = await source.connector.get([local_id], wanted | fields(where))
    return [row for row in found if row is not None and test(row)]


async def _matches(
    source: Source, where: Filter, wanted: frozenset[str]
) -> Sequence[ComplaintRecord]:
    folded = fold(where, source)
    if folded == NOTHING:
        return []
    can = source.connector.capabilities.collections["complaints"]
    parts = split(folded, can)
    # All of it is tested here: the policy's part must hold whatever the source promised.
    test = predicate(where)
    query = SourceQuery(where=parts.pushed, fields=wanted | fields(where), limit=20)
    rows: dict[str, ComplaintRecord] = {}
    read = 0

    def visit(page: Page) -> bool:
        nonlocal read
        read += page.received
        for row in page.rows:
            if isinstance(row, ComplaintRecord):
                known = rows.get(row.local_id)
                if known is None or known.updated_at < row.updated_at:
                    rows[row.local_id] = row
        return read < source.row_budget

    await walk(source.connector, query, visit, eager=False)
    # Tested last: an older version may not stand for a newer one that is hidden.
    return [row for row in rows.values() if test(row)]


async def _guarded(
    source: Source, work: Awaitable[Sequence[ComplaintRecord]], time_left: float
) -> tuple[Sequence[ComplaintRecord], SourceError | None]:
    limit = min(source.time_limit, time_left)
    try:
        with TimeLimit(limit):
            return await work, None
    except SourceError as error:
        return [], error
    except TimeoutError:
        return [], TimedOut(source.name, f"no answer within {limit:g} s")
