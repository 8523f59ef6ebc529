"""Remember how a source's last calls ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from connectors.contract.health import Health, HealthState

_CALLS = 100
_DOWN_AFTER = 5
"""Failures in a row."""
_DEGRADED_FROM = 0.2
"""Share of recent calls that failed."""


class Window:
    """The last calls to one source, and what they say of it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Read the time from *clock*."""
        self._clock = clock
        self._calls: deque[tuple[bool, float]] = deque(maxlen=_CALLS)
        self._bad = 0
        self._failures = 0
        self._reason: str | None = None
        self._last_success: datetime | None = None
        self._state = HealthState.UNKNOWN
        self._since: datetime | None = None
        self._rejected = 0
        self._unknown = 0

    def succeeded(self, seconds: float, rejected: int = 0, unknown: int = 0) -> None:
        """Note a call that was answered."""
        self._note(seconds, fine=True)
        self._failures = 0
        self._last_success = self._clock()
        self._rejected += rejected
        self._unknown += unknown
        self._settle()

    def failed(self, seconds: float, reason: str) -> None:
        """Note a call that was not."""
        self._note(seconds, fine=False)
        self._failures += 1
        self._reason = reason
        self._settle()

    def health(self) -> Health:
        """Give the source's health now."""
        good = sorted(seconds for fine, seconds in self._calls if fine)
        return Health(
            state=self._state,
            since=self._since,
            reason=None if self._state is HealthState.HEALTHY else self._reason,
            last_success_at=self._last_success,
            error_rate=self._error_rate() if self._calls else None,
            p95_ms=round(good[(len(good) - 1) * 95 // 100] * 1000, 1) if good else None,
            rejected=self._rejected,
            unknown=self._unknown,
        )

    def _note(self, seconds: float, *, fine: bool) -> None:
        # Counted as they come and go, for this runs with every call.
        if len(self._calls) == _CALLS:
            self._bad -= not self._calls[0][0]
        self._calls.append((fine, seconds))
        self._bad += not fine

    def _error_rate(self) -> float:
        return self._bad / len(self._calls)

    def _settle(self) -> None:
        if self._failures >= _DOWN_AFTER or self._last_success is None:
            state = HealthState.DOWN
        elif self._failures or self._error_rate() >= _DEGRADED_FROM:
            state = HealthState.DEGRADED
        else:
            state = HealthState.HEALTHY
        if state is not self._state:
            self._state, self._since = state, self._clock()
