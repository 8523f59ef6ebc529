"""Operations over any schema, made from a source of chance."""

from __future__ import annotations

import random
import zlib
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

OTHER = ['"s"', '"t"']
"""What is written for scalars of a schema's own."""

INTROSPECTION = [
    "__schema { queryType { name } types { name kind } }",
    '__type(name: "T0") { name fields { name type { kind ofType { name } } } }',
]


@dataclass
class Operation:
    """A text and the variables to run it with."""

    text: str
    variables: dict[str, Any]


@dataclass
class Operations:
    """Makes one operation."""

    schema: GraphQLSchema
    chance: random.Random
    kinds: tuple[str, ...] = ("query", "query", "query", "mutation")
    variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)

    def make(self) -> Operation:
        """Make an operation, nearly always a valid one."""
        kind = self.chance.choice(self.kinds)
        root = self.schema.query_type if kind == "query" else self.schema.mutation_type
        body = self._selection(root, 0)
        defined = ", ".join(f"${name}: {type_}" for name, (type_, _) in self.variables.items())
        head = f"{kind} Made({defined})" if defined else kind
        given = {
            name: value
            for name, (_, value) in self.variables.items()
            if value is not None or self.chance.random() < 0.5
        }
        if given and self.chance.random() < 0.03:
            given[self.chance.choice([*given])] = self.chance.choice([None, "wrong", [1], {}])
        return Operation("\n".join([head + " " + body, *self.fragments.values()]), given)

    def _selection(self, type_: Any, depth: int) -> str:
        chance = self.chance
        parts: list[str] = []
        fields = [] if not hasattr(type_, "fields") else [*type_.fields.items()]
        for _ in range(chance.choice([1, 2, 3, 4, 6])):
            kind = chance.random()
            if kind < 0.08 or not fields:
                parts.append("__typename" + self._switch())
            elif kind < 0.16 and depth < 4:
                parts.append(self._inline(type_, depth))
            elif kind < 0.24 and depth < 4:
                parts.append(self._spread(type_, depth))
            elif kind < 0.26 and type_ is self.schema.query_type:
                parts.append(chance.choice(INTROSPECTION))
            else:
                parts.extend(self._field(*chance.choice(fields), depth))
        if not fields and depth < 4:
            parts.append(self._inline(type_, depth))
        return "{ " + " ".join(parts) + " }"

    def _field(self, name: str, definition: Any, depth: int) -> list[str]:
        chance = self.chance
        named = get_named_type(definition.type)
        is_leaf = is_leaf_type(named)
        if depth >= 4 and not is_leaf:
            return ["__typename"]
        arguments = self._arguments(definition)
        # The alias tells the arguments, so that equal keys never have different ones.
        alias = "" if not arguments else f"k{zlib.crc32((name + arguments).encode())}: "
        if not arguments and chance.random() < 0.15:
            alias = f"{name}_{chance.choice('xyz')}: "
        times = 2 if chance.random() < 0.15 else 1
        return [
            f"{alias}{name}{arguments}{self._switch()}"
            + ("" if is_leaf else " " + self._selection(named, depth + 1))
            for _ in range(times)
        ]

    def _conditions(self, type_: Any) -> list[Any]:
        if is_abstract_type(type_):
            return [type_, *self.schema.get_possible_types(type_)]
        interfaces = type_.interfaces if is_object_type(type_) else ()
        return [type_, *interfaces]

    def _inline(self, type_: Any, depth: int) -> str:
        condition = self.chance.choice(self._conditions(type_))
        on = "" if condition is type_ and self.chance.random() < 0.5 else f" on {condition}"
        return f"...{on}{self._switch()} {self._selection(condition, depth + 1)}"

    def _spread(self, type_: Any, depth: int) -> str:
        condition = self.chance.choice(self._conditions(type_))
        known = [name for name in self.fragments if name.endswith(f"_{condition}")]
        if known and self.chance.random() < 0.5:
            name = self.chance.choice(known)
        else:
            name = f"F{len(self.fragments) + self.chance.randrange(10**6)}_{condition}"
            body = self._selection(condition, depth + 1)
            self.fragments[name] = f"fragment {name} on {condition} {body}"
        return f"...{name}{self._switch()}"

    def _switch(self) -> str:
        if self.chance.random() > 0.12:
            return ""
        name = self.chance.choice(["skip", "include"])
        if self.chance.random() < 0.3:
            value = self.chance.choice(["true", "false"])
        else:
            value = "$" + self._variable("Boolean!", self.chance.random() < 0.5)
            if self.chance.random() < 0.1:
                both = "$" + self._variable("Boolean! = true", None)
                return f" @skip(if: {value}) @include(if: {both})"
        return f" @{name}(if: {value})"

    def _variable(self, type_: str, value: Any) -> str:
        known = [name for name, (known, _) in self.variables.items() if known == type_]
        if known and self.chance.random() < 0.5:
            return self.chance.choice(known)
        name = f"v{len(self.variables)}"
        self.variables[name] = (type_, value)
        return name

    def _arguments(self, definition: Any) -> str:
        given = []
        for name, argument in definition.args.items():
            if not is_non_null_type(argument.type) and self.chance.random() < 0.3:
                continue
            given.append(f"{name}: {self._literal(argument.type)}")
        return f"({', '.join(given)})" if given else ""

    def _literal(self, type_: Any, depth: int = 0) -> str:
        chance = self.chance
        if chance.random() < 0.3:
            return "$" + self._variable(str(type_), self._json(type_))
        if is_non_null_type(type_):
            type_ = type_.of_type
        elif chance.random() < 0.1:
            return "null"
        if is_list_type(type_):
            if chance.random() < 0.2:
                return self._literal(type_.of_type, depth)
            return "[" + ", ".join(self._literal(type_.of_type) for _ in range(2)) + "]"
        if is_input_object_type(type_):
            pairs = [
                f"{name}: {self._literal(inner.type, depth + 1)}"
                for name, inner in type_.fields.items()
                if (is_non_null_type(inner.type) or chance.random() < 0.4)
                and not (depth > 1 and is_input_object_type(get_named_type(inner.type)))
            ]
            return "{" + ", ".join(pairs) + "}"
        if is_enum_type(type_):
            return str(chance.choice([*type_.values]))
        return {
            "Int": ["1", "-5"],
            "String": ['"s"', '"""block"""'],
            "ID": ['"i"', "7"],
            "Boolean": ["true", "false"],
            "Float": ["1", "2.5"],
        }.get(type_.name, OTHER)[chance.randrange(2)]

    def _json(self, type_: Any, depth: int = 0) -> Any:
        chance = self.chance
        if is_non_null_type(type_):
            type_ = type_.of_type
        elif chance.random() < 0.15:
            return None
        if is_list_type(type_):
            return [self._json(type_.of_type) for _ in range(chance.randrange(3))]
        if is_input_object_type(type_):
            return {
                name: self._json(inner.type, depth + 1)
                for name, inner in type_.fields.items()
                if (is_non_null_type(inner.type) or chance.random() < 0.4)
                and not (depth > 1 and is_input_object_type(get_named_type(inner.type)))
            }
        if is_enum_type(type_):
            return chance.choice([*type_.values])
        return {"Int": 4, "String": "t", "ID": "j", "Boolean": True, "Float": 0.5}.get(
            type_.name, "t"
        )
