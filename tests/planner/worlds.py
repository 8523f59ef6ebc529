"""Random sources, records, filters and questions for the planner's laws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter

from hypothesis import strategies as st

from connectors.contract.filters import (
    EVERYTHING,
    Filter,
    Term,
    all_of,
    any_of,
    between,
    is_null,
    negate,
    one_of,
    predicate,
    under,
)
from connectors.contract.query import Order
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from resolvers.planner.keys import key_of
from resolvers.planner.plan import Computed
from tests.planner.awkward import KINDS, NOW, Awkward

REGIONS = (None, "64", "64.72", "64.72.01", "64.7", "31.71")
STATUSES = ("SUBMITTED", "DISPOSED", "IN_PROGRESS", "UNKNOWN")
CATEGORIES = (None, "1", "2", "3")

moments = st.one_of(
    st.integers(0, 6).map(lambda day: NOW - timedelta(days=day)),
    st.integers(0, 40_000).map(lambda minute: NOW - timedelta(minutes=minute * 7)),
    st.integers(0, 3000).map(lambda day: NOW - timedelta(days=day, microseconds=day)),
)


@st.composite
def complaints(draw: st.DrawFn, source: str, national: bool) -> list[ComplaintRecord]:
    count = draw(st.integers(0, 14))
    made = []
    for index in range(count):
        submitted = draw(moments)
        tracking = str(9_000_000 + index) if national or draw(st.integers(0, 3)) == 0 else None
        made.append(
            ComplaintRecord(
                source=source,
                local_id=draw(st.sampled_from(("a", "B", "é", "z"))) + str(index),
                tracking_id=tracking,
                submitted_at=submitted,
                updated_at=submitted + timedelta(hours=draw(st.integers(0, 900))),
                status=draw(st.sampled_from(STATUSES)),
                region=draw(st.sampled_from(REGIONS)),
                category=draw(st.sampled_from(CATEGORIES)),
                secret=draw(st.booleans()),
                closed_at=draw(st.one_of(st.none(), moments)),
                title="t",
            )
        )
    return made


def _terms() -> st.SearchStrategy[Filter]:
    return st.one_of(
        st.lists(st.sampled_from(STATUSES), min_size=1, max_size=4).map(
            lambda v: one_of("status", v)
        ),
        st.lists(st.sampled_from(("64", "64.72", "31")), min_size=1, max_size=2).map(
            lambda v: under("region", v)
        ),
        st.lists(st.sampled_from(("1", "2")), min_size=1, max_size=2).map(
            lambda v: one_of("category", v)
        ),
        st.just(is_null("category")),
        st.booleans().map(lambda v: one_of("secret", [v])),
        st.tuples(
            st.sampled_from(("submitted_at", "updated_at", "closed_at")),
            st.one_of(st.none(), moments),
            st.one_of(st.none(), moments),
        ).map(lambda v: between(*v)),
        st.lists(st.sampled_from(("s0", "s1", "s2")), min_size=1, max_size=2).map(
            lambda v: one_of("source", v)
        ),
    )


filters: st.SearchStrategy[Filter] = st.one_of(
    st.just(EVERYTHING),
    st.recursive(
        _terms(),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(all_of),
            st.lists(inner, min_size=1, max_size=3).map(any_of),
            inner.map(negate),
        ),
        max_leaves=5,
    ),
)
orders = st.builds(
    Order, st.sampled_from(("submitted_at", "updated_at", "when_closed")), st.booleans()
)

WHEN_CLOSED = Computed(
    moment=attrgetter("closed_at"),
    fields=frozenset({"closed_at"}),
    having=negate(is_null("closed_at")),
    lacking=is_null("closed_at"),
)
"""An order that no source knows, as far as the planner is told."""


def computed(order: Order) -> Computed | None:
    """Give how *order* is worked out, if no source knows it."""
    return WHEN_CLOSED if order.field == "when_closed" else None


@dataclass
class World:
    """Some sources, the first of them national."""

    connectors: list[Awkward]
    row_budget: int = 50_000

    @property
    def sources(self) -> list[Source]:
        return [
            Source(
                connector=connector,
                title=connector.name,
                kind="memory",
                national=index == 0,
                row_budget=self.row_budget,
            )
            for index, connector in enumerate(self.connectors)
        ]

    def listed(self, where: Filter, order: Order) -> list[tuple[str, str]]:
        """Give the whole list, worked out the plain way."""
        test = predicate(where)
        anchors = [
            row
            for index, connector in enumerate(self.connectors)
            for row in connector.complaints
            if index == 0 or row.tracking_id is None
        ]
        found = sorted((row for row in anchors if test(row)), key=key_of(order, computed(order)))
        return [(row.source, row.local_id) for row in found]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    made = []
    for index in range(draw(st.integers(1, 3))):
        name = f"s{index}"
        made.append(
            Awkward(
                name=name,
                complaints=draw(complaints(name, index == 0)),
                can=KINDS[draw(st.sampled_from(sorted(KINDS)))],
                page_size=draw(st.integers(1, 5)),
                together=draw(st.booleans()),
            )
        )
    return World(made)


def is_plain(where: Filter) -> bool:
    """Say whether *where* is one term."""
    return isinstance(where, Term)
