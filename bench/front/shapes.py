"""The shapes that are measured: how many sources, and how many complaints each answers."""

from __future__ import annotations

from dataclasses import dataclass

CODES = ("pemkot-64.72", "dinas-pu-64.72", "dinkes-64.72", "dishub-64.72")
"""The agencies that complaints stand with."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One question: *sources* asked at once, *rows* complaints out of each."""

    name: str
    sources: int
    rows: int

    @property
    def first(self) -> int:
        """How many complaints the answer holds."""
        return self.sources * self.rows


SHAPES = (Shape("one20", 1, 20), Shape("one100", 1, 100), Shape("eight12", 8, 12))
ARGUMENT = "2026-01-01T00:00:00.%06d+00:00"
"""Every request's own argument: only complaints since then are wanted."""
