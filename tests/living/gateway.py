"""The gateway in process over the sandbox, with a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway import app as root
from gateway.demo import CONFIGS
from resolvers.policy import NATIONAL_ADMIN, OMBUDSMAN, PRESIDENTIAL_STAFF, PUBLIC
from resolvers.reader import Reader
from resolvers.reference import LATER
from tests.living.systems import Systems

NOW = datetime(2026, 10, 31, 17, tzinfo=UTC)
"""Midnight in Jakarta of the day the sandbox's data end."""

VIEWERS = {
    "public": PUBLIC,
    "national-admin": NATIONAL_ADMIN,
    "ombudsman": OMBUDSMAN,
    "presidential-staff": PRESIDENTIAL_STAFF,
}

Ask = Callable[..., dict[str, Any]]


async def answered(
    systems: Systems,
    steps: Callable[[Ask], Any],
    *,
    pushdown: bool = True,
    row_budget: int | None = None,
    configs: Sequence[Path] = CONFIGS,
    only: Collection[str] | None = None,
) -> Any:
    """Run *steps*, a coroutine function that gets an asking function, over fresh connections.

    With *row_budget* no more rows of complaints are read from any source; with *only* no other
    sources take part.
    """
    configuration = root.load(configs, systems.environ)
    sources = tuple(each for each in configuration.sources if only is None or each.name in only)
    if row_budget is not None:
        sources = tuple(
            # Long enough that it is the budget which ends the reading, on a busy machine too.
            replace(each, row_budget=row_budget, time_limit=60.0)
            if each.holds("complaints")
            else each
            for each in sources
        )
    settings = replace(configuration.gateway, cursor_keys={"test": b"t" * 32}, introspection=True)
    reader = root.build_reader(sources, settings, lambda: NOW, pushdown=pushdown)
    endpoint = root.build_endpoint(reader, settings)

    async def ask(
        query: str,
        viewer: str = "public",
        variables: Mapping[str, Any] | None = None,
        *,
        plan: bool = False,
    ) -> dict[str, Any]:
        return await endpoint.ask(VIEWERS[viewer], query, variables, plan=plan)

    try:
        await _known(reader)
        return await steps(ask)
    finally:
        await root.close(reader, configuration.sources)


async def _known(reader: Reader) -> None:
    """Wait for the reference data: how long they take says more of the machine than of us."""
    reference = reader.reference
    wanted = reference.configured - LATER
    async with asyncio.timeout(60):
        while not (await reference.directory()).known.issuperset(wanted):  # noqa: ASYNC110 - it tells nobody else
            await asyncio.sleep(0.05)


def answer(
    systems: Systems,
    query: str,
    viewer: str = "public",
    variables: Mapping[str, Any] | None = None,
    *,
    pushdown: bool = True,
    row_budget: int | None = None,
) -> dict[str, Any]:
    """Answer one query."""

    async def once(ask: Ask) -> Any:
        return await ask(query, viewer, variables)

    told: dict[str, Any] = asyncio.run(
        answered(systems, once, pushdown=pushdown, row_budget=row_budget)
    )
    return told
