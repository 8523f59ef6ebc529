"""The compiled executor and Strawberry's own agree on generated operations over records."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.executor import Documents

from .offices import SCHEMA, Chance
from .operations import Operations
from .test_generated import CASES, collecting_between_cases
from .verdict import judge

SEEN: Counter[str] = Counter()
WAITING = Documents(SCHEMA, inline_after=sys.maxsize, max_bytes=0)
"""Asks every resolver, in the order of graphql-core."""
AT_ONCE = (
    Documents(SCHEMA, inline_after=0, max_bytes=0),
    Documents(SCHEMA, inline_after=0, max_bytes=0, leave_to_encoder=True),
)


def run_case(seed: int, fault: float) -> str | None:
    """Judge one operation."""
    operation = Operations(WAITING.engine.schema, random.Random(seed)).make()

    def context() -> Chance:
        return Chance(seed, fault)

    asyncio.run(judge((WAITING,), operation, context, "root"))
    return asyncio.run(judge(AT_ONCE, operation, context, "root", in_order=False))


@settings(
    max_examples=max(CASES // 5, 50),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**48), fault=st.sampled_from([0.0, 0.02, 0.1]))
def _agree(seed: int, fault: float) -> None:
    SEEN[run_case(seed, fault) or "invalid"] += 1


# Strawberry's executor, too, drops coroutines that a cancelled sibling never came to await.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.timeout(3600)
def test_generated_operations_are_answered_as_strawberry_answers_them() -> None:
    """Records, infos, inputs, permissions and extensions give what Strawberry's executor gives."""
    SEEN.clear()

    with collecting_between_cases():
        _agree()

    assert SEEN["data"] > 10, SEEN
    assert SEEN["errors"] > 10, SEEN


def test_an_operation_whose_errors_come_in_another_order_at_once() -> None:
    """Found by the long run: one of several records of a list holds what is no office."""
    assert run_case(235, 0.1) == "errors"
