"""Pages: of complaints, as the planner cut them, and of lists that are held in memory."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from connectors.contract.records import AgencyRecord, ComplaintRecord
from resolvers.errors import BadCursor, BadPage
from resolvers.planner.plan import Count, Listing, Plan
from resolvers.sources import AnswerShown, Took

DEFAULT_SIZE = 20
LARGEST_PAGE = 100

T = TypeVar("T")


class PageInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page lies in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class ComplaintEdge(msgspec.Struct, frozen=True, gc=False, kw_only=True, eq=False):
    """One complaint in its list; the cursor is sealed only when it is read."""

    node: ComplaintRecord
    place: int
    listing: Listing

    @property
    def late(self) -> bool:
        """Say whether it belongs before pages already read."""
        return self.listing.is_late(self.place)

    @property
    def cursor(self) -> str:
        """Give the sealed place of this complaint."""
        return self.listing.cursor_at(self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeAt(Generic[T]):
    """One item of a list that the planner cut; the cursor is sealed only when it is read."""

    node: T
    index: int
    cursor_at: Callable[[int], str]

    @property
    def cursor(self) -> str:
        """Give the sealed place of this item."""
        return self.cursor_at(self.index)


class ComplaintPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of complaints as the viewer is shown it, and what is needed to count the list."""

    nodes: tuple[ComplaintRecord, ...]
    places: Sequence[int]
    """Where each of them stands in the listing."""
    complete: bool
    counted_whole: bool = True
    """False if what the filter asks of handlers is not known whole: counts are lower bounds."""
    show: Callable[[], tuple[AnswerShown, ...]]
    took: tuple[Took, ...]
    """How each source took part, for the log."""
    plan: Plan
    listing: Listing

    @property
    def edges(self) -> tuple[ComplaintEdge, ...]:
        """Give the complaints with their places."""
        return tuple(
            ComplaintEdge(node=node, place=place, listing=self.listing)
            for node, place in zip(self.nodes, self.places, strict=True)
        )

    @property
    def page_info(self) -> PageInfo:
        """Say where the page lies; its cursors are sealed only when this is read."""
        listing = self.listing
        return PageInfo(
            has_next_page=listing.has_next,
            has_previous_page=listing.has_previous,
            start_cursor=listing.start_cursor,
            end_cursor=listing.end_cursor,
        )

    @property
    def answers(self) -> tuple[AnswerShown, ...]:
        """Give how each source took part, as the viewer is shown it."""
        return self.show()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge(Generic[T]):
    """One item of a list held in memory."""

    node: T
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[T]):
    """One page of a list held in memory."""

    edges: tuple[Edge[T], ...]
    page_info: PageInfo
    total_count: Count

    @property
    def nodes(self) -> tuple[T, ...]:
        """Give the items alone."""
        return tuple(edge.node for edge in self.edges)


def page_of_agencies(
    agencies: Sequence[AgencyRecord], first: int | None, after: str | None
) -> Slice[AgencyRecord]:
    """Cut one page out of *agencies*, which stand in the order of their codes."""
    size = DEFAULT_SIZE if first is None else first
    if size > LARGEST_PAGE:
        raise BadPage(
            "PAGE_TOO_LARGE",
            f"a page of {size} rows was asked, at most {LARGEST_PAGE} are given",
            hint="ask for less and page on with the cursor",
        )
    if size < 0:
        raise BadPage("PAGE_ARGUMENTS", f"a page cannot have {size} rows", hint="ask for 0 to 100")
    reached = None if after is None else _reached(after)
    rest = [each for each in agencies if reached is None or each.code > reached]
    edges = tuple(Edge(node=each, cursor=_cursor(each.code)) for each in rest[:size])
    return Slice(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(rest) > size,
            has_previous_page=len(rest) < len(agencies),
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=Count(value=len(agencies), exact=True),
    )


_PREFIX = "agency:"


def _cursor(code: str) -> str:
    return base64.urlsafe_b64encode(f"{_PREFIX}{code}".encode()).rstrip(b"=").decode()


def _reached(cursor: str) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        plain = ""
    if not plain.startswith(_PREFIX):
        raise BadCursor(
            "CURSOR_INVALID", "this is not a cursor of this list", hint="start from the first page"
        )
    return plain.removeprefix(_PREFIX)
