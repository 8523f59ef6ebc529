"""Follow a source's pages by number, offset, cursor or link, and find out the chains that lie.

A token carries the fingerprints of two earlier pages, the one before and one further back that
moves on less and less often, so that pages which come round again are found out without keeping
anything in memory, however long the circle.  What is found out is `Malformed`, with a reason:

    SILENT_CAP     fewer rows than the source itself says there are, or than it was asked for
                   although more follow
    REPEATED_PAGE  an earlier page again
    ENDLESS_PAGES  a chain that does not move on
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from zlib import crc32

import msgspec
from msgspec.structs import replace

from connectors.contract.errors import Malformed
from connectors.contract.query import Token
from connectors.rest_links import next_query, pairs
from connectors.rest_settings import PageStyle, Params

SILENT_CAP = "SILENT_CAP"
REPEATED_PAGE = "REPEATED_PAGE"
ENDLESS_PAGES = "ENDLESS_PAGES"

_MOST_EMPTY_PAGES = 20
_LONGEST_CURSOR = 4096
_ARRIVALS = 10
"""Rows that may arrive while a chain is read."""


class Spot(msgspec.Struct, frozen=True, gc=False):
    """The page that a token points at."""

    number: int = 1
    """Number style: its number; else the rows before it."""
    cursor: str = ""
    """Cursor style: the cursor; link style: the query of the link."""
    seen: int = 0
    """Fingerprint of the page before; 0 for none."""
    far: int = 0
    """Fingerprint of a page further back; 0 for none."""
    step: int = 0
    """Pages of the chain before this one."""
    empty: int = 0
    """Empty pages in a row before this one."""
    size: int = 0
    """The rows that the source puts on a page, if fewer than it was asked for; 0 if as asked."""
    short: bool = False
    """The page before was shorter than asked for."""

    def token(self) -> str:
        """Give the token that leads here."""
        numbers = (self.number, self.seen, self.far, self.step, self.empty, self.size)
        return f"{'.'.join(map(str, numbers))}.{int(self.short)}.{self.cursor}"


def spot_of(token: Token | None, style: PageStyle) -> Spot:
    """Read a token that `onward` wrote."""
    if token is None:
        return Spot(number=style.first)
    *numbers, cursor = str(token).split(".", 7)
    number, seen, far, step, empty, size, short = map(int, numbers)
    return Spot(number, cursor, seen, far, step, empty, size, bool(short))


def page_params(spot: Spot, size: int, style: PageStyle) -> Params:
    """Give the parameters that ask for the page at *spot*."""
    size_params = () if style.size_param is None else ((style.size_param, str(size)),)
    if style.style in ("number", "offset"):
        return ((style.param, str(spot.number)), *size_params)
    if style.style == "cursor" and spot.cursor:
        return ((style.param, spot.cursor), *size_params)
    return size_params


def asked_of(spot: Spot, question: Params, size: int, style: PageStyle) -> Params:
    """Give all parameters of the request for the page at *spot*: a link has them all in it."""
    if style.style == "link" and spot.cursor:
        return pairs(spot.cursor)
    return (*question, *page_params(spot, size, style))


def fingerprint(ids: Iterable[str]) -> int:
    """Give a number that stands for a page's rows, never 0."""
    return crc32("\n".join(ids).encode("utf-8", "replace")) | 1


class Seen(msgspec.Struct, kw_only=True):
    """What one page was, as far as paging goes."""

    source: str
    style: PageStyle
    spot: Spot
    size: int
    """Rows asked for."""
    rows: int
    ids: Callable[[], Iterable[str]]
    """Tells its rows apart; called where other pages come before or after it."""
    total: int | None
    row_budget: int
    path: str = ""
    links: Sequence[str] = ()
    """The answer's `Link` headers."""
    _mark: int = 0

    @property
    def mark(self) -> int:
        """Fingerprint of its rows."""
        if not self._mark:
            self._mark = fingerprint(self.ids())
        return self._mark

    @property
    def usual(self) -> int:
        """Rows on a page, as far as known."""
        return self.spot.size or self.size

    @property
    def before(self) -> int:
        """Rows on the pages before it."""
        if self.style.style == "number":
            return (self.spot.number - self.style.first) * self.usual
        return self.spot.number

    def tokens(
        self, numbers: Iterable[int], *, size: int = 0, short: bool = False
    ) -> tuple[Token, ...]:
        """Give the tokens of the pages that have *numbers*."""
        step = replace(self._step(), size=size, short=short)
        return tuple(replace(step, number=number).token() for number in numbers)

    def chained(self, cursor: str, empty: int) -> Token:
        """Give the token of the page that *cursor* leads to."""
        number = self.spot.number + self.rows
        return replace(self._step(), number=number, cursor=cursor, empty=empty).token()

    def _step(self) -> Spot:
        step = self.spot.step + 1
        seen = self.mark if self.rows else self.spot.seen
        # Moved on at powers of two, one fingerprint stays behind long enough for any circle.
        far = seen if step & (step - 1) == 0 else self.spot.far
        return replace(self.spot, seen=seen, far=far, step=step)


