"""Follow a source's pages by number or by cursor, and notice a chain that goes nowhere.

A token carries the fingerprint of an earlier page, so that a source which answers the same page
again and again is found out without keeping anything in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from connectors.contract.errors import Malformed
from connectors.contract.query import Token
from connectors.rest_settings import PageStyle, Params

_MOST_EMPTY_PAGES = 20
_LONGEST_CURSOR = 4096


@dataclass(frozen=True, slots=True)
class Spot:
    """The page that a token points at."""

    number: int = 1
    cursor: str = ""
    seen: int = 0
    """Fingerprint of an earlier page; 0 for none."""
    empty: int = 0
    """Empty pages in a row before this one."""


def spot_of(token: Token | None, style: PageStyle) -> Spot:
    """Read a token that `onward` wrote."""
    if token is None:
        return Spot(number=style.first)
    number, seen, empty, cursor = str(token).split(".", 3)
    return Spot(number=int(number), seen=int(seen), empty=int(empty), cursor=cursor)


def page_params(spot: Spot, size: int, style: PageStyle) -> Params:
    """Give the parameters that ask for the page at *spot*."""
    params: list[tuple[str, str]] = []
    if style.style == "number":
        params.append((style.param, str(spot.number)))
    elif style.style == "cursor" and spot.cursor:
        params.append((style.param, spot.cursor))
    if style.size_param is not None:
        params.append((style.size_param, str(size)))
    return tuple(params)


def fingerprint(ids: Iterable[str]) -> int:
    """Give a number that stands for a page's rows, never 0."""
    return crc32("\n".join(ids).encode("utf-8", "replace")) | 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one page was, as far as paging goes."""

    source: str
    style: PageStyle
    spot: Spot
    size: int
    rows: int
    mark: int
    """Fingerprint of its rows."""
    total: int | None
    row_budget: int


def onward(page: Seen, cursor: object) -> tuple[Token, ...]:
    """Give the tokens of the pages that follow *page*; raises `Malformed` if it goes in circles."""
    if page.rows and page.spot.seen == page.mark:
        raise Malformed(page.source, "it answers the same page again")
    if page.style.style == "cursor":
        return _by_cursor(page, cursor)
    if page.style.style == "number":
        return _by_number(page)
    return ()


def _by_cursor(page: Seen, cursor: object) -> tuple[Token, ...]:
    if cursor is None or cursor == "":
        return ()
    if not isinstance(cursor, (str, int)) or isinstance(cursor, bool):
        raise Malformed(page.source, f"`{page.style.next}` should hold the next cursor")
    following = str(cursor)
    if len(following) > _LONGEST_CURSOR:
        raise Malformed(page.source, "its cursor is too long")
    if following == page.spot.cursor:
        raise Malformed(page.source, "its cursor points back to the same page")
    empty = 0 if page.rows else page.spot.empty + 1
    if empty > _MOST_EMPTY_PAGES:
        raise Malformed(page.source, f"{empty} empty pages follow each other")
    return (f"0.{page.mark if page.rows else page.spot.seen}.{empty}.{following}",)


def _by_number(page: Seen) -> tuple[Token, ...]:
    first, number, size = page.style.first, page.spot.number, page.size
    if page.total is None:
        if page.rows < size:
            return ()
        return (_numbered(number + 1, page.mark),)
    if number == first and 0 < page.rows < min(size, page.total):
        # It cuts smaller pages than it was asked for, or hides rows that it counts.
        size = page.rows
    last = first + max(0, -(-page.total // size) - 1)
    if number > last or (number == last and page.rows > page.total - (last - first) * size):
        # More rows than the total admits: go on as if there were none.
        return (_numbered(number + 1, page.mark),) if page.rows == size else ()
    if number != first:
        return ()
    bound = first + -(-page.row_budget // size)
    return tuple(_numbered(each, page.mark) for each in range(first + 1, min(last, bound) + 1))


def _numbered(number: int, mark: int) -> Token:
    return f"{number}.{mark}.0."
