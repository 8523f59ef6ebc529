"""A filter as a plan tells it: in one line if that is short, else in lines that show its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connectors.contract.filters import And, Filter, Or, Term, explain

LONGEST = 320
"""A filter that takes more letters than this is broken into lines."""
WIDTH = 100

_DEEPER = "  "


class Repeats:
    """The alternatives that stand more than once in some filters, with the numbers they are told
    by: whole where they come first, by their number from then on.
    """

    def __init__(self, filters: Iterable[Filter] = ()) -> None:
        """Look for repeats in those of *filters* that are told in lines."""
        self._seen: dict[Filter, int] = {}
        self._numbers: dict[Filter, int] = {}
        self._told: set[Filter] = set()
        for each in filters:
            if is_long(each):
                self._look(each)

    def number_of(self, where: Filter) -> tuple[str, bool]:
        """Give the number of *where*, empty if it stands once, and whether it was told before."""
        if self._seen.get(where, 1) < 2:
            return "", False
        number = self._numbers.setdefault(where, len(self._numbers) + 1)
        known = where in self._told
        self._told.add(where)
        return f"({number})", known

    def _look(self, where: Filter) -> None:
        if isinstance(where, Term):
            return
        if isinstance(where, Or) and len(explain(where, briefly=True)) > WIDTH:
            self._seen[where] = self._seen.get(where, 0) + 1
            if self._seen[where] > 1:
                return
        for part in where.parts:
            self._look(part)


def is_long(where: Filter) -> bool:
    """Say whether *where* is told in lines."""
    return not isinstance(where, Term) and len(explain(where)) > LONGEST


def in_a_line(where: Filter) -> str:
    """Write *where* for a sentence that it is part of."""
    text = explain(where)
    return text if len(text) <= WIDTH else explain(where, briefly=True)


def outline(
    where: Filter, head: str, tail: str = "", repeats: Repeats | None = None, margin: str = "    "
) -> list[str]:
    """Write *where* between *head* and *tail*; if it is long *tail* comes first, and of lists and
    moments only as much is told as tells them apart at a glance.
    """
    if not is_long(where):
        return [f"{head}{explain(where)}{tail}"]
    told = f"{tail.removeprefix('; ')}; where" if tail else ""
    return [f"{head}{told}".rstrip(), *_lines(where, margin, repeats or Repeats())]


def _lines(where: Filter, margin: str, repeats: Repeats) -> Iterator[str]:
    text = margin + explain(where, briefly=True)
    match where:
        case Or(parts) if len(text) > WIDTH:
            number, known = repeats.number_of(where)
            if known:
                yield f"{margin}any of those at {number}"
                return
            yield f"{margin}any of {number}".rstrip()
            for part in parts:
                yield from _lines(part, margin + _DEEPER, repeats)
        case And(parts) if len(text) > WIDTH:
            yield from _together(parts, margin, repeats)
        case _:
            yield text


def _together(parts: Iterable[Filter], margin: str, repeats: Repeats) -> Iterator[str]:
    """Write all of *parts*: the short ones first, as many in a line as there is room for."""
    deeper = margin + _DEEPER
    line, tall = "", []
    for part in parts:
        text = explain(part, briefly=True)
        if not isinstance(part, Term):
            if len(deeper + text) > WIDTH:
                tall.append(part)
                continue
            text = f"({text})"
        if not line:
            line = f"{margin}{text}"
        elif len(f"{line} and {text}") <= WIDTH:
            line += f" and {text}"
        else:
            yield line
            line = f"{deeper}and {text}"
    if line:
        yield line
    for part in tall:
        first, *more = _lines(part, deeper, repeats)
        yield f"{deeper}and {first.lstrip()}" if line else first
        yield from more
        line = line or first
