"""What `sources check` notes of codes that no source of reference data has: a slip of the pen.

Known are the codes that settings themselves name, constants and the meanings in code tables; of a
column that holds codes as they stand, those on the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.contract.code_shape import is_code
from connectors.contract.errors import SourceError
from connectors.contract.query import Page, SourceQuery, Token
from connectors.contract.source import Source
from connectors.did_you_mean import did_you_mean

_MOST_PAGES = 1000
_MOST_NAMED, _LONGEST = 5, 40
_DISTRICT = 3
"""Parts of a district's code: where villages are not among the reference data, nor need they be."""


@dataclass(frozen=True, slots=True)
class _Reference:
    collection: str
    key: str


_AGENCIES = _Reference("agencies", "code")
_REFERENCES: Mapping[str, _Reference] = {
    "agency": _AGENCIES,
    "from_agency": _AGENCIES,
    "region": _Reference("regions", "code"),
    "category": _Reference("categories", "id"),
}
_CHECKED = frozenset({"complaints", "events", "ombudsman_cases"})

Pages = Mapping[tuple[str, str], Page]
"""What each collection of each source, by its name, answered."""
Codes = Mapping[str, Sequence[str]]
"""Field to its codes."""


async def strange_codes(
    sources: Sequence[Source], pages: Pages
) -> Mapping[tuple[str, str], Sequence[str]]:
    """Give the notes, by source and collection.

    Codes are held against reference data that one of the *sources* has, and that can be read whole.
    """
    asked = {
        (source.name, name): codes
        for source in sources
        for name in source.connector.capabilities.collections
        if name in _CHECKED and (source.name, name) in pages
        if (codes := _codes(source, name, pages[source.name, name]))
    }
    fields = {field for codes in asked.values() for field in codes}
    known: dict[_Reference, frozenset[str]] = {}
    for reference in {_REFERENCES[field] for field in fields}:
        found = await _known(sources, reference)
        if found:
            known[reference] = found
    return {part: tuple(_notes(codes, known)) for part, codes in asked.items()}


def _codes(source: Source, name: str, page: Page) -> Codes:
    can = source.connector.capabilities.collections[name]
    found: dict[str, Sequence[str]] = {}
    for field in _REFERENCES:
        values: list[object] = list(can.codomains.get(field, ()))
        values = values or [getattr(row, field, None) for row in page.rows]
        if field == "agency" and name == "complaints":
            values.append(source.agency)
        if codes := sorted({value for value in values if isinstance(value, str)}):
            found[field] = codes
    return found


async def _known(sources: Sequence[Source], reference: _Reference) -> frozenset[str]:
    """Read the codes of *reference* from all who have them; none if one does not answer."""
    holders = [source for source in sources if source.holds(reference.collection)]
    try:
        read = [await _read(source, reference) for source in holders]
    except (SourceError, TimeoutError):
        return frozenset()
    return frozenset(code for codes in read for code in codes)


async def _read(source: Source, reference: _Reference) -> list[str]:
    fields = frozenset({reference.key})
    waiting: list[Token | None] = [None]
    found: list[str] = []
    async with asyncio.timeout(source.time_limit):
        for _ in range(_MOST_PAGES):
            if not waiting:
                return found
            page = await source.connector.fetch(
                SourceQuery(collection=reference.collection, fields=fields, token=waiting.pop(0))
            )
            found += [getattr(row, reference.key) for row in page.rows]
            waiting += page.next
    raise TimeoutError


def _notes(codes: Codes, known: Mapping[_Reference, frozenset[str]]) -> Iterator[str]:
    for field, used in codes.items():
        there = known.get(_REFERENCES[field])
        if there is None:
            continue
        strange = [code for code in used if _judged(field, code) not in there]
        if strange:
            yield _note(field, strange, there)


def _judged(field: str, code: str) -> str:
    return ".".join(code.split(".")[:_DISTRICT]) if field == "region" else code


def _note(field: str, strange: Sequence[str], there: frozenset[str]) -> str:
    shaped = [each for each in strange if is_code(each)]
    named = ", ".join(f"`{each[:_LONGEST]}`" for each in shaped[:_MOST_NAMED])
    more = f" and {len(shaped) - _MOST_NAMED} more" if len(shaped) > _MOST_NAMED else ""
    if others := len(strange) - len(shaped):
        # They may hold anything, so that they are counted only.
        more += f"{' and ' if named else ''}{others} without the shape of a code"
    told = (
        f"{field} {named}{more}: not among the {_REFERENCES[field].collection} of any source here"
    )
    close = did_you_mean(strange[0], filter(is_code, there))
    if close is None or len(strange) > 1:
        return f"{told}, and so without a name"
    return f"{told}; hint: {close}"
