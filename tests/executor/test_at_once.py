"""Resolvers with a short way to their value: the answer is the resolver's, however it is got."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import strawberry

from gateway.executor import Documents


@dataclass
class Row:
    """What a source said."""

    number: int
    owner: str
    shelf: Any = None


class Keeper(msgspec.Struct, frozen=True):
    """Who keeps a shelf."""

    name: str


class Deputy(Keeper, frozen=True):
    """Who keeps a shelf for somebody."""


KEEPERS = {"a": Keeper("Ani"), "b": Keeper("Budi"), "c": Deputy("Citra"), "[]": Keeper("Dewi")}


@dataclass
class Owner:
    """Who has it."""

    name: str


@dataclass
class Context:
    """One request: how often each way was taken, and whether the short one is open."""

    open: bool = True
    shelves: Sequence[Any] = ()
    quick: int = 0
    slow: int = 0


async def owner_of(root: strawberry.Parent[Row], info: strawberry.Info[Context, None]) -> Owner:
    """Look the owner up, slowly."""
    info.context.slow += 1
    await asyncio.sleep(0)
    return Owner(root.owner)


def owner_at_once(root: Row, context: Context) -> Owner:
    """Look the owner up, if the way is open."""
    context.quick += 1
    if not context.open:
        raise LookupError
    return Owner(root.owner)


def label(root: strawberry.Parent[Row], loud: bool = False) -> str:
    """Give the number in words."""
    text = f"number {root.number}"
    return text.upper() if loud else text


def number_or_nothing(root: strawberry.Parent[Row]) -> int:
    """Give the number; raises on the third."""
    if root.number == 2:
        raise ValueError("no third")
    return root.number


async def keeper_of(root: strawberry.Parent[Row], info: strawberry.Info[Context, None]) -> Any:
    """Look the keeper of its shelf up, slowly."""
    info.context.slow += 1
    await asyncio.sleep(0)
    return KEEPERS.get(str(root.shelf))


def keeper_by_shelf(shelf: Any, context: Context) -> Any:
    """Look the keeper up, if the way is open."""
    context.quick += 1
    if not context.open:
        raise LookupError
    return KEEPERS.get(str(shelf))


vars(keeper_of)["at_once"] = lambda root, context: keeper_by_shelf(root.shelf, context)
vars(keeper_of)["by_key"] = ("shelf", keeper_by_shelf)
vars(owner_of)["at_once"] = owner_at_once
vars(label)["at_once"] = lambda root, _: f"number {root.number}"
vars(number_or_nothing)["at_once"] = lambda root, _: number_or_nothing(root)


@strawberry.type
class OwnerType:
    """Describes `Owner`."""

    name: str


@strawberry.type
class KeeperType:
    """Describes `Keeper`."""

    name: str

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Accept keepers."""
        return isinstance(value, Keeper)


vars(KeeperType.is_type_of.__func__)["accepts"] = Keeper  # type: ignore[attr-defined]  # of a class


@strawberry.type
class RowType:
    """Describes `Row`."""

    number: int
    owner = strawberry.field(resolver=owner_of, graphql_type=OwnerType)
    keeper = strawberry.field(resolver=keeper_of, graphql_type=KeeperType | None)
    label = strawberry.field(resolver=label, graphql_type=str)
    checked = strawberry.field(resolver=number_or_nothing, graphql_type=int | None)


def rows() -> list[Row]:
    """Give three rows."""
    return [Row(n, f"owner {n}") for n in range(3)]


@strawberry.type
class Query:
    """The root."""

    rows = strawberry.field(resolver=rows, graphql_type=list[RowType])

    @strawberry.field(graphql_type=list[RowType])
    def on(self, info: strawberry.Info[Context, None]) -> list[Row]:
        """Give a row for each shelf that the context names."""
        return [Row(n, "", shelf) for n, shelf in enumerate(info.context.shelves)]


SCHEMA = strawberry.Schema(Query)


def ask(query: str, context: Context, *, inline: bool = True) -> dict[str, Any]:
    """Answer *query* by inlined code, or by closures that know no short way."""
    documents = Documents(SCHEMA, inline_after=0 if inline else 10)
    return asyncio.run(documents.prepare(query).run(context=context)).body()


def test_the_short_way_is_taken_where_it_is_open() -> None:
    """No resolver runs, and the answer is the resolver's."""
    context = Context()
    query = "{ rows { number owner { name } label } }"

    answer = ask(query, context)

    assert answer == ask(query, Context(), inline=False)
    assert (context.quick, context.slow) == (3, 0)


def test_where_it_is_closed_the_resolver_is_asked() -> None:
    """The answer is the same; it is tried for the list, then for each row, in vain."""
    context = Context(open=False)
    query = "{ rows { number owner { name } label } }"

    answer = ask(query, context)

    assert answer == ask(query, Context(), inline=False)
    assert (context.quick, context.slow) == (1 + 3, 3)


@pytest.mark.parametrize(
    ("shelves", "open_", "quick", "slow"),
    [
        (["a", "b", "a", None, "a"], True, 3, 0),
        (["a", "a"], False, 1 + 2, 2),
        (["a", "c"], True, 2 + 2, 0),
        (["a", []], True, 1 + 2, 0),
    ],
    ids=["each key once", "closed", "of another class", "not to be looked up"],
)
def test_what_hangs_on_a_key_is_asked_once_for_each(
    shelves: list[Any],
    open_: bool,
    quick: int,
    slow: int,
) -> None:
    """The answer is the resolver's; where the key does not lead to it, row by row."""
    context = Context(open=open_, shelves=shelves)
    query = "{ on { number keeper { name } } }"

    answer = ask(query, context)

    assert answer == ask(query, Context(shelves=shelves), inline=False)
    assert (context.quick, context.slow) == (quick, slow)


@pytest.mark.parametrize("given", ["loud: true", "loud: false"])
def test_arguments_are_the_resolvers_affair(given: str) -> None:
    """The short way knows no arguments, so it is not taken where there are any."""
    query = f"{{ rows {{ number label({given}) }} }}"

    assert ask(query, Context()) == ask(query, Context(), inline=False)


def test_what_it_raises_is_told_by_the_resolver() -> None:
    """Error, path and the other rows are what the resolver alone would give."""
    query = "{ rows { number checked owner { name } } }"

    answer = ask(query, Context())

    assert answer == ask(query, Context(), inline=False)
    assert answer["errors"][0]["path"] == ["rows", 2, "checked"]
