"""What a source is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from connectors.contract.filters import EVERYTHING, Filter
from connectors.contract.records import Record

Token = str | int | bytes
"""Where to go on reading: opaque to everyone but the connector that gave it."""


class Order(msgspec.Struct, frozen=True):
    """An order over one moment field; ties always ascend by local id, compared as UTF-8 bytes."""

    field: str
    descending: bool = True


class SourceQuery(msgspec.Struct, frozen=True, kw_only=True):
    """One question to one source, in canonical words and within its capabilities."""

    collection: str = "complaints"
    where: Filter = EVERYTHING
    order: Order | None = None
    """None: any order will do."""
    limit: int | None = None
    """How many rows are wanted in all: a hint for page sizes and SQL, never a promise to stop."""
    fields: frozenset[str] | None = None
    """The record fields wanted; None for all.  What is not wanted must not be fetched where the
    source can choose, and is left at its default where it cannot."""
    token: Token | None = None
    """None for the first page, else one of the tokens of an earlier page of the same query."""
    survey: bool = False
    """The page is to say what stood in its rows before they were mapped, where its kind can."""


class UnreadDates(msgspec.Struct, frozen=True, kw_only=True):
    """What of the dates of one field cannot be read, and how that seems to be written."""

    count: int
    among: int
    """Dates that stand there, read ones included."""
    forms: tuple[str, ...] = ()
    """What `format` would read them by."""
    in_doubt: str | None = None
    """What else could be meant."""
    marks: tuple[str, ...] = ()
    """What stands there for nothing, such as a dash."""
    marked: int = 0
    """Dates in whose place one of these stands."""


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What stood in the rows of one page before they were mapped, for whoever writes settings."""

    rows: int = 0
    zoneless: int = 0
    """Dates without a zone, read as UTC because the settings name no clock."""
    unread: Mapping[str, UnreadDates] = {}
    """Field to what of its dates cannot be read, if there are such."""
    absent: Mapping[str, str] = {}
    """Field to its path, where that is in none of the rows; `field.part` of stretches of time."""
    paths: frozenset[str] = frozenset()
    """The paths that are in a row and may be told, if some are absent."""
    untold: str | None = None
    """Where the number of all rows should have stood, and did not."""
    told_if_counted: bool = False
    """It may stand there once the source is asked to count."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows of the answer.

    No token in *next* means that this was the end of the answer; one, that pages follow one by one;
    several, that all of them are still to be fetched, and may be fetched at once.
    """

    rows: tuple[Record, ...]
    next: tuple[Token, ...] = ()
    total: int | None = None
    """All matches of the query, where the source says so."""
    received: int = 0
    """Rows in the source's answer, rejected ones included."""
    rejected: Mapping[str, int] = {}
    """Reason to number of rows that could not be used."""
    unknown: Mapping[str, int] = {}
    """`field: word` to number of rows that used a word no code table maps."""
    partial: bool = False
    """The source itself says that it could not tell some rows of this page, and left them out."""
    as_of: datetime | None = None
    """When the source's data stood like this, if older than the answer (a file's date)."""
    survey: Survey | None = None
    """What its rows looked like, if the query wanted to know and the connector can tell."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a change feed; delivered at least once."""

    local_id: str
    at: datetime
    deleted: bool = False
