"""The compiled executor and graphql-core agree on generated operations over generated data."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.executor import Documents

from .faults import World
from .operations import Operations
from .schemas import make_schema
from .verdict import judge

CASES = int(os.environ.get("SIMPUL_JUDGE_CASES", "500"))
SCHEMAS = 25

SEEN: Counter[str] = Counter()


@cache
def executors(seed: int) -> tuple[Documents, Documents]:
    """The same schema run by closures alone, and with what can be inlined inlined."""
    schema = make_schema(seed)
    return (
        Documents(schema, inline_after=sys.maxsize, max_bytes=0),
        Documents(schema, inline_after=0, max_bytes=0),
    )


def run_case(schema_seed: int, seed: int, fault: float, waits: float) -> str | None:
    """Judge one operation over one world."""
    pair = executors(schema_seed)
    schema = pair[0].engine.schema
    operation = Operations(schema, random.Random(seed)).make()

    def world() -> Any:
        return World(schema, seed, fault, waits)

    return asyncio.run(judge(pair, operation, world, None))


@settings(
    max_examples=CASES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    schema_seed=st.integers(0, SCHEMAS - 1),
    seed=st.integers(0, 2**48),
    fault=st.sampled_from([0.0, 0.02, 0.1, 0.3]),
    waits=st.sampled_from([0.0, 0.0, 0.4, 1.0]),
)
def _agree(schema_seed: int, seed: int, fault: float, waits: float) -> None:
    SEEN[run_case(schema_seed, seed, fault, waits) or "invalid"] += 1
    gc.collect(1)


@contextmanager
def collecting_between_cases() -> Iterator[None]:
    """Leave garbage lying during a case.

    Collected inside the constructor of a named tuple, whose globals have no builtins, a coroutine
    that nobody awaited cannot even be ignored.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# graphql-core, too, drops coroutines that a cancelled sibling never came to await.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.timeout(3600)
def test_generated_operations_are_answered_as_graphql_core_answers_them() -> None:
    """Data, errors in their order and the order of keys are equal, whatever is asked."""
    SEEN.clear()

    with collecting_between_cases():
        _agree()

    assert SEEN["data"] > CASES / 10, SEEN
    assert SEEN["errors"] > CASES / 10, SEEN
    assert SEEN["invalid"] < CASES / 3, SEEN
