"""A source held against its promises: what was read of it, and what was broken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from connectors.contract.capabilities import Collection
from connectors.contract.connector import Connector
from connectors.contract.filters import (
    Filter,
    predicate,
)
from connectors.contract.query import Page, SourceQuery
from connectors.contract.records import ComplaintRecord

SOME_PAGES = 3
"""Pages that are read of an answer where not all rows are."""


class Broken(AssertionError):
    """A promise was broken."""

    def __init__(self, promise: str, how: str, where: Filter | None = None) -> None:
        """Say *how* the *promise* was broken, and by which filter; both may name rows."""
        super().__init__(f"{promise}: {how}")
        self.promise = promise
        self.where = where


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A connector under test, and what is known of its data."""

    connector: Connector
    repeats: frozenset[str] = frozenset()
    """Local ids that the source itself delivers twice."""
    maps: bool = True
    """It maps foreign words, and so has to report the unknown ones."""
    samples: int = 3
    """Values tried for each operator."""
    page: int = 40
    whole: bool = True
    """All its rows were read; else only what can be told from some of them is checked."""
    rows: list[ComplaintRecord] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)

    @property
    def can(self) -> Collection:
        """Give what it declares."""
        return self.connector.capabilities.collections["complaints"]

    @property
    def by_id(self) -> dict[str, ComplaintRecord]:
        """Give the rows that were read, by id."""
        return {row.local_id: row for row in self.rows}

    def matching(self, where: Filter) -> set[str]:
        """Give the ids of the rows read that *where* holds for."""
        test = predicate(where)
        return {row.local_id for row in self.rows if test(row)}


async def read_reference(subject: Subject) -> None:
    """Read everything once: what is asked later is held against it."""
    pages = await read_pages(subject.connector, SourceQuery())
    take_reference(subject, pages)


def take_reference(subject: Subject, pages: Sequence[Page]) -> None:
    """Keep the rows of *pages* as what later answers are held against."""
    subject.rows.extend(complaints_of(pages))
    for page in pages:
        for word, count in page.unknown.items():
            subject.unknown[word] = subject.unknown.get(word, 0) + count
    if len(subject.rows) < 20:
        raise Broken("rows", "too few rows to tell anything")


async def read_pages(
    connector: Connector, query: SourceQuery, most: int | None = None
) -> list[Page]:
    """Read all pages of *query*, or *most*, following every token once."""
    waiting = [query]
    pages = []
    while waiting:
        page = await connector.fetch(waiting.pop(0))
        pages.append(page)
        waiting.extend(msgspec.structs.replace(query, token=token) for token in page.next)
        if len(pages) == most:
            break
        if len(pages) > 3000:
            raise Broken("pages", "they do not end")
    return pages


async def read_ids(subject: Subject, query: SourceQuery, promise: str) -> list[str]:
    """Read the ids of all rows of *query*; a repeat breaks *promise*."""
    most = None if subject.whole else SOME_PAGES
    pages = await read_pages(subject.connector, query, most)
    found = [row.local_id for row in complaints_of(pages)]
    insist_on_no_repeats(subject, found, promise)
    return found


def insist_on_no_repeats(subject: Subject, ids: Sequence[str], promise: str) -> None:
    """Break *promise* if one of *ids* comes twice that the source itself does not give twice."""
    seen: set[str] = set()
    for local_id in ids:
        if local_id in seen and local_id not in subject.repeats:
            raise Broken(promise, f"{local_id} comes twice")
        seen.add(local_id)


def complaints_of(pages: Iterable[Page]) -> list[ComplaintRecord]:
    """Give the complaints of *pages*."""
    return [row for page in pages for row in page.rows if isinstance(row, ComplaintRecord)]
