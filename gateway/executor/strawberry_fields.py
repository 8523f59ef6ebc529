"""Call the function of a Strawberry field without the layers around it.

Strawberry wraps every resolver for extensions, permissions and exception handlers.  A field that
has none of them is called directly, with the arguments those layers would have passed; any other
field, and any that looks unfamiliar, keeps its wrapper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CoroutineType
from typing import Any

from graphql import GraphQLField, GraphQLSchema
from graphql.pyutils import is_awaitable

from .runtime import Info, Run

Fetch = Callable[[Run, Any, Info], Any]
"""Gets the raw value of a field from a source."""

Arguments = Callable[[Run], Mapping[str, Any]]
"""Gives the coerced arguments of a field; raises `GraphQLError` if they do not fit."""

Convert = Callable[[Mapping[str, Any], Any], dict[str, Any]]
"""Turns coerced GraphQL arguments into those of the function; the second is Strawberry's info."""

AtOnce = Callable[[Any, Any], Any]
"""Gives the value of a field from source and context, or raises where it cannot do so at once."""

AT_ONCE = "at_once"
"""An attribute of a resolver: a function of source and context that gives the same value without
waiting, path or arguments, or raises anything at all; then the resolver itself is asked.  So it may
be called in vain, and must change nothing."""

AllAtOnce = Callable[[Any, Any], list[Any]]
"""Gives the values of a field for all sources of a list, or raises."""

ALL_AT_ONCE = "all_at_once"
"""An attribute of a resolver beside `at_once`: a function of a list of sources and the context that
gives a new list of what `at_once` gives for each, in fewer steps; or raises anything at all."""

ByKey = tuple[str, AtOnce]
"""An attribute of the source, and a function that gives the field's value from what stands there,
its key, and the context, or raises."""

BY_KEY = "by_key"
"""An attribute of a resolver beside `at_once`: `ByKey`, where `at_once` looks at nothing of the
source but this key; so equal keys have one value within a request."""

BACKREF = "strawberry-definition"

_WRAPPERS = ("from_resolver.<locals>._resolver", "from_resolver.<locals>._async_resolver")


def described_by(definition: GraphQLField) -> Any:
    """Give Strawberry's description of a field, None for a field that is not Strawberry's."""
    return definition.extensions.get(BACKREF)


def is_basic(definition: GraphQLField, described: Any) -> bool:
    """Whether the field only reads an attribute."""
    name = getattr(definition.resolve, "__name__", "")
    return name == "_get_basic_result" and bool(getattr(described, "is_basic_field", False))


def direct_fetch(
    schema: GraphQLSchema, definition: GraphQLField, described: Any, arguments: Arguments | None
) -> tuple[Fetch, bool] | None:
    """Make the direct call and tell whether it wants resolve info; None for a wrapped field."""
    resolver = getattr(described, "base_resolver", None)
    strawberry_schema = getattr(schema, "_strawberry_schema", None)
    name = getattr(definition.resolve, "__qualname__", "")
    if resolver is None or strawberry_schema is None or not name.endswith(_WRAPPERS):
        return None
    get_result = getattr(type(described), "get_result", None)
    if getattr(get_result, "__module__", "") != "strawberry.types.field":
        return None
    if described.extensions or strawberry_schema.exception_handlers:
        return None
    call = resolver.wrapped_func
    if not callable(call):
        return None
    converted = _converter(strawberry_schema, described) if described.arguments else None
    if described.arguments and converted is None:
        return None
    if converted is None:
        return _plain_call(strawberry_schema, described, call), resolver.info_parameter is not None
    return _call(strawberry_schema, described, call, arguments, converted), True


def at_once(described: Any) -> tuple[AtOnce, AllAtOnce | None, ByKey | None] | None:
    """Give the short ways to a field's value that its resolver offers: for one, many, by a key."""
    call = described.base_resolver.wrapped_func
    one = getattr(call, AT_ONCE, None)
    if one is None:
        return None
    return one, getattr(call, ALL_AT_ONCE, None), getattr(call, BY_KEY, None)


def _plain_call(schema: Any, described: Any, call: Callable[..., Any]) -> Fetch:
    """Call a function that takes no arguments of the client's."""
    takes_self, parents, about = _reserved(described.base_resolver)
    info_class = schema.config.info_class
    if not takes_self and len(parents) == 1:
        (parent,) = parents
        if about is None:
            return lambda _run, source, _info: call(**{parent: source})
        return lambda _run, source, info: call(
            **{parent: source, about: info_class(_raw_info=info, _field=described)}
        )

    def fetch(_run: Run, source: Any, info: Info) -> Any:
        given: dict[str, Any] = dict.fromkeys(parents, source)
        if about:
            given[about] = info_class(_raw_info=info, _field=described)
        return call(source, **given) if takes_self else call(**given)

    return fetch


def _call(
    schema: Any,
    described: Any,
    call: Callable[..., Any],
    arguments: Arguments | None,
    converted: Convert,
) -> Fetch:
    takes_self, parents, about = _reserved(described.base_resolver)
    info_class = schema.config.info_class

    def fetch(values: Mapping[str, Any], source: Any, info: Info) -> Any:
        own_info = info_class(_raw_info=info, _field=described)
        given = converted(values, own_info)
        for parent in parents:
            given[parent] = source
        if about:
            given[about] = own_info
        return call(source, **given) if takes_self else call(**given)

    # Arguments that cannot be converted are, as in the wrapper, an error of the awaited value.
    async def later(values: Mapping[str, Any], source: Any, info: Info) -> Any:
        value = fetch(values, source, info)
        if type(value) is CoroutineType or is_awaitable(value):
            return await value
        return value

    then = later if described.is_async else fetch
    return lambda run, source, info: then(arguments(run) if arguments else {}, source, info)


def _reserved(resolver: Any) -> tuple[bool, set[str], str | None]:
    """Tell whether the source comes first, under which names it comes, and that of the info."""
    # A parent annotated as such and one called `root` may be the same parameter.
    parents = {p.name for p in (resolver.parent_parameter, resolver.root_parameter) if p}
    about = resolver.info_parameter
    return resolver.self_parameter is not None, parents, about.name if about else None


def _converter(schema: Any, described: Any) -> Convert | None:
    """Do beforehand what converting arguments does for every call: find names and leaves."""
    try:
        # Only imported where a schema of Strawberry's shows that it is there.
        from .strawberry_inputs import as_it_is, converters_of  # noqa: PLC0415
    except ImportError:
        return None
    config = schema.config
    converters = converters_of(schema)
    # In the schema's order, in which values come too.
    ways = {
        config.name_converter.from_argument(each): (each.python_name, converters.of(each.type))
        for each in described.arguments
    }

    def converted(values: Mapping[str, Any], info: Any) -> dict[str, Any]:
        given = {}
        for name, value in values.items():
            python_name, convert = ways[name]
            given[python_name] = value if convert is as_it_is else convert(value, info, (name,))
        return given

    return converted
