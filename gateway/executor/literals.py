"""Input objects with variables in them, coerced once but for the variables' own values."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any, Final

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    is_input_object_type,
    is_non_null_type,
)
from graphql.type import is_required_input_field
from graphql.utilities import coerce_input_literal
from graphql.utilities.coerce_input_value import coerce_default_value

IMMUTABLE: Final = (type(None), bool, int, float, str, enum.Enum)
"""Values that every request may share."""

Template = Callable[[Mapping[str, Any]], Any]
"""Gives the coerced literal for a request's coerced variables; raises `LookupError` where a
variable is missing or null, and graphql-core has to say what that means."""


def template(node: ValueNode, type_: GraphQLInputType) -> Template | None:
    """Prepare the literal *node* of *type_*; None if it has to be coerced anew each time."""
    if isinstance(node, VariableNode):
        return _variable(node.name.value, strict=is_non_null_type(type_))
    if not has_variable(node):
        value = coerce_input_literal(node, type_)
        return (lambda _variables: value) if isinstance(value, IMMUTABLE) else None
    bare: Any = type_.of_type if is_non_null_type(type_) else type_
    if not isinstance(node, ObjectValueNode) or not is_input_object_type(bare) or bare.is_one_of:
        return None
    return _object(node, bare)


def has_variable(value: ValueNode) -> bool:
    """Say whether a variable stands anywhere in *value*."""
    if isinstance(value, VariableNode):
        return True
    if isinstance(value, ListValueNode):
        return any(map(has_variable, value.values))
    if isinstance(value, ObjectValueNode):
        return any(has_variable(field.value) for field in value.fields)
    return False


def _variable(name: str, *, strict: bool) -> Template:
    def read(variables: Mapping[str, Any]) -> Any:
        value = variables[name]
        if strict and value is None:
            raise LookupError(name)
        return value

    return read


def _object(node: ObjectValueNode, type_: Any) -> Template | None:
    nodes = {field.name.value: field.value for field in node.fields}
    parts: list[tuple[str, Template]] = []
    for name, field in type_.fields.items():
        out_name = field.out_name or name
        if name in nodes:
            part = template(nodes.pop(name), field.type)
        elif is_required_input_field(field):
            return None
        else:
            part = _default(field)
            if part is _NO_DEFAULT:
                continue
        if part is None:
            return None
        parts.append((out_name, part))
    if nodes:
        return None
    out_type = type_.out_type
    if out_type is GraphQLInputObjectType.out_type:
        return lambda variables: {name: part(variables) for name, part in parts}
    return lambda variables: out_type({name: part(variables) for name, part in parts})


def _NO_DEFAULT(_variables: Mapping[str, Any]) -> Any:  # noqa: N802 - a mark
    raise LookupError


def _default(field: Any) -> Template | None:
    value = coerce_default_value(field)
    if value is Undefined:
        return _NO_DEFAULT
    return (lambda _variables: value) if isinstance(value, IMMUTABLE) else None
