"""The question, the plan for it and the answer: values without behaviour but for `explain`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from connectors.contract.filters import EVERYTHING, Filter, explain
from connectors.contract.query import Order
from connectors.contract.records import ComplaintRecord, Listed
from connectors.contract.source import Source
from resolvers.planner.outline import Repeats, outline

Key = tuple[int, str, str]
"""A row's place in a list: microseconds (negated if descending), source, local id; ascending."""

END: Key = (2**63 - 1, "", "")
"""Behind every row."""


class Explained(Protocol):
    """What is planned, before anybody is asked."""

    def explain(self) -> str:
        """Write it in a few lines."""


class OnMissing(StrEnum):
    """What to do with a source that does not answer."""

    OMIT = "OMIT"
    FAIL = "FAIL"


class AnswerState(StrEnum):
    """How a source took part in an answer."""

    ANSWERED = "ANSWERED"
    TRUNCATED = "TRUNCATED"
    STALE = "STALE"
    TIMED_OUT = "TIMED_OUT"
    UNAVAILABLE = "UNAVAILABLE"
    REFUSED = "REFUSED"
    MALFORMED = "MALFORMED"
    RATE_LIMITED = "RATE_LIMITED"
    SKIPPED = "SKIPPED"


PARTIAL_DATA = "PARTIAL_DATA"
"""The code of an answer whose source could not tell some of its own rows."""
PARTLY = "it could not tell some of its own rows"


class AnswerMode(StrEnum):
    """Where a source's rows came from."""

    LIVE = "LIVE"
    CACHED = "CACHED"
    INDEXED = "INDEXED"


class Strategy(StrEnum):
    """How the first rows of an order are got out of one source."""

    ORDERED = "ordered"
    """It answers in our order: read until the page is full."""
    WINDOWED = "windowed"
    """It cannot order so, but can be asked for all rows from a moment on: widen the window."""
    WHOLE = "whole"
    """Read every match, keep the first."""
    COMPUTED = "computed"
    """Nobody but us knows the order: read all that can have a place in it, the rest if needed."""


class Computed(msgspec.Struct, frozen=True, kw_only=True):
    """An order by a moment that is worked out here; records without one come last."""

    moment: Callable[[ComplaintRecord], datetime | None]
    fields: frozenset[str]
    """The record fields that *moment* looks at."""
    having: Filter
    """Matches every record that has a moment, maybe some others …"""
    lacking: Filter
    """… and this one all that *having* does not match."""


Moments = tuple[datetime, ...]


class Shape(msgspec.Struct, frozen=True):
    """A filter without its moments, and these in ascending order."""

    where: Filter
    """With places for the moments, as `resolvers.planner.shape` makes them."""
    moments: Moments


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One page of one list, as the policy lets this viewer ask it."""

    collection: str = "complaints"
    where: Filter | Shape
    """The client's filter and the viewer's row predicate."""
    guard: Filter = EVERYTHING
    """The viewer's row predicate alone: tested here on every row, whatever the source promised."""
    order: Order
    computed: Computed | None = None
    """How the order's field is worked out, if no source knows it."""
    fields: frozenset[str]
    """The record fields that the answer shows; the plan adds those it needs itself."""
    fingerprint: Callable[[], bytes]
    """Works out what stands for the client's filter, the order and the viewer's scope: cursors are
    bound to it."""
    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    on_missing: OnMissing = OnMissing.OMIT
    narrowed_by_reading: bool = False
    """What was read before it decides what its filter lets through."""


