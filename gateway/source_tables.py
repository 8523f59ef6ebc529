"""Sources as tables in a terminal: what the settings say of them, and whether they answer."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from connectors.contract.source import Source


def listed(sources: Sequence[Source]) -> Table:
    """Give *sources* as the settings describe them."""
    table = Table(box=None, header_style="bold")
    for title in ("source", "name", "kind", "agency", "collections", ""):
        table.add_column(title)
    for source in sources:
        table.add_row(
            source.name,
            source.title,
            source.kind,
            source.agency or "",
            ", ".join(sorted(source.connector.capabilities.collections)),
            "national" if source.national else "",
        )
    return table
