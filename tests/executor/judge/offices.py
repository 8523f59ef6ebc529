"""A Strawberry schema over records: every way of declaring a field that this project uses."""

from __future__ import annotations

import asyncio
import enum
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar

import msgspec
import strawberry
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.types import Info

from .faults import Broken, Coded, rng


@strawberry.enum
class Level(enum.Enum):
    """How high an office stands."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = strawberry.enum_value("city", name="TOWN")


class OfficeRecord(msgspec.Struct, frozen=True):
    """An office."""

    id: str
    name: str | None
    level: Level
    opened: date


class LetterRecord(msgspec.Struct, frozen=True):
    """A letter to an office."""

    id: str
    title: str
    sent_at: datetime
    pages: int
    weight: float
    cost: Decimal
    urgent: bool
    tags: list[str]
    marks: list[list[int | None]]
    office: OfficeRecord
    copy_to: OfficeRecord | None


class CallRecord(msgspec.Struct, frozen=True):
    """A call to an office."""

    id: str
    minutes: int | None


@dataclass(frozen=True)
class Chance:
    """The context: the seed, how often things fail, whether anything has to be awaited."""

    seed: int
    fault: float

    def at(self, info: Info) -> random.Random:
        """A source of chance for the field that is being resolved."""
        return rng(self.seed, info.path.as_list(), info.field_name, info.python_name)


def letter(chance: random.Random, fault: float) -> LetterRecord:
    """Make a letter, some of whose fields may be of the wrong kind."""

    def good_or(value: Any, *bad: Any) -> Any:
        return chance.choice(bad) if chance.random() < fault else value

    number = chance.randrange(1000)
    office = OfficeRecord(
        id=f"o{number % 7}",
        name=good_or("Dinas", None, 5, [1]),
        level=good_or(chance.choice([*Level]), "national", "nowhere", None),
        opened=date(1950, 1, 1) + timedelta(days=number),
    )
    return LetterRecord(
        id=good_or(f"l{number}", number, None),
        title=good_or("Jalan rusak", None, 7, {}, Broken("kept")),
        sent_at=good_or(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number), "then", 5),
        pages=good_or(number, 2**40, "x", None),
        weight=good_or(number / 7, float("inf"), "2.5", 3),
        cost=good_or(Decimal(number) / 8, "5", None),
        urgent=good_or(number % 2 == 0, None, 1, "yes"),
        tags=good_or(["a", "b"], None, ["a", None], "a", ("t",)),
        marks=good_or([[1, None], []], [[1], None], 5),
        office=good_or(office, None, "office", office.id),
        copy_to=good_or(None if number % 3 else office, "nobody"),
    )


def thing(chance: random.Random, fault: float) -> LetterRecord | CallRecord:
    """Make a letter or a call."""
    if chance.random() < 0.5:
        return letter(chance, fault)
    return CallRecord(f"c{chance.randrange(9)}", chance.choice([None, 3]))


def fail_sometimes(chance: random.Random, info: Info) -> None:
    """Raise what resolvers raise, as often as the context says."""
    if chance.random() < info.context.fault:
        raise chance.choice([Broken("broken"), Coded("coded", "E3"), ValueError("bad value")])


@strawberry.interface
class Dated:
    """Whatever was received."""

    id: strawberry.ID


@strawberry.type
class Office:
    """An office."""

    id: strawberry.ID
    name: str | None
    level: Level
    opened: date

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Accept records."""
        return isinstance(obj, OfficeRecord)


vars(Office.is_type_of.__func__)["accepts"] = OfficeRecord  # type: ignore[attr-defined]  # of a class


class NoStrangers(BasePermission):
    """Lets half of the callers in."""

    message = "Not for you"
    error_extensions: ClassVar = {"code": "FORBIDDEN"}

    def has_permission(self, source: Any, info: Info, **_arguments: Any) -> bool:
        """Decide by the seed."""
        return info.context.seed % 2 == 0


class Louder(FieldExtension):
    """Changes what a resolver gives."""

    def resolve(self, next_: Any, source: Any, info: Info, **arguments: Any) -> Any:
        """Shout."""
        return str(next_(source, info, **arguments)).upper()


def copies_of(root: LetterRecord, info: Info, first: int = 2) -> list[Any]:
    """Resolve with arguments."""
    chance = info.context.at(info)
    fail_sometimes(chance, info)
    return [letter(chance, info.context.fault) for _ in range(max(first, 0) % 4)]


async def answered_by(root: strawberry.Parent[LetterRecord], info: Info) -> Any:
    """Resolve later, with the parent under another name."""
    chance = info.context.at(info)
    for _ in range(chance.randrange(3)):
        await asyncio.sleep(0)
    fail_sometimes(chance, info)
    return root.office


async def sent_to(root: strawberry.Parent[LetterRecord]) -> Any:
    """Resolve later what can be told at once, one by one and for a whole list."""
    await asyncio.sleep(0)
    return root.office


vars(sent_to)["at_once"] = lambda root, _: root.office
vars(sent_to)["by_key"] = ("office", lambda office, _: office)


def leaves_of(root: LetterRecord) -> Any:
    """Resolve to a leaf that can be told by a key."""
    return root.pages


vars(leaves_of)["at_once"] = lambda root, _: root.pages
vars(leaves_of)["by_key"] = ("pages", lambda pages, _: pages)


def summary_of(root: LetterRecord) -> str:
    """Resolve without info."""
    return f"{root.id}: {root.title}"


