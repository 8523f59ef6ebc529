"""Run one operation both ways and compare everything a client or a log can see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from inspect import isawaitable
from typing import Any

import msgspec
from graphql import GraphQLError, parse

from gateway.executor import UNLIMITED, Documents, Result
from gateway.executor.compact import as_dict

from .operations import Operation

MakeContext = Callable[[], Any]


async def judge(
    executors: Iterable[Documents],
    operation: Operation,
    make_context: MakeContext,
    root: Any,
    *,
    in_order: bool = True,
) -> str | None:
    """Compare *executors* with graphql-core; the kind of the answer if all agree.

    Errors have to come *in order* unless they may not: an executor that answers at once what
    graphql-core waits for meets the errors beside it earlier (decision 0034).

    Returns None for an operation that is not valid, which has no answer to compare.
    """
    expected = None
    for executor in executors:
        prepared = executor.prepare(operation.text, limits=UNLIMITED)
        if prepared.problems:
            return None
        if expected is None:
            answer = await _by_reference(executor, operation, make_context(), root)
            expected = _seen(*answer, in_order=in_order)
        result = await prepared.run(operation.variables, make_context(), root)
        await _settle()
        got = _seen(result.data, result.originals, in_order=in_order)
        if got != expected:
            raise AssertionError(_difference(operation, expected, got))
        # Only a switch that is null, which graphql-core has to word, may be left to graphql-core.
        assert set(executor.engine.reference.runs) <= {"switch"}
        _check_formatted(result)
    assert expected is not None
    return "errors" if expected["errors"] else "data"


async def _by_reference(
    executor: Documents, operation: Operation, context: Any, root: Any
) -> tuple[Any, list[GraphQLError]]:
    answer = executor.engine.reference.execute(
        parse(operation.text), None, operation.variables, context, root
    )
    result = await answer if isawaitable(answer) else answer
    errors = list(result.errors or [])
    await _settle()
    return result.data, errors


async def _settle() -> None:
    """Let work whose answer is not wanted any more come to its end."""
    for _ in range(12):
        await asyncio.sleep(0)


def _shown(value: Any) -> Any:
    return as_dict(value) if isinstance(value, msgspec.Struct) else repr(value)


def _seen(data: Any, errors: list[GraphQLError], *, in_order: bool = True) -> dict[str, Any]:
    told = [
        (
            error.message,
            error.path,
            error.locations,
            error.extensions,
            type(error.original_error),
        )
        for error in errors
    ]
    return {
        # Not sorted: the order of keys is part of the answer.
        "data": json.dumps(data, default=_shown),
        "errors": told if in_order else sorted(told, key=repr),
    }


def _check_formatted(result: Result) -> None:
    formatted = [error.formatted for error in result.originals]
    assert (result.errors or []) == formatted


def _difference(operation: Operation, expected: Any, got: Any) -> str:
    ours, theirs = got["data"], expected["data"]
    at = next((i for i, pair in enumerate(zip(ours, theirs, strict=False)) if len({*pair}) > 1), 0)
    lines = [operation.text, str(operation.variables)]
    if ours != theirs:
        lines += [f"expected … {theirs[max(at - 80, 0) : at + 80]}"]
        lines += [f"     got … {ours[max(at - 80, 0) : at + 80]}"]
    lines += [f"  missed {error}" for error in expected["errors"] if error not in got["errors"]]
    lines += [f"invented {error}" for error in got["errors"] if error not in expected["errors"]]
    return "\n".join(lines)
