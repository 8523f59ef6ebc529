"""Coerce the variables of a request, as graphql-core does, with the operation's part done before.

What does not fit at the first look is coerced again by graphql-core, which words the errors.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLError,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import (
    VariableValues,
    VariableValueSource,
    get_variable_values,
    input_is_nested_too_deeply,
)
from graphql.utilities import coerce_input_value

from .runtime import NO_VARIABLES

MOST_ERRORS: Final = 50
"""Errors told of variables, as many as graphql-core's `execute` tells."""

_SAME: Final = {"String": str, "ID": str, "Boolean": bool}
"""Built-in scalars that take a value of exactly this class as it is."""

_IMMUTABLE: Final = (type(None), bool, int, float, str, enum.Enum)


@dataclass(slots=True)
class _Variable:
    name: str
    signature: GraphQLVariableSignature
    strict: bool
    same: type | None
    """The class whose values need no coercion."""
    coerce: Callable[[Any], Any] | None
    """Coerces values of a leaf that are not null; None for any other type."""
    default: Any
    """What stands for a value that is not given; `Undefined` if nothing does."""


class Variables:
    """The variables of one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        definitions: Sequence[VariableDefinitionNode],
        *,
        hide_suggestions: bool,
    ) -> None:
        self._schema = schema
        self._definitions = definitions
        self._hide_suggestions = hide_suggestions
        self._known = [self._look(definition) for definition in definitions]

    def coerce(self, inputs: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        """Coerce *inputs*; the errors if they do not fit."""
        if not self._known:
            return NO_VARIABLES
        try:
            return self._fitting(inputs) or self._exactly(inputs)
        except RecursionError:
            return self._exactly(inputs)

    def _fitting(self, inputs: dict[str, Any]) -> VariableValues | None:
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for variable in self._known:
            if variable is None:
                return None
            name, signature = variable.name, variable.signature
            value = inputs.get(name, Undefined)
            sources[name] = VariableValueSource(signature, value)
            if value is Undefined:
                if variable.default is not Undefined:
                    coerced[name] = variable.default
                elif variable.strict:
                    return None
                continue
            if type(value) is not variable.same:
                value = _coerced(variable, value)
                if value is Undefined:
                    return None
            coerced[name] = value
        return VariableValues(sources, coerced)

    def _exactly(self, inputs: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        return get_variable_values(
            self._schema,
            self._definitions,
            inputs,
            max_errors=MOST_ERRORS,
            hide_suggestions=self._hide_suggestions,
        )

    def _look(self, definition: VariableDefinitionNode) -> _Variable | None:
        signature = get_variable_signature(self._schema, definition)
        if isinstance(signature, GraphQLError):
            return None
        default: Any = Undefined
        if definition.default_value:
            alone = get_variable_values(self._schema, [definition], {})
            if not isinstance(alone, VariableValues):
                return None
            default = alone.coerced.get(signature.name, Undefined)
            if not isinstance(default, _IMMUTABLE):
                return None  # made anew for each request, since a resolver may change it
        type_ = signature.type
        strict = is_non_null_type(type_)
        bare: Any = type_.of_type if is_non_null_type(type_) else type_
        is_leaf = is_leaf_type(get_named_type(bare)) and not is_list_type(bare)
        return _Variable(
            signature.name,
            signature,
            strict,
            _SAME.get(bare.name) if is_leaf else None,
            bare.coerce_input_value if is_leaf else None,
            default,
        )


def _coerced(variable: _Variable, value: Any) -> Any:
    """Coerce *value*; `Undefined` if it does not fit."""
    if variable.coerce is None:
        type_ = variable.signature.type
        deep = input_is_nested_too_deeply(value, type_)
        return Undefined if deep else coerce_input_value(value, type_)
    if value is None:
        return Undefined if variable.strict else None
    try:
        return variable.coerce(value)
    except Exception:  # noqa: BLE001 - graphql-core coerces it again, and words the error
        return Undefined
