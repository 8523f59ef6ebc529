"""What a page of national complaints shows of other systems' work, while one of them misbehaves."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from tests.living.everybody import (
    COMPLAINTS,
    STARTED,
    STATES,
    Everybody,
    can_misbehave,
    state_of,
)
from tests.living.faulty import IN_TIME
from tests.living.gateway import Ask

AGENCIES = [
    "kemenpu", "atrbpn", "kemensos", "pln", "pemprov-31", "pemprov-33", "pemprov-64",
    "pemkot-35.78", "pemkab-35.10", "pemkab-53.01", "pemkot-31.71", "pemkot-31.74",
]  # fmt: skip
PAGE = """
query ($agencies: [String!]) {
  complaints(
    filter: {
      sources: ["sp4n"], agencies: $agencies, submitted: { from: "2026-05-01T00:00:00+07:00" }
    }
    first: 100
  ) {
    nodes {
      id
      handlings { localId contribution { source { id } localId } }
      contributions { source { id } localId }
    }
    complete
    answers { source { id } state }
  }
}
"""

Fact = tuple[str, str, str]
"""A complaint, a system, and its row there that is shown."""


@dataclass(frozen=True)
class Details:
    """What was shown."""

    complaints: tuple[str, ...]
    facts: frozenset[Fact]
    states: dict[str, str]
    complete: bool
    seconds: float

    def of_others(self, system: str) -> frozenset[Fact]:
        """Give what is shown of all systems but one."""
        return frozenset(fact for fact in self.facts if fact[1] != system)


async def shown(ask: Ask) -> Details:
    """Ask for the page as the public sees it."""
    began = time.monotonic()
    told = await ask(PAGE, "public", {"agencies": AGENCIES})
    seconds = time.monotonic() - began
    assert "errors" not in told, told
    page: dict[str, Any] = told["data"]["complaints"]
    facts = {
        (node["id"], each["source"]["id"], each["localId"])
        for node in page["nodes"]
        for each in (*node["contributions"], *(it["contribution"] for it in node["handlings"]))
    }
    return Details(
        complaints=tuple(node["id"] for node in page["nodes"]),
        # A handling told by the national history stands in for a system's own row.
        facts=frozenset(fact for fact in facts if ":" not in fact[2]),
        states={each["source"]["id"]: each["state"] for each in page["answers"]},
        complete=page["complete"],
        seconds=seconds,
    )


@dataclass(frozen=True)
class Beside:
    """One system misbehaves while the page is read."""

    system: str
    mode: str

    def __str__(self) -> str:
        return f"{self.system} {self.mode}"

    @classmethod
    def some(cls, seed: int) -> Iterator[Self]:
        """Give each system once, and each mode at least once, but for those that take long."""
        chance = random.Random(seed)
        modes: list[str] = []
        for system in chance.sample(STARTED, len(STARTED)):
            quick = [mode for mode in STATES if mode != "hang"]
            modes = modes or chance.sample(quick, len(quick))
            suitable = [mode for mode in modes if can_misbehave(system, mode)]
            if suitable:
                modes.remove(suitable[0])
                yield cls(system, suitable[0])

    @classmethod
    def every(cls) -> Iterator[Self]:
        """Give each system in each of the ways it can be told to."""
        for system in STARTED:
            for mode in STATES:
                if can_misbehave(system, mode):
                    yield cls(system, mode)

    async def hold(self, ask: Ask, systems: Everybody, well: Details) -> None:
        """Read through it and after it, and insist on every law; *well* is without it."""
        systems[self.system].fault(self.mode, **({"delay_ms": 250} if self.mode == "slow" else {}))
        try:
            met = await shown(ask)
        finally:
            systems[self.system].reset()
        expected = dict.fromkeys(COMPLAINTS, "ANSWERED")
        if self.system in expected:
            expected[self.system] = state_of(self.system, self.mode)

        assert met.seconds < IN_TIME
        assert met.facts <= well.facts, "shown only while somebody fails"
        if self.system == "sp4n" and self.mode != "slow":
            assert set(met.complaints) < set(well.complaints), "nothing is missing"
            assert met.states["sp4n"] == expected["sp4n"]
        else:
            assert met.complaints == well.complaints
            assert met.of_others(self.system) == well.of_others(self.system)
            assert met.states == expected
        assert met.complete is (set(met.states.values()) == {"ANSWERED"})
        if self.mode == "slow":
            assert met.facts == well.facts
        elif expected.get(self.system, "ANSWERED") != "ANSWERED":
            assert not {fact for fact in met.facts if fact[1] == self.system}
        after = await shown(ask)
        assert (after.complaints, after.facts, after.complete) == (
            well.complaints,
            well.facts,
            True,
        )
