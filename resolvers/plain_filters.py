"""Filters that mean nothing but their own words, translated once for each shape.

Portals ask for the same lists again and again, each time from another moment on.  What such a
filter comes to for one viewer's rights depends on its moments' order alone: it is kept with places
where the moments stand, as the planner wants it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter

from connectors.contract.filters import Filter, all_of
from resolvers.asked import ComplaintFilter
from resolvers.needs import asks_plainly
from resolvers.planner.plan import Shape
from resolvers.planner.shape import shape_of
from resolvers.policy import Access
from resolvers.stretches import aware

Translate = Callable[[ComplaintFilter], Filter]

_MOST_REMEMBERED = 500
_MOST_WORDS = 64
_RANGES = ("submitted", "updated", "closed", "handover_consent")
_ranges_of = attrgetter(*_RANGES)
_BOUNDS = tuple(
    (f"{name}.from", f"{name}.until")
    for name in ("submitted", "updated", "closed", "handoverConsent")
)
"""What the client calls the bounds of each range."""
_words_of = attrgetter(
    "kinds", "supervisory", "statuses", "open", "uncategorised", "sources", "tracking_ids"
)
_UNBOUNDED = (False, False)
_Key = tuple[object, ...]


class PlainFilters:
    """The plain filters of one reader."""

    def __init__(self, translate: Translate) -> None:
        """Remember what *translate* gives."""
        self._translate = translate
        self._known: dict[_Key, tuple[Access, Filter]] = {}

    def narrowed(self, asked: ComplaintFilter, access: Access) -> Filter | Shape | None:
        """Give *asked* together with the rows of *access*; None if it takes more than its words.

        Raises `ClientError` for what is wrong with it, or not allowed.
        """
        if not asks_plainly(asked):
            return None
        key, moments = _told(asked, access)
        known = self._known.get(key)
        # The rights are kept with what was found, so that no others can have their identity.
        if known is not None and known[0] is access:
            return Shape(known[1], moments)
        where = self._translate(asked)
        access.insist(where)
        narrowed = all_of((where, access.rows))
        shape = shape_of(narrowed)
        if shape is None or shape.moments != moments:
            return narrowed
        if sum(len(each) for each in key if isinstance(each, tuple)) > _MOST_WORDS:
            return shape  # One word said ten thousand times is a short filter with a long key.
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[key] = (access, shape.where)
        return shape


def _told(asked: ComplaintFilter, access: Access) -> tuple[_Key, tuple[datetime, ...]]:
    """Give what *asked* says besides its moments, and these in ascending order, none twice."""
    found: list[datetime] = []
    bounds: list[bool] = []
    for stretch, (since, until) in zip(_ranges_of(asked), _BOUNDS, strict=True):
        if stretch is None:
            bounds += _UNBOUNDED
            continue
        for bound in (aware(stretch.since, since), aware(stretch.until, until)):
            bounds.append(bound is not None)
            if bound is not None:
                found.append(bound)
    words = _words_of(asked)
    if len(found) < 2:
        return (id(access), *words, *bounds), tuple(found)
    moments = tuple(sorted(set(found)))
    return (id(access), *words, *bounds, *map(moments.index, found)), moments
