"""What is read before a list is planned, as a plan tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.contract.source import Source


@dataclass(frozen=True, slots=True)
class FirstRead:
    """Rows of some sources that a filter needs first."""

    rows: str
    """Which rows, in words."""
    wanted_for: str
    """The filter's field."""
    sources: Sequence[Source]

    def explain(self) -> str:
        """Write it as a plan is written."""
        lines = [f"before the list, for {self.wanted_for}: {self.rows}"]
        lines += [
            f"{each.name} ({each.kind}): read\n  cost: at most {each.row_budget} rows"
            for each in self.sources
        ]
        return "\n".join(lines) + "\n"
