"""Turn coerced input into Strawberry's input objects, with names and types looked up beforehand.

Strawberry looks them up for every value.  What is not plain (`Maybe`, global ids, input types that
build themselves) is left to Strawberry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any
from weakref import WeakKeyDictionary

from strawberry.relay.types import GlobalID
from strawberry.types.arguments import _is_leaf_type, convert_argument
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.lazy_type import LazyType
from strawberry.types.unset import UNSET

Path = tuple[str | int, ...]
ConvertOne = Callable[[Any, Any, Path], Any]
"""Converts one value, of a request's info, at a path."""


def as_it_is(value: Any, _info: Any, _path: Path) -> Any:
    """Give *value*: leaves need no conversion, nor this call."""
    return value


class Converters:
    """The converters of one schema, each made once; input types may hold themselves."""

    def __init__(self, config: Any, scalars: Any) -> None:
        self._config = config
        self._scalars = scalars
        self._inputs: dict[Any, ConvertOne] = {}

    def of(self, type_: Any) -> ConvertOne:
        """Make what converts values of *type_* as `convert_argument` does."""
        config, scalars = self._config, self._scalars
        if isinstance(type_, StrawberryOptional) and not isinstance(type_, StrawberryMaybe):
            return self.of(type_.of_type)
        if isinstance(type_, LazyType):
            return self.of(type_.resolve_type())
        if type_ is not GlobalID and _is_leaf_type(type_, scalars):
            return as_it_is
        if isinstance(type_, StrawberryList):
            return self._list(type_)
        if has_object_definition(type_):
            definition = type_.__strawberry_definition__
            if definition.is_input and definition.from_input is None:
                return self._input(type_, definition)
        return lambda value, info, path: convert_argument(
            value, type_, scalars, config, info, path=path
        )

    def _list(self, type_: StrawberryList) -> ConvertOne:
        one = self.of(type_.of_type)

        def convert(value: Any, info: Any, path: Path) -> Any:
            if value is None or value is UNSET:
                return value
            return [one(item, info, (*path, index)) for index, item in enumerate(value)]

        return convert

    def _input(self, type_: Any, definition: Any) -> ConvertOne:
        known = self._inputs.get(type_)
        if known is not None:
            return known
        ways: dict[str, tuple[str, ConvertOne]] = {}
        implicit: dict[str, Any] = {}
        build = _builder(type_)

        def convert(value: Any, info: Any, path: Path) -> Any:
            if value is None or value is UNSET:
                return value
            given = implicit.copy()
            # In the order of the type's fields, as graphql-core coerces them.
            for name, item in value.items():
                found = ways.get(name)
                if found is not None:
                    python_name, one = found
                    given[python_name] = item if one is as_it_is else one(item, info, (*path, name))
            return build(given)

        # Known before its fields are looked at, for they may be of this type.
        self._inputs[type_] = convert
        for field in definition.fields:
            if _has_no_default(field):
                implicit[field.python_name] = None
            name = self._config.name_converter.from_field(field)
            one = self.of(field.resolve_type(type_definition=definition))
            ways[name] = (field.python_name, one)
        return convert


_of_schemas: WeakKeyDictionary[Any, Converters] = WeakKeyDictionary()


def converters_of(schema: Any) -> Converters:
    """Give the converters of *schema*, a Strawberry schema: all its operations share them."""
    known = _of_schemas.get(schema)
    if known is None:
        registry = schema.schema_converter.scalar_registry
        known = _of_schemas[schema] = Converters(schema.config, registry)
    return known


def _has_no_default(field: Any) -> bool:
    return field.default_value is MISSING and field.default_factory is MISSING


def _builder(type_: Any) -> Callable[[dict[str, Any]], Any]:
    """Make what builds a *type_* out of what is given for its fields.

    A plain dataclass gets all its attributes in one step: its own `__init__` does it one by one,
    also for the many fields that are not given.
    """
    if not _is_plain(type_):
        return lambda given: type_(**given)
    parts = fields(type_)
    defaults = {part.name: None if part.default is MISSING else part.default for part in parts}
    new = object.__new__

    def build(given: dict[str, Any]) -> Any:
        made = new(type_)
        made.__dict__ = {**defaults, **given}
        return made

    return build


def _is_plain(type_: Any) -> bool:
    """Say whether building a *type_* does nothing but set the attributes of its fields."""
    if not is_dataclass(type_) or hasattr(type_, "__post_init__"):
        return False
    init = vars(type_).get("__init__")
    code = getattr(init, "__code__", None)
    parts = fields(type_)
    return (
        # Written by `dataclass` itself, and with no parameter that is no field.
        code is not None
        and code.co_filename == "<string>"
        and code.co_argcount + code.co_kwonlyargcount == 1 + len(parts)
        and all(part.init and part.default_factory is MISSING for part in parts)
        and type_.__new__ is object.__new__
        and type_.__setattr__ is object.__setattr__
        and not any("__slots__" in vars(base) for base in type_.__mro__[:-1])
    )
