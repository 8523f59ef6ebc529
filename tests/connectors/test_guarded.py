"""A guarded connector: limits in time and number, one second try, health, events."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from connectors.contract.errors import (
    Malformed,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    Unavailable,
)
from connectors.contract.events import SourceCalled
from connectors.contract.health import HealthState
from connectors.contract.query import Page, SourceQuery
from connectors.memory import Memory
from connectors.resilience.guarded import Guarded, Limits
from connectors.resilience.retry import RetryBudget
from tests.connectors.people import complaints
from tests.connectors.suite import Subject, conform

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Moody(Memory):
    """Answers as its script says; then truthfully."""

    def __init__(self, *script: Callable[[], Awaitable[None]] | Exception) -> None:
        super().__init__("moody", complaints("moody", 30))
        self.script = list(script)
        self.calls = 0
        self.together = 0
        self.most = 0

    async def fetch(self, query: SourceQuery) -> Page:
        self.calls += 1
        self.together += 1
        self.most = max(self.most, self.together)
        try:
            if self.script:
                step = self.script.pop(0)
                if isinstance(step, Exception):
                    raise step
                await step()
            return await super().fetch(query)
        finally:
            self.together -= 1


async def for_ever() -> None:
    await asyncio.sleep(60)


async def shortly() -> None:
    await asyncio.sleep(0.02)


def guard(inner: Moody, **limits: float) -> tuple[Guarded, list[SourceCalled]]:
    heard: list[SourceCalled] = []
    made = Limits(
        time_limit=limits.get("time_limit", 2.0), concurrency=int(limits.get("concurrency", 8))
    )
    return Guarded(inner, made, heard.append, clock=lambda: NOW), heard


def ask(guarded: Guarded, times: int = 1) -> list[Page | SourceError]:
    async def one() -> Page | SourceError:
        try:
            return await guarded.fetch(SourceQuery())
        except SourceError as error:
            return error

    async def all_in_turn() -> list[Page | SourceError]:
        return [await one() for _ in range(times)]

    return asyncio.run(all_in_turn())


def test_a_guarded_connector_is_a_connector() -> None:
    """It keeps every promise that the one inside keeps."""
    inner = Memory("memory", complaints("memory"))
    asyncio.run(conform(Subject(connector=Guarded(inner), maps=False)))


def test_a_failure_that_may_pass_is_tried_once_more() -> None:
    """After 50 to 250 ms; both tries are told."""
    inner = Moody(Unavailable("moody", "answered 503"))
    guarded, heard = guard(inner)
    began = perf_counter()
    (answer,) = ask(guarded)

    assert isinstance(answer, Page)
    assert 0.05 <= perf_counter() - began < 1.0
    assert [(each.attempt, each.error) for each in heard] == [(1, "UNAVAILABLE"), (2, None)]
    assert heard[1].rows == 30


def test_there_is_no_third_try() -> None:
    """The second failure is the caller's."""
    inner = Moody(*[Unavailable("moody", "x") for _ in range(5)])
    guarded, _ = guard(inner)
    (answer,) = ask(guarded)

    assert isinstance(answer, Unavailable)
    assert inner.calls == 2


@pytest.mark.parametrize("error", [Refused("moody", "x"), Malformed("moody", "x")])
def test_what_will_not_pass_is_not_tried_again(error: SourceError) -> None:
    """A rejected question stays rejected, broken rules stay broken."""
    inner = Moody(error)
    guarded, _ = guard(inner)

    assert ask(guarded) == [error]
    assert inner.calls == 1


def test_retry_after_is_obeyed() -> None:
    """If it fits the time left; else the call is given up at once."""
    patient = Moody(RateLimited("moody", "x", 0.4))
    began = perf_counter()
    assert isinstance(ask(guard(patient)[0])[0], Page)
    assert perf_counter() - began >= 0.4

    hasty = Moody(RateLimited("moody", "x", 30.0))
    began = perf_counter()
    assert isinstance(ask(guard(hasty)[0])[0], RateLimited)
    assert perf_counter() - began < 5  # Not the thirty seconds asked for.
    assert hasty.calls == 1


def test_second_tries_have_a_budget() -> None:
    """A source that fails for long is not asked twice as much."""
    inner = Moody(*[Unavailable("moody", "x") for _ in range(200)])
    guarded, _ = guard(inner)
    ask(guarded, 14)

    assert inner.calls < 14 + 12


def test_the_budget_fills_up_again() -> None:
    """A tenth of a second try with each call."""
    budget = RetryBudget()
    while budget.spend():
        pass
    for _ in range(11):
        budget.earn()

    assert budget.spend()
    assert not budget.spend()


def test_a_call_has_a_time_limit() -> None:
    """A source that hangs costs its limit and no more, second try included."""
    inner = Moody(for_ever, for_ever)
    guarded, heard = guard(inner, time_limit=0.2)
    began = perf_counter()
    (answer,) = ask(guarded)

    assert isinstance(answer, TimedOut)
    assert perf_counter() - began < 0.6
    assert heard[0].error == "TIMED_OUT"


