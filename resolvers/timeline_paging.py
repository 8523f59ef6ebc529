"""One page of a complaint's timeline, with a cursor that holds a place and nothing of a source."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from resolvers.complaint.timeline import TimelineEntry, place
from resolvers.errors import BadPage
from resolvers.paging import DEFAULT_SIZE, LARGEST_PAGE, PageInfo
from resolvers.planner.cursor import CursorSeal
from resolvers.planner.plan import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEdge:
    """One event in its timeline; the cursor is sealed only when it is read."""

    node: TimelineEntry
    seal: CursorSeal
    mark: bytes

    @property
    def cursor(self) -> str:
        """Give the sealed place of this event."""
        return self.seal.seal(Place(reached=place(self.node)), self.mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """One page of a timeline."""

    edges: tuple[TimelineEdge, ...]
    page_info: PageInfo

    @property
    def nodes(self) -> tuple[TimelineEntry, ...]:
        """Give the events alone."""
        return tuple(edge.node for edge in self.edges)


def timeline_page(
    name: tuple[str, str],
    entries: Sequence[TimelineEntry],
    first: int | None,
    after: str | None,
    seal: CursorSeal,
    scope: tuple[object, ...],
) -> TimelinePage:
    """Cut one page out of the *entries* of what *name* (source, local id) is.

    Its cursors hold for this *scope* only.

    Raises `BadPage` for a size that is not given, `BadCursor` for one of another list.
    """
    size = DEFAULT_SIZE if first is None else first
    if size > LARGEST_PAGE:
        raise BadPage(
            "PAGE_TOO_LARGE",
            f"a page of {size} rows was asked, at most {LARGEST_PAGE} are given",
            hint="ask for less and page on with the cursor",
        )
    if size < 0:
        raise BadPage("PAGE_ARGUMENTS", f"a page cannot have {size} rows", hint="ask for 0 to 100")
    whole = msgspec.msgpack.encode(("timeline", name, scope))
    mark = hashlib.sha256(whole).digest()[:16]
    reached = None if after is None else seal.open(after, mark).reached
    rest = [each for each in entries if reached is None or place(each) > reached]
    edges = tuple(TimelineEdge(node=each, seal=seal, mark=mark) for each in rest[:size])
    return TimelinePage(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(rest) > size,
            has_previous_page=reached is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )
