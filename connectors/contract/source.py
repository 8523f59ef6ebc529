"""A source as the planner sees it: its connector and what the settings say about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.contract.connector import Connector


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One agency's system, ready to be asked."""

    connector: Connector
    title: str
    """Its name for people."""
    kind: str
    """How it is asked: `rest`, `postgres`, `sheet`, …"""
    agency: str | None = None
    """Code of the agency that runs it."""
    national: bool = False
    """It holds the national anchors: at most one source does."""
    regions: tuple[str, ...] = ()
    """All its rows lie in these regions or in none; empty if they may lie anywhere."""
    public_only: bool = False
    """Its owner says that it holds nothing secret."""
    time_limit: float = 4.0
    """Seconds for all its calls in one request, tries and pages included."""
    row_budget: int = 50_000
    """Rows that one request may read from it."""
    stands_in: bool = False
    """It has no rows and is not really asked: plans alone are wanted of it."""

    name: str = field(init=False)
    """The source's id."""

    def __post_init__(self) -> None:
        """Take the connector's name."""
        object.__setattr__(self, "name", self.connector.name)

    def holds(self, collection: str) -> bool:
        """Say whether it has *collection*."""
        return collection in self.connector.capabilities.collections
