"""How the value of a field is fetched: an attribute, a key, or a resolver with its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLSchema,
    VariableNode,
    get_argument_values,
    is_non_null_type,
)
from graphql.execution.values import coerce_argument

from .literals import IMMUTABLE, Template, has_variable, template
from .plan import Site
from .runtime import Info, Run
from .strawberry_fields import (
    AllAtOnce,
    Arguments,
    AtOnce,
    ByKey,
    Fetch,
    at_once,
    described_by,
    direct_fetch,
    is_basic,
)

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
    at_once: AtOnce | None = None
    """A short way to the same value."""
    all_at_once: AllAtOnce | None = None
    """A short way to the values of all sources of a list."""
    by_key: ByKey | None = None
    """A short way to the one value of all sources with the same key."""


def source_of(schema: GraphQLSchema, site: Site, *, hide_suggestions: bool = False) -> Source:
    """Tell how to fetch the value asked for at *site*."""
    definition = site.definition
    arguments = arguments_of(definition, site.nodes[0], hide_suggestions=hide_suggestions)
    if definition.resolve is None:
        return _default(site.name, arguments)
    described = described_by(definition)
    if described is not None:
        if is_basic(definition, described):
            return _attribute(described)
        direct = direct_fetch(schema, definition, described, arguments)
        if direct is not None:
            fetch, wants_info = direct
            if any(node.arguments for node in site.nodes):
                return Source(fetch, wants_info)
            one, many, by_key = at_once(described) or (None, None, None)
            return Source(fetch, wants_info, at_once=one, all_at_once=many, by_key=by_key)
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
    # All that is given, in the order of the definition; what a request brings is put in its place.
    fixed: dict[str, Any] = {}
    variables: list[tuple[str, str, bool]] = []
    templates: list[tuple[str, Template]] = []
    for name, argument in definition.args.items():
        value = given.get(name)
        out_name = argument.out_name or name
        if isinstance(value, VariableNode):
            fixed[out_name] = None
            variables.append((out_name, value.name.value, is_non_null_type(argument.type)))
        elif value is not None and has_variable(value):
            made = template(value, argument.type)
            if made is None:
                return exact
            fixed[out_name] = None
            templates.append((out_name, made))
        else:
            constant = _constant(node, name, argument)
            if constant is None:
                return exact
            fixed |= constant
    if not templates and not variables:
        return lambda _run: fixed

    def from_variables(run: Run) -> Mapping[str, Any]:
        coerced = run.coerced
        values = fixed.copy()
        for out_name, variable, is_strict in variables:
            value = coerced.get(variable, _MISSING)
            if value is _MISSING or (is_strict and value is None):
                return exact(run)
            values[out_name] = value
        try:
            for out_name, made in templates:
                values[out_name] = made(coerced)
        except LookupError:
            return exact(run)
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
    return values if all(isinstance(value, IMMUTABLE) for value in values.values()) else None
