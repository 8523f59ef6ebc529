"""What one run of an operation carries: values, errors, paths, and the waiting for them.

The order in which awaitables are started, gathered and cancelled is the order of graphql-core, so
that which errors are seen does not depend on which of the two executors ran.
"""

from __future__ import annotations

from asyncio import Future, Task, gather, get_running_loop
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import CoroutineType, GeneratorType, NoneType
from typing import Any, Final, NamedTuple
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    located_error,
)
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, UndefinedType, gather_with_cancel, is_awaitable
from graphql.type.definition import GraphQLResolveInfoHelpers

new: Final = tuple.__new__
"""Builds a named tuple without its Python-level constructor: half of the cost of a path."""

Info = Any
"""What a resolver gets as its second argument, or None where nothing can ask for it."""

Complete = Callable[["Run", Info, Path, Any], Any]
"""Turns a resolved value into its answer, or into a coroutine that gives the answer."""

Field = Callable[["Run", Path | None, Any], Any]
"""Resolves and completes one field of a source."""

Select = Callable[["Run", Path | None, Any], Any]
"""Answers a selection set over a source."""

NO_VARIABLES: Final = VariableValues({}, {})

MOST_KNOWN_CLASSES: Final = 4096

inert: set[type] = {
    *(NoneType, bool, int, float, str, bytes, list, tuple, dict, set, frozenset),
    *(date, datetime, time, timedelta, Decimal, UUID),
}
"""Classes whose values cannot be awaited, raised, called or iterated asynchronously."""


_SPECIAL: Final = {"__await__", "__aiter__", "__call__", "__getattr__", "__getattribute__"}


class Odd(Exception):
    """The value is not what the inlined code expects: answer it the exact way."""


def is_inert(cls: type) -> bool:
    """Whether values of *cls* are plain data; remembers those that are."""
    if cls in inert:
        return True
    # `Undefined` is null wherever it appears, and some generators can be awaited.
    if issubclass(cls, (BaseException, Mapping, UndefinedType, GeneratorType)):
        return False
    if any(_SPECIAL & vars(base).keys() for base in cls.__mro__ if base is not object):
        return False
    if len(inert) < MOST_KNOWN_CLASSES:
        inert.add(cls)
    return True


class ResolveInfo(NamedTuple):
    """graphql-core's resolve info with Strawberry's addition and its plain variables."""

    field_name: str
    field_nodes: list[FieldNode]
    return_type: Any
    parent_type: Any
    path: Path
    schema: GraphQLSchema
    fragments: dict[str, Any]
    root_value: Any
    operation: Any
    variable_values: dict[str, Any]
    context: Any
    is_awaitable: Callable[[Any], bool]
    abort_signal: Any
    async_helpers: GraphQLResolveInfoHelpers
    operation_extensions: dict[str, Any] | None


INFO_CLASS: Final = GraphQLResolveInfo


class Run:
    """The state of one request."""

    __slots__ = ("coerced", "context", "errors", "nulled", "tail", "variables")

    def __init__(self, variables: VariableValues, context: Any = None) -> None:
        self.variables = variables
        self.context = context
        self.coerced: dict[str, Any] = variables.coerced
        self.errors: list[GraphQLError] = []
        self.nulled: set[Path | None] = set()
        self.tail: tuple[Any, ...] = ()

    def add(self, error: GraphQLError, path: Path | None) -> None:
        """Record *error*, unless the position it nulls is gone already."""
        nulled = self.nulled
        if nulled:
            at = path
            while at is not None:
                if at in nulled:
                    return
                at = at.prev
            if None in nulled:
                return
        nulled.add(path)
        self.errors.append(error)


def fail(run: Run, raw: Exception, nodes: list[FieldNode], path: Path, strict: bool) -> None:
    """Locate *raw* at *path*; record it, or raise it where null is not allowed."""
    error = located_error(raw, nodes, path.as_list())
    if strict:
        raise error
    run.add(error, path)


_settling: set[Future[Any]] = set()


