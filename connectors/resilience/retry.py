"""When a failed call is tried again: once, after a short random wait, within a budget."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from connectors.contract.errors import RateLimited, SourceError

SHORTEST_WAIT = 0.05
LONGEST_WAIT = 0.25
_SHARE = 0.1
"""Second tries per call, in the long run: a failing source is not asked twice as much."""
_RESERVE = 10.0
"""Second tries that may be saved up."""


@dataclass(slots=True)
class RetryBudget:
    """Second tries in stock; every call adds a tenth of one."""

    _stock: float = field(default=_RESERVE)

    def earn(self) -> None:
        """Note a first try."""
        self._stock = min(_RESERVE, self._stock + _SHARE)

    def spend(self) -> bool:
        """Take one second try out of the stock; say whether there was one."""
        if self._stock < 1:
            return False
        self._stock -= 1
        return True


def wait_before_retry(error: SourceError, time_left: float) -> float | None:
    """Give the seconds to wait before the second try, None if there should be none.

    What the source asked for with `Retry-After` is obeyed, or the call is given up.
    """
    if not error.retryable:
        return None
    wait = random.uniform(SHORTEST_WAIT, LONGEST_WAIT)  # noqa: S311 - a spread, no secret
    if isinstance(error, RateLimited) and error.retry_after is not None:
        wait = max(wait, error.retry_after)
    return wait if wait < time_left else None
