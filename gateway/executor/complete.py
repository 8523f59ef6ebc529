"""Turn what a resolver gave into its answer, exactly as graphql-core does.

One function per position of the operation, made from the schema's types; these are the slow and
complete way, which the inlined code of `source.py` takes refuge in when a value is odd.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from contextlib import suppress
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_ITERABLE_COROUTINE
from types import CoroutineType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    Undefined,
    default_type_resolver,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    located_error,
)
from graphql.pyutils import Path, inspect, is_awaitable, is_iterable

from .runtime import (
    Complete,
    Info,
    Run,
    Select,
    await_done,
    await_items,
    await_value,
    fail,
    inert,
    new,
    settle,
    settle_rest,
)

if TYPE_CHECKING:
    from .compile import Compiler
    from .plan import Site

_NO_PLAIN_CALL: Final = CO_GENERATOR | CO_COROUTINE | CO_ITERABLE_COROUTINE | CO_ASYNC_GENERATOR

PLAIN_SCALARS: dict[str, type] = {"String": str, "ID": str}
"""Built-in scalars whose answer is the value itself if it has exactly this class."""


def completion(compiler: Compiler, site: Site, type_: GraphQLOutputType) -> Complete:
    """Make the function that completes values of *type_* at *site*."""
    if is_non_null_type(type_):
        return _non_null(site, completion(compiler, site, type_.of_type))
    if is_list_type(type_):
        return _list(compiler, site, type_)
    if is_leaf_type(type_):
        return _leaf(type_)
    if is_object_type(type_):
        return _object(compiler, site, type_)
    if is_abstract_type(type_):
        return _abstract(compiler, site, type_)
    raise TypeError(f"Cannot complete value of unexpected output type: '{inspect(type_)}'.")


def _non_null(site: Site, inner: Complete) -> Complete:
    message = f"Cannot return null for non-nullable field {site.parent}.{site.name}."

    def complete(run: Run, info: Info, path: Path, value: Any) -> Any:
        done = inner(run, info, path, value)
        if done is None:
            raise TypeError(message)
        return done

    return complete


def _leaf(type_: Any) -> Complete:
    coerce = type_.coerce_output_value
    same = PLAIN_SCALARS.get(type_.name)

    def complete(_run: Run, _info: Info, _path: Path, value: Any) -> Any:
        if type(value) is same:
            return value
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            return None
        done = coerce(value)
        if done is None or done is Undefined:
            raise TypeError(
                f"Expected `{inspect(type_)}.coerce_output_value({inspect(value)})`"
                f" to return non-nullable value, returned: {inspect(done)}"
            )
        return done

    return complete


def _list(compiler: Compiler, site: Site, type_: GraphQLList[Any]) -> Complete:
    item_type = type_.of_type
    complete_item = completion(compiler, site, item_type)
    strict = is_non_null_type(item_type)
    nodes = site.nodes
    no_iterable = (
        "Expected Iterable, but did not find one for field"
        f" '{site.parent}.{site.name}'."
    )  # fmt: skip

    def one(
        run: Run, info: Info, path: Path, item: Any, answer: list[Any], pending: list[int]
    ) -> None:
        at: Path = new(Path, (path, len(answer), None))
        if type(item) not in inert and is_awaitable(item):
            pending.append(len(answer))
            answer.append(await_value(run, complete_item, nodes, strict, info, at, item))
            return
        try:
            done = complete_item(run, info, at, item)
        except Exception as raw:  # noqa: BLE001 - every failure becomes an error entry
            fail(run, raw, nodes, at, strict)
            done = None
        if type(done) is CoroutineType:
            pending.append(len(answer))
            done = await_done(run, nodes, strict, at, done)
        answer.append(done)

    def complete(run: Run, info: Info, path: Path, value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            return None
        if type(value) is not list:
            if hasattr(value, "__aiter__"):
                return iterate(run, info, path, value.__aiter__())
            if not is_iterable(value):
                raise GraphQLError(no_iterable)
        answer: list[Any] = []
        pending: list[int] = []
        iterator = iter(value)
        try:
            for item in iterator:
                one(run, info, path, item, answer, pending)
        except Exception:
            settle_rest(iterator, [answer[index] for index in pending])
            raise
        return await_items(answer, pending) if pending else answer

    async def iterate(run: Run, info: Info, path: Path, iterator: Any) -> list[Any]:
        answer: list[Any] = []
        pending: list[int] = []
        try:
            while True:
                try:
                    item = await anext(iterator)
                except StopAsyncIteration:
                    break
                except Exception as raw:
                    raise located_error(raw, nodes, path.as_list()) from raw
                one(run, info, path, item, answer, pending)
        except Exception:
            await _close(iterator)
            if pending:
                settle([answer[index] for index in pending])
            raise
        return await await_items(answer, pending) if pending else answer

    return complete


async def _close(iterator: Any) -> None:
    close = getattr(iterator, "aclose", None)
    if close is not None:
        # The error that led here is the one to tell.
        with suppress(Exception):
            await close()


def _object(compiler: Compiler, site: Site, type_: GraphQLObjectType) -> Complete:
    if type_.is_type_of is None:
        select = compiler.select(site, type_)

        def complete_plain(run: Run, _info: Info, path: Path, value: Any) -> Any:
            if isinstance(value, Exception):
                raise value
            if value is None or value is Undefined:
                return None
            return select(run, path, value)

        return complete_plain

    check = type_check(compiler, site, type_)

    def complete(run: Run, info: Info, path: Path, value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            return None
        return check(run, info, path, value)

    return complete


def type_check(compiler: Compiler, site: Site, type_: GraphQLObjectType) -> Complete:
    """Make the function that checks a value against *type_*, then answers its selection."""
    select: Select = compiler.select(site, type_)
    is_type_of: Callable[[Any, Any], Any] | None = type_.is_type_of
    nodes = site.nodes
    if is_type_of is None:
        return lambda run, _info, path, value: select(run, path, value)

    async def later(run: Run, path: Path, value: Any, verdict: Any) -> Any:
        if not await verdict:
            raise _wrong_type(type_, value, nodes)
        done = select(run, path, value)
        return await done if type(done) is CoroutineType else done

    def complete(run: Run, info: Info, path: Path, value: Any) -> Any:
        verdict = is_type_of(value, info)
        if verdict is not True:
            if is_awaitable(verdict):
                return later(run, path, value, verdict)
            if not verdict:
                raise _wrong_type(type_, value, nodes)
        return select(run, path, value)

    return complete


def _wrong_type(type_: GraphQLObjectType, value: Any, nodes: list[FieldNode]) -> GraphQLError:
    return GraphQLError(f"Expected value of type '{type_}' but got: {inspect(value)}.", nodes)


def _abstract(compiler: Compiler, site: Site, type_: Any) -> Complete:
    resolve_type = type_.resolve_type or default_type_resolver
    schema = compiler.plan.schema
    ready: dict[str, Complete] = {}

    def of(name: Any, value: Any) -> Complete:
        try:
            return ready[name]
        except (KeyError, TypeError):
            runtime_type = _runtime_type(schema, site, type_, name, value)
        made = ready[name] = type_check(compiler, site, runtime_type)
        return made

    async def later(run: Run, info: Info, path: Path, value: Any, name: Any) -> Any:
        name = await name
        done = of(name, value)(run, info, path, value)
        return await done if type(done) is CoroutineType else done

    def complete(run: Run, info: Info, path: Path, value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            return None
        name = resolve_type(value, info, type_)
        if type(name) is not str and is_awaitable(name):
            return later(run, info, path, value, name)
        return of(name, value)(run, info, path, value)

    return complete


def _runtime_type(
    schema: GraphQLSchema, site: Site, type_: Any, name: Any, value: Any
) -> GraphQLObjectType:
    """Look up the object type called *name*, or say why it cannot stand for *type_*."""
    where = f"Abstract type '{type_}'"
    field = f"for field '{site.parent}.{site.name}'"
    must = f"{where} must resolve to an Object type at runtime {field}"
    if name is None:
        problem = (
            f"{must}. Either the '{type_}' type should provide a 'resolve_type' function"
            " or each possible type should provide an 'is_type_of' function."
        )
    elif not isinstance(name, str):
        problem = (
            f"{must} with value {inspect(value)}, received '{inspect(name)}',"
            " which is not a valid Object type name."
        )
    else:
        found = schema.get_type(name)
        if found is None:
            problem = (
                f"{where} was resolved to a type '{name}' that does not exist inside the schema."
            )
        elif not is_object_type(found):
            problem = f"{where} was resolved to a non-object type '{name}'."
        elif not schema.is_sub_type(type_, found):
            problem = f"Runtime Object type '{found}' is not a possible type for '{type_}'."
        else:
            return found
    raise GraphQLError(problem, site.nodes)


ACCEPTS: Final = "accepts"
"""An attribute of an `is_type_of` function: a class all of whose own instances it accepts."""


def accepted_class(predicate: Any) -> type | None:
    """Give the class whose own instances *predicate* is known to accept, if it says so."""
    found: type | None = getattr(getattr(predicate, "__func__", predicate), ACCEPTS, None)
    return found


def ignores_info(predicate: Any) -> bool:
    """Whether a plain `is_type_of` function never looks at its second argument."""
    function = getattr(predicate, "__func__", predicate)
    if type(function) is not FunctionType:
        return False
    code = function.__code__
    position = 1 + (function is not predicate)
    if code.co_argcount <= position or code.co_flags & _NO_PLAIN_CALL:
        return False
    name = code.co_varnames[position]
    return name not in code.co_cellvars and not any(
        instruction.argval == name or instruction.argval in ("locals", "vars", "eval")
        for instruction in dis.get_instructions(code)
    )
