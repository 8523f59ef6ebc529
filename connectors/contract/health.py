"""How a source has been doing, as a guarded connector saw it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class HealthState(StrEnum):
    """One word for how a source does."""

    HEALTHY = "HEALTHY"
    """It answers."""
    DEGRADED = "DEGRADED"
    """Some of its recent calls failed."""
    OPEN = "OPEN"
    """It is not asked for a while, because it kept failing."""
    DOWN = "DOWN"
    """Its last calls all failed."""
    UNKNOWN = "UNKNOWN"
    """It was not asked yet."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """A source's health at one moment."""

    state: HealthState = HealthState.UNKNOWN
    since: datetime | None = None
    """Since when it is in that state."""
    reason: str | None = None
    """Why it is not healthy: its last failure, in our words."""
    last_success_at: datetime | None = None
    error_rate: float | None = None
    """Share of its recent calls that failed."""
    p95_ms: float | None = None
    """Within this time 95 of 100 recent successful calls were answered."""
    rejected: int = 0
    """Rows that could not be used, since the start."""
    unknown: int = 0
    """Rows with a word that no code table maps, since the start."""
