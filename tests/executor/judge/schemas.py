"""Schemas made from a seed: interfaces, unions, nested lists, input objects, scalars, enums.

A field name has one type and one set of arguments in the whole schema, so that interfaces are kept
and fields of different types never conflict.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLError,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    default_type_resolver,
)

from .faults import Colour, Later, rng

COLOUR = GraphQLEnumType(
    "Colour", {name: GraphQLEnumValue(member) for name, member in Colour.__members__.items()}
)
SIZE = GraphQLEnumType("Size", {"BIG": GraphQLEnumValue("big"), "SMALL": GraphQLEnumValue(1)})


def _moment(value: Any) -> Any:
    if not isinstance(value, datetime):
        raise GraphQLError("Not a moment.", extensions={"code": "MOMENT"})
    return value.isoformat()


MOMENT = GraphQLScalarType("Moment", serialize=_moment)
ANYTHING = GraphQLScalarType("Anything")
LEAVES: list[Any] = [
    *(GraphQLString, GraphQLString, GraphQLInt, GraphQLFloat, GraphQLBoolean, GraphQLID),
    *(COLOUR, SIZE, MOMENT, ANYTHING),
]
RANGE = GraphQLInputObjectType(
    "Range",
    lambda: {
        "low": GraphQLInputField(GraphQLNonNull(GraphQLInt)),
        "high": GraphQLInputField(GraphQLInt, default_value=9),
        "colours": GraphQLInputField(GraphQLList(GraphQLNonNull(COLOUR))),
        "inner": GraphQLInputField(RANGE, out_name="within"),
    },
)
INPUTS: list[Any] = [
    GraphQLInt,
    GraphQLString,
    GraphQLNonNull(GraphQLBoolean),
    GraphQLID,
    COLOUR,
    RANGE,
    GraphQLList(GraphQLNonNull(GraphQLInt)),
    GraphQLNonNull(RANGE),
]


def make_schema(seed: int) -> GraphQLSchema:
    """Make a schema whose resolvers find the world of a run in the context."""
    return _Maker(random.Random(seed), seed).schema()


class _Maker:
    def __init__(self, chance: random.Random, seed: int) -> None:
        self.chance = chance
        self.seed = seed
        self.names = [f"f{n}" for n in range(14)]
        self.types: dict[str, Any] = {}
        self.arguments: dict[str, dict[str, GraphQLArgument]] = {}

    def schema(self) -> GraphQLSchema:
        chance = self.chance
        shapes = {f"T{n}": self._subset() for n in range(4)}
        shared = [name for name in self.names if name in shapes["T0"] and name in shapes["T1"]][:3]
        has_interface = bool(shared)
        interface = GraphQLInterfaceType(
            "Shared", lambda: self._fields("Shared", shared), resolve_type=self._type_resolver("S")
        )
        objects = {
            name: GraphQLObjectType(
                name,
                lambda name=name: self._fields(name, shapes[name]),
                interfaces=[interface] if has_interface and name in ("T0", "T1") else [],
                is_type_of=self._type_check(name),
            )
            for name in shapes
        }
        union = GraphQLUnionType(
            "Either", [objects["T1"], objects["T2"]], resolve_type=self._type_resolver("E")
        )
        composites = [*objects.values(), union, *([interface] if has_interface else [])]
        for index, name in enumerate(self.names):
            base = chance.choice(LEAVES) if index < 7 else chance.choice(composites)
            self.types[name] = self._wrap(base)
            self.arguments[name] = self._make_arguments()
        query = GraphQLObjectType("Query", lambda: self._fields("Query", self.names))
        mutation = GraphQLObjectType("Mutation", lambda: self._fields("Mutation", self.names[:10]))
        return GraphQLSchema(query, mutation, types=list(objects.values()))

    def _subset(self) -> list[str]:
        leaves = self.chance.sample(self.names[:7], 4)
        return [*leaves, *self.chance.sample(self.names[7:], 3)]

    def _wrap(self, type_: Any) -> Any:
        for _ in range(self.chance.choice([0, 0, 1, 1, 2])):
            type_ = GraphQLList(self._maybe_strict(type_))
        return self._maybe_strict(type_)

    def _maybe_strict(self, type_: Any) -> Any:
        return GraphQLNonNull(type_) if self.chance.random() < 0.4 else type_

    def _make_arguments(self) -> dict[str, GraphQLArgument]:
        made = {}
        if self.chance.random() < 0.4:
            for index in range(self.chance.choice([1, 2])):
                type_ = self.chance.choice(INPUTS)
                default = {"default_value": 3} if type_ is GraphQLInt else {}
                made[f"a{index}"] = GraphQLArgument(type_, **default)
        return made

    def _fields(self, parent: str, names: list[str]) -> dict[str, GraphQLField]:
        return {
            name: GraphQLField(self.types[name], self.arguments[name], self._resolver(parent, name))
            for name in names
        }

    def _resolver(self, parent: str, name: str) -> Callable[..., Any] | None:
        kind = rng(self.seed, "resolver", parent, name).random()
        is_root = parent in ("Query", "Mutation")
        if kind < 0.6 and not is_root:
            return None
        type_ = self.types[name]

        def make(source: Any, info: Any, arguments: dict[str, Any]) -> Any:
            world = info.context
            key = (str(info.parent_type), *info.path.as_list(), _plain(arguments))
            chance = rng(world.seed, "resolve", key)
            if chance.random() < world.fault:
                raise world.error(chance)
            if str(type_) == "String" and chance.random() < 0.3:
                return f"{info.field_name} {info.return_type} {len(info.field_nodes)} {key[1:]}"
            value = world.value(type_, *key)
            return Later(value, chance.randrange(3)) if chance.random() < world.waits / 4 else value

        def plainly(source: Any, info: Any, **arguments: Any) -> Any:
            return make(source, info, arguments)

        async def later(source: Any, info: Any, **arguments: Any) -> Any:
            for _ in range(rng(info.context.seed, info.path.as_list()).randrange(4)):
                await asyncio.sleep(0)
            value = make(source, info, arguments)
            return value.value if isinstance(value, Later) else value

        def maybe_later(source: Any, info: Any, **arguments: Any) -> Any:
            return (later if info.context.waits else plainly)(source, info, **arguments)

        return maybe_later if kind < 0.85 else plainly

    def _type_check(self, name: str) -> Callable[..., Any] | None:
        kind = rng(self.seed, "check", name).random()
        if kind < 0.4:
            return None

        def is_of(value: Any, _info: Any) -> bool:
            return _typename(value) == name

        def is_of_with_info(value: Any, info: Any) -> bool:
            chance = rng(info.context.seed, "check", info.path.as_list())
            if chance.random() < info.context.fault / 4:
                raise info.context.error(chance)
            return _typename(value) == name

        def is_of_later(value: Any, info: Any) -> Any:
            answer = _typename(value) == name
            return Later(answer, 1) if info.context.waits else answer

        return is_of if kind < 0.6 else is_of_with_info if kind < 0.8 else is_of_later

    def _type_resolver(self, name: str) -> Callable[..., Any] | None:
        kind = rng(self.seed, "resolve type", name).random()
        if kind < 0.3:
            return None

        def resolve(value: Any, info: Any, abstract: Any) -> Any:
            world = info.context
            chance = rng(world.seed, "resolve type", info.path.as_list())
            if chance.random() < world.fault:
                bad = [None, 5, "Query", "Missing", "Shared", "Int", "T3", world.error(chance)]
                found = chance.choice(bad)
            else:
                found = _typename(value) or default_type_resolver(value, info, abstract)
            if kind < 0.7 or not world.waits:
                if isinstance(found, Exception):
                    raise found
                return found
            return found if isinstance(found, Later) else Later(found, 1)

        return resolve


def _typename(value: Any) -> Any:
    return value.get("__typename") if isinstance(value, dict) else type(value).__name__


def _plain(value: Any) -> Any:
    """Coerced arguments as something whose `repr` is the same everywhere."""
    if isinstance(value, dict):
        return tuple((key, _plain(inner)) for key, inner in sorted(value.items()))
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