class Step(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What one source is asked, and what is left to do here with its rows."""

    source: Source
    collection: str = "complaints"
    strategy: Strategy
    order: Order
    """The order of the page as read: reversed when paging backward."""
    pushed: Filter
    residual: Filter
    guard: Filter
    resume: Filter
    """What may be sent on top so that the source leaves out rows before *start*."""
    start: Key | None
    """Rows at or before this place were delivered by earlier pages."""
    need: int
    """How many matches after *start* are wanted at most."""
    limit_is_exact: bool
    """Nothing here drops or reorders the source's rows: a limit may be sent."""
    ties_in_order: bool
    fields: frozenset[str]
    window_field: str | None = None
    """WINDOWED: the field whose `FROM` bounds the order from below."""
    computed: Computed | None = None
    can_resume: bool = True
    """A bound may be sent by which the source leaves out what earlier pages delivered."""

    def explain(self, repeats: Repeats | None = None) -> str:
        """Write the step in a few lines, without literals of the place reached."""
        ask = f"order {told(self.order)}" if self.strategy is Strategy.ORDERED else "any order"
        if self.strategy is Strategy.WINDOWED:
            ask = f"windows of {self.window_field} from a moment on"
        if self.strategy is Strategy.COMPUTED and self.computed is not None:
            ask = f"any order; first those with {explain(self.computed.having)}"
        limit = f"; limit {self.need}" if self.limit_is_exact else ""
        lines = [
            f"{self.source.name} ({self.source.kind}): {self.strategy}",
            *outline(self.pushed, "  send: ", f"; {ask}{limit}", repeats),
        ]
        if self.residual != EVERYTHING:
            lines.extend(outline(self.residual, "  here: ", repeats=repeats))
        lines.append(f"  cost: {self._cost()}")
        return "\n".join(lines)

    def _cost(self) -> str:
        """Tell what reading it may take, as far as that is known before it is asked."""
        page = self.source.connector.capabilities.collections[self.collection].page_max
        if self.limit_is_exact:
            return f"{_many(self.need, 'row')}, {_many(-(-self.need // page), 'call')}"
        until = {
            Strategy.ORDERED: f"until {self.need} match",
            Strategy.WINDOWED: f"wider and wider windows until {self.need} match",
            Strategy.WHOLE: "every row sent for",
            Strategy.COMPUTED: "every row sent for",
        }[self.strategy]
        most = self.source.row_budget
        calls = _many(-(-most // page), "call")
        return f"{until}; at most {_many(most, 'row')}, {calls} of {page}"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a list was left: the key reached, and the sources that are not there."""

    reached: Key | None = None
    """None: nothing was delivered yet."""
    positions: dict[str, Key | None] = msgspec.field(default_factory=dict)
    """Source to the place up to which its own rows were delivered; None: none of them."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One question, divided over the sources."""

    question: Question
    order: Order
    """The order of reading: the question's, reversed when paging backward."""
    size: int
    backward: bool
    place: Place
    """Where reading starts."""
    steps: tuple[Step, ...]
    skipped: tuple[tuple[str, str], ...]
    """Sources that cannot hold a match, each with its reason."""
    without: tuple[str, ...] = ()
    """Sources that have nothing of the kind that is listed."""

    def explain(self) -> str:
        """Write the plan: the same text for tests, the console and the command line."""
        listed = self.question.collection.replace("_", " ")
        head = f"{listed} by {told(self.question.order)}, {self.size} rows" + (
            ", backward" if self.backward else ""
        )
        repeats = Repeats(each for step in self.steps for each in (step.pushed, step.residual))
        lines = [head, *(step.explain(repeats) for step in self.steps)]
        lines.extend(f"{name}: skipped, {reason}" for name, reason in self.skipped)
        if self.without:
            lines.append(f"{', '.join(self.without)}: skipped, no {listed} there")
        return "\n".join(lines) + "\n"


class SourceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How one source took part, and how old its rows are."""

    source: str
    state: AnswerState
    mode: AnswerMode = AnswerMode.LIVE
    as_of: datetime | None = None
    latency_ms: float | None = None
    fetched: int = 0
    """Rows received; shown only to viewers to whom the difference tells nothing."""
    kept: int = 0
    code: str | None = None
    message: str | None = None


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many matches of one source were read for a page, those of other pages among them."""

    number: int
    whole: bool
    """There are no others."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One page and how it came about."""

    rows: tuple[Listed, ...]
    is_late: Callable[[int], bool]
    """Say of the row at an index whether it lies before the place that an earlier page had reached,
    because its source was missing."""
    seal: Callable[[Place], str]
    """Make the cursor of a place: only of one that is asked for."""
    place_at: Callable[[int], Place]
    """Give the place of the row at an index."""
    start: Callable[[], Place | None]
    """Give the place in front of the page; like all places worked out only if it is asked for."""
    end: Callable[[], Place | None]
    """Give the place behind it, also of an empty page if a source is missing: it leads on when that
    source returns."""
    has_next: bool
    has_previous: bool
    complete: bool
    answers: tuple[SourceAnswer, ...]
    tallies: Callable[[], Mapping[str, Tally]]
    """Count what was read of each source: only if the list is to be counted."""

    def cursor_at(self, index: int) -> str:
        """Seal the cursor of the row at *index*."""
        return self.seal(self.place_at(index))

    @property
    def start_cursor(self) -> str | None:
        """Seal the cursor in front of the page."""
        place = self.start()
        return None if place is None else self.seal(place)

    @property
    def end_cursor(self) -> str | None:
        """Seal the cursor behind the page."""
        place = self.end()
        return None if place is None else self.seal(place)


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many entries a list has, as far as that is known without reading more of them."""

    value: int | None
    exact: bool
    withheld: bool = False


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def told(order: Order) -> str:
    """Write *order* in words."""
    return f"{order.field} {'descending' if order.descending else 'ascending'}"
