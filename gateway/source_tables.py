"""Sources as tables in a terminal: what the settings say, and whether the sources answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from connectors.check import Checked, check_sources
from connectors.contract.filters import predicate_of
from connectors.contract.records import ComplaintRecord
from connectors.contract.source import Source
from connectors.told_words import printable
from resolvers.policy import PUBLIC, access_of


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


async def check(sources: Sequence[Source]) -> tuple[Table, bool]:
    """Ask each of *sources* for one page; give the table, and whether all are fine."""
    try:
        found = await check_sources(sources, why_hidden=why_hidden)
    finally:
        for source in sources:
            await source.connector.aclose()
    table = Table(box=None, header_style="bold")
    for title in ("source", "collection", "ms", "rows", "of", "state"):
        table.add_column(title, justify="right" if title in ("ms", "rows", "of") else "left")
    for each in found:
        table.add_row(
            each.source,
            each.collection,
            f"{each.milliseconds:.0f}",
            str(each.rows),
            "" if each.total is None else str(each.total),
            _state(each),
        )
    return table, all(each.fine for each in found)


def why_hidden(source: Source, record: ComplaintRecord) -> str | None:
    """Say in a word why the public does not see *record* of *source*, None if it does."""
    public = access_of(PUBLIC)
    # Beside a national number a row speaks of the complaint of the national source.
    elsewhere = record.tracking_id is not None and not source.national
    if predicate_of(public.handlings if elsewhere else public.rows)(record):
        return None
    return "secret" if record.secret else f"status {record.status}"


def _state(checked: Checked) -> str:
    if checked.error is not None:
        hint = f"\nhint: {_safe(checked.hint)}" if checked.hint else ""
        return f"[red]{_safe(checked.error)}[/]{hint}"
    told = [
        f"{title}: {_safe(_counts(counts))}"
        for title, counts in (
            ("rejected", checked.rejected),
            ("unknown", checked.unknown),
            ("repaired", checked.warnings),
        )
        if counts
    ]
    told += [f"[yellow]note[/]: {_safe(note)}" for note in checked.notes]
    return "\n".join([("[green]fine[/]" if checked.fine else "[red]no row can be used[/]"), *told])


def _safe(text: str) -> str:
    """Give *text* with nothing in it that a terminal or the table would obey."""
    return escape(printable(text))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{what} ({number})" for what, number in sorted(counts.items()))
