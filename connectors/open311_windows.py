"""Cut time into the windows that a GeoReport source can be asked for, and notice cut answers.

The specification lets a source answer at most 90 days, and the first 1,000 requests of them,
without a word about the rest.  So an answer is believed to be whole only if a larger one has been
seen from the same source, or if its halves together hold no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.contract.query import Token

SECOND: Final = timedelta(seconds=1)
FEW: Final = 10
"""No source cuts its answers to so few rows."""


@dataclass(frozen=True, slots=True)
class Span:
    """The moments from *start* to before *end*."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Say whether *moment* lies in it."""
        return self.start <= moment < self.end

    def asked(self) -> tuple[str, str]:
        """Give the bounds to send: whether the source includes them or not, no moment is missed."""
        return _written(self.start - SECOND), _written(self.end + SECOND - _TICK)

    def halves(self) -> tuple[Span, Span] | None:
        """Give its two halves, None if seconds cannot divide it."""
        seconds = int((self.end - self.start) / SECOND)
        if seconds < 2:
            return None
        middle = self.start + timedelta(seconds=seconds // 2)
        return Span(self.start, middle), Span(middle, self.end)


_TICK = timedelta(microseconds=1)


def spans(since: datetime, until: datetime, width: timedelta) -> Iterator[Span]:
    """Cut the moments from *since* to before *until* into spans no wider than *width* to ask for.

    The latest comes first.
    """
    # What is asked for is up to two seconds wider than the span.
    step = width - 3 * SECOND
    end = until
    while end > since:
        start = max(since, end - step)
        yield Span(start, end)
        end = start


@dataclass(frozen=True, slots=True)
class Spot:
    """A place within the answer: a span, and how many of its rows were already given."""

    span: Span
    given: int = 0

    def token(self) -> Token:
        """Write it down."""
        return f"{self.span.start.isoformat()}|{self.span.end.isoformat()}|{self.given}"


def spot_of(token: Token) -> Spot:
    """Read what `Spot.token` wrote."""
    start, end, given = str(token).split("|")
    return Spot(Span(datetime.fromisoformat(start), datetime.fromisoformat(end)), int(given))


class Wholeness:
    """What is known of how many rows a source answers at most."""

    def __init__(self, most: int | None) -> None:
        """Start with what the settings say; None if they say nothing."""
        self._told = most
        self._found: int | None = None
        self._largest = 0

    @property
    def most(self) -> int | None:
        """How many rows an answer has at most, as told or found out."""
        return self._told or self._found

    def doubts(self, count: int) -> bool:
        """Say whether an answer of *count* rows may have been cut."""
        if self._found is not None and count > self._found:
            # It does answer more: what looked like a cut was a row that came meanwhile.
            self._found = None
        if self.most is not None:
            return count >= self.most
        doubtful = count >= max(FEW, self._largest)
        self._largest = max(self._largest, count)
        return doubtful

    def was_cut(self, count: int) -> None:
        """Note that an answer of *count* rows had been cut."""
        self._found = count


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