def onward(page: Seen, cursor: object) -> tuple[Token, ...]:
    """Give the tokens of the pages that follow *page*; raises `Malformed` if it lies."""
    if page.rows and page.spot.step and page.mark in (page.spot.seen, page.spot.far):
        whatever = f", whatever `{page.style.param}` says" if page.style.param else ""
        raise Malformed(page.source, f"it answers the same page again{whatever}", REPEATED_PAGE)
    match page.style.style:
        case "cursor":
            return _by_cursor(page, cursor)
        case "link":
            return _by_cursor(page, next_query(page.source, page.links, page.path))
        case "number" | "offset":
            return _by_position(page)
        case _:
            return ()


def _by_cursor(page: Seen, cursor: object) -> tuple[Token, ...]:
    if cursor is None or cursor == "":
        _insist_on_total(page)
        return ()
    if not isinstance(cursor, (str, int)) or isinstance(cursor, bool):
        raise Malformed(page.source, f"`{page.style.next}` should hold the next cursor")
    following = str(cursor)
    if len(following) > _LONGEST_CURSOR:
        raise Malformed(page.source, "its cursor is too long")
    if following == page.spot.cursor:
        raise Malformed(page.source, "its cursor points back to the same page", ENDLESS_PAGES)
    empty = 0 if page.rows else page.spot.empty + 1
    if empty > _MOST_EMPTY_PAGES:
        raise Malformed(page.source, f"{empty} empty pages follow each other", ENDLESS_PAGES)
    return (page.chained(following, empty),)


def _insist_on_total(page: Seen) -> None:
    """Raise if a chain ended long before its total; rows may have arrived since it began."""
    missing = (page.total or 0) - page.before - page.rows
    if missing > max(_ARRIVALS, (page.total or 0) // 20):
        raise _capped(page)


def _by_position(page: Seen) -> tuple[Token, ...]:
    if page.total is None:
        return _without_total(page)
    if page.rows == page.total and page.rows <= page.size and not page.spot.step:
        return ()  # All there is.
    size, begins = page.usual, page.spot.step == 0
    if page.rows < min(size, page.total - page.before):
        if not begins or not page.rows:
            raise _capped(page)
        size = page.rows  # It cuts smaller pages than it was asked for.
    at, last = page.before // size, max(0, -(-page.total // size) - 1)
    kept = 0 if size == page.size else size
    if at > last or (at == last and page.rows > page.total - last * size):
        # More rows than the total admits: go on as if there were none.
        return page.tokens([_number(page, at + 1, size)], size=kept) if page.rows == size else ()
    if not begins:
        return ()
    bound = min(last, -(-page.row_budget // size))
    if bound < 1:
        return ()
    return page.tokens([_number(page, each, size) for each in range(1, bound + 1)], size=kept)


def _number(page: Seen, at: int, size: int) -> int:
    return page.style.first + at if page.style.style == "number" else at * size


def _without_total(page: Seen) -> tuple[Token, ...]:
    # Only a first page can tell a cap from the end: is it short, the next one is asked for.
    if not page.rows:
        return ()
    if page.spot.short:
        # Whatever stands between the short page and this one was left out.
        raise _capped(page)
    short = page.rows < page.usual
    if short and page.spot.step:
        return ()
    kept = page.rows if short else page.spot.size
    if page.style.style == "offset":
        return page.tokens([page.spot.number + page.rows], size=kept)
    if page.style.size_param is None:
        return page.tokens([page.spot.number + 1], size=kept)
    return page.tokens([page.spot.number + 1], short=short)


def _capped(page: Seen) -> Malformed:
    how = (
        "it gives fewer rows on a page than it was asked for, and goes on after them"
        if page.total is None
        else f"it says that {page.total} rows match and does not give them all"
    )
    return Malformed(page.source, how, SILENT_CAP)
