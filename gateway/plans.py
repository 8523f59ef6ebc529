"""The text of a request's plans: for golden cases, `simpul explain` and `extensions.plan` alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from gateway.operation import Cost
from resolvers.planner.plan import Explained


@dataclass(slots=True)
class Noted:
    """What was planned for one request."""

    plans: list[Explained] = field(default_factory=list)
    cost: Cost | None = None
    """What its operation costs; None if it could not be priced."""

    def text(self) -> str:
        """Write it; the same for the same plans, whichever was made first."""
        parts = sorted({plan.explain() for plan in self.plans})
        if self.cost is not None:
            parts.insert(0, f"cost {self.cost.cost} of {self.cost.budget}\n")
        return "\n".join(parts)


_CURRENT: ContextVar[Noted | None] = ContextVar("simpul_plans", default=None)


@contextmanager
def noting() -> Iterator[Noted]:
    """Note what is planned as long as the context lasts, by all that is started within it."""
    noted = Noted()
    token = _CURRENT.set(noted)
    try:
        yield noted
    finally:
        _CURRENT.reset(token)


def note_plan(plan: Explained) -> None:
    """Note *plan* if anybody wants to know."""
    noted = _CURRENT.get()
    if noted is not None:
        noted.plans.append(plan)


def note_cost(cost: Cost | None) -> None:
    """Note what the operation costs if anybody wants to know."""
    noted = _CURRENT.get()
    if noted is not None:
        noted.cost = cost