def test_no_more_calls_at_once_than_allowed() -> None:
    """Others wait for their place."""
    inner = Moody(*[shortly] * 12)
    guarded, _ = guard(inner, concurrency=3)

    async def all_at_once() -> Sequence[Page]:
        return await asyncio.gather(*(guarded.fetch(SourceQuery()) for _ in range(12)))

    assert len(asyncio.run(all_at_once())) == 12
    assert inner.most == 3


def test_waiting_for_a_place_counts_as_time() -> None:
    """A call that never got its turn times out like one that did."""
    inner = Moody(for_ever, shortly)
    guarded, _ = guard(inner, concurrency=1, time_limit=0.3)

    async def both() -> list[object]:
        calls = (guarded.fetch(SourceQuery()) for _ in range(2))
        return list(await asyncio.gather(*calls, return_exceptions=True))

    assert all(isinstance(each, TimedOut | Page) for each in asyncio.run(both()))


def test_a_cancelled_call_is_neither_repeated_nor_counted() -> None:
    """Who leaves says nothing about the source; its place is free again."""
    inner = Moody(for_ever)
    guarded, heard = guard(inner, concurrency=1)

    async def leave() -> None:
        task = asyncio.ensure_future(guarded.fetch(SourceQuery()))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert heard == []
        await guarded.fetch(SourceQuery())

    asyncio.run(leave())

    assert guarded.health().state is HealthState.HEALTHY
    assert guarded.health().error_rate == 0.0
    assert inner.calls == 2


def test_the_callers_own_time_limit_is_a_cancellation() -> None:
    """The planner's deadline is no failure of the source."""
    guarded, heard = guard(Moody(for_ever))

    async def hurry() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await guarded.fetch(SourceQuery())

    asyncio.run(hurry())

    assert heard == []
    assert guarded.health().state is HealthState.UNKNOWN


def test_a_source_that_used_up_its_time_has_failed_whoever_looked_at_the_clock_first() -> None:
    """Who asks gives the same time, counted from a moment earlier: that is no leaving client."""
    guarded, heard = guard(Moody(for_ever), time_limit=0.2)

    async def same_time() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await guarded.fetch(SourceQuery())

    asyncio.run(same_time())

    assert [each.error for each in heard] == ["TIMED_OUT"]
    assert guarded.health().error_rate == 1.0


def test_an_adapter_that_trips_is_malformed() -> None:
    """A connector that raises what it should not does not take the answer down."""
    guarded, _ = guard(Moody(KeyError("x")))

    assert isinstance(ask(guarded)[0], Malformed)


def test_health_follows_what_happened() -> None:
    """Unknown, healthy, degraded, down, and back; with the reason while it is not healthy."""
    broken = [Refused("moody", "answered 401") for _ in range(5)]
    inner = Moody()
    guarded, _ = guard(inner)
    assert guarded.health().state is HealthState.UNKNOWN
    ask(guarded)
    healthy = guarded.health()
    assert (healthy.state, healthy.since, healthy.reason) == (HealthState.HEALTHY, NOW, None)
    inner.script.extend(broken[:1])
    ask(guarded)
    assert guarded.health().state is HealthState.DEGRADED
    assert guarded.health().reason == "answered 401"
    inner.script.extend(broken)
    ask(guarded, 5)
    down = guarded.health()
    assert (down.state, down.last_success_at) == (HealthState.DOWN, NOW)
    assert down.error_rate == pytest.approx(6 / 7)
    ask(guarded, 30)
    assert guarded.health().state is HealthState.HEALTHY


def test_a_source_that_never_answered_is_down() -> None:
    """One failure is enough if nothing else is known."""
    guarded, _ = guard(Moody(Refused("moody", "no")))
    ask(guarded)

    assert guarded.health().state is HealthState.DOWN


def test_what_could_not_be_used_is_added_up() -> None:
    """Rejected rows and unknown words, since the start."""

    class Dirty(Moody):
        async def fetch(self, query: SourceQuery) -> Page:
            return Page(rows=(), rejected={"NO_DATE": 2}, unknown={"status: x": 3}, received=2)

    guarded, heard = guard(Dirty())
    ask(guarded, 2)

    assert (guarded.health().rejected, guarded.health().unknown) == (4, 6)
    assert heard[0].rejected == {"NO_DATE": 2}


def test_every_operation_is_guarded() -> None:
    """Look-ups, counts and checks are told like pages."""
    guarded, heard = guard(Moody())

    async def all_of_them() -> None:
        await guarded.get(["a"])
        await guarded.count(SourceQuery())
        await guarded.check()
        async for _ in guarded.changes(NOW - timedelta(days=1)):
            pass
        await guarded.aclose()

    asyncio.run(all_of_them())

    assert [each.operation for each in heard] == ["get", "count", "check"]
