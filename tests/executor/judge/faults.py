"""Values for generated schemas, good and bad, that depend on nothing but a seed.

A resolver's seed is made of its path and arguments, so two executors that give a resolver the same
path and arguments get the same value, and any that do not are found out.
"""

from __future__ import annotations

import asyncio
import enum
import random
import zlib
from collections.abc import AsyncIterator, Generator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)


class Colour(enum.Enum):
    """Values of the generated enum."""

    RED = 1
    GREEN = "green"
    BLUE = (3,)


class Word(str):
    """A text that is not exactly a `str`."""

    __slots__ = ()


class Later:
    """Something to await that does not mind if nobody does."""

    def __init__(self, value: Any, ticks: int) -> None:
        self.value = value
        self.ticks = ticks

    def __await__(self) -> Generator[Any, None, Any]:
        for _ in range(self.ticks):
            yield from asyncio.sleep(0).__await__()
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


class Stream:
    """An asynchronous iterator, which may fail on the way."""

    def __init__(self, items: list[Any]) -> None:
        self.items = iter(items)

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        await asyncio.sleep(0)
        try:
            item = next(self.items)
        except StopIteration:
            raise StopAsyncIteration from None
        if isinstance(item, Broken):
            raise item
        return item


class Opaque:
    """Something no scalar knows."""

    def __repr__(self) -> str:
        return "<opaque>"


class Broken(Exception):
    """What resolvers raise."""


class Coded(Exception):
    """What careful resolvers raise: with a code for the client."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.extensions = {"code": code}


def rng(*key: Any) -> random.Random:
    """A source of chance that depends on *key* alone."""
    return random.Random(zlib.crc32(repr(key).encode()))


class World:
    """Makes values of the types of one schema; *fault* is how often they are bad."""

    def __init__(self, schema: GraphQLSchema, seed: int, fault: float, waits: float) -> None:
        self.schema = schema
        self.seed = seed
        self.fault = fault
        self.waits = waits
        self._classes: dict[str, type] = {}

    def value(self, type_: Any, *key: Any) -> Any:
        """Make what a field of *type_* gives."""
        chance = rng(self.seed, "value", key)
        if is_non_null_type(type_):
            type_ = type_.of_type
            nulls = self.fault / 3
        else:
            nulls = 0.15
        if chance.random() < nulls:
            return chance.choice([None, None, None, Undefined])
        if chance.random() < self.fault:
            return self._bad(chance, type_, key)
        return self._good(chance, type_, key)

    def _bad(self, chance: random.Random, type_: Any, key: Any) -> Any:
        named = str(get_named_type(type_))
        error = self.error(chance)
        choices = [error, Opaque(), [1, "2"], {"a": 1}, float("nan"), 2**40, "", "text", 1.5, True]
        if is_list_type(type_):
            choices += [Stream([*self._items(chance, type_, key), error]), 5]
        if is_object_type(get_named_type(type_)):
            choices += [self.node(chance, "Nothing", key), Word(named)]
        return chance.choice(choices)

    def error(self, chance: random.Random) -> Exception:
        """Make an error of one of the kinds that resolvers raise."""
        return chance.choice(
            [
                Broken("broken"),
                Coded("coded", "E1"),
                GraphQLError("told", extensions={"code": "E2"}),
                GraphQLError("elsewhere", path=["some", 1]),
                ValueError(),
                KeyError("k"),
            ]
        )

    def _items(self, chance: random.Random, type_: Any, key: Any) -> list[Any]:
        items = []
        for index in range(chance.choice([0, 1, 2, 3])):
            item = self.value(type_.of_type, *key, index)
            if chance.random() < self.waits / 3:
                item = Later(item, chance.randrange(3))
            items.append(item)
        return items

    def _good(self, chance: random.Random, type_: Any, key: Any) -> Any:
        if is_list_type(type_):
            items = self._items(chance, type_, key)
            kind = chance.random()
            if kind < 0.1:
                return tuple(items)
            if kind < 0.2:
                return (item for item in items)
            if kind < 0.2 + self.waits / 4:
                return Stream(items)
            return items
        if is_abstract_type(type_):
            names = [possible.name for possible in self.schema.get_possible_types(type_)]
            return self.node(chance, chance.choice(names), key)
        if is_object_type(type_):
            return self.node(chance, type_.name, key)
        if is_enum_type(type_):
            return chance.choice([value.value for value in type_.values.values()])
        return self._scalar(chance, type_.name)

    def _scalar(self, chance: random.Random, name: str) -> Any:
        texts = ["", "a", "jalan", Word("word")]
        zone = timezone(timedelta(hours=7))
        moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=chance.choice([UTC, zone, None]))
        return chance.choice(
            {
                "String": [*texts, 1, True, 2.5],
                "ID": [*texts, 12],
                "Int": [0, 7, -1, True, 2.0, "12", 2**31 - 1],
                "Float": [0.5, 3, "2.5", False, -0.0],
                "Boolean": [True, False, 1, 0, 0.0],
                "Moment": [moment, moment.replace(microsecond=5)],
                "Anything": [{"a": [1]}, [1, 2], 5, "x", Colour.RED.value],
            }[name]
        )

    def node(self, chance: random.Random, typename: str, key: Any) -> Any:
        """Make an object: a mapping, or an instance whose attributes are made when read."""
        kind = chance.random()
        if kind < 0.25 and len(key) < 12:
            type_ = self.schema.get_type(typename)
            fields = type_.fields if is_object_type(type_) else {}
            return {
                "__typename": typename,
                "seed": key,
                **{
                    name: self.attribute(typename, name, field.type, key)
                    for name, field in fields.items()
                },
            }
        made = self._class(typename)()
        made.seed = key
        return made

    def attribute(self, typename: str, name: str, type_: Any, key: Any) -> Any:
        """Make what is stored under *name*: mostly a value, sometimes to be awaited or called."""
        chance = rng(self.seed, "attribute", typename, name, key)
        value = self.value(type_, *key, name)
        if chance.random() < self.waits / 4:
            return Later(value, chance.randrange(3))
        if chance.random() < 0.05:
            return lambda _info, **_arguments: value
        return value

    def _class(self, typename: str) -> type:
        made = self._classes.get(typename)
        if made is None:
            type_ = self.schema.get_type(typename)
            fields = type_.fields if is_object_type(type_) else {}
            members: dict[str, Any] = {
                name: _property(self, typename, name, field.type) for name, field in fields.items()
            }
            members[f"_{typename}__typename"] = typename
            made = self._classes[typename] = type(typename, (), members)
        return made


def _property(world: World, typename: str, name: str, type_: Any) -> property:
    def read(self: Any) -> Any:
        # The same object at every reading, as an attribute gives.
        kept = self.__dict__
        slot = f"kept {name}"
        if slot not in kept:
            kept[slot] = world.attribute(typename, name, type_, self.seed)
        value = kept[slot]
        if isinstance(value, Broken) and rng(world.seed, "raise", self.seed, name).random() < 0.5:
            raise value
        return value

    return property(read)
