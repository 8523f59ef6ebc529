"""A row's place in a list, as values that compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from connectors.contract.filters import EVERYTHING, Filter, Op, Term
from connectors.contract.query import Order
from connectors.contract.records import ComplaintRecord, Listed
from resolvers.planner.plan import Computed, Key

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_LAST = datetime.max.replace(tzinfo=UTC)

NEVER = 2**62
"""Stands for the moment of a record that has none: behind all others, whichever way."""


def micros(moment: datetime) -> int:
    """Give whole microseconds since 1970, exactly."""
    return (moment - EPOCH) // _MICROSECOND


def moment_at(count: int) -> datetime:
    """Give the moment *count* microseconds after 1970, kept within the calendar."""
    try:
        return EPOCH + timedelta(microseconds=count)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if count > 0 else datetime.min.replace(tzinfo=UTC)


def ordinal(order: Order, moment: datetime) -> int:
    """Give the number by which *moment* sorts in *order*, ascending."""
    return -micros(moment) if order.descending else micros(moment)


def key_of(order: Order, computed: Computed | None = None) -> Callable[[Listed], Key]:
    """Give the function from a record to its key in *order*."""
    if computed is not None:
        moment_of_record = computed.moment

        def computed_key(row: Listed) -> Key:
            moment = moment_of_record(row) if isinstance(row, ComplaintRecord) else None
            place = NEVER if moment is None else ordinal(order, moment)
            return (place, row.source, row.local_id)

        return computed_key
    read = attrgetter(order.field)
    epoch, unit = EPOCH, -_MICROSECOND if order.descending else _MICROSECOND
    # `ordinal`, written out: every row of every source passes here.
    return lambda row: ((read(row) - epoch) // unit, row.source, row.local_id)


def keys_of(
    order: Order, computed: Computed | None = None
) -> Callable[[Sequence[Listed]], list[Key]]:
    """Give the function from records to their keys in *order*: `key_of` without a call for each."""
    if computed is not None:
        key = key_of(order, computed)
        return lambda rows: [key(row) for row in rows]
    read = attrgetter(order.field)
    epoch, unit = EPOCH, -_MICROSECOND if order.descending else _MICROSECOND
    return lambda rows: [((read(row) - epoch) // unit, row.source, row.local_id) for row in rows]


def from_start(order: Order, start: Key | None, *, backward: bool) -> Filter:
    """Give the bound that no row still wanted lies outside of, reading on from *start*.

    The rows that tie with *start* lie inside.
    """
    if start is None:
        return EVERYTHING
    value = -start[0] if order.descending else start[0]
    if order.descending != backward:
        if value >= micros(_LAST):
            return EVERYTHING  # No moment lies behind it that could end the stretch.
        return Term(order.field, Op.UNTIL, (moment_at(value + 1),))
    return Term(order.field, Op.FROM, (moment_at(value),))


def moment_of(order: Order, key: Key) -> datetime:
    """Give the moment that *key* holds."""
    return moment_at(-key[0] if order.descending else key[0])
