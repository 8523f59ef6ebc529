"""What can go wrong with a system, when somebody asks for it."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """How a system misbehaves."""

    NONE = "none"
    SLOW = "slow"
    HANG = "hang"
    FAIL = "fail"
    GARBAGE = "garbage"
    LOSE = "lose"
    REFUSE = "refuse"
    DOWN = "down"


class BadFault(ValueError):
    """The order for a fault cannot be understood."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One order: the mode and its numbers; `times` is None for ever, `retry_after` in seconds."""

    mode: Mode = Mode.NONE
    delay_ms: int = 1_000
    status: int = 503
    share: float = 0.3
    times: int | None = None
    retry_after: int | None = None

    @classmethod
    def read(cls, order: Any) -> "Fault":
        """Read an order as it arrives over HTTP; raise `BadFault` if it makes no sense."""
        if not isinstance(order, dict):
            raise BadFault("a fault is an object with a mode")
        unknown = set(order) - {"mode", "delay_ms", "status", "share", "times", "retry_after"}
        if unknown:
            raise BadFault(f"unknown: {', '.join(sorted(unknown))}")
        try:
            fault = cls(
                mode=Mode(order.get("mode", "none")),
                delay_ms=int(order.get("delay_ms", 1_000)),
                status=int(order.get("status", 503)),
                share=float(order.get("share", 0.3)),
                times=None if order.get("times") is None else int(order["times"]),
                retry_after=(
                    None if order.get("retry_after") is None else int(order["retry_after"])
                ),
            )
        except (TypeError, ValueError) as error:
            raise BadFault(str(error)) from error
        if not 0 <= fault.share <= 1 or fault.delay_ms < 0 or not 400 <= fault.status <= 599:
            raise BadFault("share is 0 to 1, delay_ms not negative, status 400 to 599")
        if fault.times is not None and (fault.times < 1 or fault.mode is Mode.DOWN):
            raise BadFault("times is at least 1, and a system is not down by the number")
        return fault

    def describe(self) -> dict[str, object]:
        """Write the order back."""
        return {
            "mode": str(self.mode),
            "delay_ms": self.delay_ms,
            "status": self.status,
            "share": self.share,
            "times": self.times,
            "retry_after": self.retry_after,
        }


NO_FAULT = Fault()


class FaultBox:
    """The fault in force, handed out request by request."""

    def __init__(self) -> None:
        self._fault = NO_FAULT
        self._left: int | None = None
        self.lifted = asyncio.Event()
        self.lifted.set()

    @property
    def current(self) -> Fault:
        """The fault in force."""
        return self._fault

    def set(self, fault: Fault) -> None:
        """Put *fault* in force; whoever hangs under the one before goes on."""
        self.lifted.set()
        self._fault = fault
        self._left = fault.times
        self.lifted = asyncio.Event()

    def take(self) -> Fault:
        """Give the fault for one request, and count it."""
        fault = self._fault
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                # Those who hang now keep their own event and are lifted with the next order.
                self._fault, self._left = NO_FAULT, None
        return fault
