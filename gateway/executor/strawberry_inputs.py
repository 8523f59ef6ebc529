"""Turn coerced input into Strawberry's input objects, with names and types looked up beforehand.

Strawberry looks them up for every value.  What is not plain (`Maybe`, global ids, input types that
build themselves) is left to Strawberry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING
from typing import Any

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
            return lambda value, _info, _path: value
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
        fields: list[tuple[str, str, ConvertOne]] = []
        implicit: dict[str, Any] = {}

        def convert(value: Any, info: Any, path: Path) -> Any:
            if value is None or value is UNSET:
                return value
            given = dict(implicit)
            for name, python_name, one in fields:
                if name in value:
                    given[python_name] = one(value[name], info, (*path, name))
            return type_(**given)

        # Known before its fields are looked at, for they may be of this type.
        self._inputs[type_] = convert
        for field in definition.fields:
            if _has_no_default(field):
                implicit[field.python_name] = None
            name = self._config.name_converter.from_field(field)
            one = self.of(field.resolve_type(type_definition=definition))
            fields.append((name, field.python_name, one))
        return convert


def _has_no_default(field: Any) -> bool:
    return field.default_value is MISSING and field.default_factory is MISSING
