"""Lists read to their end while some of all systems misbehave, and what has to hold of them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.living.everybody import (
    COMPLAINTS,
    STARTED,
    STATES,
    Everybody,
    can_misbehave,
    state_of,
)
from tests.living.gateway import Ask

PAGE = 40
IN_TIME = 8.0
"""The gateway's own deadline for a request."""
MOST_PAGES = 60
FILTER = {"submitted": {"from": "2026-09-14T00:00:00+08:00"}}
"""A midnight of Kupang's, which knows days only."""
WAYS: Mapping[str, tuple[str, dict[str, str]]] = {
    "newest first, for the public": ("public", {"field": "SUBMITTED_AT", "direction": "DESC"}),
    "longest unchanged first, for the administrator": (
        "national-admin",
        {"field": "UPDATED_AT", "direction": "ASC"},
    ),
}
"""Who reads, and in which order."""
LIST = """
query ($filter: ComplaintFilter, $orderBy: ComplaintOrder, $first: Int, $after: String) {
  complaints(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    edges { late node { id visibility { secret } } }
    pageInfo { hasNextPage endCursor }
    complete
    answers { source { id } state }
  }
}
"""


@dataclass
class Reading:
    """A list read page by page."""

    way: str
    pages: list[dict[str, Any]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    async def on(self, ask: Ask) -> dict[str, Any]:
        """Read the next page."""
        viewer, order = WAYS[self.way]
        asked: dict[str, Any] = {"filter": FILTER, "orderBy": order, "first": PAGE}
        if self.pages:
            asked["after"] = self.pages[-1]["pageInfo"]["endCursor"]
        began = time.monotonic()
        told = await ask(LIST, viewer, asked)
        self.seconds.append(time.monotonic() - began)
        assert "errors" not in told, told["errors"]
        page: dict[str, Any] = told["data"]["complaints"]
        if viewer == "public":
            assert not any(edge["node"]["visibility"]["secret"] for edge in page["edges"])
        self.pages.append(page)
        return page

    async def to_the_end(self, ask: Ask) -> Reading:
        """Read until there is no next page."""
        while not self.pages or self.pages[-1]["pageInfo"]["hasNextPage"]:
            assert len(self.pages) < MOST_PAGES, "the list does not end"
            await self.on(ask)
        return self

    def ids(self) -> list[str]:
        """Give the ids that were shown, in order."""
        return [edge["node"]["id"] for page in self.pages for edge in page["edges"]]


@dataclass(frozen=True)
class Trouble:
    """Some systems misbehave while one page is read, and are well again for those after it."""

    faults: tuple[tuple[str, str], ...]
    """Each with its mode."""
    page: int = 0
    """The number of that page: 0 is the first."""
    way: str = next(iter(WAYS))

    def __str__(self) -> str:
        told = " and ".join(f"{system} {mode}" for system, mode in self.faults)
        return f"{told}, page {self.page}, {self.way}"

    async def hold(self, ask: Ask, systems: Everybody, well: Reading) -> None:
        """Read through it and to the end, and insist on every law; *well* is without it."""
        reading = Reading(self.way)
        for _ in range(self.page):
            await reading.on(ask)
        for system, mode in self.faults:
            systems[system].fault(mode, **({"delay_ms": 250} if mode == "slow" else {}))
        try:
            met = await reading.on(ask)
        finally:
            for system, _ in self.faults:
                systems[system].reset()
        self._insist_on_the_page(met, reading.seconds[-1])
        await reading.to_the_end(ask)
        self._insist_on_the_whole(reading, well)

    @property
    def _modes(self) -> set[str]:
        return {mode for system, mode in self.faults if system in COMPLAINTS}

    def _insist_on_the_page(self, page: dict[str, Any], seconds: float) -> None:
        expected = dict.fromkeys(COMPLAINTS, "ANSWERED")
        expected |= {
            system: state_of(system, mode) for system, mode in self.faults if system in expected
        }
        assert seconds < IN_TIME, seconds
        assert {each["source"]["id"]: each["state"] for each in page["answers"]} == expected
        missing = set(expected.values()) != {"ANSWERED"}
        assert page["complete"] is not missing
        if missing:
            assert page["pageInfo"]["hasNextPage"], "whoever is missing may have more"

    def _insist_on_the_whole(self, reading: Reading, well: Reading) -> None:
        got = reading.ids()
        place = {each: at for at, each in enumerate(well.ids())}
        assert len(got) == len(set(got)), "rows come twice"
        assert place.keys() >= set(got), "rows that are not there while all are well"
        if "lose" not in self._modes:
            assert set(got) == place.keys(), f"{len(place.keys() - set(got))} rows are lost"
        assert all(page["complete"] for page in reading.pages[self.page + 1 :])
        reached = -1
        for page in reading.pages:
            late = [edge["late"] for edge in page["edges"]]
            assert late == sorted(late, reverse=True), "late rows do not come first"
            for edge in page["edges"]:
                at = place[edge["node"]["id"]]
                if edge["late"]:
                    assert self._modes - {"slow", "lose"}, "late, though nobody was missing"
                    assert at < reached, "called late, though it was not passed over"
                else:
                    assert at > reached, "out of order"
                    reached = at


def every_trouble() -> Iterator[Trouble]:
    """Each system in each of the ways it can be told to, at the first page and at the second."""
    for system in STARTED:
        for mode in STATES:
            if can_misbehave(system, mode):
                for page in (0, 1):
                    for way in WAYS:
                        yield Trouble(((system, mode),), page, way)


def some_troubles(seed: int) -> Iterator[Trouble]:
    """Each system once and each mode at least once, then several systems at a time."""
    chance = random.Random(seed)
    ways = list(WAYS)
    modes: list[str] = []
    for system in chance.sample(STARTED, len(STARTED)):
        modes = modes or chance.sample(list(STATES), len(STATES))
        suitable = [mode for mode in modes if can_misbehave(system, mode)]
        if suitable:
            modes.remove(suitable[0])
            yield Trouble(((system, suitable[0]),), chance.randrange(2), chance.choice(ways))
    for count in (2, 4, len(COMPLAINTS)):
        quick = [mode for mode in STATES if mode not in ("hang", "lose")]
        group = tuple(
            (system, chance.choice([mode for mode in quick if can_misbehave(system, mode)]))
            for system in chance.sample(COMPLAINTS, count)
        )
        yield Trouble(group, chance.randrange(2), chance.choice(ways))
