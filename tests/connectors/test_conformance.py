"""Every connector keeps every promise of the suite, over real servers."""

from __future__ import annotations

import asyncio

import pytest

from connectors.contract.capabilities import Collection, Operator, OrderBy
from connectors.contract.filters import Op
from connectors.memory import Memory
from connectors.registry import load
from tests.connectors.outside import DEMO, Outside
from tests.connectors.people import complaints
from tests.connectors.suite import Subject, conform

MODEST = Collection(
    operators={
        "status": (Operator(op=Op.IN, max_values=2),),
        "updated_at": (Operator(op=Op.FROM),),
    },
    orders=(OrderBy(field="updated_at", descending=False),),
    get_max=5,
    page_max=30,
)


@pytest.mark.parametrize("seed", range(3))
def test_the_reference_keeps_every_promise(seed: int) -> None:
    """The memory connector, which claims everything, keeps it all."""
    subject = Subject(connector=Memory("memory", complaints("memory", seed=seed)), maps=False)
    asyncio.run(conform(subject, seed))


def test_a_modest_reference_keeps_every_promise() -> None:
    """The memory connector that claims little refuses the rest."""
    subject = Subject(connector=Memory("memory", complaints("memory"), MODEST), maps=False)
    asyncio.run(conform(subject))


@pytest.mark.parametrize("name", ["sp4n", "kaltim", "pu"])
def test_the_sandbox_sources_keep_every_promise(name: str, calm: Outside) -> None:
    """REST by page number, REST by cursor and PostgreSQL keep every promise over living systems."""

    async def check() -> None:
        source = calm.sources()[name]
        repeats = calm.planted(name, "duplicate_delivery")
        subject = Subject(connector=source.connector, repeats=repeats)
        try:
            await conform(subject)
        finally:
            await source.connector.aclose()

    asyncio.run(check())


def test_sheets_keep_every_promise() -> None:
    """CSV files of two column sets, read as one collection, keep every promise."""

    async def check() -> None:
        (source,) = load(DEMO / "nyc.toml", {})
        await conform(Subject(connector=source.connector))

    asyncio.run(check())
