"""A row's place in a list, as values that compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from operator import attrgetter, eq, ge, gt, le, lt

from connectors.contract.columns import column_of
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


class Ranking:
    """Rows in reading order: by ascending key, or by descending key when paging backward.

    Keys are made for the rows that need one; moments alone nearly always tell rows apart.
    """

    __slots__ = ("_is_descending", "_moment", "backward", "key", "order")

    def __init__(self, order: Order, computed: Computed | None, *, backward: bool) -> None:
        """Rank by *order*, which is the list's; read it from its end if *backward*."""
        self.order = order
        self.backward = backward
        self.key = key_of(order, computed)
        self._moment = None if computed is not None else attrgetter(order.field)
        self._is_descending = order.descending != backward

    def sort(self, rows: list[Listed]) -> None:
        """Put *rows* in reading order."""
        if self._moment is None:
            rows.sort(key=self.key, reverse=self.backward)
            return
        moments = column_of(self.order.field)(rows)
        if all(map(gt if self._is_descending else lt, moments, moments[1:])):
            return  # As they mostly come: in order, each at a moment of its own.
        rows.sort(key=self._moment, reverse=self._is_descending)
        moments = column_of(self.order.field)(rows)
        ties = list(map(eq, moments, moments[1:]))
        if True not in ties:
            return
        for begin, tied in enumerate(ties):
            if not tied or (begin and ties[begin - 1]):
                continue
            end = begin + 1
            while end < len(ties) and ties[end]:
                end += 1
            rows[begin : end + 1] = sorted(
                rows[begin : end + 1], key=self.key, reverse=self.backward
            )

    def within(self, rows: Iterable[Listed], bound: Key | None) -> list[Listed]:
        """Give those of *rows* that come before *bound*; none if there is no bound."""
        if bound is None:
            return []
        read, edge = self._moment, self._edge(bound)
        if read is not None and edge is not None:
            # A bound between two moments, as all are that tell how far a source was read.
            test = _TESTS[self.order.descending, self.backward]
            return [row for row in rows if test(read(row), edge)]
        key = self.key
        if self.backward:
            return [row for row in rows if key(row) > bound]
        return [row for row in rows if key(row) < bound]

    def _edge(self, bound: Key) -> datetime | None:
        """Give the moment that *bound* stands before; None if it is a row's place, or no moment."""
        count = -bound[0] if self.order.descending else bound[0]
        edge = moment_at(count)
        return edge if bound[1:] == ("", "") and micros(edge) == count else None


_TESTS = {(False, False): lt, (False, True): ge, (True, False): gt, (True, True): le}
"""Whether the order descends and is read backward, to how a row within a bound compares with it."""


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