vars(summary_of)["at_once"] = lambda root, _: summary_of(root)
vars(summary_of)["all_at_once"] = lambda roots, _: [summary_of(root) for root in roots]


def asked_of(root: LetterRecord, info: Info) -> str:
    """Tell what the info says, so that a difference in it shows."""
    selected = [field.name for field in info.selected_fields]
    return (
        f"{info.field_name} {info.path.as_list()} {selected} {sorted(info.variable_values)}"
        f" {info.return_type} {info.root_value} {info.operation.operation.value}"
    )


async def shelves_of(root: LetterRecord) -> AsyncIterator[int]:
    """Resolve to an asynchronous generator."""
    for number in (1, 2):
        await asyncio.sleep(0)
        yield number


@strawberry.type
class Letter(Dated):
    """A letter."""

    title: str
    sent_at: datetime
    pages: int
    weight: float
    cost: Decimal
    urgent: bool
    tags: list[str]
    marks: list[list[int | None]] | None
    office: Office
    copy_to: Office | None
    copies = strawberry.field(
        resolver=copies_of, graphql_type=list[Annotated["Letter", strawberry.lazy(__name__)]]
    )
    answered_by = strawberry.field(resolver=answered_by, graphql_type=Office | None)
    sent_to = strawberry.field(resolver=sent_to, graphql_type=Office | None)
    leaves = strawberry.field(resolver=leaves_of, graphql_type=int | None)
    summary: str = strawberry.field(resolver=summary_of)
    asked: str | None = strawberry.field(resolver=asked_of)
    loud: str = strawberry.field(resolver=summary_of, extensions=[Louder()])
    private: str | None = strawberry.field(resolver=summary_of, permission_classes=[NoStrangers])

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Accept records."""
        return isinstance(obj, LetterRecord)


@strawberry.type
class Call(Dated):
    """A call."""

    minutes: int | None

    @classmethod
    def is_type_of(cls, obj: Any, info: Any) -> bool:
        """Accept records, and look at the info."""
        return isinstance(obj, CallRecord) and info.field_name != ""


@strawberry.input
class Period:
    """A period of time."""

    since: date
    until: date | None = strawberry.UNSET


@strawberry.input
class Wanted:
    """What is looked for."""

    level: Level
    number: int = 3
    words: list[str] = strawberry.field(default_factory=lambda: ["a"])
    inner: Wanted | None = strawberry.UNSET


def letters(info: Info, wanted: Wanted | None = None, level: Level = Level.CITY) -> Any:
    """Resolve with an input object; what arrived shows in the title."""
    chance = info.context.at(info)
    fail_sometimes(chance, info)
    made = [letter(chance, info.context.fault) for _ in range(chance.randrange(5))]
    return [*made, msgspec.structs.replace(letter(chance, 0), title=f"{wanted} {level}")]


def pile(info: Info) -> Any:
    """Resolve to letters that share an office."""
    chance = info.context.at(info)
    made = [letter(chance, info.context.fault) for _ in range(chance.randrange(5))]
    return [msgspec.structs.replace(each, office=chance.choice(made).office) for each in made]


async def things(info: Info) -> Any:
    """Resolve later to an interface."""
    chance = info.context.at(info)
    await asyncio.sleep(0)
    return [thing(chance, info.context.fault) for _ in range(chance.randrange(4))]


def either(info: Info) -> Any:
    """Resolve to a union."""
    return thing(info.context.at(info), info.context.fault)


NO_ID = strawberry.ID("x")


@strawberry.type
class Query:
    """The root."""

    letters = strawberry.field(resolver=letters, graphql_type=list[Letter | None])
    pile = strawberry.field(resolver=pile, graphql_type=list[Letter] | None)
    things = strawberry.field(resolver=things, graphql_type=list[Dated] | None)
    either = strawberry.field(resolver=either, graphql_type=Letter | Call | None)

    @strawberry.field
    def letter(self, info: Info) -> Letter | None:
        """Resolve as a method."""
        return letter(info.context.at(info), info.context.fault)  # type: ignore[return-value]

    @strawberry.field
    async def strict(self, info: Info, when: strawberry.ID = NO_ID) -> str:
        """Resolve to what may not be null."""
        fail_sometimes(info.context.at(info), info)
        return f"{when} {self}"


@strawberry.type
class Mutation:
    """Changes."""

    @strawberry.mutation
    async def send(self, info: Info, wanted: Wanted) -> Letter:
        """Answer with a letter."""
        chance = info.context.at(info)
        await asyncio.sleep(0)
        fail_sometimes(chance, info)
        return letter(chance, info.context.fault)  # type: ignore[return-value]

    @strawberry.mutation
    def drop(self, info: Info, number: int | None = strawberry.UNSET) -> bool | None:
        """Answer at once."""
        fail_sometimes(info.context.at(info), info)
        return None if number is strawberry.UNSET else bool(number)

    @strawberry.mutation
    async def label(
        self, key: strawberry.relay.GlobalID, note: strawberry.Maybe[str], marks: list[Level]
    ) -> str | None:
        """Answer with arguments that take converting, which fails for most keys."""
        return f"{key} {note} {marks}"

    @strawberry.mutation
    def relabel(self, key: strawberry.relay.GlobalID | None, words: list[str] | None) -> str | None:
        """Fail to convert at once."""
        return f"{key} {words}"


SCHEMA = strawberry.Schema(Query, Mutation, types=[Letter, Call])
