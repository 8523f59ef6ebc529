"""How the value of a field is fetched: an attribute, a key, a resolver, a Strawberry resolver.

Strawberry wraps every resolver in layers for extensions and exception handlers.  Where a field has
none of them, its function is called directly with the arguments those layers would have passed.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    get_argument_values,
    is_non_null_type,
)
from graphql.execution.values import coerce_argument

from .plan import Site
from .runtime import Info, Run

Fetch = Callable[[Run, Any, Info], Any]
"""Gets the raw value of a field from a source."""

Arguments = Callable[[Run], Mapping[str, Any]]
"""Gives the coerced arguments of a field; raises `GraphQLError` if they do not fit."""

BACKREF: Final = "strawberry-definition"

_IMMUTABLE: Final = (type(None), bool, int, float, str, enum.Enum)
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field's value comes from."""

    fetch: Fetch
    wants_info: bool
    attribute: str | None = None
    """The attribute that is read, if reading it is all there is to do."""
    is_default: bool = False
    """Whether graphql-core's default applies: a key of a mapping, else an attribute, called if it
    can be called."""


def source_of(schema: GraphQLSchema, site: Site, *, hide_suggestions: bool = False) -> Source:
    """Tell how to fetch the value asked for at *site*."""
    definition = site.definition
    arguments = arguments_of(definition, site.nodes[0], hide_suggestions=hide_suggestions)
    if definition.resolve is None:
        return _default(site.name, arguments)
    described = definition.extensions.get(BACKREF)
    if described is not None and getattr(described, "is_basic_field", False):
        if getattr(definition.resolve, "__name__", "") == "_get_basic_result":
            return _attribute(described)
    elif described is not None and arguments is None:
        direct = _strawberry(schema, definition, described)
        if direct is not None:
            return direct
    return _resolver(definition, arguments)


def _attribute(described: Any) -> Source:
    name = described.python_name
    read = described.default_resolver

    def fetch(_run: Run, source: Any, _info: Info) -> Any:
        return read(source, name)

    return Source(fetch, wants_info=False, attribute=name if read is getattr else None)


def _default(name: str, arguments: Arguments | None) -> Source:
    def fetch(run: Run, source: Any, info: Info) -> Any:
        # Arguments that do not fit are an error even where nothing is called.
        given = arguments(run) if arguments else {}
        value = source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)
        return value(info, **given) if callable(value) else value

    return Source(
        fetch,
        wants_info=True,
        attribute=None if arguments else name,
        is_default=True,
    )


def _resolver(definition: GraphQLField, arguments: Arguments | None) -> Source:
    resolve = definition.resolve
    assert resolve is not None  # noqa: S101 - the caller has looked

    if arguments is None:

        def fetch_plain(_run: Run, source: Any, info: Info) -> Any:
            return resolve(source, info)

        return Source(fetch_plain, wants_info=True)

    def fetch(run: Run, source: Any, info: Info) -> Any:
        return resolve(source, info, **arguments(run))

    return Source(fetch, wants_info=True)


def _strawberry(schema: GraphQLSchema, definition: GraphQLField, described: Any) -> Source | None:
    """Call the function of a Strawberry field without arguments, or give None if it is wrapped."""
    name = getattr(definition.resolve, "__qualname__", "")
    is_wrapper = name.endswith(
        ("from_resolver.<locals>._resolver", "from_resolver.<locals>._async_resolver")
    )
    resolver = getattr(described, "base_resolver", None)
    strawberry_schema = getattr(schema, "_strawberry_schema", None)
    if not is_wrapper or resolver is None or strawberry_schema is None:
        return None
    get_result = getattr(type(described), "get_result", None)
    if getattr(get_result, "__module__", "") != "strawberry.types.field":
        return None
    if described.extensions or described.arguments or strawberry_schema.exception_handlers:
        return None
    call = resolver.wrapped_func
    if not callable(call):
        return None
    takes_self = resolver.self_parameter is not None
    # A parent annotated as such and one called `root` may be the same parameter.
    parents = {p.name for p in (resolver.parent_parameter, resolver.root_parameter) if p}
    about = resolver.info_parameter
    info_class = strawberry_schema.config.info_class
    about_name = about.name if about else None
    if len(parents) == 1 and not takes_self:
        (parent,) = parents
        return _with_parent(call, parent, about_name, info_class, described)

    def fetch(_run: Run, source: Any, info: Info) -> Any:
        given: dict[str, Any] = dict.fromkeys(parents, source)
        if about_name:
            given[about_name] = info_class(_raw_info=info, _field=described)
        return call(source, **given) if takes_self else call(**given)

    return Source(fetch, wants_info=about_name is not None)


def _with_parent(
    call: Callable[..., Any], parent: str, about: str | None, info_class: Any, described: Any
) -> Source:
    if about is None:

        def fetch_bare(_run: Run, source: Any, _info: Info) -> Any:
            return call(**{parent: source})

        return Source(fetch_bare, wants_info=False)

    def fetch(_run: Run, source: Any, info: Info) -> Any:
        return call(**{parent: source, about: info_class(_raw_info=info, _field=described)})

    return Source(fetch, wants_info=True)


def arguments_of(
    definition: GraphQLField, node: FieldNode, *, hide_suggestions: bool = False
) -> Arguments | None:
    """Tell how to coerce the arguments given at *node*; None if the field takes none."""
    if not definition.args:
        return None

    def exact(run: Run) -> Mapping[str, Any]:
        return get_argument_values(
            definition, node, run.variables, hide_suggestions=hide_suggestions
        )

    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    parts: list[tuple[str, str | None, bool, Any]] = []
    for name, argument in definition.args.items():
        value = given.get(name)
        if isinstance(value, VariableNode):
            parts.append(
                (
                    argument.out_name or name,
                    value.name.value,
                    is_non_null_type(argument.type),
                    None,
                )
            )
            continue
        if value is not None and _has_variable(value):
            return exact
        constant = _constant(node, name, argument)
        if constant is None:
            return exact
        parts.extend((out_name, None, False, fixed) for out_name, fixed in constant.items())
    if all(variable is None for _, variable, _, _ in parts):
        fixed_values = {out_name: fixed for out_name, _, _, fixed in parts}
        return lambda _run: fixed_values

    def from_variables(run: Run) -> Mapping[str, Any]:
        coerced = run.coerced
        values = {}
        for out_name, variable, is_strict, fixed in parts:
            value = fixed if variable is None else coerced.get(variable, _MISSING)
            if value is _MISSING or (is_strict and value is None):
                return exact(run)
            values[out_name] = value
        return values

    return from_variables


def _constant(node: FieldNode, name: str, argument: GraphQLArgument) -> dict[str, Any] | None:
    """Coerce one argument beforehand, if every request may share the value."""
    values: dict[str, Any] = {}
    argument_node = next((arg for arg in node.arguments or () if arg.name.value == name), None)
    try:
        coerce_argument(values, node, name, argument, argument_node, None, None)
    except Exception:  # noqa: BLE001 - it fails again, and is located, when the operation runs
        return None
    return values if all(isinstance(value, _IMMUTABLE) for value in values.values()) else None


def _has_variable(value: ValueNode) -> bool:
    if isinstance(value, VariableNode):
        return True
    if isinstance(value, ListValueNode):
        return any(map(_has_variable, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_has_variable(field.value) for field in value.fields)
    return False
