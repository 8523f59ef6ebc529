"""What prepared operations weigh: what is kept of them, within a factor of about two."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
import weakref
from collections.abc import Callable

import pytest
import strawberry

from gateway.executor import Documents

MANY = 12
PARTS = "name code level seat { name code } above { name code level }"


@strawberry.input
class Wanted:
    """What is asked for."""

    names: list[str] | None = None
    codes: list[str] | None = None
    levels: list[str] | None = None
    seats: list[Wanted] | None = None
    above: list[Wanted] | None = None
    below: list[Wanted] | None = None
    beside: list[Wanted] | None = None
    either: list[Wanted] | None = None
    neither: list[Wanted] | None = None
    nearest: list[Wanted] | None = None
    furthest: list[Wanted] | None = None


@strawberry.type
class Office:
    """An office, each field by a resolver of its own."""

    @strawberry.field
    def name(self) -> str:
        """Give a name."""
        return "n"

    @strawberry.field
    def code(self) -> str:
        """Give a code."""
        return "c"

    @strawberry.field
    async def level(self) -> str:
        """Give a level."""
        return "l"

    @strawberry.field
    def seat(self) -> Office:
        """Give another."""
        return Office()

    @strawberry.field
    async def above(self, wanted: Wanted | None = None) -> list[Office]:
        """Give others."""
        return [Office()] if wanted is None else []


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    async def every_office(self) -> list[Office]:
        """Give an office."""
        return [Office()]

    @strawberry.field
    async def offices(self, wanted: Wanted | None = None) -> list[Office]:
        """Give an office."""
        return [Office()] if wanted is None else []


def spread(
    aliases: int, fields: str, inner: str = "...F", root: str = "offices"
) -> Callable[[int], str]:
    roots = " ".join(f"a{n}: {root} {{ {inner} }}" for n in range(aliases))
    return lambda n: f"query Q{n} {{ {roots} }} fragment F on Office {{ {fields} }}"


def kept(documents: Documents, text: Callable[[int], str]) -> float:
    """Run several texts until their code is made, and give the bytes that each leaves behind."""

    async def run(number: int) -> None:
        prepared = documents.prepare(text(number))
        for _ in range(3):
            assert not (await prepared.run()).errors

    async def measured() -> float:
        await run(MANY)
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(MANY):
            await run(number)
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return (after - before) / MANY

    return asyncio.run(measured())


@pytest.mark.parametrize(
    "text",
    [
        lambda n: f"query Q{n} {{ offices {{ name code }} }}",
        lambda n: f"query Q{n} {{ offices {{ {PARTS} }} }}",
        spread(2, PARTS),
        spread(10, PARTS),
        spread(20, PARTS),
        spread(10, PARTS, "...F above { ...F seat { ...F } }"),
        spread(20, "name"),
    ],
)
def test_what_is_kept_is_about_what_is_counted(text: Callable[[int], str]) -> None:
    """However often a fragment is spread: never twice as much as is counted, nor far less."""
    documents = Documents(strawberry.Schema(Query))

    found = kept(documents, text)

    counted = documents.used_bytes / len(documents)
    assert 0.35 < found / counted < 1.5


def test_operations_of_one_schema_share_what_reads_their_arguments() -> None:
    """What takes an input type costs little more memory for each place where it is asked."""
    documents = Documents(strawberry.Schema(Query))

    with_arguments = kept(documents, spread(20, "code", root="offices"))
    without = kept(documents, spread(20, "code", root="everyOffice"))

    assert with_arguments < 1.3 * without


def test_what_reads_arguments_goes_with_its_schema() -> None:
    """A schema that nobody holds is not held by what its operations share."""
    held = [strawberry.Schema(Query)]
    kept(Documents(held[0]), spread(1, PARTS))
    gone = weakref.ref(held[0])

    held.clear()
    gc.collect()

    assert gone() is None
