"""Records held in memory, asked like a source: the engine of `memory` and `sheet`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter

import msgspec

from connectors.contract.filters import predicate
from connectors.contract.query import Order, Page, SourceQuery
from connectors.contract.records import Listed, Record


def matching(rows: Sequence[Record], query: SourceQuery) -> list[Record]:
    """Give the rows that *query* asks for, in its order; without one, as they stand."""
    test = predicate(query.where)
    found = [row for row in rows if test(row)]
    if query.order is not None:
        arrange(found, query.order)
    return found


def arrange(rows: list[Record], order: Order) -> None:
    """Sort *rows* in place: by the moment, ties ascending by local id as bytes."""
    rows.sort(key=_local_id)
    rows.sort(key=attrgetter(order.field), reverse=order.descending)


def cut(found: Sequence[Record], query: SourceQuery, size: int) -> Page:
    """Give the page of at most *size* of the *found* rows at which the query's token points."""
    start = query.token if isinstance(query.token, int) else 0
    end = start + size
    keep = pruner(type(found[0]), query.fields) if found else None
    rows = tuple(found[start:end]) if keep is None else tuple(map(keep, found[start:end]))
    return Page(
        rows=rows,
        next=(end,) if end < len(found) else (),
        total=len(found),
        received=len(rows),
    )


@lru_cache(maxsize=512)
def pruner(
    record: type[Record], wanted: frozenset[str] | None
) -> Callable[[Record], Record] | None:
    """Give the function that puts every field outside *wanted* back to its default, or None."""
    if wanted is None:
        return None
    kept = tuple(
        field.name
        for field in msgspec.structs.fields(record)
        if field.required or field.name in wanted
    )

    def prune(row: Record) -> Record:
        return record(**{name: getattr(row, name) for name in kept})

    return prune


def _local_id(row: Record) -> bytes:
    return row.local_id.encode() if isinstance(row, Listed) else b""
