"""Read a page of a JSON source: straight into records where it is as it should be.

A page is tried in up to three ways, each of which gives the same records and counts the same:

1. decoded into types made for the fields that are wanted, moments read by the decoder;
2. the same, but moments read one by one: for sources that write them in another way than ISO 8601,
   or have words for null;
3. decoded into dictionaries, mended where a character is broken.

By a first row it is learnt in what order rows are written; the later ways are made when needed.
A way that fails is left alone for some pages, longer each time, so that a source that is never as
it should be does not pay for it.  The first two look into nothing that is not wanted: a number too
large for any float is found out there only by the third.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any

import msgspec

from connectors.contract.errors import Malformed
from connectors.contract.records import Record
from connectors.fields import Shape
from connectors.json_lists import rows_hint
from connectors.json_rows import dig, with_whole_ids
from connectors.json_text import NoJson, decode, was_mended
from connectors.mapping import Mapper
from connectors.mapping_code import MapComplaints, complaint_mapper
from connectors.rules import Rule, Rules, expand
from connectors.tally import Tally
from connectors.typed_rows import typed

_REMEMBERED = 256
_LONGEST_PAUSE = 63
_BACKSLASH, _AMPERSAND, _DELETE = b"\\&\x7f"


class Told(msgspec.Struct):
    """What one page says."""

    records: Sequence[Record]
    count: int
    """Its rows, rejected ones included."""
    total: object
    """What stands where the total should; None if nothing does."""
    cursor: object
    """What stands where the next cursor should."""
    rows: Sequence[Any] = ()
    """The rows as they stood, where they were wanted."""


class Places(msgspec.Struct, frozen=True):
    """Where in an answer things stand; empty: nowhere, and of the rows: the answer is the list."""

    rows: str = ""
    total: str = ""
    cursor: str = ""


class JsonPages:
    """Reads the pages of one collection."""

    def __init__(self, mapper: Mapper, places: Places) -> None:
        """Map by *mapper* what is found at *places*."""
        self._mapper = mapper
        self._source = mapper.rules.source
        self._places = places
        self._ways: dict[frozenset[str] | None, list[_Way]] = {}

    def read(
        self,
        body: bytes,
        wanted: frozenset[str] | None,
        tally: Tally,
        most: int | None = None,
        *,
        as_it_stands: bool = False,
    ) -> Told:
        """Read *body* into records of the *wanted* fields; *as_it_stands*: give its rows too.

        Raises `Malformed` if it is no JSON, has no list of rows, or more than *most* rows.
        """
        if as_it_stands:
            return self._patiently(body, wanted, tally, most, hinted=True)
        ways = self._ways.get(wanted)
        if ways is None:
            ways = self._learnt(body, wanted)
        is_ascii = bool(ways) and body.isascii()
        for way in ways:
            document = way.decoded(body, is_ascii=is_ascii)
            if document is None:
                if way.otherwise is not None:
                    ways += way.otherwise()  # Made where it is needed, and tried at once.
                    way.otherwise = None
                continue
            rows = way.rows(document)
            if rows is None:
                break
            self._insist_on_size(rows, most)
            records = way.build(rows, tally, is_ascii and _is_clean(body))
            return Told(records, len(rows), way.total(document), way.cursor(document))
        return self._patiently(body, wanted, tally, most)

    def _learnt(self, body: bytes, wanted: frozenset[str] | None) -> list[_Way]:
        """Make the ways for *wanted*, by a row of *body* if it has one; else there are none yet."""
        try:
            rows = dig(decode(body), self._places.rows)
        except NoJson:
            return []
        if not rows or not isinstance(rows, list):
            return []
        if len(self._ways) >= _REMEMBERED:
            self._ways.clear()
        made = self._ways[wanted] = _first_ways(self._mapper.rules, wanted, self._places, rows[0])
        return made

    def _patiently(
        self,
        body: bytes,
        wanted: frozenset[str] | None,
        tally: Tally,
        most: int | None,
        *,
        hinted: bool = False,
    ) -> Told:
        try:
            document = decode(body)
        except NoJson:
            raise Malformed(self._source, "its answer is no JSON") from None
        places = self._places
        rows = list_at(self._source, document, places.rows, hinted=hinted)
        self._insist_on_size(rows, most)
        records = self._mapper.mapper(wanted)(rows, tally)
        if was_mended(document):
            records = with_whole_ids(records, tally)
        total = dig(document, places.total) if places.total else None
        cursor = dig(document, places.cursor) if places.cursor else None
        return Told(records, len(rows), total, cursor, rows)

    def _insist_on_size(self, rows: Sequence[Any], most: int | None) -> None:
        if most is not None and len(rows) > most:
            raise Malformed(self._source, f"answered {len(rows)} rows where {most} were asked for")


def list_at(source: str, document: Any, path: str, *, hinted: bool = False) -> list[Any]:
    """Give the list of rows that stands at *path*.

    Raises `Malformed` if none does; *hinted*: with the names of keys where lists stand.
    """
    rows = dig(document, path)
    if not isinstance(rows, list):
        where = f"`{path}`" if path else "the answer"
        hint = rows_hint(document, path) if hinted else None
        told = f"{where} should be a list of rows"
        raise Malformed(source, told if hint is None else f"{told}; hint: {hint}")
    return rows


class _Way:
    """One way to read a page into types, and how long it is not to be tried."""

    def __init__(
        self,
        kind: Any,
        build: MapComplaints,
        rows: str | None,
        total: str | None,
        cursor: str | None,
    ) -> None:
        self._decode = msgspec.json.Decoder(kind).decode
        self._pause = 0
        self._left = 0
        self.otherwise: Callable[[], list[_Way]] | None = None
        """Makes the ways to try where this one fails."""
        self.build = build
        self.rows: Callable[[Any], list[Any] | None] = _at(rows) if rows else _itself
        self.total: Callable[[Any], object] = _at(total) if total else _nothing
        self.cursor: Callable[[Any], object] = _at(cursor) if cursor else _nothing

    def decoded(self, body: bytes, *, is_ascii: bool) -> Any:
        """Decode *body*; None if it does not go this way."""
        if self._left:
            self._left -= 1
            return None
        try:
            if not is_ascii:
                body.decode()  # What is not wanted is skipped, but is a text all the same.
            found = self._decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._left = self._pause = min(2 * self._pause + 1, _LONGEST_PAUSE)
            return None
        self._pause = 0
        return found


def _first_ways(
    rules: Rules, wanted: frozenset[str] | None, places: Places, sample: object
) -> list[_Way]:
    if rules.collection != "complaints" or not rules.nested:
        return []
    used = _used(rules, wanted)
    used.sort(key=lambda rule: _position(sample, rule.path or ""))
    by_decoder = {rule.path for rule in used if _is_iso(rule)}
    by_decoder -= {rule.path for rule in used if not _is_iso(rule)}

    def made(moments: set[str | None]) -> list[_Way]:
        leaves = {each.path: datetime | None if each.path in moments else Any for each in used}
        row = typed({path: kind for path, kind in leaves.items() if path})
        if row is None:
            return []
        read = frozenset(rule.field for rule in used if rule.path in moments)
        way = _way(row.or_else, complaint_mapper(rules, wanted, row, read), places)
        return [] if way is None else [way]

    found = made(by_decoder)
    if found and by_decoder:
        found[0].otherwise = partial(made, set())
    return found


def _way(row: Any, build: MapComplaints, places: Places) -> _Way | None:
    if not places.rows:
        return _Way(list[row], build, None, None, None)
    leaves = {path: Any for path in (places.total, places.cursor) if path}
    if places.rows in leaves:
        return None
    document = typed({**leaves, places.rows: list[row] | None})
    if document is None:
        return None
    ways = [document.way(path) if path else None for path in msgspec.structs.astuple(places)]
    return _Way(document.type, build, *ways)


def _used(rules: Rules, wanted: frozenset[str] | None) -> list[Rule]:
    """Give the rules that a mapping follows: all moments where one may stand in for another."""
    needed = expand(rules, wanted)
    always = [rules.rules.get(name) for name in ("submitted_at", "updated_at")]
    all_moments = wanted is None or "warnings" in wanted
    all_moments = all_moments or any(rule is None or not rule.required for rule in always)
    return [
        rule
        for name, rule in rules.rules.items()
        if rule.path is not None
        and (name in needed or (all_moments and rule.shape is Shape.MOMENT))
    ]


def _position(row: Any, path: str) -> list[int]:
    """Give where in *row* what is at *path* is written, level by level."""
    found = []
    for step in path.split("."):
        keys = list(row) if isinstance(row, dict) else []
        found.append(keys.index(step) if step in keys else len(keys))
        row = row[step] if step in keys else None
    return found


def _is_iso(rule: Rule) -> bool:
    return rule.shape is Shape.MOMENT and rule.form == "iso"


def _is_clean(body: bytes) -> bool:
    """Say whether no text in *body*, all ASCII, has a character to be taken out or unescaped."""
    return _BACKSLASH not in body and _AMPERSAND not in body and _DELETE not in body


def _at(way: str) -> Callable[[Any], Any]:
    follow = attrgetter(way)

    def at(document: Any) -> Any:
        try:
            return follow(document)
        except AttributeError:
            return None

    return at


def _itself(document: list[Any]) -> list[Any]:
    return document


def _nothing(_document: Any) -> None:
    return None