def settle(awaitables: list[Any]) -> None:
    """Let *awaitables* end in the background: their answer is wanted no more."""
    try:
        get_running_loop()
    except RuntimeError:
        for awaitable in awaitables:
            if type(awaitable) is CoroutineType:
                awaitable.close()
        return
    future = gather(*awaitables, return_exceptions=True)
    _settling.add(future)
    future.add_done_callback(_settling.discard)


def settle_rest(iterator: Iterator[Any], started: list[Any]) -> None:
    """Let what was *started*, and what *iterator* still holds, end in the background."""
    with suppress(Exception):
        started.extend(item for item in iterator if is_awaitable(item))
    if started:
        settle(started)


def track(values: Any) -> None:
    """Resolvers' `info.async_helpers.track`: settle what can be awaited among *values*."""
    awaitables = [value for value in values if is_awaitable(value)]
    if awaitables:
        settle(awaitables)


def gather_values(values: Any) -> Coroutine[Any, Any, list[Any]]:
    """Resolvers' `info.async_helpers.gather`: all of *values*, or the first failure."""
    return gather_with_cancel(*values)


ASYNC_HELPERS: Final = GraphQLResolveInfoHelpers(gather=gather_values, track=track)


class _Gathered(Future[None]):
    """Done when all tasks are, or the first has failed; cancelling it cancels the tasks."""

    tasks: list[Task[Any]]

    def cancel(self, msg: Any | None = None) -> bool:
        """Cancel the tasks now; their end will be the end of this."""
        # A list, so that every task is reached.
        return not self.done() and any([task.cancel(msg) for task in self.tasks])  # noqa: C419


async def gather_all(coroutines: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Run *coroutines* at once; when one fails, cancel the others and wait for their end.

    To the tick what `gather_with_cancel` of graphql-core does, at two thirds of its cost.
    """
    loop = get_running_loop()
    create = loop.create_task
    tasks = [create(coroutine) for coroutine in coroutines]
    left = len(tasks)
    failed: Task[Any] | None = None
    over = _Gathered(loop=loop)
    over.tasks = tasks

    def note(task: Task[Any]) -> None:
        nonlocal left, failed
        left -= 1
        # Asking for the exception also says that somebody has seen it.
        if (task.cancelled() or task.exception() is not None) and failed is None:
            failed = task
        if (failed or not left) and not over.done():
            over.set_result(None)

    for task in tasks:
        task.add_done_callback(note)
    await over
    if failed is None:
        return [task.result() for task in tasks]
    try:
        failed.result()
    except Exception:
        for task in tasks:
            if not task.done():
                task.cancel()
        await gather(*tasks, return_exceptions=True)
        raise
    raise AssertionError("a failed task had a result")


async def await_fields(answer: dict[str, Any], pending: list[str]) -> dict[str, Any]:
    """Put the awaited values of the *pending* keys in place."""
    if len(pending) == 1:
        key = pending[0]
        answer[key] = await answer[key]
        return answer
    values = await gather_all([answer[key] for key in pending])
    answer.update(zip(pending, values, strict=True))
    return answer


async def await_items(answer: list[Any], pending: list[int]) -> list[Any]:
    """Put the awaited values of the *pending* positions in place."""
    if len(pending) == 1:
        index = pending[0]
        answer[index] = await answer[index]
        return answer
    values = await gather_all([answer[index] for index in pending])
    for index, value in zip(pending, values, strict=True):
        answer[index] = value
    return answer


async def await_value(
    run: Run,
    complete: Complete,
    nodes: list[FieldNode],
    strict: bool,
    info: Info,
    path: Path,
    awaitable: Awaitable[Any],
) -> Any:
    """Await what a resolver or a list gave, then complete it."""
    try:
        done = complete(run, info, path, await awaitable)
        if type(done) is CoroutineType:
            done = await done
    except Exception as raw:  # noqa: BLE001 - every failure of a resolver becomes an error entry
        return fail(run, raw, nodes, path, strict)
    return done


async def await_done(
    run: Run, nodes: list[FieldNode], strict: bool, path: Path, done: Awaitable[Any]
) -> Any:
    """Await a completion that was started."""
    try:
        return await done
    except Exception as raw:  # noqa: BLE001 - every failure of a resolver becomes an error entry
        return fail(run, raw, nodes, path, strict)
